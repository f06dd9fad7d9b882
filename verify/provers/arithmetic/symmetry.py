"""Symmetries seen: a rule runs in ball arithmetic on a matrix before and after a change; both paths are compared."""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.provers.arithmetic.evaluate import TINY
from lawful.verify.provers.claims import Answer, Covariant

SHAPE, STEPS = (2, 3), 3
Array = NDArray[Any]


def covariant(claim: Covariant, random: Random) -> Answer:
    """Whether the changed inputs give the changed path, which must move."""
    hyper = {s: claim.rule.domain(s).values[0] for s in claim.rule.defaults}
    changed = {s: claim.change.hyper(v, claim.degrees.get(s, 0)) for s, v in hyper.items()}
    x0, *gradients = (_drawn(random) for _ in range(1 + STEPS))
    others = [claim.change.gradient(g) for g in gradients]
    try:
        path = _path(claim.rule, x0, gradients, hyper)
        seen = _path(claim.rule, claim.change.weight(x0), others, changed)
    except ArithmeticError as reason:
        return Answer(False, [f"{claim.label}: {reason}"])
    if not any(abs(value) > 0 for value in (path[-1] - x0).flat):
        return Answer(False, [f"{claim.label}: it does not move"])
    wrong = max(
        abs(gap) for a, b in zip(path, seen, strict=True) for gap in (claim.change.weight(a) - b).flat
    )
    held = bool(wrong < TINY)
    what = "the same" if held else f"apart by {wrong.str(5)}"
    return Answer(held, [f"{claim.label}: both paths of {x0.size} weights are {what}"])


def _drawn(random: Random) -> Array:
    """Eighths of either sign, none 0, as floats."""
    values = [random.choice((-1, 1)) * random.randint(1, 40) / 8 for _ in range(SHAPE[0] * SHAPE[1])]
    return np.array(values).reshape(SHAPE)


def _path(rule: Rule, x0: Array, gradients: list[Array], hyper: Mapping[Symbol, float]) -> list[Array]:
    """The weights after each step; lane by lane where the rule looks at lanes."""
    hypers = [hyper] * len(gradients)
    if rule.scope != "lane":
        return exact_trajectory(rule, x0, gradients, hypers)
    lanes = [exact_trajectory(rule, x0[i], [g[i] for g in gradients], hypers) for i in np.ndindex(x0.shape)]
    return [
        np.array([at.item() for at in step], dtype=object).reshape(x0.shape)
        for step in zip(*lanes, strict=True)
    ]
