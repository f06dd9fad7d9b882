"""Where Adam, AMSGrad and ADOPT drift on C, −1, −1 over and over, Reddi's problem.

Here β1 = 0 and eps = 0, without bias correction, clipping, or an interval to which the weight is put back.
"""

from dataclasses import replace
from typing import Any

from sympy import Expr, GoldenRatio, Integer, Rational, Symbol, oo, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, v_max, weight_decay, x
from lawful.verify.provers.claims import Bounds, Run, n
from lawful.verify.rules.adam import adam, adamw, amsgrad
from lawful.verify.rules.adopt import adopt
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import DriftsTo
from lawful.verify.theory.problems import mirrored, reddi
from lawful.verify.theory.theorems import Inequality
from lawful.verify.theory.trial import Trial

REDDI = Source("arXiv:1904.09237", "Theorem 1, made exact")
OWN = Source("lawful", "derived here; the statement is elementary")

C, w, s = (Symbol(name, positive=True) for name in ("C", "w", "s"))
period = reddi(C).values
unit = {lr: 1, eps: 0, weight_decay: 0}
"""Displacements are in units of lr."""

plain_adam = adam(bias_correction=False).replace(unit)
plain_amsgrad = adam(amsgrad="paper").replace(unit)
plain_adopt = adopt(clip="none").replace(unit).at(2)
"""ADOPT after its first call, which only records v."""

NO_MEMORY, SHORT_MEMORY, LONG_MEMORY = ({beta1: 0.0, beta2: second} for second in (0.0, 0.05, 0.75))
REDDI_BETAS = {beta1: 0, beta2: 1 / (1 + C**2)}


ANY = C**2 / (1 + w)
"""Any second moment below the largest, C²."""


def after(rule: Rule, steps: int, read: Symbol = x, start: Expr = ANY, largest: Expr = ANY) -> Run:
    """Some steps of a period from x = 0, v = start and v_max = largest."""
    begin = {x: 0, v: start, v_max: largest}
    return Run(rule.replace(REDDI_BETAS), steps, read, gradients=period * 2, start=begin)


end = Symbol("x_end")
v1, v2, v3, q = (Symbol(name, positive=True) for name in ("v1", "v2", "v3", "q"))
K = sqrt(1 + C**2) / C
_first, _second, _third = (Bounds(after(plain_adam, k, v)) for k in (1, 2, 3))
NARROW = {
    v1: replace(_first, low=C**4 / (1 + C**2)),
    v2: replace(_second, high=2 * C**2 / (1 + C**2)),
    v3: replace(_third, high=C**2 * (C**2 + 3) / (1 + C**2) ** 2),
}
LEAST = K * (1 / sqrt(2) + sqrt((1 + C**2) / (C**2 + 3)) - 1)


def adam_up(least: Expr) -> dict[str, Any]:
    """That Adam moves up by at least that much in a period, with the shape in which it is proved."""
    return {"greater": {end: least}, "written": -C / sqrt(v1) + 1 / sqrt(v2) + 1 / sqrt(v3) - least}


adam_walks_away_on_reddi = Inequality(
    "On C, −1, −1 with β1 = 0, β2 = 1/(1 + C²) and eps = 0, without bias correction, Adam moves up from every v ≤ C² "
    "in every period by at least lr·K·(1/√2 + √((1 + C²)/(C² + 3)) − 1) with K = √(1 + C²)/C. The mean gradient is (C "
    "− 2)/3: for C > 2, the wrong way.",
    {},
    **adam_up(LEAST),
    over={C: (0, oo), w: (0, oo)},
    runs={end: after(plain_adam, 3)},
    through=NARROW,
    strict=False,
    source=REDDI,
    refuses=false_if("by at least lr·K·(1/√2 + 1 − 1)", **adam_up(K / sqrt(2))),
    predicts=[DriftsTo(adam(), Trial(plain_adam, reddi(4), SHORT_MEMORY, lr=0.01, steps=2000, lanes=4))],
)


def above(bound: Rational) -> dict[str, Any]:
    """That the factor of K is above a number, with the shape in which it is proved."""
    factor = 1 / sqrt(2) + sqrt((1 + C**2) / (C**2 + 3)) - 1
    return {"greater": {factor: bound}, "written": 1 / sqrt(2) + sqrt(q) - 1 - bound}


the_walk_is_never_short = Inequality(
    "That bound is above 0.2844·lr·K for every C > 0.",
    {},
    **above(Rational(2844, 10000)),
    over={C: (0, oo)},
    through={q: Bounds((1 + C**2) / (C**2 + 3), low=Rational(1, 3))},
    source=REDDI,
    refuses=false_if("above 0.2845", **above(Rational(2845, 10000))),
)

pull = Symbol("y", positive=True)
kept = 1 / (1 + pull)
"""1 − lr·wd, anywhere between 0 and 1."""
decaying = adamw(bias_correction=False).replace({weight_decay: (1 - kept) / lr}).replace({lr: 1, eps: 0})
end_from_x = Symbol("x_end'")


def adamw_up(least: Expr) -> dict[str, Any]:
    """That AdamW from x = 0 ends above that much of its kept², with the shape in which it is proved."""
    shape = -C / sqrt(v1) + (1 + pull) / sqrt(v2) + (1 + pull) ** 2 / sqrt(v3) - least
    return {"greater": {end / kept**2: least}, "written": shape}


adamw_stays_away_on_reddi = Inequality(
    "With decay by κ = 1 − lr·wd between 0 and 1, written 1/(1 + y), AdamW (else as above) ends a period at κ³·x + s "
    "with s at least κ² times that bound, from every v ≤ C² and whatever x is: from x ≥ 0 it stays above 0, though for "
    "C > 2 the optimum is the least weight that is allowed.",
    {end_from_x - end: kept**3 * x},
    **adamw_up(LEAST),
    over={C: (0, oo), w: (0, oo)},
    runs={end: after(decaying, 3), end_from_x: replace(after(decaying, 3), start={x: x, v: ANY})},
    through=NARROW,
    strict=False,
    source=OWN,
    refuses=false_if("s at least κ²·lr·K·(1/√2 + 1 − 1)", **adamw_up(K / sqrt(2))),
)

some_v, s1, s2, s3 = (Symbol(name, positive=True) for name in ("V", "s1", "s2", "s3"))
_low, _high = Rational(22, 7), Integer(6)
_memory = {beta2: (Rational(1, 2), 1), some_v: (_low, _high)}


def on_four(steps: int, read: Symbol) -> Run:
    """Adam on 4, −1, −1 from x = 0 and v = V."""
    return Run(plain_adam.replace({beta1: 0}), steps, read, reddi(4).values, {x: 0, v: some_v})


v_after = Symbol("v'")

second_moment_stays_in_range_on_reddi = Inequality(
    "On 4, −1, −1 with 1/2 < β2 < 1, Adam's v is between 22/7 and 6 after every period at whose start it was.",
    {},
    greater={v_after: _low, _high: v_after},
    over=_memory,
    runs={v_after: on_four(3, v)},
    source=OWN,
    refuses=false_if("between 22/7 and 5", greater={v_after: _low, Integer(5): v_after}),
)

adam_returns_on_reddi_with_more_memory = Inequality(
    "On 4, −1, −1 with β1 = 0, eps = 0 and 1/2 < β2 < 1, without bias correction, Adam moves down in every period at "
    "whose start v is between 22/7 and 6: the right way, while at β2 = 1/17 it goes the wrong way.",
    {},
    greater={0: end},
    written=4 / sqrt(s1) - 1 / sqrt(s2) - 1 / sqrt(s3),
    over=_memory,
    runs={end: on_four(3, x)},
    through={
        s1: Bounds(on_four(1, v), high=Integer(11)),
        s2: Bounds(on_four(2, v), low=_low),
        s3: Bounds(on_four(3, v), low=_low),
    },
    source=OWN,
    refuses=false_if("for every β2 < 1", over={**_memory, beta2: (0, 1)}),
    predicts=[DriftsTo(adam(), Trial(plain_adam, reddi(4), LONG_MEMORY, lr=0.01, steps=4000, lanes=4))],
)

raised = ANY / (1 + C**2) + C**4 / (1 + C**2)
"""v after the large gradient."""
below = raised / (1 + s)
"""Any maximum below that."""
end_first, end_kept = Symbol("x_end_0"), Symbol("x_end_kept")

amsgrad_returns_on_reddi = Inequality(
    "On C, −1, −1 with β1 = 0, β2 = 1/(1 + C²) and eps = 0, AMSGrad without bias correction moves by −lr·(C − 2)/√M in "
    "every period, M being its maximum after the large gradient, which the two small ones do not raise: for C > 2 "
    "towards the optimum. So in the first period, from v = 0; and from every v < C², where the large gradient raises "
    "the maximum and where it does not.",
    {
        end_first: -(C - 2) / sqrt(C**4 / (1 + C**2)),
        end: -(C - 2) / sqrt(raised),
        end_kept: -(C - 2) / sqrt(raised + s),
    },
    over={C: (2, oo)},
    runs={
        end_first: after(plain_amsgrad, 3, start=Integer(0), largest=Integer(0)),
        end: after(plain_amsgrad, 3, largest=below),
        end_kept: after(plain_amsgrad, 3, largest=raised + s),
    },
    source=Source("arXiv:1904.09237", "AMSGrad; the drift is our own"),
    refuses=false_if("Adam instead", runs={
        end_first: after(plain_adam, 3, start=Integer(0)),
        end: after(plain_adam, 3),
        end_kept: after(plain_adam, 3),
    }),
    predicts=[
        DriftsTo(amsgrad(), Trial(plain_amsgrad, reddi(4), SHORT_MEMORY, lr=0.01, steps=4000, lanes=4))
    ],
)  # fmt: skip

v0 = Symbol("v0", positive=True)
_most = C**2 * (C**2 + 3) / (1 + C**2) ** 2
_v1, _v2 = (Bounds(after(plain_adopt, k, v, _most / (1 + w))) for k in (1, 2))

adopt_returns_on_reddi = Inequality(
    "On the same problem ADOPT without clipping (β1 = 0, eps = 0) moves down in every period that starts with v ≤ "
    "C²·(C² + 3)/(1 + C²)², as all but the first do: for C > 2 towards the optimum.",
    {},
    greater={0: end},
    over={C: (2, oo), w: (0, oo)},
    runs={end: after(plain_adopt, 3, start=_most / (1 + w))},
    through={
        v0: Bounds(_most / (1 + w), high=_most),
        v1: replace(_v1, low=C**4 / (1 + C**2)),
        v2: replace(_v2, low=C**2 * (2 * C**2 + 1) / (1 + C**2) ** 2),
    },
    written=C / sqrt(v0) - 1 / sqrt(v1) - 1 / sqrt(v2),
    source=OWN,
    refuses=false_if("Adam instead", runs={end: after(plain_adam, 3, start=_most / (1 + w))}),
    predicts=[DriftsTo(adopt(), Trial(plain_adopt, reddi(4), SHORT_MEMORY, lr=0.01, steps=1000, lanes=4))],
)

G, M = Symbol("G", real=True), Symbol("M", real=True)

momentum_conserves_the_sum = Invariant(
    "Whatever the gradients, the averages m of all steps sum to the gradients' sum less β1·m/(1 − β1): momentum "
    "delays, and neither adds nor loses any of it.",
    plain_adam,
    {M: G - beta1 / (1 - beta1) * m},
    beside={G: (0, G + g), M: (0, M + beta1 * m + (1 - beta1) * g)},
    source=OWN,
    refuses=false_if("without the part still to come", holds={M: G}),
)

S, v_0 = Symbol("S", real=True), Symbol("v0", nonnegative=True)
_squares = {S: (0, beta2 * S + (1 - beta2) * g**2)}

second_moment_forgets_its_start = Invariant(
    "Whatever the gradients, v after n steps is β2ⁿ·v₀ + S, with S the squares weighed by (1 − β2)·β2^age: if n "
    "gradients repeat, every period shrinks the distance of v from its cycle S/(1 − β2ⁿ) by the factor β2ⁿ.",
    plain_adam,
    {v: beta2**n * v_0 + S},
    beside=_squares,
    start={v: v_0},
    source=OWN,
    refuses=false_if("the newest square not weighed by 1 − β2", beside={S: (0, beta2 * S + g**2)}),
)

c = Symbol("c", positive=True)
_order = Run(plain_adopt.replace({beta1: 0, beta2: 0}), 3, x, mirrored(c).values, {x: 0, v: 1})

adopt_needs_independent_noise = Inequality(
    "On c, −1, −1 in this order over and over, ADOPT without clipping and with β1 = β2 = eps = 0 moves by −lr·(c² − c "
    "− 1)/c every period: down for every c above the golden ratio, though for c < 2 the optimum is above.",
    {end: -(c**2 - c - 1) / c},
    greater={(c**2 - c - 1) / c: 0},
    over={c: (GoldenRatio.expand(func=True), 2)},
    runs={end: _order},
    source=OWN,
    refuses=false_if("down for every c > 3/2", over={c: (Rational(3, 2), 2)}),
    predicts=[
        DriftsTo(
            adopt(), Trial(plain_adopt, mirrored(Rational(19, 10)), NO_MEMORY, lr=1e-2, steps=4000, lanes=4)
        )
    ],
)
