"""LARS's local rates (arXiv:1708.03888): gradient and decay together are made as long as the tensor."""

from typing import Literal

from sympy import Gt, Piecewise, Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, trust_coefficient, weight_decay, x
from lawful.verify.language.tensors import Norm, dim
from lawful.verify.language.transformation import fed, transformation
from lawful.verify.transformations.trusted import RATIO, WORDS, only_with_decay, trust

trust_eps = Symbol("trust_eps", nonnegative=True)

DEFAULTS = {weight_decay: 0.0, trust_coefficient: 1e-3, trust_eps: 1e-8}
DOMAINS = {
    trust_coefficient: Domain((0.02, 1e-3, 0.1, 0.5), open_low=True),
    trust_eps: Domain((1e-3, 1e-8, 0.0)),
}


RANKS: Words = {
    "tensors": {
        "all": "local rates for every tensor",
        "matrices": "local rates and decay for matrices alone, without eps",
    }
}


@transformation(words={"ratio": WORDS["ratio"], **RANKS})
def layerwise(
    rule: Rule,
    *,
    ratio: Literal["always", "with decay"] = "always",
    tensors: Literal["all", "matrices"] = "all",
) -> Rule:
    """The rule on (g + wd·x)·κ‖x‖/(‖g‖ + wd·‖x‖ + eps), a factor of 1 where a norm is 0, and no other decay.

    `layerwise(sgd)` is LARS as ports of it to torch have it, with lr outside the buffer; that of the paper is `lars`.
    Some of them have no eps and leave vectors and scalars as they are (`tensors="matrices"`).
    """
    if weight_decay not in rule.defaults:
        raise Unanswerable(f"layerwise({rule}): {rule} has no weight decay to take the place of.")
    every = tensors == "all"
    length = Norm(g) + weight_decay * Norm(x)
    r_t = trust_coefficient * Norm(x) / (length + (trust_eps if every else 0))
    r_t = trust(r_t, Norm(x), Norm(g) if every else length)
    r_t = only_with_decay(r_t) if ratio == "with decay" else r_t
    source = Source("arXiv:1708.03888", "Algorithm 1, from memory", checked="timm 1.0.31")
    bare = rule.replace({weight_decay: 0})
    local = r_t * l2_gradient()
    gradient = local if every else Piecewise((local, Gt(dim, 1)), (g, True))
    defaults = {s: v for s, v in DEFAULTS.items() if every or s != trust_eps}
    return fed(bare, gradient, source, defaults=defaults, domains=DOMAINS, names={RATIO: r_t})
