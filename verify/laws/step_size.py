"""How large one step of Adam can be: the exact supremum, and the gradients that attain it."""

from dataclasses import replace

from sympy import Expr, Integer, Rational, Symbol, sign, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, v_max, weight_decay, x
from lawful.verify.provers.claims import Run, any_step, g1, n
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Bounded, Moves, after
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Identity, Inequality

PAPER = "arXiv:1412.6980"
OWN = Source("lawful", "derived here, by Cauchy-Schwarz")

bare = adam().replace({weight_decay: 0, eps: 0})
"""Adam without decay at eps = 0, where its steps are largest."""

K, r, c = (Symbol(name, positive=True) for name in "Krc")
gap, gap_max = Symbol("D", nonnegative=True), Symbol("D_max", nonnegative=True)
inside = {beta1: (0, 1), beta2: (0, 1)}

newest = (1 - beta1) ** 2 / (1 - beta2)
"""a²/c of the newest gradient, whose weights are a in m and c in v."""
K_next = beta1**2 / beta2 * K + newest
_square = beta1 * (1 - beta2) * K * g - (1 - beta1) * beta2 * m
_next_gap = (beta1**2 + (1 - beta1) ** 2 * beta2 / ((1 - beta2) * K)) * gap + _square**2 / (
    K * beta2 * (1 - beta2)
)
after_one = {m: (1 - beta1) * g1, v: (1 - beta2) * g1**2, K: newest}

scale = r**n * (1 - r * beta1) / (1 - beta1)
"""The newest gradient over the ratio of its weights in m and v, on growing gradients."""


def rho_squared(ratio: Expr, steps: Expr) -> Expr:
    """ρ² = K·(1 − β2^t)/(1 − β1^t)²: what bias correction makes of m²/v = K."""
    return ratio * (1 - beta2**steps) / (1 - beta1**steps) ** 2


_q = beta1**2 / beta2
rho = sqrt(rho_squared(newest * (1 - _q**t) / (1 - _q), t))
"""The largest step number t, in units of lr."""

exact = {lr: 0.5, beta1: 0.5, beta2: 0.75, eps: 0.0, weight_decay: 0.0}
"""Hyperparameters at which the gradients (β2/β1)^t are exact in float64."""

adam_obeys_cauchy_schwarz = Bound(
    "Whatever the gradients, Adam's moments obey m² ≤ K·v, where K ← (β1²/β2)·K + (1 − β1)²/(1 − β2) from 0; with "
    "equality for ever on the gradients g_t = (β2/β1)^t.",
    bare,
    {gap: K * v - m**2},
    because={gap: _next_gap},
    beside={K: (newest, K_next)},
    start=after_one,
    over=inside,
    attained={g: r**t, beta2: r * beta1},
    holds={m: scale * K, v: scale**2 * K},
    source=OWN,
    refuses=false_if(
        "K/2 in place of K", gaps={gap: K * v / 2 - m**2}, holds={m: scale * K / 2, v: scale**2 * K / 2}
    ),
    predicts=[Moves(adam(), exact, (beta2 / beta1) ** t * lane, x - lr * rho * sign(lane))],
)

ell, new_x = Symbol("ell", positive=True), Symbol("x'")
_ratio = (1 - beta1) / (1 - beta2)
_last = {m: ell * beta1 / beta2 * K, v: ell**2 * (beta1 / beta2) ** 2 * K, g: ell * _ratio}
"""A state with m² = K·v, and a gradient that keeps the two as near as that."""


largest_step_of_adam = Identity(
    "From m² = K·v, as at most, a gradient takes Adam at eps = 0 to m² = K_t·v, K_t = (β1²/β2)·K + (1 − β1)²/(1 − β2), "
    "and its step number t has size lr·ρ_t, where ρ_t² = K_t·(1 − β2^t)/(1 − β1^t)²: its exact supremum over all "
    "gradients.",
    {(x - new_x) ** 2: lr**2 * rho_squared(K_next, t)},
    runs={new_x: any_step(bare, given=_last)},
    source=OWN,
    refuses=false_if("size lr", equations={(x - new_x) ** 2: lr**2}),
    predicts=[
        Bounded(adam(), exact, abs(after - x), lr * rho),
        Bounded(adamw(), exact | {weight_decay: 0.5}, abs(after - (1 - lr * weight_decay) * x), lr * rho),
    ],
)

K_oo = newest / (1 - beta1**2 / beta2)
_excess = (beta1 - beta2) ** 2 / (beta2 * (1 - beta2) * (1 - beta1**2 / beta2))
x_1, x_2 = Symbol("x_1"), Symbol("x_2")
_two = [Integer(1), beta2 / beta1]

second_step_can_exceed_lr = Identity(
    "On gradients 1 and β2/β1 (eps = 0), Adam's second step has size lr·ρ_2 with ρ_2² = 1 + (β1 − β2)²/(β2·(1 + β1)²): "
    "above lr unless β1 = β2.",
    {(x_1 - x_2) ** 2: lr**2 * (1 + (beta1 - beta2) ** 2 / (beta2 * (1 + beta1) ** 2))},
    runs={x_1: Run(bare, 1, x, _two), x_2: Run(bare, 2, x, _two)},
    source=OWN,
    refuses=false_if("it has size lr", equations={(x_1 - x_2) ** 2: lr**2}),
)

faded = adam(bias_correction=False).replace({weight_decay: 0, eps: 0})

largest_step_in_the_long_run = Identity(
    "If β1² < β2, K tends to K∞ = (1 − β1)²/((1 − β2)·(1 − β1²/β2)): its distance shrinks by β1²/β2 each step. So "
    "Adam's largest step, lr·√K at eps = 0 once bias correction has faded, tends to lr·ρ∞ = lr·√K∞: above lr·(1 − "
    "β1)/√(1 − β2) whenever β1 > 0, and above lr unless β1 = β2.",
    {
        (x - new_x) ** 2: lr**2 * K_next,
        K_next - K_oo: beta1**2 / beta2 * (K - K_oo),
        K_oo - newest: beta1**2 / beta2 * K_oo,
        K_oo - 1: _excess,
    },
    runs={new_x: any_step(faded, given=_last)},
    source=OWN,
    refuses=false_if("K∞ = (1 − β1)²/(1 − β2)", equations={K_next - newest: beta1**2 / beta2 * (K - newest)}),
)

A, B = Symbol("A", positive=True), Symbol("B", positive=True)
_grown = K_oo * (1 - A**2)
_apart = ((A - B) / (1 - A * B)) ** 2

no_step_is_longer_than_in_the_long_run = Identity(
    "If β1² < β2, then with A = (β1/√β2)ᵗ and B = β2^(t/2), both below 1, K is K∞·(1 − A²) at step t and ρ_t² = ρ∞²·(1 "
    "− ((A − B)/(1 − A·B))²): lr·ρ∞ bounds every step of Adam at eps = 0, and not only late ones.",
    {
        (x - new_x) ** 2: lr**2 * rho_squared(K_next, t),
        K_next.subs(K, _grown): K_oo * (1 - A**2 * beta1**2 / beta2),
        _grown * (1 - B**2) / (1 - A * B) ** 2: K_oo * (1 - _apart),
    },
    runs={new_x: any_step(bare, given=_last)},
    source=OWN,
    refuses=false_if("ρ_t = ρ∞ for all t", equations={_grown * (1 - B**2) / (1 - A * B) ** 2: K_oo}),
)

_even = {beta2: beta1}

equal_betas_never_exceed_lr = Bound(
    "If β1 = β2, whatever the gradients Adam's moments obey m² ≤ K·v with K = 1 − β1ⁿ after n steps, so m̂² ≤ v̂: no "
    "step of Adam exceeds lr. Equality on a constant gradient c.",
    bare.replace(_even),
    {gap: K * v - m**2},
    because={gap: _next_gap.subs(_even)},
    beside={K: (newest.subs(_even), K_next.subs(_even))},
    start={s: e.subs(_even) for s, e in after_one.items()},
    over={beta1: (0, 1)},
    attained={g: c},
    holds={K: 1 - beta1**n, m: (1 - beta1**n) * c, v: (1 - beta1**n) * c**2},
    source=OWN,
    refuses=false_if("K/2 in place of K", gaps={gap: K * v / 2 - m**2}, holds={}),
)


def growing(first: Rational, second: Rational, steps: int, read: Symbol) -> Run:
    """A moment of Adam on the gradients that attain the bound, 1 at last."""
    gradients = [(first / second) ** k for k in reversed(range(steps))]
    moments = replace(bare, x=x).replace({beta1: first, beta2: second})
    return Run(moments, steps, read, gradients, {x: Integer(0)})


low, even, high = (
    (Rational(*first), Rational(*second))
    for first, second in (((9, 10), (19, 20)), ((9, 10), (99, 100)), ((1, 2), (9, 10)))
)
"""Betas of the paper's cases: 1 − β1 below, equal to and above √(1 − β2)."""
m_low, v_low, m_even, v_even, m_high, v_high = (
    Symbol(f"{name}_{kind}") for kind in ("low", "even", "high") for name in "mv"
)


def squared_step(first: Expr, second: Expr, betas: tuple[Expr, Expr], steps: int) -> Expr:
    """(m̂/√v̂)²."""
    return first**2 / second * (1 - betas[1] ** steps) / (1 - betas[0] ** steps) ** 2


published_step_bound_is_false = Inequality(
    "Adam's steps are not bounded by lr·(1 − β1)/√(1 − β2) where 1 − β1 > √(1 − β2), nor by lr elsewhere, as its paper "
    "says: 13 growing gradients at β = (1/2, 9/10) exceed the first, two at (9/10, 19/20) the second; nor are they "
    "below lr where the two are equal: two gradients at (9/10, 99/100). (It then says “approximately bounded”.)",
    {},
    greater={
        squared_step(m_high, v_high, high, 13): Rational(1, 4) / Rational(1, 10),
        squared_step(m_low, v_low, low, 2): Integer(1),
        squared_step(m_even, v_even, even, 2): Integer(1),
    },
    runs={
        m_high: growing(*high, 13, m),
        v_high: growing(*high, 13, v),
        m_low: growing(*low, 2, m),
        v_low: growing(*low, 2, v),
        m_even: growing(*even, 2, m),
        v_even: growing(*even, 2, v),
    },
    source=Source(PAPER, "§2.1, “two upper bounds”, refuted"),
    refuses=false_if("two gradients for the first", greater={
        squared_step(m_high, v_high, high, 2): Rational(1, 4) / Rational(1, 10),
    }, runs={m_high: growing(*high, 2, m), v_high: growing(*high, 2, v)}),
)  # fmt: skip

_paper = adam(amsgrad="paper").replace({weight_decay: 0, eps: 0})
_next_max = K_next * (_paper.state[v_max] - _paper.state[v]) + _next_gap

amsgrad_obeys_cauchy_schwarz = Bound(
    "Whatever the gradients, AMSGrad as its paper writes it, without bias correction, obeys m² ≤ K·v ≤ K·v_max: its "
    "steps are at most lr·√K, and √K ≤ ρ∞.",
    _paper,
    {gap: K * v - m**2, gap_max: K * v_max - m**2},
    because={gap: _next_gap, gap_max: _next_max},
    beside={K: (newest, K_next)},
    start=after_one | {v_max: after_one[v]},
    over=inside,
    source=OWN,
    refuses=false_if("K/2 in place of K", gaps={gap: K * v / 2 - m**2, gap_max: K * v_max / 2 - m**2}),
)
