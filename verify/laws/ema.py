"""AdamW as an exponential moving average of its own updates (arXiv:2405.13698)."""

from sympy import Rational, Symbol, log, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import eps, g, lr, m, v, weight_decay, x
from lawful.verify.provers.claims import n
from lawful.verify.rules.adam import M, V, adamw
from lawful.verify.theory.inductions import Equivalence, Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import AverageOfUpdates, ForgetsStart
from lawful.verify.theory.theorems import Asymptotics, Identity

PAPER = "arXiv:2405.13698"
OWN = Source("lawful", "derived here; the statement is elementary")

wd = Symbol("weight_decay", positive=True)
torch, paper = (adamw(decay=form).replace({weight_decay: wd}) for form in ("lr*wd", "wd"))
u = torch.names[M] / (sqrt(torch.names[V]) + eps)
"""Adam's normalised update. It is the same in both forms."""

new_x, rate, target = Symbol("x'"), Symbol("a"), Symbol("q")

adamw_is_an_ema = Identity(
    "AdamW's weight is a moving average, x ← (1 − a)·x + a·q, of q = −u/wd at rate a = lr·wd; u is Adam's "
    "normalised update.",
    {new_x: (1 - rate) * x + rate * target},
    where={new_x: torch.x, rate: lr * wd, target: -u / wd},
    source=Source(PAPER, "AdamW as an EMA"),
    refuses=false_if("at rate wd", where={new_x: torch.x, rate: wd, target: -u / wd}),
)

fully_decoupled_timescale_ignores_lr = Identity(
    "Fully decoupled AdamW, x ← (1 − wd)·x − lr·u, is a moving average of −lr·u/wd at rate wd: its "
    "timescale 1/wd ignores lr.",
    {new_x: (1 - rate) * x + rate * target},
    where={new_x: paper.x, rate: wd, target: -lr * u / wd},
    source=Source("arXiv:1711.05101", "Algorithm 2, with the schedule multiplier at 1"),
    refuses=false_if("at rate lr·wd, as in torch", where={new_x: paper.x, rate: lr * wd, target: -u / wd}),
)

x0, P, S, W, A = (Symbol(name, real=True) for name in ("x0", "P", "S", "W", "A"))
_product = {P: (1, (1 - lr * wd) * P)}
_updates = {S: (0, (1 - lr * wd) * S + lr * wd * (-u / wd))}

adamw_unrolled = Invariant(
    "Along any schedules of lr and wd, AdamW's weight is P·x₀ + S, with P the product of the 1 − a_t and S "
    "the sum of the q_t, each weighed by a_t and the 1 − a_s of the later steps.",
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

ema_weights_sum_to_one = Invariant(
    "Along any schedules, the weights of x₀ and of all updates in AdamW's average sum to 1.",
    torch,
    {W: 1 - P},
    beside=_product | {W: (0, (1 - lr * wd) * W + lr * wd)},
    varying=(lr, wd),
    source=Source(PAPER, "AdamW as an EMA"),
    refuses=false_if("the newest update weighed by lr", beside=_product | {W: (0, (1 - lr * wd) * W + lr)}),
)

a, tau = Symbol("a", positive=True), Symbol("tau", positive=True)
constant = torch.replace({wd: a / lr})
_weights = {W: (0, (1 - a) * W + a)}

constant_ema_weights = Invariant(
    "With constant a = lr·wd, the updates of the first n steps together weigh 1 − (1 − a)ⁿ.",
    constant,
    {W: 1 - (1 - a) ** n},
    beside=_weights,
    source=Source(PAPER, "AdamW as an EMA"),
    refuses=false_if("1 − (1 − a)ⁿ⁺¹", holds={W: 1 - (1 - a) ** (n + 1)}),
)

mean_age_of_updates = Invariant(
    "With constant a = 1/τ, the mean age of the updates in AdamW's weight, each weighed as the average "
    "weighs it, is (τ − 1) − (1 − a)ⁿ·(n + τ − 1) after n steps, so τ − 1 in the long run.",
    constant.replace({a: 1 / tau}),
    {W: 1 - (1 - 1 / tau) ** n, A: (tau - 1) - (1 - 1 / tau) ** n * (n + tau - 1)},
    beside={W: (0, (1 - 1 / tau) * W + 1 / tau), A: (0, (1 - 1 / tau) * (A + W))},
    source=Source(PAPER, "timescale, made exact"),
    refuses=false_if("τ in the long run", holds={
        W: 1 - (1 - 1 / tau) ** n, A: tau - (1 - 1 / tau) ** n * (n + tau),
    }),
)  # fmt: skip

e_folding_time = Asymptotics(
    "AdamW's average forgets by a factor e in −1/ln(1 − a) = τ − 1/2 − 1/(12τ) − 1/(24τ²) − … steps, τ = "
    "1/a, not in τ.",
    -1 / log(1 - a),
    1 / a - Rational(1, 2) - a / 12 - a**2 / 24,
    variable=a,
    order=3,
    source=OWN,
    predicts=[ForgetsStart(adamw())],
    refuses=false_if("τ, without the 1/2", terms=1 / a - a / 12 - a**2 / 24),
)

k = Symbol("c", positive=True)

double_lr_halve_wd = Equivalence(
    "With lr·c, wd/c, eps/c and x₀·c, AdamW's weight is c times what it was, for ever, if the gradient at "
    "c·x is that at x over c, as it is for a scale-invariant loss.",
    adamw(),
    adamw().replace({lr: k * lr, weight_decay: weight_decay / k, eps: eps / k}),
    under={x: k * x, m: m / k, v: v / k**2, g: g / k},
    source=Source(PAPER, "scale-invariant networks"),
    refuses=false_if("the gradient unchanged", under={x: k * x, m: m / k, v: v / k**2}),
)
