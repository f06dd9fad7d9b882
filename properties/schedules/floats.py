"""A schedule in plain float64, all steps at once: it sorts hypotheses, of which the bound judges the nearest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol, lambdify
from sympy.core.function import AppliedUndef

from lawful.properties.schedules.course import course
from lawful.properties.schedules.groups import BASES
from lawful.verify.language.schedule import Formula, Highest, Latest, a, b, k

Array = NDArray[np.float64]
Given = Mapping[Any, Any]


def line(formula: Formula, given: Given, base: float, steps: int, metrics: Sequence[float]) -> Array:
    """What is set after 0, 1 … `steps` steps: (rate, momentum) × steps, no number where the schedule says nothing."""
    values = {symbol: np.float64(value) for symbol, value in given.items() if isinstance(symbol, Symbol)}
    if formula.rate.atoms(AppliedUndef) or len(values) < len(given):
        return _exactly(formula, given, base, steps, metrics)
    with np.errstate(all="ignore"):
        values |= {b: np.float64(base)}
        if formula.state:
            return np.array([*islice(_by_state(formula, values, metrics), steps + 1)], dtype=np.float64).T
        return _at_once(formula, values, steps)


def _exactly(formula: Formula, given: Given, base: float, steps: int, metrics: Sequence[float]) -> Array:
    """With functions of the user's."""
    told = islice(course(formula, given, base, metrics), steps + 1)
    pairs = [[np.nan if s is None else float(s.value) for s in (each.rate, each.momentum)] for each in told]
    return np.array(pairs, dtype=np.float64).T


def _at_once(formula: Formula, values: dict[Symbol, Any], steps: int) -> Array:
    done = np.arange(steps + 1, dtype=np.float64)
    rate, momentum = (_number(expr, {**values, k: done}) for expr in (formula.rate, formula.momentum))
    found = np.array([np.broadcast_to(each, done.shape) for each in (rate, momentum)], dtype=np.float64)
    if formula.last is not None:
        found[:, done > _number(formula.last, values)] = np.nan
    return found


def _by_state(formula: Formula, values: dict[Symbol, Any], metrics: Sequence[float]) -> Iterator[Array]:
    groups = [values, *({**values, b: np.float64(base)} for base in BASES if formula.joint)]
    states = [
        {symbol: _number(begin, each) for symbol, (begin, _) in formula.state.items()} for each in groups
    ]
    for done, metric in enumerate((*metrics, np.nan)):
        now = {k: np.float64(done), a: np.float64(metric)}
        here = [{**each, **state, **now} for each, state in zip(groups, states, strict=True)]
        yield np.array([_number(formula.rate, here[0]), _number(formula.momentum, here[0])])
        for symbol, expr in formula.names.items():
            for each, number in zip(here, _named(expr, here, [*metrics, np.nan][: done + 1]), strict=True):
                each[symbol] = number
        states = [
            {symbol: _number(after, each) for symbol, (_, after) in formula.state.items()} for each in here
        ]


def _named(expr: Expr, here: Sequence[dict[Symbol, Any]], metrics: Sequence[float]) -> list[Any]:
    """What a name stands for in each of the groups."""
    if isinstance(expr, Highest):
        return [max(_number(expr.args[0], each) for each in here)] * len(here)
    if isinstance(expr, Latest):
        several = [int(_number(expr.args[0], each)) for each in here]
        return [np.float64(sum(metrics[len(metrics) - many :])) for many in several]
    return [_number(expr, each) for each in here]


def _number(expr: Expr | None, values: Mapping[Symbol, Any]) -> Any:
    if expr is None:
        return np.nan
    names, function = _compiled(expr)
    return function(*(values[name] for name in names))


@cache
def _compiled(expr: Expr) -> tuple[list[Symbol], Callable[..., Any]]:
    names = sorted(expr.free_symbols, key=str)
    return names, lambdify(names, expr, "numpy")
