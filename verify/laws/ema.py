"""AdamW as an exponential moving average of its own updates (arXiv:2405.13698)."""

from sympy import Integer, Rational, Symbol, log, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.laws.step_size import exact
from lawful.verify.provers.claims import any_step, n
from lawful.verify.rules.adam import M, V, adamw
from lawful.verify.theory.inductions import Equivalence, Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import AverageOfUpdates, ForgetsStart, Moves
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Asymptotics, Identity

PAPER = "arXiv:2405.13698"
OWN = Source("lawful", "derived here; the statement is elementary")

wd = Symbol("weight_decay", positive=True)
torch, paper = (adamw(decay=form).replace({weight_decay: wd}) for form in ("lr*wd", "wd"))
u = torch.names[M] / (sqrt(torch.names[V]) + eps)
"""Adam's normalised update. It is the same in both forms."""

new_x, rate, target = Symbol("x'"), Symbol("a"), Symbol("q")

adamw_is_an_ema = Identity(
    "AdamW's weight is a moving average, x ← (1 − a)·x + a·q, of q = −u/wd at rate a = lr·wd; u is Adam's normalised "
    "update.",
    {new_x: (1 - rate) * x + rate * target},
    runs={new_x: any_step(torch)},
    where={rate: lr * wd, target: -u / wd},
    source=Source(PAPER, "AdamW as an EMA"),
    refuses=false_if("at rate wd", where={rate: wd, target: -u / wd}),
)

fully_decoupled_timescale_ignores_lr = Identity(
    "Fully decoupled AdamW, x ← (1 − wd)·x − lr·u, is a moving average of −lr·u/wd at rate wd: its timescale 1/wd "
    "ignores lr.",
    {new_x: (1 - rate) * x + rate * target},
    runs={new_x: any_step(paper)},
    where={rate: wd, target: -lr * u / wd},
    source=Source("arXiv:1711.05101", "Algorithm 2, with the schedule multiplier at 1"),
    refuses=false_if("at rate lr·wd, as in torch", where={rate: lr * wd, target: -u / wd}),
)

x0, P, S = (Symbol(name, real=True) for name in ("x0", "P", "S"))
_product = {P: (1, (1 - lr * wd) * P)}
_updates = {S: (0, (1 - lr * wd) * S + lr * wd * (-u / wd))}

adamw_unrolled = Invariant(
    "Along any schedules of lr and wd, AdamW's weight is P·x₀ + S, with P the product of the 1 − a_t and S the sum of "
    "the q_t, each weighed by a_t and the 1 − a_s of the later steps.",
    torch,
    {x: P * x0 + S},
    beside=_product | _updates,
    varying=(lr, wd),
    start={x: x0},
    source=Source(PAPER, "AdamW as an EMA, unrolled"),
    predicts=[AverageOfUpdates(adamw())],
    refuses=false_if(
        "the newest update not weighed by a_t", beside=_product | {S: (0, (1 - lr * wd) * S - u / wd)}
    ),
)

free = adamw(bias_correction=False).replace({beta1: 0, beta2: 1, eps: 0, v: 1, weight_decay: wd})
"""AdamW whose update is whatever one likes: u = g, for it neither averages nor divides."""
q = Symbol("q", real=True)

ema_weights_sum_to_one = Invariant(
    "Along any schedules, the weights of x₀ and of all updates in AdamW's average sum to 1: where every q_t is one q "
    "(u_t = −wd_t·q; β1 = 0 and √v + eps = 1, so that u is the gradient), x is P·x₀ + (1 − P)·q.",
    free.replace({g: -wd * q}),
    {x: P * x0 + (1 - P) * q},
    beside=_product,
    varying=(lr, wd),
    start={x: x0},
    source=Source(PAPER, "AdamW as an EMA"),
    refuses=false_if("where every u_t is −q", rule=free.replace({g: -q})),
)

a, tau, c = Symbol("a", positive=True), Symbol("tau", positive=True), Symbol("c", positive=True)
_signs = torch.replace({wd: a / lr, g: -c, eps: 0})

first_updates_weigh_one_less_the_start = Invariant(
    "With constant a = lr·wd, the updates of the first n steps together weigh 1 − (1 − a)ⁿ in AdamW's weight: on a "
    "constant gradient −c, whose q are all 1/wd (eps = 0), it is (1 − a)ⁿ·x₀ + (1 − (1 − a)ⁿ)/wd.",
    _signs,
    {
        m: -(1 - beta1**n) * c,
        v: (1 - beta2**n) * c**2,
        x: (1 - a) ** n * x0 + (1 - (1 - a) ** n) * lr / a,
    },
    start={x: x0},
    source=Source(PAPER, "AdamW as an EMA"),
    predicts=[
        Moves(
            adamw(), exact | {weight_decay: 0.5}, -abs(lane), (1 - lr * weight_decay) * x + lr, start=lane
        )
    ],
    refuses=false_if("1 − (1 − a)ⁿ⁺¹", holds={
        m: -(1 - beta1**n) * c,
        v: (1 - beta2**n) * c**2,
        x: (1 - a) ** n * x0 + (1 - (1 - a) ** (n + 1)) * lr / a,
    }),
)  # fmt: skip

mean_age_of_updates = Invariant(
    "With constant a = 1/τ, the updates in AdamW's weight have the mean age τ − 1 in the long run: if q grows by 1 in "
    "every step (u = −wd·n; β1 = 0 and √v + eps = 1, so that u is the gradient), the weight from 0 is n − (τ − 1)·(1 − "
    "(1 − a)ⁿ) after step n, in the end τ − 1 steps behind.",
    free.replace({g: -t / (lr * tau), wd: 1 / (lr * tau)}),
    {x: n - (tau - 1) * (1 - (1 - 1 / tau) ** n)},
    start={x: Integer(0)},
    source=Source(PAPER, "timescale, made exact"),
    refuses=false_if("τ in the long run", holds={x: n - tau * (1 - (1 - 1 / tau) ** n)}),
)

_kept = torch.x.diff(x).subs(wd, a / lr)
"""What AdamW keeps of the weight in a step."""

e_folding_time = Asymptotics(
    "AdamW's average forgets by a factor e in −1/ln(1 − a) = τ − 1/2 − 1/(12τ) − 1/(24τ²) − … steps, τ = 1/a, not in "
    "τ.",
    -1 / log(_kept),
    1 / a - Rational(1, 2) - a / 12 - a**2 / 24,
    variable=a,
    order=3,
    source=OWN,
    predicts=[ForgetsStart(adamw())],
    refuses=false_if("τ, without the 1/2", terms=1 / a - a / 12 - a**2 / 24),
)

double_lr_halve_wd = Equivalence(
    "With lr·c, wd/c, eps/c and x₀·c, AdamW's weight is c times what it was, for ever, if the gradient at c·x is that "
    "at x over c, as it is for a scale-invariant loss.",
    adamw(),
    adamw().replace({lr: c * lr, weight_decay: weight_decay / c, eps: eps / c}),
    under={x: c * x, m: m / c, v: v / c**2, g: g / c},
    source=Source(PAPER, "scale-invariant networks"),
    refuses=false_if("the gradient unchanged", under={x: c * x, m: m / c, v: v / c**2}),
)
