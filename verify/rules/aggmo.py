"""AggMo, aggregated momentum (arXiv:1804.00325)."""

from sympy import Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, beta3, g, lr, weight_decay, x

BETAS = (beta1, beta2, beta3)
BUFFERS = {beta: Symbol(f"b{k}", real=True) for k, beta in enumerate(BETAS, 1)}

DEFAULTS = {lr: 1e-3, beta1: 0.0, beta2: 0.9, beta3: 0.99, weight_decay: 0.0}
DOMAINS = {
    beta1: Domain((0.5, 0.3, 0.0), high=1.0),
    beta2: Domain((0.9, 0.8, 0.7), high=1.0),
    beta3: Domain((0.99, 0.95, 0.999), high=1.0),
}


@family(spellings=SPELLINGS, words=WORDS)
def aggmo(*, decouple: bool = False, decay: Decay = "lr*wd") -> Rule:
    """The mean of three momenta, each of which forgets at its own rate; the paper has as many as one likes."""
    g_t = g if decouple else l2_gradient()
    after = {b: beta * b + g_t for beta, b in BUFFERS.items()}
    return Rule(
        "aggmo",
        x=(shrunk(x, decay) if decouple else x) - lr * sum(after.values()) / len(after),
        state=after,
        defaults=with_start(DEFAULTS, decay),
        domains=DOMAINS,
        tuples={"betas": BETAS},
        source=Source("arXiv:1804.00325", "equation 4, from memory", checked="torch-optimizer 0.3.0"),
    )
