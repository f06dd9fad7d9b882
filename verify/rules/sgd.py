"""SGD with momentum, dampening and Nesterov's look-ahead, with L2 or with decoupled decay."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from sympy import Eq, Expr, Or, Piecewise, Symbol

from lawful.verify.language.decay import SPELLINGS, WORDS, Decay, l2_gradient, shrunk, with_start
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, dampening, g, lr, momentum, t, weight_decay, x

DEFAULTS = {lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0}
TORCH = Source(
    "torch.optim.SGD", "documented algorithm; momentum as in Sutskever et al. 2013", checked="torch 2.13.0"
)
PAPER = Source("arXiv:1711.05101", "Algorithm 1, from memory", checked="loshchil/AdamW-and-SGDW@0ae5185b3c")
SGDS = Source("arXiv:2011.11152", "SGDS", checked="zeke-xie/stable-weight-decay-regularization@e0abb1d66e")
G, D = Symbol("g_t"), Symbol("d_t")


def nesterov_needs_momentum(options: Mapping[str, Any], hyper: Mapping[str, float]) -> bool:
    """Nesterov's look-ahead is defined for momentum > 0 without dampening only."""
    return not options.get("nesterov") or (hyper["momentum"] > 0 and hyper["dampening"] == 0)


def direction(g_t: Expr, rate: Expr, nesterov: bool, first_step: str) -> tuple[Expr, Expr]:
    """(next buffer, direction). torch's first buffer is the whole gradient, and without momentum there is none."""
    averaged = momentum * b + (1 - dampening) * rate * g_t
    undamped = Eq(momentum, 0) if first_step == "damped" else Or(Eq(t, 1), Eq(momentum, 0))
    b_t = Piecewise((rate * g_t, undamped), (averaged, True))
    return b_t, rate * g_t + momentum * b_t if nesterov else b_t


def sgd_like(
    x_decayed: Expr, g_t: Expr, nesterov: bool, lr_place: str, first_step: str, source: Source
) -> Rule:
    """x ← decayed x − lr·direction, the learning rate outside the buffer (torch) or inside it (Sutskever, Keras)."""
    b_t, d_t = direction(g_t, lr if lr_place == "inside" else 1, nesterov, first_step)
    new = x_decayed - (d_t if lr_place == "inside" else lr * d_t)
    return Rule("sgd", new, {b: b_t}, DEFAULTS, source, names={G: g_t, D: d_t})


def stable(weight: Expr) -> Expr:
    """`weight` after decay by lr·wd·(1 − dampening)/(1 − momentum), the rate of a long run of one gradient."""
    return weight * (1 - lr * weight_decay * (1 - dampening) / (1 - momentum))


NESTEROV: Words = {"nesterov": {False: "no look-ahead", True: "a look-ahead"}}
BUFFER: Words = {
    "lr_place": {"outside": "lr outside the buffer", "inside": "lr inside the buffer"},
    "first_step": {"undamped": "a first buffer without dampening", "damped": "a first buffer with dampening"},
}
DECAYS: Words = {
    **WORDS,
    "decay": {**WORDS["decay"], "stable": "decay by lr·wd·(1 − dampening)/(1 − momentum)"},
}


@family(allows=nesterov_needs_momentum, words={**WORDS, **NESTEROV, **BUFFER})
def sgd(
    *,
    nesterov: bool = False,
    decay: Literal["l2", "none", "lr*wd", "wd"] = "l2",
    lr_place: Literal["outside", "inside"] = "outside",
    first_step: Literal["undamped", "damped"] = "undamped",
) -> Rule:
    """torch.optim.SGD."""
    g_t = l2_gradient() if decay == "l2" else g
    weight = shrunk(x, decay) if decay in ("lr*wd", "wd") else x
    return sgd_like(weight, g_t, nesterov, lr_place, first_step, TORCH)


@family(allows=nesterov_needs_momentum, spellings=SPELLINGS, words={**DECAYS, **NESTEROV})
def sgdw(
    *, nesterov: bool = False, decay: Decay | Literal["stable"] = "lr*wd", decouple: bool = True
) -> Rule:
    """SGD with decoupled decay of the old weight (arXiv:1711.05101, Algorithm 1, in timm's form: lr·wd).

    `decay="stable"` is SGDS (arXiv:2011.11152): decay grows as the momentum makes the step grow.
    """
    g_t = g if decouple else l2_gradient()
    weight = stable(x) if decay == "stable" else shrunk(x, decay)
    weight = weight if decouple else x
    source = SGDS if decay == "stable" else PAPER
    rule = sgd_like(weight, g_t, nesterov, "outside", "undamped", source)
    return replace(rule, defaults=with_start(DEFAULTS, decay))
