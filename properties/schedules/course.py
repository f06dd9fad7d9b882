"""What a schedule sets, step after step, and how far from it what is computed may be.

A library may compute the formula, or the rate from the rate of before: the bound is the larger of the two, and the
second accumulates the roundings of every step. Where rates are held in a narrow format, so is whatever a rate takes
part in; factors that are made of numbers alone are numbers, in float64. The formula may be computed in the narrow
format throughout.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, repeat
from math import isfinite
from typing import Any

from flint import arb
from sympy import Expr

from lawful.properties.schedules.evaluating import ONCE, Given, evaluated
from lawful.properties.schedules.groups import BASES
from lawful.properties.schedules.rounding import DOUBLE, Rounded, added, ball, extreme, whole
from lawful.verify.language.schedule import Formula, Highest, Latest, a, b, eta, k
from lawful.verify.oracle.formats import Format


@dataclass(frozen=True)
class Set:
    """What a schedule sets at one step; None where it is not defined.

    Attributes:
        rate: the rate, with the bound of both ways to compute it.
        momentum: where it sets it.
        formula: how far the rate may be off that is computed by the formula, whatever was before.
    """

    rate: Rounded | None
    momentum: Rounded | None = None
    formula: float = 0.0


def course(
    formula: Formula, given: Given, base: float, metrics: Sequence[float] = (), fmt: Format = DOUBLE
) -> Iterator[Set]:
    """What is set in a group of this rate after 0, 1, 2 … steps, without an end.

    Args:
        formula: of the schedule, at symbols.
        given: what these stand for.
        base: the rate that the group begins with, a number of the format.
        metrics: what the steps are given that want one.
        fmt: in which rates are held.
    """
    held = {s: v if s == ONCE or callable(v) else ball(v) for s, v in given.items()}
    numbers: dict[Any, Any] = {**held, b: Rounded(arb(base), held=fmt)}
    ways = [numbers] if fmt is DOUBLE else [numbers, _narrowed(numbers, fmt)]
    told = zip(*(_by_formula(formula, way, metrics, fmt) for way in ways), strict=True)
    last = None if formula.last is None else int(float(whole(evaluated(formula.last, given).value)))
    along: Rounded | None = None
    for done, found in enumerate(islice(told, None if last is None else last + 1)):
        here, at = found[0][0], max((rate for _, rate in found), key=lambda rate: rate.error)
        along = _along(formula, here, along, at) if done else at
        bound = max(at.error, along.error) if along is not None else at.error
        momentum = None if formula.momentum is None else evaluated(formula.momentum, here)
        yield Set(Rounded(at.value, bound, fmt), momentum, at.error)
    if last is not None:
        yield from repeat(Set(None))


def _narrowed(given: Given, fmt: Format) -> dict[Any, Any]:
    """Numbers, rounded to a format; functions as they are."""
    return {s: v if callable(v) else v.into(fmt) for s, v in given.items() if s != ONCE}


def _by_formula(
    formula: Formula, given: Mapping[Any, Any], metrics: Sequence[float], fmt: Format
) -> Iterator[tuple[dict[Any, Any], Rounded]]:
    """What symbols stand for at each step, and the rate."""
    groups = [given, *_beside(given)] if formula.joint else [given]
    states = [{s: evaluated(begin, each) for s, (begin, _) in formula.state.items()} for each in groups]
    for done in count():
        here: list[dict[Any, Any]] = [
            {**g, k: done, **state} for g, state in zip(groups, states, strict=True)
        ]
        yield here[0], evaluated(formula.rate, here[0]).into(fmt)
        if formula.fed:
            if done == len(metrics):
                return
            for each in here:
                each[a] = ball(metrics[done])
        for symbol, expr in formula.names.items():
            for each, worth in zip(here, _named(expr, here, metrics[: done + 1]), strict=True):
                each[symbol] = worth
        states = [{s: evaluated(after, each) for s, (_, after) in formula.state.items()} for each in here]


def _beside(given: Given) -> Iterator[Given]:
    """The same in each of the groups that there are."""
    return ({**given, b: Rounded(arb(base), held=given[b].held)} for base in BASES)


def _named(expr: Expr, here: Sequence[Given], metrics: Sequence[float]) -> list[Rounded]:
    """What a name stands for in each of the groups."""
    if isinstance(expr, Highest):
        return [extreme(max, [evaluated(expr.args[0], each) for each in here])] * len(here)
    if isinstance(expr, Latest):
        several = [int(float(evaluated(expr.args[0], each).value)) for each in here]
        return [added(map(ball, metrics[len(metrics) - many :])) for many in several]
    return [evaluated(expr, each) for each in here]


def _along(formula: Formula, given: Given, before: Rounded | None, rate: Rounded) -> Rounded | None:
    """The rate by recursion; None where there is none, or from where it says nothing any more."""
    if formula.recursion is None or before is None:
        return None
    off = evaluated(formula.recursion, {**given, eta: before}).into(rate.held).error
    return Rounded(rate.value, off, rate.held) if isfinite(off) else None
