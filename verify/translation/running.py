"""A rule run on lanes, its step compiled once: what many settings of the same rule are tried with."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr, Symbol, lambdify

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.oracle.quick import Array

KEPT = 64


def lanes(
    rule: Rule, start: Array, gradients: Array, settings: Sequence[Mapping[Symbol, Any]]
) -> Mapping[Symbol, Array]:
    """The weights and every state after each step, of a rule that looks at each lane alone.

    Args:
        rule: the rule.
        start: the first weights.
        gradients: steps first.
        settings: of each step, hyperparameter → value.
    """
    tensors = (x, *rule.state)
    used = tuple(s for s in settings[0] if isinstance(s, Symbol))
    step = _compiled((*tensors, g, t, *used), (rule.x, *rule.state.values()))
    first = _compiled((x, *used), tuple(rule.initial(s) for s in rule.state))
    with np.errstate(all="ignore"):
        values = [start, *first(start, *(settings[0][s] for s in used))]
        after = []
        for k, (gradient, setting) in enumerate(zip(gradients, settings, strict=True), start=1):
            numbers = [setting[s] for s in used]
            values = [np.broadcast_to(v, start.shape) for v in step(*values, gradient, k, *numbers)]
            after.append(values)
    return {s: np.stack([values[place] for values in after]) for place, s in enumerate(tensors)}


@lru_cache(maxsize=KEPT)
def _compiled(arguments: Sequence[Symbol], expressions: Sequence[Expr]) -> Callable[..., list[Any]]:
    found: Callable[..., list[Any]] = lambdify(arguments, list(expressions), modules="numpy", cse=True)
    return found
