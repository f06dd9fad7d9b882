"""Symmetries seen: a rule runs in ball arithmetic on a matrix before and after a change; both paths are compared."""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Piecewise, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.provers.arithmetic.evaluate import TINY
from lawful.verify.provers.claims import Answer, Covariant

SHAPE, STEPS, FAR_STEPS, LATE = (2, 3), 3, 2, 8
"""The shape of the weights, and how many steps are taken: near, far, and of a rule that does not move at first."""

Array = NDArray[Any]


def covariant(claim: Covariant, random: Random) -> Answer:
    """Whether the changed inputs give the changed path, which must move: near 0, and far from it with other numbers."""
    near = _seen(claim, random, far=False)
    return near if not near.holds else _seen(claim, random, far=True)


def _seen(claim: Covariant, random: Random, far: bool) -> Answer:
    change = claim.change.far() if far else claim.change
    hyper = {s: claim.rule.domain(s).values[:2][-1 if far else 0] for s in claim.rule.defaults}
    changed = {s: change.hyper(v, claim.degrees.get(s, 0)) for s, v in hyper.items()}
    for steps in (FAR_STEPS if far else STEPS, LATE):
        x0, *gradients = (_drawn(random) for _ in range(1 + steps))
        path = _path(claim.rule, x0, gradients, hyper)
        if any(abs(value) > 0 for value in (path[-1] - x0).flat):
            break
    else:
        return Answer(False, [f"{claim.label}: it does not move"])
    seen = _path(claim.rule, change.weight(x0), [change.gradient(g) for g in gradients], changed)
    gaps = [abs(gap) for a, b in zip(path, seen, strict=True) for gap in (change.weight(a) - b).flat]
    wrong = next((gap for gap in gaps if not gap < TINY), None)  # a gap that is no number is below nothing
    held = wrong is None
    what = "the same" if wrong is None else f"apart by {wrong.str(5)}"
    return Answer(held, [f"{claim.label}: both paths of {x0.size} weights are {what}"])


def _drawn(random: Random) -> Array:
    """Eighths of either sign, none 0, as floats."""
    values = [random.choice((-1, 1)) * random.randint(1, 40) / 8 for _ in range(SHAPE[0] * SHAPE[1])]
    return np.array(values).reshape(SHAPE)


def _path(rule: Rule, x0: Array, gradients: list[Array], hyper: Mapping[Symbol, float]) -> list[Array]:
    """The weights after each step; lane by lane where each lane is a case of its own."""
    hypers = [hyper] * len(gradients)
    if not _distinguishes(rule):
        return exact_trajectory(rule, x0, gradients, hypers)
    lanes = [exact_trajectory(rule, x0[i], [g[i] for g in gradients], hypers) for i in np.ndindex(x0.shape)]
    return [
        np.array([at.item() for at in step], dtype=object).reshape(x0.shape)
        for step in zip(*lanes, strict=True)
    ]


def _distinguishes(rule: Rule) -> bool:
    """Whether the case of a rule that holds is another for each lane."""
    cases = (p for e in (rule.x, *rule.state.values()) for p in e.atoms(Piecewise))
    return any(case.free_symbols & rule.tensors for p in cases for _, case in p.args)
