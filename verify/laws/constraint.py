"""Decoupled decay as a constraint: the box that weights approach and, once inside, keep; where they can rest."""

from sympy import Expr, Integer, Symbol, log, sign, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.laws.step_size import K, K_next, exact
from lawful.verify.laws.step_size import rho as largest_step
from lawful.verify.provers.claims import Run, any_step, g1, n
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.lion import C, lion
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Bounded, Moves, after
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Coefficient, Identity

OWN = Source("lawful", "derived here; the statement is elementary")
LION_K = Source("arXiv:2310.05898", "its box |x| ≤ 1/wd, in discrete time")

a, rho, wd, w, spare = (Symbol(name, positive=True) for name in ("a", "rho", "weight_decay", "w", "eps"))
B = Symbol("B", real=True)
above, below = Symbol("above", nonnegative=True), Symbol("below", nonnegative=True)
x_0, s = Symbol("x0", real=True), Symbol("s", real=True)


def in_terms_of_rate(rule: Rule) -> Rule:
    """With lr·wd = a, which lies in (0, 1), and wd positive."""
    return rule.replace({weight_decay: wd}).replace({lr: a / wd})


any_update = 2 * s * rho / (1 + s**2)
"""Any number from −ρ to ρ, as s ranges over all reals."""

decayed = Rule("decayed", (1 - a) * x - a / wd * any_update, {}, {}, OWN).replace({s: g})
box = {B: (above + below, (1 - a) * B + a * rho / wd)}
_walls = {above: B - x, below: B + x}


def walls(update: Expr, largest: Expr) -> dict[Symbol, Expr]:
    """Why neither distance to the walls becomes negative."""
    return {
        above: (1 - a) * above + a / wd * (largest + update),
        below: (1 - a) * below + a / wd * (largest - update),
    }


p, q = Symbol("p", nonnegative=True), Symbol("q", nonnegative=True)

bounded_updates_keep_a_box = Bound(
    "If |u| ≤ ρ in every step x ← (1 − a)·x − lr·u with a = lr·wd in (0, 1), then |x| ≤ B with B ← (1 − a)·B + lr·ρ "
    "from any B ≥ |x|: weights outside the box ρ/wd approach it, their distance times 1 − a in every step, and weights "
    "inside never leave it. Equality on u = −ρ.",
    decayed,
    _walls,
    because=walls(any_update.subs(s, g), rho),
    beside={B: (p + q, (1 - a) * B + a * rho / wd)},
    start={x: p - q},
    over={a: (0, 1)},
    attained={g: Integer(-1)},
    attained_from={x: x_0, B: x_0},
    holds={x: B},
    source=OWN,
    refuses=false_if("B ← (1 − a)·B + lr·ρ/2", beside={B: (p + q, (1 - a) * B + a * rho / wd / 2)}),
)

small_box = {lr: 0.5, weight_decay: 0.5}
_shrunk = (1 - lr * weight_decay) * x

wall = Symbol("B_0", real=True)
_lion_box = 1 / wd + (1 - a) ** n * (wall - 1 / wd)
_lion = in_terms_of_rate(lion())

lion_keeps_the_box = Bound(
    "Whatever the gradients, Lion with a = lr·wd in (0, 1) keeps |x| ≤ B with B ← (1 − a)·B + lr: outside the box 1/wd "
    "its distance shrinks at least as (1 − a)ⁿ, without reaching 0 in general, and inside it stays. Equality where "
    "every β1·m + (1 − β1)·g is −1.",
    _lion,
    _walls,
    because=walls(sign(_lion.names[C]), Integer(1)),
    beside={B: (p + q, (1 - a) * B + a / wd)},
    start={x: p - q},
    over={a: (0, 1), beta1: (0, 1), beta2: (0, 1)},
    attained={g: (-1 - beta1 * m) / (1 - beta1)},
    attained_from={x: wall, B: wall},
    holds={B: _lion_box, x: _lion_box},
    source=LION_K,
    predicts=[
        Moves(lion(), small_box, Integer(-1), _shrunk + lr, start=lane, lanes=(-4.0, 0.0, 0.5, 8.0)),
        Bounded(lion(), small_box, abs(after), (1 - lr * weight_decay) * abs(x) + lr),
    ],
    refuses=false_if("half the box", beside={B: (p + q, (1 - a) * B + a / wd / 2)}),
)

ell = Symbol("ell", positive=True)
new_x, new_m, new_v = (Symbol(name) for name in ("x'", "m'", "v'"))
_steady = adamw(bias_correction=False).replace({eps: 0})
_newest = -ell * beta2 / beta1 * (1 - beta1) / (1 - beta2)
_growing = {m: -ell * K, v: ell**2 * K, g: _newest}

adamw_needs_a_wider_box = Identity(
    "The box that AdamW keeps (see no_step_is_longer_than_in_the_long_run) is ρ∞/wd = √K∞/wd, not 1/wd: once bias "
    "correction has faded, gradients that grow by β2/β1 each step keep m = −ℓ·K and v = ℓ²·K, ℓ growing as they do, so "
    "every step has |u| = √K, which tends to ρ∞ (eps = 0, β1² < β2), and weights tend to that wall.",
    {
        new_m: -(ell * beta2 / beta1) * K_next,
        new_v: (ell * beta2 / beta1) ** 2 * K_next,
        (new_x - (1 - lr * weight_decay) * x) ** 2: lr**2 * K_next,
    },
    runs={end: any_step(_steady, read, _growing) for end, read in ((new_x, x), (new_m, m), (new_v, v))},
    source=OWN,
    predicts=[
        Moves(
            adamw(),
            exact | {weight_decay: 0.5},
            -((beta2 / beta1) ** t) * lane,
            _shrunk + lr * largest_step * sign(lane),
        )
    ],
    refuses=false_if("|u| = 1", equations={(new_x - (1 - lr * weight_decay) * x) ** 2: lr**2}),
)

_resting = w / (wd * (1 + w))
_adamw = adamw().replace({weight_decay: wd, eps: spare})

adamw_rests_by_a_barrier = Invariant(
    "On the constant gradient −eps·w, w > 0, AdamW started at x = w/(wd·(1 + w)) stays there from the first step on, "
    "for all betas: it can rest where |g| = eps·wd·|x|/(1 − wd·|x|), inside the box 1/wd.",
    _adamw.replace({g: -spare * w}),
    {m: -(1 - beta1**n) * spare * w, v: (1 - beta2**n) * (spare * w) ** 2, x: _resting},
    start={x: _resting},
    source=OWN,
    predicts=[Moves(
        adamw(), {weight_decay: 0.5, eps: 2.0**-10}, -eps * lane, x, lane / (weight_decay * (1 + lane)),
        lanes=(0.0, 1.0, 3.0, 15.0),
    )],
    refuses=false_if("x = w/wd", holds={
        m: -(1 - beta1**n) * spare * w, v: (1 - beta2**n) * (spare * w) ** 2, x: w / wd,
    }, start={x: w / wd}),
)  # fmt: skip

G, x_1 = Symbol("G", positive=True), Symbol("x_1")

adamw_rests_at_one_gradient = Coefficient(
    "Inside the box, x = w/(wd·(1 + w)) with w > 0, AdamW's first step stands still on a gradient −G < 0 only if G = "
    "eps·w.",
    [(x_1 - _resting) * (G + spare)],
    runs={x_1: Run(_adamw, 1, x, [-G], {x: _resting})},
    for_all=(),
    unknown=G,
    is_only=spare * w,
    source=OWN,
    refuses=false_if("G = eps·wd·x, as for L2", is_only=spare * wd * _resting),
)

y = Symbol("y", positive=True)
barrier = -spare * (y + log(1 - wd * y) / wd)
_push = barrier.diff(y).subs(y, _resting)

resting_points_are_stationary_for_a_barrier = Identity(
    "For x = w/(wd·(1 + w)) with w > 0, so between 0 and 1/wd, AdamW's first step stands still where the loss has the "
    "slope −B′(x), B being the logarithmic barrier eps·(−x − ln(1 − wd·x)/wd): where loss + B is stationary. B′(x) = "
    "eps·wd·x/(1 − wd·x) = eps·w.",
    {x_1: _resting, _push: spare * w},
    runs={x_1: Run(_adamw, 1, x, [-spare * w], {x: _resting})},
    source=OWN,
    refuses=false_if("without the logarithm", runs={x_1: Run(_adamw, 1, x, [spare], {x: _resting})}),
)

adam_with_l2_rests_at_minus_wd_x = Coefficient(
    "With eps > 0, Adam's first step under L2 stands still at g = −wd·x and at no other gradient.",
    [(x_1 - x) * (abs(g1 + weight_decay * x) + spare)],
    runs={x_1: Run(adam().replace({eps: spare}), 1, x, [g1])},
    for_all=(),
    unknown=g1,
    is_only=-weight_decay * x,
    source=OWN,
    predicts=[Moves(adam(), {weight_decay: 0.5, eps: 2.0**-10}, -weight_decay * lane, x, lane)],
    refuses=false_if("g = 0", is_only=Integer(0)),
)

gamma, delta = Symbol("gamma", positive=True), Symbol("delta", positive=True)
slope, z, dual = (Symbol(name, real=True) for name in ("f'", "z", "y"))
K_smooth = sqrt(z**2 + delta**2)
"""|z|, made smooth."""
K_slope = K_smooth.diff(z)

smooth = (
    lion().replace({beta1: 1}).replace({sign(m): K_slope.subs(z, m), beta2: 1 - gamma * lr, weight_decay: wd})
)
"""Lion without look-ahead, its sign made smooth: Euler's step of length lr along a flow."""
_conjugate = -delta * sqrt(1 - (wd * x) ** 2)
H = gamma * slope * x + (gamma / wd + 1) * _conjugate + K_smooth.subs(z, m) + wd * x * m
_at_dual = {x: K_slope.subs(z, dual) / wd}


def falls_by(rate: Expr) -> dict[Expr, Expr]:
    """H along the flow, where wd·x = K'(y): its fall in terms of a rate."""
    change = (H.diff(x) * (new_x - x) + H.diff(m) * (new_m - m)) / lr
    return {change.subs(_at_dual): -rate * (K_slope.subs(z, m) + K_slope.subs(z, dual)) * (m + dual)}


smooth_lion_has_a_lyapunov_function = Identity(
    "Lion without look-ahead, with K' for the sign, K(z) = √(z² + δ²), and β2 = 1 − γ·lr, is Euler's method for the "
    "flow x' = −K'(m) − wd·x, m' = −γ·(m − f'(x)). Along it H = γ·f + (γ/wd + 1)·K*(wd·x) + K(m) + wd·x·m falls while "
    "|x| < 1/wd: with wd·x = K'(y), H' = −(γ + wd)·(K'(m) + K'(y))·(m + y) ≤ 0, as K' is odd and grows, K'' = δ²/K³. "
    "(So for the flow and for δ > 0: the discrete rule need not lower H at each step, and Lion itself is δ = 0.)",
    {**falls_by(gamma + wd), K_slope.diff(z): delta**2 / K_smooth**3},
    runs={end: any_step(smooth, read, {g: slope, **_at_dual}) for end, read in ((new_x, x), (new_m, m))},
    source=Source("arXiv:2310.05898", "its flow without look-ahead; derived here"),
    refuses=false_if("at the rate γ alone", equations=falls_by(gamma)),
)
