"""Gradient accumulation: a step with the mean, or the sum, of so many gradients, and none in between."""

from dataclasses import replace
from typing import Literal

from sympy import Eq, Expr, Integer, Mod, Piecewise, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.transformation import changed, given, transformation

every = Symbol("accumulation_steps", integer=True, positive=True)
gathered = Symbol("g_sum", real=True)

WORDS: Words = {"takes": {"mean": "the mean of the gradients", "sum": "the sum of the gradients"}}


@transformation(words=WORDS)
def accumulated(rule: Rule, *, takes: Literal["mean", "sum"] = "mean") -> Rule:
    """The rule in every n-th step; it counts its own steps."""
    together = gathered + g
    inner = given(rule, together / every if takes == "mean" else together).replace({t: t / every})

    def now(stepped: Expr, otherwise: Expr) -> Expr:
        return Piecewise((stepped, Eq(Mod(t, every), 0)), (otherwise, True))

    waiting = replace(inner, state={s: now(e, s) for s, e in inner.state.items()}, fixed=rule.fixed)
    return changed(
        waiting,
        now(inner.x, x),
        Source("lawful", "as training loops accumulate"),
        state={gathered: now(Integer(0), together)},
        defaults={every: 2},
        domains={every: Domain((2, 3), low=1, high=1e6)},
    )
