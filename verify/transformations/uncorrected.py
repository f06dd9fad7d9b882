"""Averages without their correction for a start at 0."""

from sympy import Integer

from lawful.verify.errors import Unanswerable
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, beta3, t
from lawful.verify.language.transformation import transformation


@transformation()
def uncorrected(rule: Rule) -> Rule:
    """The rule with 1 for every 1 − βᵗ."""
    faded = {beta**t: Integer(0) for beta in (beta1, beta2, beta3)}
    if not any(rule.x.has(power) for power in faded):
        raise Unanswerable(f"uncorrected({rule}): {rule} corrects nothing.")
    return rule.replace(faded)
