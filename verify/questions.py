"""What a campaign asks of its workers besides checks; part of the front ends, so that it may import lazily."""

from typing import Any

from lawful.verify.evidence import Proof


def rule_text(rule: str) -> Any:
    """The rule that a text names, in print (`lawful.reports.ruletext.RuleText`)."""
    from lawful.reports import mathematics
    from lawful.verify.rule import find_rule

    return mathematics.rule_text(find_rule(rule), rule)


def proof(law: str) -> Proof:
    """The proof of a law."""
    from lawful.verify.law import find_law

    return find_law(law).prove()
