"""Nesterov's look-ahead: the step that the average would make next, if the present gradient came again."""

from lawful.verify.errors import Unanswerable
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, m
from lawful.verify.language.transformation import changed, transformation


@transformation()
def nesterov(rule: Rule) -> Rule:
    """The rule with its average taken once more: for m, what m would become from there."""
    average = next((s for s in (m, b) if s in rule.state and rule.x.has(rule.state[s])), None)
    if average is None:
        raise Unanswerable(f"nesterov({rule}): {rule} does not step along an average.")
    now = rule.state[average]
    source = Source(
        "Sutskever et al. 2013", "equations 3 and 4, as torch.optim.SGD has them", checked="torch 2.13.0"
    )
    return changed(rule, rule.x.xreplace({now: now.xreplace({average: now})}), source)
