"""Schedule-free AdamW (arXiv:2405.15682): an average of the iterates takes the schedule's place."""

from typing import Any, Literal

from sympy import Expr, Float, Symbol, sqrt

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, t, v, weight_decay, x

warmup_steps = Symbol("warmup_steps", nonnegative=True)
r, power = Symbol("r", nonnegative=True), Symbol("weight_lr_power", nonnegative=True)
z, lr_max, total = (
    Symbol("z", real=True),
    Symbol("lr_max", nonnegative=True),
    Symbol("weight_sum", nonnegative=True),
)

DEFAULTS = {
    lr: 2.5e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, warmup_steps: 0.0, r: 0.0, power: 2.0,
}  # fmt: skip
DOMAINS = {
    warmup_steps: Domain((5.0, 2.0, 0.0)),
    r: Domain((1.0, 0.5, 2.0, 0.0)),
    power: Domain((2.0, 1.0, 0.5, 0.0)),
}
NOTHING = Float(1e-300)
"""Less than any weight: while lr is 0, as where a warm-up begins, the authors' code takes 0/0 for 0."""

SOURCE = Source(
    "arXiv:2405.15682",
    "Algorithm 1, from memory, with the weights of the authors' code",
    checked="facebookresearch/schedule_free@70785b53e7",
)
LR, C, U = Symbol("lr_t"), Symbol("c_t"), Symbol("u_t")


WORDS: Words = {
    "correction": {
        "moment": "the second moment corrected",
        "lr": "the correction folded into lr, decay and weights included",
    },
    "weights": {
        "largest": "weights by the largest lr so far",
        "present": "weights by the present lr",
    },
}


WARMED = lr * Min(1, t / Max(1, warmup_steps))


def interpolated(
    name: str, u_t: Expr, lr_t: Expr, beta: Symbol, weights: str = "largest", **more: Any
) -> Rule:
    """The rule whose parameter is y, where gradients are taken: z steps along u, and y and the average x follow from z.

    Step t's z has the weight t^r·(the largest lr so far)^power in x, or that of the present lr. `more`: of the rule;
    what its state is besides.
    """
    largest = Max(lr_max, lr_t)
    weight = t**r * (largest if weights == "largest" else lr_t) ** power
    c_t = weight / Max(total + weight, NOTHING)
    state, names = more.pop("state", {}), {LR: lr_t, C: c_t, U: u_t}
    return Rule(
        name,
        x=(1 - c_t) * x + c_t * z - lr_t * (1 - beta * (1 - c_t)) * u_t,
        state={
            z: z - lr_t * u_t,
            **state,
            **({lr_max: largest} if weights == "largest" else {}),
            total: total + weight,
        },
        init={z: x},
        domains={**DOMAINS, **more.pop("domains", {})},
        source=SOURCE,
        names=names,
        counts="group",
        evaluated=(x - (1 - beta) * z) / beta,
        **more,
    )


@family(words=WORDS)
def adamw_schedulefree(
    *, correction: Literal["moment", "lr"] = "moment", weights: Literal["largest", "present"] = "largest"
) -> Rule:
    """The authors' code: AdamW without a first average, whose decay is at y.

    The paper's experiments and releases before 1.3 fold √(1 − β2ᵗ) into lr (`correction="lr"`; later
    AdamWScheduleFreePaper). An inner_momentum, which the code has after release 1.4.1, is 0 here as by default.
    """
    bc2 = 1 - beta2**t
    v_t = beta2 * v + (1 - beta2) * g**2
    u_t = g / (sqrt(v_t / (bc2 if correction == "moment" else 1)) + eps) + weight_decay * x
    lr_t = WARMED * (sqrt(bc2) if correction == "lr" else 1)
    return interpolated("adamw_schedulefree", u_t, lr_t, beta1, weights, state={v: v_t}, defaults=DEFAULTS)
