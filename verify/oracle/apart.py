"""A step that is computed apart from the parameter to which it is added."""

from dataclasses import replace

from sympy import Add, Expr

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x


def step_of(rule: Rule) -> Rule:
    """The rule in which the next parameter is the step alone: what the parameter itself is multiplied by, less 1, and
    everything else that is added to it."""
    kept = [term for term in Add.make_args(rule.x) if _factor(term) is not None]
    rest = Add(*(term for term in Add.make_args(rule.x) if term not in kept))
    return replace(rule, x=(Add(*map(_factor, kept)) - 1) * x + rest)


def _factor(term: Expr) -> Expr | None:
    """What multiplies the parameter in a term that is a multiple of it; None of others."""
    factor, rest = term.as_independent(x, as_Add=False)
    return factor if rest == x else None
