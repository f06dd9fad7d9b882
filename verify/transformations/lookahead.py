"""Look-ahead (arXiv:1907.08610): every so many steps, the weights go back part of the way to where they were."""

from typing import Literal

from sympy import Eq, Mod, Piecewise, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import t, x
from lawful.verify.language.transformation import changed, transformation

k = Symbol("k", integer=True, positive=True)
alpha = Symbol("la_alpha", nonnegative=True)
slow = Symbol("slow", real=True)
FAST = Symbol("fast_t")

DEFAULTS = {k: 5, alpha: 0.5}
DOMAINS = {k: Domain((2, 3, 5), low=1, high=1e6), alpha: Domain((0.8, 0.5, 0.3), high=1.01)}

WORDS: Words = {
    "begins": {
        "weights": "slow weights that begin as the first weights",
        "synchronised": "slow weights that begin as the weights after the first k steps",
    }
}


@transformation(words=WORDS)
def lookahead(rule: Rule, *, begins: Literal["weights", "synchronised"] = "weights") -> Rule:
    """After every k-th step of the inner rule, slow ← slow + α·(x − slow), and x ← slow.

    Libraries take the first weights for the first slow ones, as the paper does, or those after the first k steps.
    """
    meets = Eq(Mod(t, k), 0)
    new = slow + alpha * (rule.x - slow)
    first = begins == "synchronised"
    met = Piecewise((rule.x, Eq(t, k)), (new, True)) if first else new
    return changed(
        rule,
        Piecewise((met, meets), (rule.x, True)),
        Source("arXiv:1907.08610", "Algorithm 1, from memory"),
        state={slow: Piecewise((met, meets), (slow, True))},
        init={slow: x},
        defaults=DEFAULTS,
        domains=DOMAINS,
        names={FAST: rule.x},
    )
