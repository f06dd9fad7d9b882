"""Schedules: how far a cosine cycle travels, what torch's recursion computes, how much a cycle decays.

Cosine and sine of a half period in n steps are a rotation by a fixed angle, with q = tan(π/2n): their sums are
rational in q, and need no trigonometry beyond that.
"""

from sympy import Symbol, oo, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import g, lr, momentum, weight_decay, x
from lawful.verify.provers.claims import n
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.theorems import Coefficient, Identity, Inequality

OWN = Source("lawful", "derived here; the statement is elementary")
COSINE = Source("arXiv:1711.05101", "equation 14; the sum is our own")
NORMALISED = Source("arXiv:1711.05101", "Appendix B.1")
TIMESCALE = Source("arXiv:2405.13698", "§3.4")

q = Symbol("q", positive=True)
C, S, rate, lr_min, lr_max = (Symbol(name, real=True) for name in ("C", "S", "eta", "eta_min", "eta_max"))
cos_h, sin_h = (1 - q**2) / (1 + q**2), 2 * q / (1 + q**2)
turned = C * cos_h - S * sin_h
rotation = {C: (1, turned), S: (0, S * cos_h + C * sin_h)}
"""C and S are the cosine and sine of the angle reached."""

x0 = Symbol("x0", real=True)
cosine = sgd().replace({momentum: 0, weight_decay: 0, g: 1, lr: lr * (1 + C) / 2})
travelled = lr * (n / 2 + (1 + S / q - C) / 4)

cosine_cycle_travels_half_its_steps_and_a_half = Invariant(
    "Under cosine annealing lr·(1 + cos kh)/2 from k = 0, a constant gradient 1 takes SGD lr·(n/2 + (1 + "
    "sin(nh)/tan(h/2) − cos(nh))/4) far in n steps: in a whole cycle, nh = π, lr·(n/2 + 1/2).",
    cosine,
    {x: x0 - travelled},
    beside=rotation,
    start={x: x0},
    source=COSINE,
    refuses=false_if("lr·n/2", holds={x: x0 - lr * n / 2}),
)

torch_cosine_recursion_is_the_closed_form = Invariant(
    "torch's recursion η ← η_min + (η − η_min)·(1 + cos((k + 1)h))/(1 + cos(kh)) from η_max keeps η = η_min + (η_max − "
    "η_min)·(1 + cos(kh))/2 while cos(kh) ≠ −1.",
    sgd().replace({momentum: 0, lr: rate}),
    {rate: lr_min + (lr_max - lr_min) * (1 + C) / 2},
    beside={**rotation, rate: (lr_max, lr_min + (rate - lr_min) * (1 + turned) / (1 + C))},
    source=COSINE,
    refuses=false_if(
        "without η_min in the recursion",
        beside={**rotation, rate: (lr_max, rate * (1 + turned) / (1 + C))},
    ),
)

normalised, used, batch, size, epochs, passes = (
    Symbol(name, positive=True) for name in ("lambda_norm", "lambda", "b", "B", "T", "N")
)

normalised_decay_is_larger_by_the_root_of_the_updates = Identity(
    "Normalised decay λ_norm, of which λ = λ_norm·√(b/(B·T)) is used, is √N times λ for N = B·T/b updates: larger "
    "than λ iff there is more than one.",
    {normalised / used: sqrt(passes)},
    where={used: normalised * sqrt(batch / (size * epochs)), passes: size * epochs / batch},
    source=NORMALISED,
    refuses=false_if("N times", equations={normalised / used: passes}),
)

smaller, total = Symbol("a", positive=True), Symbol("S", positive=True)

a_cycle_decays_at_most_as_one_over_one_plus_its_sum = Inequality(
    "If decays by 1 − a_t so far have multiplied the weight by less than 1/(1 + S) and by more than 1 − S, S the sum "
    "of the a_t, then so has one more with 0 < a < 1: a whole cycle leaves between 1 − S and 1/(1 + S).",
    {},
    greater={
        1 / (1 + total + smaller): (1 - smaller) / (1 + total),
        (1 - total) * (1 - smaller): 1 - total - smaller,
    },
    over={smaller: (0, 1), total: (0, oo)},
    source=OWN,
    refuses=false_if("below 1/(1 + 2S)", greater={
        1 / (1 + 2 * total + 2 * smaller): (1 - smaller) / (1 + 2 * total),
    }),
)  # fmt: skip

timescale, width, data = (Symbol(name, positive=True) for name in ("tau", "width", "N"))
wanted = Symbol("weight_decay", real=True)

decay_at_a_fixed_timescale = Coefficient(
    "AdamW's timescale of 1/(lr·wd) steps is τ epochs of N/B steps for wd = B/(lr·τ·N) and no other: at fixed τ, lr "
    "and B, wd is inversely proportional to the data. (That the best τ stays the same is an observation, no theorem.)",
    [lr * wanted * timescale * data - batch],
    for_all=(),
    unknown=wanted,
    is_only=batch / (lr * timescale * data),
    source=TIMESCALE,
    refuses=false_if("wd proportional to the data", is_only=batch * data / (lr * timescale)),
)

decay_at_a_fixed_timescale_grows_with_width = Coefficient(
    "At a fixed timescale of τ epochs, with lr inversely proportional to the width, wd is proportional to the width.",
    [(lr / width) * wanted * timescale * data - batch],
    for_all=(),
    unknown=wanted,
    is_only=width * batch / (lr * timescale * data),
    source=TIMESCALE,
    refuses=false_if("wd fixed", is_only=batch / (lr * timescale * data)),
)
