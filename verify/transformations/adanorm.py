"""AdaNorm (arXiv:2210.06364): a gradient shorter than gradients were is made as long."""

from sympy import Symbol

from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g
from lawful.verify.language.tensors import IfPositive, Norm
from lawful.verify.language.transformation import fed, transformation

r = Symbol("adanorm_r", nonnegative=True)
length = Symbol("grad_norm", nonnegative=True)


@transformation()
def adanorm(rule: Rule) -> Rule:
    """e ← r·e + (1 − r)·‖g‖, of each tensor; where e > ‖g‖, the rule on g·e/‖g‖."""
    usual = r * length + (1 - r) * Norm(g)
    return fed(
        rule,
        IfPositive(usual - Norm(g), g * usual / Norm(g), g),
        Source("arXiv:2210.06364", "Algorithm 2, from memory"),
        state={length: usual},
        defaults={r: 0.95},
        domains={r: WEIGHT},
    )
