"""Adam, AMSGrad and ADOPT under independent noise: where the mean step goes. Here eps = 0."""

from collections.abc import Mapping, Sequence
from itertools import permutations, product

from sympy import Expr, Integer, Rational, Symbol, oo, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, m, t, v, v_max, x
from lawful.verify.laws.convergence import plain_adam, plain_adopt, plain_amsgrad, unit
from lawful.verify.provers.claims import Run
from lawful.verify.rules.adam import adam, amsgrad
from lawful.verify.rules.adopt import adopt
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import DriftsTo
from lawful.verify.theory.problems import mirrored, two_point
from lawful.verify.theory.theorems import Drift, Identity, Inequality
from lawful.verify.theory.trial import Trial

PAPER = "arXiv:2411.02853"
OWN = Source("lawful", "derived here; the statement is elementary")


def trial(claimed: Rule, rule: Rule, second: float, lr: float, steps: int) -> DriftsTo:
    """The two-point problem at k = 5 without momentum."""
    return DriftsTo(claimed, Trial(rule, two_point(5), {beta1: 0.0, beta2: second}, lr, steps))


p, high, low = Symbol("p", positive=True), Symbol("high", real=True), Symbol("low", real=True)
k, w, s = (Symbol(name, positive=True) for name in ("k", "w", "s"))
V = Symbol("v", positive=True)
up, down, m_up, m_down = (Symbol(name) for name in ("x_high", "x_low", "m_high", "m_low"))
mean = Symbol("mean")
on_average = {mean: up / k + down * (1 - 1 / k)}
"""The mean of the next x on the two-point problem."""


def either(rule: Rule, gradients: Sequence[Expr], start: Mapping[Symbol, Expr]) -> dict[Symbol, Run]:
    """x and m one step after each of two gradients."""
    ends = zip((up, down, m_up, m_down), (x, x, m, m), 2 * list(gradients), strict=True)
    return {symbol: Run(rule, 1, read, [gradient], start) for symbol, read, gradient in ends}


def on_two_points(rule: Rule, size: Expr = k, second: Expr = V, largest: Expr = V) -> dict[Symbol, Run]:
    """One step on the two-point problem without momentum, from x = 0, v = second and v_max = largest."""
    start = {x: Integer(0), m: Integer(0), v: second, v_max: largest}
    return either(rule.replace({beta1: 0}), two_point(size).values, start)


released = adopt().replace(unit)
_carry = beta1 / (1 - beta1)

adopt_follows_the_mean_gradient = Identity(
    "Under any independent two-valued noise, from any state with v > 0, ADOPT without clipping (eps = 0) moves y = x − "
    "β1/(1 − β1)·lr·m on average by −lr·E[g]/√v: v holds no part of the gradient that it divides.",
    {
        p * (up - _carry * m_up) + (1 - p) * (down - _carry * m_down): x
        - _carry * m
        - (p * high + (1 - p) * low) / sqrt(V)
    },
    runs=either(plain_adopt, (high, low), {m: m, v: V}),
    source=Source(PAPER, "normalisation by the past second moment"),
    refuses=false_if(
        "Adam instead, whose v holds the gradient", runs=either(plain_adam, (high, low), {m: m, v: V})
    ),
    predicts=[trial(adopt(), plain_adopt, second=b, lr=2e-3, steps=12_000) for b in (0.1, 0.5)],
)

over, under = Symbol("y", positive=True), Symbol("z", positive=True)


def clipped_at(bound: Expr) -> Rule:
    """ADOPT at the call at which it clips at ±bound."""
    return released.replace({t: 1 + bound**4})


def from_rest(rule: Rule, size: Expr) -> dict[Symbol, Run]:
    """One step on the two-point problem from x = m = 0 and v = k², the usual first record."""
    return either(rule, two_point(size).values, {x: Integer(0), m: Integer(0), v: size**2})


adopt_clipped_starts_the_wrong_way = Inequality(
    "With the released clipping, at ±1 in its second call, ADOPT then moves up on average, by (1 − β1)·lr·(1 − 2/k) "
    "from v = k², the usual first record (eps = 0): away from the optimum of the two-point problem for every k > 2.",
    {mean: (1 - beta1) * (1 - 2 / k)},
    where=on_average,
    greater={1 - 2 / k: 0},
    over={k: (2, oo)},
    runs=from_rest(released.at(2), k),
    source=OWN,
    refuses=false_if("without clipping", runs=from_rest(plain_adopt, k)),
)

_clip, _size = 1 + over, 1 + over + under
_up_late, _down_late = Symbol("x_high'"), Symbol("x_low'")
_late = from_rest(clipped_at(_size + over), _size)

adopt_clipped_turns_before_clipping_fades = Identity(
    "On the two-point problem and from m = 0, v = k², ADOPT that clips at ±c (eps = 0) moves on average by (1 − "
    "β1)·lr·(k − 1 − c)/k while 1 < c < k, so the right way as soon as c is above k − 1, and by −(1 − β1)·lr·E[g]/√v "
    "where c > k: with c = (t − 1)^¼ and k = 5 the right way after call 257, unclipped from call 626 on.",
    {
        up / _size + down * (1 - 1 / _size): (1 - beta1) * (_size - 1 - _clip) / _size,
        _up_late / _size + _down_late * (1 - 1 / _size): -(1 - beta1) / _size,
    },
    runs={**from_rest(clipped_at(_clip), _size), _up_late: _late[up], _down_late: _late[down]},
    source=OWN,
    refuses=false_if("the wrong way for all c < k", equations={
        up / _size + down * (1 - 1 / _size): (1 - beta1) * (_size - _clip) / _size,
    }),
)  # fmt: skip

adam_follows_the_majority = Inequality(
    "On k² with probability 1/k, else −k, with β1 = β2 = eps = 0, Adam moves up by lr·(1 − 2/k) on average: for k > 2 "
    "away from the optimum.",
    {mean: 1 - 2 / k},
    where=on_average,
    greater={1 - 2 / k: 0},
    over={k: (2, oo)},
    runs=on_two_points(plain_adam.replace({beta2: 0})),
    source=OWN,
    refuses=false_if("ADOPT instead", runs=on_two_points(plain_adopt.replace({beta2: 0}))),
)

_biased = plain_adam.replace({beta1: 0})

adam_walks_away_on_two_points = Drift(
    "On the same two-point problem, in its stationary state (β1 = 0, eps = 0, bias correction faded), Adam moves up on "
    "average for every k > 4 and β2 < 1/2: away from the optimum.",
    _biased,
    two_point(k).noise,
    over={k: (4, oo), beta2: (0, Rational(1, 2))},
    towards=1,
    source=OWN,
    refuses=false_if("ADOPT instead", rule=plain_adopt.replace({beta1: 0})),
    predicts=[trial(adam(), plain_adam, second=b, lr=1e-2, steps=2000) for b in (0.1, 0.5)],
)

_any = k**2 + (k**4 - k**2) / (1 + w)
"""Any second moment between the squares k² and k⁴ of which it is a mean in the long run."""
_raised = beta2 * _any + (1 - beta2) * k**4
_below = _any + (_raised - _any) / (1 + s)
"""Any maximum between v and what the large gradient makes of v."""
up_kept, down_kept = Symbol("x_high_kept"), Symbol("x_low_kept")
_kept = on_two_points(plain_amsgrad, k, _any, _raised + s)

amsgrad_returns_on_two_points = Inequality(
    "On the same two-point problem (β1 = 0, eps = 0, no bias correction), with v between k² and k⁴, the maximum M ≥ v "
    "before the step and U = β2·v + (1 − β2)·k⁴, AMSGrad moves on average by −lr·E[g]/√M where M ≥ U, and by lr·((k − "
    "1)/√M − k/√U) where the large gradient raises the maximum to U: down once M > k²·(k − 1)², since U < k⁴. (M tends "
    "to k⁴ from below.)",
    {
        mean: (k - 1) / sqrt(_below) - k / sqrt(_raised),
        up_kept / k + down_kept * (1 - 1 / k): -1 / sqrt(_raised + s),
    },
    where=on_average,
    greater={k / sqrt(k**4 / (1 + w)): (k - 1) / sqrt(k**2 * (k - 1) ** 2 * (1 + s))},
    over={k: (2, oo), beta2: (0, 1)},
    runs={
        **on_two_points(plain_amsgrad, k, _any, _below),
        up_kept: _kept[up],
        down_kept: _kept[down],
    },
    source=Source("arXiv:1904.09237", "AMSGrad; the drift is our own"),
    refuses=false_if("by −lr·E[g]/√M everywhere", equations={mean: -1 / sqrt(_below)}),
    predicts=[trial(amsgrad(), plain_amsgrad, second=b, lr=1e-2, steps=10_000) for b in (0.1, 0.5)],
)

c = Symbol("c", positive=True)
_one_epoch = adopt(clip="none").replace({**unit, beta1: 0, beta2: 0}).at(2)
_epochs = {
    Symbol(f"x_{i}"): Run(_one_epoch, 3, x, order, {x: 0, v: last**2})
    for i, (order, last) in enumerate(product(permutations(mirrored(c).values), mirrored(c).values))
}

adopt_fails_under_reshuffling = Inequality(
    "If c, −1, −1 are shuffled anew in every epoch, ADOPT without clipping and with β1 = β2 = eps = 0 moves by "
    "−lr·(8c² − 9c − 8)/(9c) per epoch on average: down for 171/100 < c < 2, though the optimum is above.",
    {mean: -(8 * c**2 - 9 * c - 8) / (9 * c)},
    where={mean: sum(_epochs) / len(_epochs)},
    greater={(8 * c**2 - 9 * c - 8) / (9 * c): 0},
    over={c: (Rational(171, 100), 2)},
    runs=_epochs,
    source=OWN,
    refuses=false_if("down for every c > 17/10", over={c: (Rational(17, 10), 2)}),
)
