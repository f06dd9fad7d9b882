"""AMSGrad's maximum (arXiv:1904.09237): what is divided by never becomes less."""

from lawful.verify.errors import Unanswerable
from lawful.verify.language.extrema import Max
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import v, v_max
from lawful.verify.language.transformation import changed, transformation


@transformation()
def maximal(rule: Rule) -> Rule:
    """The rule with the largest second moment so far for the second moment, corrected afterwards."""
    if v not in rule.state or not rule.x.has(rule.state[v]):
        raise Unanswerable(f"maximal({rule}): {rule} does not divide by a second moment.")
    top = Max(v_max, rule.state[v])
    source = Source("arXiv:1904.09237", "Algorithm 2, from memory", checked="torch 2.13.0")
    return changed(rule, rule.x.xreplace({rule.state[v]: top}), source, state={v_max: top})
