"""Adam, AMSGrad and ADOPT under independent noise (eps = 0, β1 = 0 unless said): where the mean step goes."""

from collections.abc import Mapping, Sequence
from itertools import permutations, product

from sympy import Expr, Integer, Rational, Symbol, oo, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, m, v, v_max, x
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
    "Under any independent two-valued noise, from any state, ADOPT without clipping moves y = x − β1/(1 − "
    "β1)·lr·m on average by −lr·E[g]/√v: v holds no part of the gradient that it divides.",
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

adopt_clipped_starts_the_wrong_way = Inequality(
    "With the released clipping at ±1, in force at its second call, ADOPT moves up by lr·(1 − 2/k) on "
    "average from v = k², the usual first record: away from the optimum of the two-point problem for every "
    "k > 2.",
    {mean: 1 - 2 / k},
    where=on_average,
    greater={1 - 2 / k: 0},
    over={k: (2, oo)},
    runs=on_two_points(released.at(2), second=k**2),
    source=OWN,
    refuses=false_if("without clipping", runs=on_two_points(plain_adopt, second=k**2)),
)

adopt_clipping_fades = Identity(
    "At k = 5 and from v = k², the clipping no longer acts from call 626 on, where it is ±5: the mean step "
    "is −lr·E[g]/√v again.",
    {mean: -Rational(1, 5)},
    where={mean: (up + 4 * down) / 5},
    runs=on_two_points(released.at(626), Integer(5), Integer(25)),
    source=OWN,
    refuses=false_if(
        "at call 82, where it is ±3", runs=on_two_points(released.at(82), Integer(5), Integer(25))
    ),
)

adam_follows_the_majority = Inequality(
    "On k² with probability 1/k, else −k, with β2 = 0, Adam moves up by lr·(1 − 2/k) on average, from every "
    "state: for k > 2 away from the optimum.",
    {mean: 1 - 2 / k},
    where=on_average,
    greater={1 - 2 / k: 0},
    over={k: (2, oo)},
    runs=on_two_points(plain_adam.replace({beta2: 0})),
    source=Source(PAPER, "for its mean gradient; the problem is our own, at β2 = 0"),
    refuses=false_if("ADOPT instead", runs=on_two_points(plain_adopt.replace({beta2: 0}))),
)

_biased = plain_adam.replace({beta1: 0})

adam_walks_away_on_two_points = Drift(
    "On the same two-point problem, in its stationary state, Adam moves up on average for every k > 4 and β2 < 1/2: "
    "away from the optimum.",
    _biased,
    two_point(k).noise,
    over={k: (4, oo), beta2: (0, Rational(1, 2))},
    towards=1,
    source=OWN,
    refuses=false_if("ADOPT instead", rule=plain_adopt.replace({beta1: 0})),
    predicts=[trial(adam(), plain_adam, second=b, lr=1e-2, steps=2000) for b in (0.1, 0.5)],
)

amsgrad_follows_the_mean_gradient = Inequality(
    "On the same two-point problem, once its maximum has reached M = k⁴·(1 + s), AMSGrad moves by −lr·E[g]/√M on "
    "average, so down to the optimum.",
    {mean: -1 / (k**2 * sqrt(1 + s))},
    where=on_average,
    greater={1 / (k**2 * sqrt(1 + s)): 0},
    over={k: (2, oo), w: (0, oo), s: (0, oo), beta2: (0, 1)},
    runs=on_two_points(plain_amsgrad, k, k**4 / (1 + w), k**4 * (1 + s)),
    source=Source("arXiv:1904.09237", "AMSGrad"),
    refuses=false_if("Adam instead", runs=on_two_points(plain_adam, k, k**4 / (1 + w))),
    predicts=[trial(amsgrad(), plain_amsgrad, second=b, lr=1e-2, steps=10_000) for b in (0.1, 0.5)],
)

c = Symbol("c", positive=True)
_one_epoch = adopt(clip="none").replace({**unit, beta1: 0, beta2: 0}).at(2)
_epochs = {
    Symbol(f"x_{i}"): Run(_one_epoch, 3, x, order, {x: 0, v: last**2})
    for i, (order, last) in enumerate(product(permutations(mirrored(c).values), mirrored(c).values))
}

adopt_fails_under_reshuffling = Inequality(
    "If c, −1, −1 are shuffled anew in every epoch, ADOPT with β1 = β2 = 0 moves by −lr·(8c² − 9c − "
    "8)/(9c) per epoch on average: down for 171/100 < c < 2, though the optimum is above.",
    {mean: -(8 * c**2 - 9 * c - 8) / (9 * c)},
    where={mean: sum(_epochs) / len(_epochs)},
    greater={(8 * c**2 - 9 * c - 8) / (9 * c): 0},
    over={c: (Rational(171, 100), 2)},
    runs=_epochs,
    source=OWN,
    refuses=false_if("down for every c > 17/10", over={c: (Rational(17, 10), 2)}),
)
