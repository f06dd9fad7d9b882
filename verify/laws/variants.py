"""What distinguishes variants of one optimizer, exactly."""

from sympy import Expr, Integer, Symbol, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import (
    b,
    beta2,
    dampening,
    eps,
    g,
    lr,
    momentum,
    v_max,
    weight_decay,
    x,
    x_start,
)
from lawful.verify.language.tensors import IfPositive, Norm, Total
from lawful.verify.provers.claims import Run, any_step, g1, nth
from lawful.verify.rules.adam import M, V, adam, adamw, amsgrad, denominator
from lawful.verify.rules.adamd import adamd
from lawful.verify.rules.adamprox import adamprox
from lawful.verify.rules.sgd import sgd
from lawful.verify.rules.spd import spd
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import false_if
from lawful.verify.theory.theorems import Coefficient, Identity, Separation

OWN = Source("lawful", "derived here; the statement is elementary")
LH = "arXiv:1711.05101"

torch = adamw()
u = torch.names[M] / (sqrt(torch.names[V]) + eps)
"""Adam's normalised step."""

first, second, direction = (Symbol(name) for name in ("x'", "x''", "u"))

# ----------------------------------------------------------------------------------------------- decay
adamprox_is_adamw_to_second_order = Identity(
    "AdamProx's next weight less AdamW's is lr²·wd·(wd·x + u)/(1 + lr·wd), u being Adam's normalised step: of second "
    "order in lr.",
    {first - second: lr**2 * weight_decay * (weight_decay * x + direction) / (1 + lr * weight_decay)},
    runs={first: any_step(adamprox()), second: any_step(torch)},
    where={direction: u},
    source=Source("arXiv:2202.00089", "AdamW as an approximation of its proximal form, made exact"),
    refuses=false_if(
        "without the step",
        equations={first - second: lr**2 * weight_decay * weight_decay * x / (1 + lr * weight_decay)},
    ),
)

decay_after_the_step_shrinks_the_step = Identity(
    "Decay after the step instead of before it, as the paper and torch have it, differs by lr·wd times the step.",
    {first - second: lr * weight_decay * lr * direction},
    runs={first: any_step(adamw(decay_order="after")), second: any_step(torch)},
    where={direction: u},
    source=Source(LH, "Algorithm 2, against decay of the new weight"),
    refuses=false_if("not at all", equations={first: second}),
)

mu, kept = Symbol("momentum", positive=True), Symbol("kept", positive=True)
stable = sgd(decay="lr*wd").replace(
    {momentum: mu, dampening: 1 - kept, weight_decay: weight_decay * kept / (1 - mu)}
)
"""Decay multiplied by (1 − d)/(1 − μ), with kept = 1 − d."""

stable_decay_rests_where_l2_does = Coefficient(
    "SGD with momentum whose decay is multiplied by (1 − d)/(1 − μ), stable weight decay, can stand still where g = "
    "−wd·x as L2 does, and nowhere else (kept = 1 − d).",
    [first - x],
    runs={first: Run(stable, 1, start={b: kept * g1 / (1 - mu)}, first=2)},
    for_all=(),
    unknown=g1,
    is_only=-weight_decay * x,
    source=Source("arXiv:2011.11152", "stable weight decay; the proof is our own"),
    refuses=false_if("where g = −wd·x·(1 − μ)/(1 − d)", is_only=-weight_decay * x * (1 - mu) / kept),
)

some_eps = Symbol("eps", positive=True)


def from_x(rule: Rule) -> dict[Symbol, Run]:
    """A first step with eps > 0."""
    return {first: Run(rule.replace({eps: some_eps}), 1)}


preconditioned_decay_rests_where_l2_does = Coefficient(
    "AdamD, whose decay is divided as its step is, stands still in its first step where g = −wd·x as Adam with L2 "
    "does, and nowhere else (eps > 0).",
    [(first - x) * (abs(g1) + some_eps)],
    runs=from_x(adamd()),
    for_all=(),
    unknown=g1,
    is_only=-weight_decay * x,
    source=Source("arXiv:2310.08858", "stationary points; the proof is our own"),
    refuses=false_if("where g = 0, as without decay", is_only=Integer(0)),
)

old, gained, strength = (
    Symbol("o", positive=True),
    Symbol("gain", positive=True),
    Symbol("weight_decay", positive=True),
)
agreed, opposed = Symbol("c", positive=True), Symbol("d", nonpositive=True)
undecayed = adam().replace({weight_decay: 0})
_new, _away = undecayed.x - x_start, x - x_start


def selective(inner: Expr, share: Expr) -> Run:
    """A step of SPD where Σ g·(x − x_start) is `inner` and Adam's step takes the tensor from the distance o of its
    first weights to o + gain."""
    lengths = {Norm(_new): old + gained, Norm(_away): old, Total(g * _away): inner}
    rule = spd().replace({**lengths, weight_decay: share})
    return any_step(rule.replace({case: chosen(case) for case in rule.x.atoms(IfPositive)}))


def chosen(case: IfPositive) -> Expr:
    """The branch that the sign of a symbol takes."""
    sign, then, otherwise = case.args
    return then if sign.is_positive else otherwise


with_growth, at_one, without = Symbol("SPD"), Symbol("SPD at 1"), Symbol("SPD against")

projection_takes_back_growth = Identity(
    "Where the gradient points back to the first weights, Σ g·(x − x_start) > 0, and Adam's step takes a tensor from "
    "distance o of them to n = o + gain all the same, SPD's distance is 1 − wd·gain/n of that: n − wd·gain, so that wd "
    "= 1 projects back onto the old sphere. Where Σ g·(x − x_start) ≤ 0 SPD's step is Adam's, whatever wd.",
    {
        with_growth - x_start: _new * (old + gained - strength * gained) / (old + gained),
        at_one - x_start: _new * old / (old + gained),
        without - x_start: _new,
    },
    runs={
        with_growth: selective(agreed, strength),
        at_one: selective(agreed, Integer(1)),
        without: selective(opposed, strength),
    },
    source=Source("arXiv:2411.01713", "selective projection; the proof is our own"),
    refuses=false_if("it multiplies by 1 − wd", equations={with_growth - x_start: _new * (1 - strength)}),
)

# ------------------------------------------------------------------------------------- learning rate
inside, outside = sgd(lr_place="inside"), sgd(lr_place="outside")
mu_1 = {momentum: mu, dampening: 0, weight_decay: 0}

lr_inside_the_buffer_is_lr_outside = Equivalence(
    "While lr is constant, momentum that averages lr·g and momentum that averages g, with lr applied to the average, "
    "are one rule.",
    outside,
    inside,
    under={b: lr * b},
    source=Source(LH, "Algorithm 1, against torch.optim.SGD"),
    refuses=false_if("along a schedule", varying=(lr,)),
)

lr_1, lr_2 = nth(lr, 1), nth(lr, 2)
_two = {
    first: Run(inside.replace(mu_1), 2, varying=(lr,)),
    second: Run(outside.replace(mu_1), 2, varying=(lr,)),
}

a_schedule_tells_where_lr_is = Identity(
    "Along a schedule, momentum with lr inside the average differs from that with lr outside after two steps, by "
    "−μ·g₁·(lr₁ − lr₂).",
    {first - second: -mu * g1 * (lr_1 - lr_2)},
    runs=_two,
    source=Source(LH, "Algorithm 1, against torch.optim.SGD"),
    refuses=false_if("the other way round", equations={first - second: mu * g1 * (lr_1 - lr_2)}),
)

lr_inside_needs_a_constant_lr = Coefficient(
    "Momentum with lr inside the average and with lr outside agree after two steps for all gradients only if lr₂ = "
    "lr₁.",
    [first - second],
    runs=_two,
    for_all=(x, g1, nth(g, 2)),
    unknown=lr_2,
    is_only=lr_1,
    source=OWN,
    refuses=false_if("lr₂ = μ·lr₁", is_only=mu * lr_1),
)

# ----------------------------------------------------------------------------------------- epsilon
c, excess = Symbol("c", real=True), Symbol("delta", positive=True)
root_v, root_b = Symbol("w", positive=True), Symbol("r", positive=True)


def hat_less_outside(correction: Expr) -> Expr:
    """The denominator with ε̂ = c less that with ε, where v = w² and 1 − β2ᵗ is the square of `correction`."""
    hat, outside = (denominator(root_v**2, correction**2, place) for place in ("hat", "outside"))
    return hat.xreplace({eps: c}) - outside.xreplace({eps: some_eps})


epsilon_hat_is_epsilon_that_shrinks = Coefficient(
    "Adam with ε̂, beside the root of the uncorrected v, divides as Adam with ε, beside the root of the corrected one, "
    "for ε̂ = ε·√(1 − β2ᵗ) and no other (r = √(1 − β2ᵗ), w = √v).",
    [hat_less_outside(root_b)],
    for_all=(),
    unknown=c,
    is_only=some_eps * root_b,
    source=Source("arXiv:1412.6980", "§2, on the order of computation"),
    refuses=false_if("for ε̂ = ε", is_only=some_eps),
)

no_constant_epsilon_hat_is_epsilon = Coefficient(
    "No constant ε̂ is Adam's ε > 0 at two steps, since 1 − β2ᵗ grows: libraries with eps inside and outside the bias "
    "correction differ whatever eps they are given.",
    [hat_less_outside(root_b), hat_less_outside(root_b + excess)],
    for_all=(),
    unknown=c,
    is_only=None,
    source=OWN,
    refuses=false_if("at one step twice", differences=[hat_less_outside(root_b), hat_less_outside(root_b)]),
)

# --------------------------------------------------------------------------------------------- maxima
a = Symbol("a", positive=True)
tops = {form: [Symbol(f"{form}_{k}") for k in (1, 2)] for form in ("paper", "torch", "corrected")}
_forms = {"paper": amsgrad(amsgrad="paper"), "torch": amsgrad(), "corrected": amsgrad(amsgrad="corrected")}


def _maxima() -> dict[Symbol, Run]:
    """The maxima after one step and after two, on a gradient and then none."""
    rules = {form: rule.replace({weight_decay: 0}) for form, rule in _forms.items()}
    on = [a, Integer(0)]
    return {top: Run(rules[f], k, v_max, on) for f in rules for k, top in enumerate(tops[f], start=1)}


(p1, p2), (t1, t2), (c1, c2) = tops.values()

amsgrad_is_three_rules = Separation(
    "On a gradient a and then 0, the v by which AMSGrad divides stays (1 − β2)·a² in the paper, and a² where the "
    "corrected v is taken the maximum of; in torch, which corrects the maximum, it shrinks from a² to a²/(1 + β2). For "
    "a = 4 and β2 = ½ the second steps divide by the roots of 8, 16 and 32/3: three rules.",
    {
        p1: (1 - beta2) * a**2,
        p2: p1,
        c1: a**2,
        c2: c1,
        t1 / (1 - beta2): a**2,
        t2 / (1 - beta2**2): a**2 / (1 + beta2),
    },
    over={beta2: (0, 1)},
    runs=_maxima(),
    source=Source("arXiv:1904.09237", "Algorithm 2, against torch.optim.Adam(amsgrad=True)"),
    refuses=false_if("torch's stays too", equations={t2 / (1 - beta2**2): t1 / (1 - beta2)}),
)
