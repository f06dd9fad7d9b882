"""Grokfast (arXiv:2405.20233): gradients whose slow part is amplified."""

from sympy import Eq, Piecewise, Symbol

from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, t
from lawful.verify.language.transformation import fed, transformation

alpha, lamb = Symbol("grokfast_alpha", nonnegative=True), Symbol("grokfast_lamb", nonnegative=True)
average = Symbol("g_slow", real=True)


@transformation()
def grokfast(rule: Rule) -> Rule:
    """The rule on g + λ·h, with h the average of the gradients that forgets at α and begins as the first gradient."""
    begun = Piecewise((g, Eq(t, 1)), (alpha * average + (1 - alpha) * g, True))
    return fed(
        rule,
        g + lamb * begun,
        Source("arXiv:2405.20233", "Algorithm 2 (EMA), from memory"),
        state={average: begun},
        defaults={alpha: 0.98, lamb: 2.0},
        domains={alpha: WEIGHT, lamb: Domain((0.7, 2.0, 0.0))},
    )
