"""Gradients times a number: a loss scale that is not taken back, a sum in a mean's place, a number of ranks."""

from sympy import Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g
from lawful.verify.language.transformation import fed, transformation

scale = Symbol("grad_scale_factor", positive=True)


@transformation()
def scaled(rule: Rule) -> Rule:
    """The rule on c·g."""
    domains = {scale: Domain((0.5, 2.0, 1024.0), open_low=True)}
    source = Source("lawful", "a change of units")
    return fed(rule, scale * g, source, defaults={scale: 1.0}, domains=domains)
