"""LARS's local rates (arXiv:1708.03888): gradient and decay together are made as long as the tensor."""

from typing import Literal

from sympy import Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, trust_coefficient, weight_decay, x
from lawful.verify.language.tensors import Norm
from lawful.verify.language.transformation import fed, transformation
from lawful.verify.transformations.trusted import RATIO, WORDS, only_with_decay, trust

trust_eps = Symbol("trust_eps", nonnegative=True)

DEFAULTS = {weight_decay: 0.0, trust_coefficient: 1e-3, trust_eps: 1e-8}
DOMAINS = {
    trust_coefficient: Domain((0.02, 1e-3, 0.1, 0.5), open_low=True),
    trust_eps: Domain((1e-3, 1e-8, 0.0)),
}


@transformation(words={"ratio": WORDS["ratio"]})
def layerwise(rule: Rule, *, ratio: Literal["always", "with decay"] = "always") -> Rule:
    """The rule on (g + wd·x)·κ‖x‖/(‖g‖ + wd·‖x‖ + eps), a factor of 1 where a norm is 0, and no other decay.

    `layerwise(sgd)` is LARS as ports of it to torch have it, with lr outside the buffer; that of the paper is `lars`.
    """
    if weight_decay not in rule.defaults:
        raise Unanswerable(f"layerwise({rule}): {rule} has no weight decay to take the place of.")
    r_t = trust_coefficient * Norm(x) / (Norm(g) + weight_decay * Norm(x) + trust_eps)
    r_t = trust(r_t, Norm(x), Norm(g))
    r_t = only_with_decay(r_t) if ratio == "with decay" else r_t
    source = Source("arXiv:1708.03888", "Algorithm 1, from memory", checked="timm 1.0.31")
    bare = rule.replace({weight_decay: 0})
    return fed(bare, r_t * l2_gradient(), source, defaults=DEFAULTS, domains=DOMAINS, names={RATIO: r_t})
