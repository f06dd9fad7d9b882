"""Accelerated SGD (arXiv:1803.05591)."""

from collections.abc import Mapping
from typing import Any

from sympy import Symbol

from lawful.verify.language.decay import l2_gradient
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, weight_decay, x

kappa, xi, const = (
    Symbol("kappa", positive=True),
    Symbol("xi", positive=True),
    Symbol("small_const", positive=True),
)
long = Symbol("x_long", real=True)

DEFAULTS = {lr: 1e-3, kappa: 1000.0, xi: 10.0, const: 0.7, weight_decay: 0.0}
DOMAINS = {
    kappa: Domain((100.0, 400.0, 1000.0), low=1.0),
    xi: Domain((3.0, 5.0, 10.0), low=1.0),
    const: Domain((0.7, 0.5), high=1.0, open_low=True),
}


def advantage_is_possible(options: Mapping[str, Any], hyper: Mapping[str, float]) -> bool:
    """No advantage is larger than the root of the ratio of the steps."""
    return hyper["xi"] ** 2 <= hyper["kappa"]


@family(allows=advantage_is_possible)
def accsgd() -> Rule:
    """Short steps, and beside them an average of weights that take steps κ/c times as long."""
    g_t = l2_gradient()
    keep = 1 - xi * const**2 / kappa
    far = x - lr * kappa / const * g_t
    long_t = keep * long + (1 - keep) * far
    share = const / (const + 1 - keep)
    return Rule(
        "accsgd",
        x=share * (x - lr * g_t) + (1 - share) * long_t,
        state={long: long_t},
        init={long: x},
        defaults=DEFAULTS,
        domains=DOMAINS,
        source=Source("arXiv:1803.05591", "Algorithm 3, from memory", checked="torch-optimizer 0.3.0"),
    )
