"""Schedules: how far a cosine cycle travels, what torch's recursion computes, how much a cycle decays.

Cosine and sine of a half period in n steps are a rotation by a fixed angle, with q = tan(π/2n): their sums are
rational in q, and need no trigonometry beyond that.
"""

from sympy import Expr, Integer, Symbol, sqrt

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import eps, g, lr, lr_0, momentum, weight_decay, x
from lawful.verify.provers.claims import Run, n
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.adamwr import adamwr
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.theorems import Coefficient, Identity

OWN = Source("lawful", "derived here; the statement is elementary")
COSINE = Source("arXiv:1711.05101", "equation 14; the sum is our own")
NORMALISED = Source("arXiv:1711.05101", "Appendix B.1")
TIMESCALE = Source("arXiv:2405.13698", "its rule for weight decay; the proof is our own")

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

normalised, batch, size, epochs = (Symbol(name, positive=True) for name in ("lambda_norm", "b", "B", "T"))
wd, some_eps, x_1 = Symbol("weight_decay", positive=True), Symbol("eps", positive=True), Symbol("x_1")
_updates = size * epochs / batch
_share = normalised * sqrt(batch / (size * epochs))
_full = adamwr().replace({weight_decay: _share, lr: lr_0, eps: some_eps})
_unmoved = [Integer(0)]

normalised_decay_is_larger_by_the_root_of_the_updates = Identity(
    "Normalised decay λ_norm, of which AdamWR uses λ = λ_norm·√(b/(B·T)), is √N times what the weight loses in a step "
    "at the full multiplier without a gradient (eps > 0), for N = B·T/b updates: larger than λ iff there is more than "
    "one.",
    {(x - x_1) * sqrt(_updates): normalised * x},
    runs={x_1: Run(_full, 1, x, _unmoved)},
    source=NORMALISED,
    refuses=false_if("N times", equations={(x - x_1) * _updates: normalised * x}),
)

total, left = Symbol("S", nonnegative=True), Symbol("X", nonnegative=True)
lost, under, over = (Symbol(name, nonnegative=True) for name in ("lost", "under", "over"))
_rate = g**2 / (1 + g**2)
"""Any lr·wd from 0 to 1, another in every step."""
_pulled = sgd(decay="lr*wd").replace({momentum: 0, weight_decay: wd}).replace({lr: _rate / wd, g: 0})


total_so_far = Symbol("S_t", real=True)


def after_a_cycle(above: Expr) -> dict[Symbol, Expr]:
    """The distances of the weight from 0, from 1, and from both its bounds, the lower of which is given."""
    return {left: x, lost: 1 - x, total: total_so_far, under: 1 - x * (1 + total_so_far), over: above}


_because = {
    left: (1 - _rate) * left,
    lost: lost + _rate * left,
    total: total + _rate,
    under: under + _rate * left * (total + _rate),
    over: over + _rate * lost,
}

a_cycle_leaves_at_most_one_over_one_plus_its_sum = Bound(
    "Without gradients, SGD with decoupled decay along any schedule with all a_t = lr_t·wd_t between 0 and 1 takes a "
    "weight of 1 to an x with 1 − S ≤ x ≤ 1/(1 + S), S being the sum of the a_t.",
    _pulled,
    after_a_cycle(x - (1 - total_so_far)),
    because=_because,
    beside={total_so_far: (Integer(0), total_so_far + _rate)},
    start={x: Integer(1)},
    source=OWN,
    refuses=false_if("x ≥ 1/(1 + S)", gaps=after_a_cycle(x * (1 + total_so_far) - 1)),
)

timescale, width, data = (Symbol(name, positive=True) for name in ("tau", "width", "N"))
wanted = Symbol("weight_decay", real=True)


def forgets(rate: Expr) -> dict[Symbol, Run]:
    """AdamW's step without a gradient."""
    return {x_1: Run(adamw().replace({weight_decay: wanted, lr: rate, eps: some_eps}), 1, x, _unmoved)}


_kept = 1 - 1 / (timescale * data / batch)
"""What an average with a timescale of τ epochs of N/B steps keeps in a step."""

decay_at_a_fixed_timescale = Coefficient(
    "In a step without a gradient (eps > 0), AdamW keeps the share 1 − B/(τ·N) of the weight, so that its timescale is "
    "τ epochs of N/B steps, for wd = B/(lr·τ·N) and no other: at fixed τ, lr and B, wd is inversely proportional to "
    "the data. (That the best τ stays the same is an observation, no theorem.)",
    [x_1 - _kept * x],
    runs=forgets(lr),
    for_all=(x,),
    unknown=wanted,
    is_only=batch / (lr * timescale * data),
    source=TIMESCALE,
    refuses=false_if("wd proportional to the data", is_only=batch * data / (lr * timescale)),
)

decay_at_a_fixed_timescale_grows_with_width = Coefficient(
    "At a timescale of τ epochs, with an lr inversely proportional to the width as µP has it, wd is proportional to "
    "the width.",
    [x_1 - _kept * x],
    runs=forgets(lr / width),
    for_all=(x,),
    unknown=wanted,
    is_only=width * batch / (lr * timescale * data),
    source=TIMESCALE,
    refuses=false_if("wd fixed", is_only=batch / (lr * timescale * data)),
)
