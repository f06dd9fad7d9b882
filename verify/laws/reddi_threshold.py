"""From which β2 on Adam walks the right way where its gradients repeat: exactly on Reddi's problem, C, −1, −1 over and
over, at β1 = 0; and a certificate for any period, β1 and eps.

Displacements are in units of lr; eps = 0 and no bias correction, which fades, unless the law says otherwise.
"""

from typing import Any

from sympy import Expr, Integer, Rational, Symbol, oo, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.provers.claims import Run, n
from lawful.verify.rules.adam import V, adam
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import DriftsTo
from lawful.verify.theory.problems import reddi
from lawful.verify.theory.theorems import Identity, Inequality
from lawful.verify.theory.trial import Trial

OWN = Source("lawful", "derived here; the problem is that of arXiv:1904.09237, Theorem 1")

plain = adam(bias_correction=False).replace({lr: 1, eps: 0, weight_decay: 0})
without_momentum = plain.replace({beta1: 0})

C = Symbol("C", positive=True)
_b = beta2
N_1, N_2, N_3 = C**2 + _b + _b**2, 1 + _b * C**2 + _b**2, 1 + _b + _b**2 * C**2
total = 1 + _b + _b**2
"""v on the cycle is N_1/total after the gradient C, then N_2/total and N_3/total."""

end, v_end, at_zero = Symbol("x_end"), Symbol("v_end"), Symbol("x_zero")


def period(large: Expr, second: Expr, read: Symbol = x) -> Run:
    """One period of Adam without momentum on the cycle, from x = 0."""
    start = (N_3 / total).xreplace({C: large, beta2: second})
    return Run(
        without_momentum.replace({beta2: second}), 3, read, reddi(large).values, {x: Integer(0), v: start}
    )


ratios = sqrt(N_1 / N_2) + sqrt(N_1 / N_3)

adam_on_reddis_cycle = Identity(
    "On C, −1, −1 over and over, Adam with β1 = 0 has a cycle, on which it moves by √((1 + β2 + β2²)/N₁)·(√(N₁/N₂) "
    "+ √(N₁/N₃) − C) a period, N₁ = C² + β2 + β2², N₂ = 1 + β2·C² + β2², N₃ = 1 + β2 + β2²·C².",
    {v_end: N_3 / total, end: sqrt(total / N_1) * (ratios - C)},
    runs={v_end: period(C, beta2, v), end: period(C, beta2)},
    source=OWN,
    refuses=false_if("with N₂ and N₃ the same", equations={
        end: sqrt(total / N_1) * (2 * sqrt(N_1 / N_2) - C),
    }),
)  # fmt: skip

reddi_has_one_threshold = Inequality(
    "For every C > 2 there is exactly one β2*(C): below it Adam with β1 = 0 walks away from the optimum on its "
    "cycle, above it towards it. For √(N₁/N₂) + √(N₁/N₃), from which C is subtracted there, falls as β2 grows, and "
    "C lies between its ends: at β2 = 0 Adam moves by +1, and for β2 → 1 the sum tends to 2.",
    {at_zero: Integer(1), ratios.xreplace({beta2: Integer(1)}): Integer(2)},
    runs={at_zero: period(C, Integer(0))},
    greater={-(N_1 / N_2).diff(beta2): 0, -(N_1 / N_3).diff(beta2): 0, C: Integer(2)},
    over={C: (2, oo), beta2: (0, 1)},
    source=OWN,
    refuses=false_if("the sum grows with β2", greater={(N_1 / N_2).diff(beta2): 0}),
)

THRESHOLDS = {3: 472, 4: 317, 6: 187, 10: 98}
"""C → the thousandths of β2* rounded down."""


def brackets(thousandths: dict[int, int]) -> dict[str, Any]:
    """That Adam walks the wrong way at as many thousandths, and the right way one above."""
    runs: dict[Symbol, Run] = {}
    greater: dict[Expr, Expr | int] = {}
    for large, below in thousandths.items():
        wrong, right = (Symbol(f"x_{way}_{large}") for way in ("below", "above"))
        runs |= {
            wrong: period(Integer(large), Rational(below, 1000)),
            right: period(Integer(large), Rational(below + 1, 1000)),
        }
        greater |= {wrong: 0, -right: 0}
    return {"runs": runs, "greater": greater}


def trial(second: float) -> Trial:
    """Adam on 3, −1, −1."""
    return Trial(plain, reddi(3), {beta1: 0.0, beta2: second}, lr=0.02, steps=4000, lanes=4)


thresholds_of_reddis_problem = Inequality(
    "β2*(3) lies between 0.472 and 0.473, β2*(4) between 0.317 and 0.318, β2*(6) between 0.187 and 0.188, β2*(10) "
    "between 0.098 and 0.099: on its cycle Adam with β1 = 0 moves up at the lower, down at the upper.",
    {},
    **brackets(THRESHOLDS),
    source=OWN,
    refuses=false_if("a thousandth higher", **brackets({C: k + 1 for C, k in THRESHOLDS.items()})),
    predicts=[DriftsTo(adam(), trial(0.4)), DriftsTo(adam(), trial(0.55))],
)

# -------------------------------------------------------------------------------------- a certificate
v_0, F = Symbol("v0", nonnegative=True), Symbol("F", nonnegative=True)
floor = Symbol("floor", nonnegative=True)

second_moment_falls_at_most_by_beta2 = Bound(
    "Whatever the gradients, Adam's v is at least β2^k of what it was k steps before, with equality on gradients of "
    "0: so on a cycle of n steps no two of its values are in a larger ratio than β2^−(n − 1).",
    plain,
    {floor: v - F},
    because={floor: beta2 * floor + (1 - beta2) * g**2},
    beside={F: (v_0, beta2 * F)},
    start={v: v_0},
    over={beta2: (0, 1)},
    attained={g: Integer(0)},
    attained_from={v: v_0},
    holds={v: beta2**n * v_0},
    source=OWN,
    refuses=false_if("at least what it was", beside={F: (v_0, F)}, holds={v: v_0}),
)

least, spread = Symbol("W", nonnegative=True), Symbol("Y", nonnegative=True)
a, b, s = (Symbol(name, real=True) for name in "abs")
weight = least + spread * abs(s) / (1 + abs(s))
"""Any number of [W, W + Y), as s ranges over all reals."""

ups, downs, P, Q = (Symbol(name, nonnegative=True) for name in ("G_up", "G_down", "P", "Q"))
p, q, p_0, q_0 = (Symbol(name, nonnegative=True) for name in ("p", "q", "p0", "q0"))
slack = Symbol("slack", nonnegative=True)

_fast = adam(bias_correction=False).replace({lr: 1, weight_decay: 0})
momentum_alone = _fast.replace({1 / (sqrt(_fast.names[V]) + eps): weight}).replace({g: abs(a) - abs(b)})
"""Adam whose 1/(√v + eps) is any number of that interval at each step; the gradient is |a| − |b|."""

_carry = beta1 / (1 - beta1)


def moved(largest: Expr) -> Expr:
    """x₀ − x less what is claimed of it; what of the gradients is still to come is in P and m."""
    return -x - least * (ups - _carry * (P - p_0)) + largest * (downs - _carry * (P - m - q_0))


_p, _q = beta1 * p + (1 - beta1) * abs(a), beta1 * q + (1 - beta1) * abs(b)

betas_that_are_safe = Bound(
    "If 1/(√v + eps) stays between W and W + Y, Adam with any β1 < 1 moves by at most −lr·(W·G₊ − (W + Y)·G₋) over "
    "steps after which its momentum is what it was, G₊ the sum of the positive gradients and G₋ that of the others' "
    "sizes. As 1 + Y/W ≤ 1/√(β2^(n − 1)) on a cycle of n steps (second_moment_falls_at_most_by_beta2), whatever "
    "eps ≥ 0 is, betas with β2^(n − 1) > (G₋/G₊)² are safe: Adam moves down, against a mean gradient above 0 (P and m "
    "carry what is still to come; x₀ = 0, lr = 1).",
    momentum_alone,
    {p: P, q: P - m, slack: moved(least + spread)},
    because={
        p: _p,
        q: _q,
        slack: slack + (weight - least) * _p + (least + spread - weight) * _q,
    },
    beside={
        P: (p_0, beta1 * P + (1 - beta1) * abs(a)),
        ups: (0, ups + abs(a)),
        downs: (0, downs + abs(b)),
    },
    varying=(a, b, s),
    start={x: Integer(0), m: p_0 - q_0},
    over={beta1: (0, 1)},
    source=OWN,
    refuses=false_if("without the spread Y", gaps={p: P, q: P - m, slack: moved(least)}),
    predicts=[
        DriftsTo(adam(), Trial(plain, reddi(3), {beta1: 0.0, beta2: 0.7}, lr=0.02, steps=3000, lanes=4)),
        DriftsTo(adam(), Trial(plain, reddi(3), {beta1: 0.8, beta2: 0.7}, lr=0.02, steps=3000, lanes=4)),
    ],
)
