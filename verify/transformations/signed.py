"""Steps of one length: the sign of a rule's step, as signSGD takes that of the gradient (arXiv:1802.04434)."""

from sympy import sign

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr
from lawful.verify.language.transformation import changed, parts, transformation
from lawful.verify.transformations.cautious import direction


@transformation()
def signed(rule: Rule) -> Rule:
    """Each lane moves by lr the way that the rule's step goes; decay apart from the gradient stays as it is.

    `signed(sgd)` is Signum, signSGD where there is no momentum.
    """
    decayed, step = parts(rule)
    source = Source("arXiv:1802.04434", "Algorithms 1 and 2, from memory")
    return changed(rule, decayed - lr * sign(direction(step)), source)
