"""Optimistic steps (arXiv:1711.00141): what this step has more than the last counts once more."""

from sympy import Eq, Piecewise, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import alpha, lr, t
from lawful.verify.language.transformation import changed, parts, transformation

beta = Symbol("beta", nonnegative=True)
last = Symbol("u_last", real=True)
STEP, SHARE = Symbol("u_t"), Domain((0.7, 1.0, 0.5))


@transformation()
def optimistic(rule: Rule) -> Rule:
    """(α + β)·u − β·u₋₁ for the rule's step u, of which the first has itself before it; decay apart from the gradient
    stays as it is.

    `optimistic(sgd)` is optimistic gradient descent (arXiv:1901.08511, where α and β are apart), `optimistic(adam)`
    optimistic Adam.
    """
    decayed, step = parts(rule)
    before = Piecewise((step, Eq(t, 1)), (last, True))
    return changed(
        rule,
        decayed - lr * ((alpha + beta) * step - beta * before),
        Source("arXiv:1711.00141", "Algorithm 1 and equation (6), from memory", checked="optax 0.2.8"),
        state={last: step},
        defaults={alpha: 1.0, beta: 1.0},
        domains={alpha: SHARE, beta: SHARE},
        names={STEP: step},
    )
