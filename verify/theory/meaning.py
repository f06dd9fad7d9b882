"""What makes a sentence no theorem: a name that stands for two things, claims that say nothing."""

from collections.abc import Iterator
from typing import Any

from sympy import sympify

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import DOMAINS, g, t, x
from lawful.verify.provers.claims import Always, Equal, Positive
from lawful.verify.provers.owed import declared_of


def shadows(law: Any, rules: list[Rule]) -> Iterator[str]:
    """Names of hyperparameters, of the state, of x, g and t that the law lets stand for something else."""
    taken = {s.name for s in (x, g, t, *DOMAINS)} | {
        s.name for rule in rules for s in (*rule.state, *rule.defaults)
    }
    for part in ("where", "runs", "beside"):
        for symbol in getattr(law, part, ()):
            if symbol.name in taken:
                yield f"No law: {symbol} is a rule's own, and cannot stand for something else."


def overstated(law: Any) -> Iterator[str]:
    """Symbols declared to be more than is known of what they stand for: sympy would take |s| for s by it."""
    for part in ("runs", "where"):
        for symbol in getattr(law, part, ()):
            if declared_of(symbol):
                yield f"No law: {symbol} stands for something, and is declared to have a sign or more."
    for symbol, (low, _) in getattr(law, "over", {}).items():
        if symbol.is_nonnegative and not sympify(low).is_nonnegative:
            yield f"No law: {symbol} is declared to be positive, and ranges from {low}."


def empty(claim: Any) -> str:
    """Why a claim says nothing, if it does not."""
    if isinstance(claim, Equal) and sympify(claim.left) == sympify(claim.right):
        return f"No law: both sides of {claim.label} are one expression."
    if isinstance(claim, Positive) and sympify(claim.expr).is_Rational:
        return f"No law: {claim.label} compares two numbers."
    if isinstance(claim, Always) and not any(claim.state[s] != s for s in claim.holds):
        return f"No law: nothing moves in {claim.label}."
    return ""
