"""A rule run in float64, its step compiled once: what many settings of the same rule are tried with."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr, Symbol, lambdify
from sympy.printing.numpy import NumPyPrinter

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import IfPositive, OfTensor, sizes
from lawful.verify.oracle.quick import OPERATIONS, Array

KEPT = 256


def run(
    rule: Rule, start: Array, gradients: Array, settings: Sequence[Mapping[Symbol, Any]]
) -> Mapping[Symbol, Array]:
    """The weights and every state after each step.

    Args:
        rule: the rule.
        start: the first weights: one tensor, or lanes.
        gradients: steps first.
        settings: of each step, hyperparameter → value.
    """
    tensors, shape = (x, *rule.state), start.shape
    used = tuple(s for s in settings[0] if isinstance(s, Symbol))
    step = _compiled((*tensors, g, t, *used), (rule.x, *rule.state.values()), shape)
    first = _compiled((x, *used), tuple(rule.initial(s) for s in rule.state), shape)
    with np.errstate(all="ignore"):
        values = [start, *first(start, *(settings[0][s] for s in used))]
        after = []
        for k, (gradient, setting) in enumerate(zip(gradients, settings, strict=True), start=1):
            numbers = [setting[s] for s in used]
            values = [np.broadcast_to(v, shape) for v in step(*values, gradient, k, *numbers)]
            after.append(values)
    return {s: np.stack([values[place] for values in after]) for place, s in enumerate(tensors)}


class _Printer(NumPyPrinter):  # type: ignore[misc]  # sympy is untyped
    """Numpy's words, with those of a tensor; the larger of two of any shapes, which numpy's own must not differ in."""

    _print_Max = _print_Min = lambda self, e: f"{e.func.__name__}({', '.join(map(self._print, e.args))})"


@lru_cache(maxsize=KEPT)
def _compiled(
    arguments: Sequence[Symbol], expressions: Sequence[Expr], shape: tuple[int, ...]
) -> Callable[..., list[Any]]:
    """Expressions as a function of these symbols, for tensors of a shape."""
    own = {kind.__name__: _spread(kind, shape) for kind in OPERATIONS}
    printer = _Printer(
        {"fully_qualified_modules": False, "inline": True, "user_functions": {name: name for name in own}}
    )
    known = [e.xreplace(dict(sizes(shape))) for e in expressions]
    found: Callable[..., list[Any]] = lambdify(
        arguments, known, modules=[own, "numpy"], printer=printer, cse=True
    )
    return found


def _spread(kind: Any, shape: tuple[int, ...]) -> Callable[..., Any]:
    """A function of tensors, which takes a number for one that has it everywhere."""
    operation = OPERATIONS[kind]
    if not (issubclass(kind, OfTensor) and kind is not IfPositive):
        return operation
    return lambda first, *more: operation(
        first if np.ndim(first) == len(shape) else np.broadcast_to(first, shape), *more
    )
