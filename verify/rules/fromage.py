"""Fromage (arXiv:2002.03432): steps as long as the weight, which is then shortened."""

from sympy import sqrt

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x
from lawful.verify.language.tensors import Norm
from lawful.verify.transformations.trusted import trust


@family()
def fromage() -> Rule:
    """(x − lr·g·‖x‖/‖g‖)/√(1 + lr²), with g itself where a norm is 0."""
    return Rule(
        "fromage",
        x=(x - lr * trust(Norm(x) / Norm(g), Norm(x), Norm(g)) * g) / sqrt(1 + lr**2),
        state={},
        defaults={lr: 1e-2},
        source=Source("arXiv:2002.03432", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
    )
