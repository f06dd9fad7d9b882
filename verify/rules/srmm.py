"""SRMM, stochastic regularized majorization-minimization (arXiv:2201.01652)."""

from sympy import Mod, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, g_avg, lr, t, x

beta = Symbol("beta", nonnegative=True)
memory = Symbol("memory_length", integer=True, positive=True)
average = Symbol("x_avg", real=True)

DOMAINS = {beta: Domain((0.5, 0.7, 1.0)), memory: Domain((3, 5, 100), low=1, high=1e6)}


@family()
def srmm() -> Rule:
    """Averages of weights and of gradients take in 1/(n + 1)^β of what is new, n counting up to `memory_length`."""
    share = (Mod(t, memory) + 1) ** (-beta)
    g_t = (1 - share) * g_avg + share * g
    new = (1 - share) * average + share * x - lr * g_t
    return Rule(
        "srmm",
        x=new,
        state={g_avg: g_t, average: new},
        defaults={lr: 1e-2, beta: 0.5, memory: 100},
        domains=DOMAINS,
        source=Source("arXiv:2201.01652", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
    )
