"""A learning rate that grows to its own size over the first steps, inside the optimizer."""

from dataclasses import replace

from sympy import Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, t
from lawful.verify.language.transformation import changed, transformation

warmup = Symbol("warmup_steps", nonnegative=True)


@transformation()
def warmed(rule: Rule) -> Rule:
    """The rule with lr·min(1, t/warmup_steps) for a learning rate; all of it from the start where there is no warm-up.

    Decay by lr·wd grows with it.
    """
    grown = lr * Min(1, t / Max(1, warmup))
    made = replace(rule.replace({lr: grown}), defaults=rule.defaults, init=rule.init, fixed=rule.fixed)
    source = Source("arXiv:1706.02677", "§2.2, from memory")
    return changed(made, made.x, source, defaults={warmup: 0.0}, domains={warmup: Domain((5.0, 2.0, 0.0))})
