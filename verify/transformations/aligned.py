"""Steps that go with the gradient (Grams, arXiv:2412.17107): as long as a rule's, the way of the gradient."""

from sympy import Abs, conjugate, sign

from lawful.verify.errors import Unanswerable
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr
from lawful.verify.language.transformation import changed, parts, transformation


@transformation()
def aligned(rule: Rule) -> Rule:
    """Each lane moves by the size of the rule's step, against the sign of the gradient; decay apart from the gradient
    stays as it is.

    `aligned(adamw)` is Grams.
    """
    decayed, step = parts(rule)
    if Abs(step).has(conjugate):
        raise Unanswerable(f"aligned({rule}): it is not known that every step of {rule} is a real number.")
    source = Source("arXiv:2412.17107", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0")
    return changed(rule, decayed - lr * Abs(step) * sign(g), source)
