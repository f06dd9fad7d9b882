"""KATE (arXiv:2403.02648): AdaGrad without its root, whose steps do not depend on the gradients' scale."""

from sympy import Symbol, sqrt

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, weight_decay, x

delta = Symbol("delta", nonnegative=True)
squares, weights = Symbol("b_squared", nonnegative=True), Symbol("m_squared", nonnegative=True)

DEFAULTS = {lr: 1e-3, delta: 0.0, weight_decay: 0.0, eps: 1e-8}


@family(spellings=SPELLINGS, words=WORDS)
def kate(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """b² ← b² + g² + eps, m² ← m² + δ·g² + g²/b², and x − lr·m·g/b²."""
    g_t = g if decouple else l2_gradient()
    squares_t = squares + g_t**2 + eps
    weights_t = weights + delta * g_t**2 + g_t**2 / squares_t
    return Rule(
        "kate",
        x=(shrunk(x, decay) if decouple else x) - lr * sqrt(weights_t) * g_t / squares_t,
        state={squares: squares_t, weights: weights_t},
        defaults=with_start(DEFAULTS, decay),
        domains={delta: Domain((0.3, 0.1, 0.0))},
        source=Source("arXiv:2403.02648", "Algorithm 1, from memory", checked="pytorch-optimizer 4.1.0"),
    )
