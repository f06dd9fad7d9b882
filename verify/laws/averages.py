"""Schedules as averages: on the same gradients, the last weight along a schedule is a mean of the weights of the run
whose learning rate stays what it was at first.

z is that run; u is the update, x ← x − lr·u. It must not depend on lr or on the weight, as Adam's without decay.
"""

from sympy import Expr, Min, Symbol, cos, pi, sign, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, eps, lr, m, t, v, weight_decay, x
from lawful.verify.laws.schedules import C, S, q, rotation
from lawful.verify.laws.step_size import exact
from lawful.verify.provers.claims import n
from lawful.verify.rules.adam import M, V, adam
from lawful.verify.rules.adamw_schedulefree import (
    NOTHING,
    adamw_schedulefree,
    lr_max,
    power,
    r,
    total,
    warmup_steps,
    z,
)
from lawful.verify.theory.along_schedules import AverageOfRun, horizon
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Moves
from lawful.verify.theory.prediction import c as lane

OWN = Source("lawful", "derived here; by summation by parts")
FREE = Source("arXiv:2405.15682", "Algorithm 1; the sum is made exact here")

free = adam().replace({weight_decay: 0})
"""Adam without decay: its updates do not depend on the weight."""

x0, A, L, Z, k = (Symbol(name, real=True) for name in ("x0", "A", "L", "Z", "k"))
N = Symbol("N", positive=True)
m0, v0 = Symbol("m0", real=True), Symbol("v0", nonnegative=True)
anywhere = {x: x0, m: m0, v: v0}


def updated(rule: Rule) -> Expr:
    """u, the update of this step at learning rate 1."""
    return rule.names[M] / (sqrt(rule.names[V]) + eps)


_z = Symbol("z", real=True)
_unit = _z - updated(free)
_constant = _z - lr * updated(free)

a_schedule_averages_the_run_at_rate_1 = Invariant(
    "Along any schedule, from any state, Adam's weight without decay is x₀ + lr_n·z_n + Σ (lr_k − lr_{k+1})·z_k over "
    "k < n, where z_k is the sum of the first k updates −u, the way of the run at learning rate 1. The factors sum to "
    "lr₁: along a falling schedule the weight is a mean of the x₀ + lr₁·z_k, the weights of the run that stays at lr₁.",
    free,
    {x: x0 + L * _z + A},
    beside={_z: (0, _unit), L: (0, lr), A: (0, A + (L - lr) * _z)},
    varying=(lr,),
    start=anywhere,
    source=OWN,
    refuses=false_if("the weights of the next step", beside={
        _z: (0, _unit), L: (0, lr), A: (0, A + (L - lr) * _unit),
    }),
)  # fmt: skip

linear_decay_is_the_mean_of_the_run = Invariant(
    "From any state, if lr falls linearly, lr·(1 − k/N) at the step after k, Adam's weight without decay is (z₁ + … "
    "+ z_k + (N − k)·z_k)/N after k steps, z the run that goes on at lr: after N steps, the plain mean of z₁ … z_N. "
    "(So warm-up, a constant rate and a linear end, WSD, leave the mean of the last N weights of the constant run.)",
    free.replace({lr: lr * (1 - k / N)}),
    {x: (Z + (N - k) * _z) / N},
    beside={_z: (x0, _constant), Z: (0, Z + _constant), k: (0, k + 1)},
    start=anywhere,
    source=OWN,
    refuses=false_if("the mean of z₀ … z_{N−1}", beside={
        _z: (x0, _constant), Z: (0, Z + _z), k: (0, k + 1),
    }),
    predicts=[
        AverageOfRun(adam(), {weight_decay: 0.0}, 1 - (t - 1) / horizon),
        AverageOfRun(adam(), {weight_decay: 0.0}, Min(1, 4 * (1 - (t - 1) / horizon))),
    ],
)  # fmt: skip

cosine_is_half_a_wave_of_the_run = Invariant(
    "Along a cosine, lr·(1 + cos kh)/2 at the step after k, Adam's weight without decay is (1 + cos kh)/2·z_k + Σ "
    "tan(h/2)·(sin (i−1)h + sin ih)/2·z_i over i = 1 … k, z the run that goes on at lr (q = tan(h/2)): after a "
    "whole cycle, a mean of z whose weights are half a sine wave, largest in the middle.",
    free.replace({lr: lr * (1 + C) / 2}),
    {x: (1 + C) / 2 * _z + A},
    beside=rotation | {_z: (x0, _constant), A: (0, A + q * (S + rotation[S][1]) / 2 * _constant)},
    start=anywhere,
    source=OWN,
    refuses=false_if("the weights one step late", beside=rotation | {
        _z: (x0, _constant), A: (0, A + q * (S + rotation[S][1]) / 2 * _z),
    }),
    predicts=[AverageOfRun(adam(), {weight_decay: 0.0}, (1 + cos(pi * (t - 1) / horizon)) / 2)],
)  # fmt: skip

_free = adamw_schedulefree().replace({warmup_steps: 0, r: 0, power: 2, NOTHING: 0})
"""Without its guard against 0/0, which acts at an lr near 1e-150 and below alone."""
_mean = Symbol("xbar", real=True)


def averaged(newest: Expr) -> dict[Symbol, tuple[Expr, Expr]]:
    """x̄ ← x̄ + (newest − x̄)/t, and the sum of z₁ … z_n."""
    return {_mean: (x, _mean + (newest - _mean) / t), Z: (0, Z + _free.state[z])}


schedule_free_is_the_plain_mean = Invariant(
    "At a constant lr whose square is above 1e-300 (less is taken for 0), without warm-up and at r = 0, schedule-free "
    "AdamW's weight is (1 − β1)·z + β1·x̄ after every step, where n·x̄ = z₁ + … + z_n: gradients are taken near the "
    "plain mean of the iterates z, which is what a linear decay to zero would leave of them.",
    _free,
    {x: (1 - beta1) * z + beta1 * _mean, Z: n * _mean, total: n * lr**2, lr_max: lr},
    beside=averaged(_free.state[z]),
    start={lr_max: lr},
    source=FREE,
    refuses=false_if("the mean one step late", beside=averaged(z)),
    predicts=[Moves(
        adamw_schedulefree(), exact, lane, -lr * sign(lane) * ((1 - beta1) * t + beta1 * (t + 1) / 2),
    )],
)  # fmt: skip
