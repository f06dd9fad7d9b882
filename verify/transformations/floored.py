"""eps as the least that is divided by, and no summand."""

from dataclasses import replace

from sympy import Expr

from lawful.verify.errors import Unanswerable
from lawful.verify.language.extrema import Max
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps
from lawful.verify.language.transformation import changed, transformation


@transformation()
def floored(rule: Rule) -> Rule:
    """The rule with max(d, eps) for every d + eps."""

    def floor(expr: Expr) -> Expr:
        return expr.replace(lambda e: e.is_Add and eps in e.args, lambda e: Max(e - eps, eps))

    state = {s: floor(e) for s, e in rule.state.items()}
    made = replace(rule, state=state, names={s: floor(e) for s, e in rule.names.items()})
    if (x := floor(rule.x)) == rule.x and state == rule.state:
        raise Unanswerable(f"floored({rule}): {rule} adds eps to nothing.")
    return changed(made, x, Source("heavyball 3.2.1", "eps_sqrt"))
