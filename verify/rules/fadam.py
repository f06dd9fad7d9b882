"""FAdam (arXiv:2405.12807): Adam as a natural gradient; what it averages is already divided, decay too."""

from typing import Literal

from sympy import Expr, Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, weight_decay, x
from lawful.verify.language.tensors import IfPositive, rms

f = Symbol("f", nonnegative=True)
clip, p, least = Symbol("clip", positive=True), Symbol("p", positive=True), Symbol("eps_2", positive=True)
D, N = Symbol("d_t"), Symbol("n_t")
DEFAULTS = {lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, least: 1e-2, clip: 1.0, p: 0.5, weight_decay: 0.1}
DOMAINS = {
    s: Domain(v, open_low=True) for s, v in {clip: (1.0, 0.5), p: (0.5, 0.4), least: (1e-3, 1e-2)}.items()
}
WORDS: Words = {
    "floor": {"eps^2p": "eps to the power 2p beside the divisor", "eps": "eps beside the divisor"}
}


@family(words=WORDS)
def fadam(*, floor: Literal["eps^2p", "eps"] = "eps^2p") -> Rule:
    """g/(f^p + ε^2p) and x/(f^p + ε^2p), each cut to a root mean square of `clip`; ε is eps, less for small gradients.

    f averages g² with the correction in its β. Where the gradient is 0, ε is eps, as ports have it. Another port has ε
    itself beside f^p (`floor="eps"`).
    """
    f_t = (beta2 * (1 - beta2 ** (t - 1)) * f + (1 - beta2) * g**2) / (1 - beta2**t)
    small = IfPositive(rms(g), Min(eps, least * rms(g)), eps)
    d_t = f_t**p + (small ** (2 * p) if floor == "eps^2p" else small)
    m_t = beta1 * m + (1 - beta1) * cut(g / d_t)
    return Rule(
        "fadam",
        x=x - lr * (m_t + weight_decay * cut(x / d_t)),
        state={m: m_t, f: f_t},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:2405.12807", "Algorithm 1", checked="lessw2020/FAdam_PyTorch@2265002a9e"),
        names={D: d_t, N: cut(g / d_t)},
    )


def cut(step: Expr) -> Expr:
    """A step whose root mean square is no more than `clip`."""
    return step / Max(1, rms(step) / clip)
