"""Whether two rules agree in ball arithmetic, run side by side at random points."""

from collections.abc import Mapping
from random import Random
from typing import Any

from flint import arb
from sympy import Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.translation.question import drawn

STEPS, POINTS = 7, 8
SAME = arb(2) ** -150
"""Two values that differ by less are the same: the balls are of 300 bits."""


def agree(first: Rule, second: Rule, random: Random) -> tuple[bool, str]:
    """Whether the weights of two rules in the same hyperparameters agree at every step, and that in words."""
    for _ in range(POINTS):
        setting = _setting(first, random)
        weights = [_number(first, second, random) for _ in range(STEPS + 1)]
        ends = [exact_trajectory(r, weights[0], weights[1:], [setting] * STEPS) for r in (first, second)]
        gaps = (abs(a - b) for p, q in zip(*ends, strict=True) for a, b in zip(p.flat, q.flat, strict=True))
        if not all(gap < SAME for gap in gaps):
            return False, f"in balls of 300 bits the weights part at {_said(setting)}"
    return True, f"in balls of 300 bits the weights are the same for {STEPS} steps at {POINTS} random points"


def _setting(rule: Rule, random: Random) -> Mapping[Symbol, float]:
    return {s: drawn(rule, s, random) for s in rule.defaults}


def _number(first: Rule, second: Rule, random: Random) -> Any:
    """A weight or a gradient, now and then a small one; a matrix where whole tensors are looked at."""
    size = random.choice((1.0, 1.0, 2.0**-9))
    if {first.scope, second.scope} == {"lane"}:
        return size * random.gauss(0, 1)
    return [[size * random.gauss(0, 1) for _ in range(2)] for _ in range(3)]


def _said(setting: Mapping[Symbol, float]) -> str:
    return ", ".join(f"{s} = {value:.3g}" for s, value in setting.items())
