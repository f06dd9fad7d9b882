"""LARS (arXiv:1708.03888)."""

from typing import Literal

from sympy import Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, g, lr, momentum, trust_coefficient, weight_decay, x
from lawful.verify.language.tensors import Norm
from lawful.verify.transformations.trusted import WORDS, only_with_decay, trust

DEFAULTS = {lr: 1.0, momentum: 0.9, weight_decay: 0.0, trust_coefficient: 1e-3}
DOMAINS = {trust_coefficient: Domain((0.02, 1e-3, 0.1, 0.5), open_low=True)}
G, RATIO = Symbol("g_t"), Symbol("r_t")
CODE = {"paper": "", "nvcaffe": "NVIDIA/caffe@87a25543a6"}


PLACES: Words = {
    "lr_place": {"inside": "lr and ratio inside the buffer", "outside": "lr and ratio outside the buffer"},
    "form": {
        "paper": "decay in the buffer and in the ratio",
        "nvcaffe": "decay outside the buffer and the ratio, and a ratio times 1 − momentum",
    },
}


@family(words={**PLACES, "ratio": WORDS["ratio"]})
def lars(
    *,
    lr_place: Literal["inside", "outside"] = "inside",
    ratio: Literal["always", "with decay"] = "always",
    form: Literal["paper", "nvcaffe"] = "paper",
) -> Rule:
    """Momentum whose learning rate is local: trust_coefficient·‖x‖/(‖g‖ + wd·‖x‖), one for each tensor.

    The authors' last code, as it runs on a GPU (`form="nvcaffe"`), has (1 − momentum)·trust_coefficient·‖x‖/‖g‖, and
    decays the weight beside the buffer.
    """
    paper = form == "paper"
    length = Norm(g) + weight_decay * Norm(x) if paper else Norm(g) / (1 - momentum)
    r_t = trust(trust_coefficient * Norm(x) / length, Norm(x), Norm(g))
    r_t = only_with_decay(r_t) if ratio == "with decay" else r_t
    g_t = l2_gradient() if paper else g
    b_t = momentum * b + (lr * r_t * g_t if lr_place == "inside" else g_t)
    decayed = x if paper else x - lr * r_t * weight_decay * x
    return Rule(
        "lars",
        x=decayed - (b_t if lr_place == "inside" else lr * r_t * b_t),
        state={b: b_t},
        defaults=DEFAULTS,
        source=Source("arXiv:1708.03888", "Algorithm 1, from memory", checked=CODE[form]),
        domains=DOMAINS,
        names={G: g_t, RATIO: r_t},
    )
