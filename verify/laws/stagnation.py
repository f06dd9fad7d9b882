"""Where steps, decay and memory stop acting, because what they change is lost when it is rounded.

A format of unit roundoff u (2⁻⁸ for bfloat16, 2⁻¹¹ for float16, 2⁻²⁴ for float32) has the numbers 2^e·(1 + 2ku) from
2^e on, 2u·2^e apart. Rounding to nearest loses a change of s·2^e, 1 < s < 2, below half a gap, u·2^e; 2^e itself has
only half the gap below it, and loses what is below u/2·2^e. (Exactly half a gap is a tie, which 2^e wins.) Above the
least normal number this is all that is needed of the format.
"""

from typing import Any

from sympy import Expr, Integer, Rational, Symbol, oo

from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta2, eps, lr, v, weight_decay, x
from lawful.verify.provers.claims import Run
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import ZERO
from lawful.verify.theory.rounding import LostInRounding, size
from lawful.verify.theory.theorems import Inequality
from lawful.verify.transformations.averaged import average, ema_decay

OWN = Source("lawful", "derived here, from IEEE 754's rounding to nearest")

u, power, spare, G = (Symbol(name, positive=True) for name in ("u", "2^e", "eps", "g"))
s, f, k = (Symbol(name, positive=True) for name in ("s", "f", "k"))
"""The weight's significand; fractions of a threshold below it, and excess above it."""

significand, fraction, excess = {s: (1, 2)}, {f: (0, 1)}, {k: (0, oo)}
inner, edge = Symbol("inner"), Symbol("edge")
"""What a weight s·2^e, and the weight 2^e, become."""


def lost(change: Expr, at_edge: Expr) -> dict[Expr, Expr]:
    """Both changes, in units of u·2^e, stay below half the gap that they face."""
    return {Integer(1): change / (u * power), Rational(1, 2): at_edge / (u * power)}


def acts(change: Expr, at_edge: Expr) -> dict[Expr, Expr]:
    """Both changes are above half the gap that they face, u·2^e and half of that."""
    return {change / (u * power): Integer(1), 2 * at_edge / (u * power): Integer(1)}


def one_step(rule: Rule, gradient: Expr, read: Symbol = x) -> dict[Symbol, Run]:
    """The first step from either weight, or from either value of another symbol."""
    return {
        end: Run(rule, 1, read, [gradient], {read: start * power})
        for end, start in ((inner, s), (edge, Integer(1)))
    }


# ----------------------------------------------------------------------------------------------- decay
def decays(rate: Expr) -> dict[str, Any]:
    """AdamW on gradients of 0, with lr·wd = rate."""
    rule = adamw().replace({weight_decay: rate / lr, eps: spare})
    return {
        "equations": {s * power - inner: rate * s * power, power - edge: rate * power},
        "runs": one_step(rule, ZERO),
    }


decay_below_half_the_roundoff_is_lost = Inequality(
    "If lr·wd < u/2, u being the unit roundoff of the weights' format (2⁻⁸ for bfloat16, 2⁻¹¹ for float16), AdamW's "
    "decay changes no weight at all: from s·2^e with 1 < s < 2 it takes less than u·2^e, half a gap, and from 2^e less "
    "than half of that (gradients 0, eps > 0; lr·wd = f·u/2 with f < 1).",
    **decays(f * u / 2),
    greater=lost(f * u / 2 * s * power, f * u / 2 * power),
    over=significand | fraction,
    source=OWN,
    refuses=false_if("if lr·wd < u", **decays(f * u), greater=lost(f * u * s * power, f * u * power)),
    predicts=[
        LostInRounding(adamw(), {lr: 0.125, eps: 2.0**-10}, 0.0, weight_decay, size / lr, lost=0.5, acts=1.0),
    ],
)

decay_above_the_roundoff_moves_every_weight = Inequality(
    "If lr·wd > u, the unit roundoff of the weights' format, AdamW's decay moves every normal weight: by more than "
    "half the gap beside it (gradients 0, eps > 0; lr·wd = u·(1 + k) with k > 0).",
    **decays(u * (1 + k)),
    greater=acts(u * (1 + k) * s * power, u * (1 + k) * power),
    over=significand | excess,
    source=OWN,
    refuses=false_if(
        "if lr·wd > u/2",
        **decays(u * (1 + k) / 2),
        greater=acts(u * (1 + k) / 2 * s * power, u * (1 + k) / 2 * power),
    ),
)


# ----------------------------------------------------------------------------------------------- steps
def steps(share: Expr) -> dict[str, Any]:
    """Adam's first step on a gradient g > 0, with eps = 0, without decay; lr is that share of the weight."""
    rule = adam().replace({weight_decay: 0, eps: 0})
    large, small = (rule.replace({lr: share * start * power}) for start in (s, Integer(1)))
    return {
        "equations": {s * power - inner: share * s * power, power - edge: share * power},
        "runs": {inner: one_step(large, G)[inner], edge: one_step(small, G)[edge]},
    }


steps_below_half_the_roundoff_are_lost = Inequality(
    "If lr < u·x/2, u being the unit roundoff of the format of x > 0, Adam's first step, which is lr at eps = 0 and "
    "wd = 0, does not move x: weights above 2·lr/u stand still (lr = f·u·x/2 with f < 1). Nor does any later step "
    "where lr·ρ_t, the most that it can be (largest_step_of_adam), is as small.",
    **steps(f * u / 2),
    greater=lost(f * u / 2 * s * power, f * u / 2 * power),
    over=significand | fraction,
    source=OWN,
    refuses=false_if("if lr < u·x", **steps(f * u), greater=lost(f * u * s * power, f * u * power)),
    predicts=[
        LostInRounding(adam(), {eps: 0.0, weight_decay: 0.0}, 1.0, lr, size, lost=7 / 16, acts=5 / 4),
    ],
)

steps_above_the_roundoff_move_every_weight = Inequality(
    "If lr > u·x, u being the unit roundoff of the format of x > 0, a normal number, Adam's first step down moves x: "
    "all weights below lr/u (eps = 0, wd = 0, a gradient above 0; lr = u·x·(1 + k) with k > 0).",
    **steps(u * (1 + k)),
    greater=acts(u * (1 + k) * s * power, u * (1 + k) * power),
    over=significand | excess,
    source=OWN,
    refuses=false_if(
        "if lr > u·x/2",
        **steps(u * (1 + k) / 2),
        greater=acts(u * (1 + k) / 2 * s * power, u * (1 + k) / 2 * power),
    ),
)


# ---------------------------------------------------------------------------------------------- memory
def forgets(rate: Expr) -> dict[str, Any]:
    """Adam's second moment on a gradient of 0, with 1 − β2 = rate."""
    rule = adam().replace({beta2: 1 - rate, weight_decay: 0, eps: spare})
    return {
        "equations": {s * power - inner: rate * s * power, power - edge: rate * power},
        "runs": one_step(rule, ZERO, v),
    }


a_narrow_second_moment_never_falls = Inequality(
    "If 1 − β2 < u/2 and v is kept in a format of unit roundoff u, as torch keeps it in that of the weights, then "
    "Adam's v never falls, not even on gradients of 0, where it should by the factor β2: in bfloat16, for β2 > "
    "511/512 = 0.998… (1 − β2 = f·u/2 with f < 1).",
    **forgets(f * u / 2),
    greater=lost(f * u / 2 * s * power, f * u / 2 * power),
    over=significand | fraction | {u: (0, 1)},
    source=OWN,
    refuses=false_if("if 1 − β2 < u", **forgets(f * u), greater=lost(f * u * s * power, f * u * power)),
)


# -------------------------------------------------------------------------------------------- averages of weights
def averages(rate: Expr, way: Expr) -> dict[str, Any]:
    """An average with 1 − d = rate, told of weights that are so much below it."""
    rule = find_rule("averaged").replace({ema_decay: 1 - rate})
    starts = {inner: s, edge: Integer(1)}
    return {
        "equations": {s * power - inner: rate * way, power - edge: rate * way},
        "runs": {
            end: Run(rule, 1, average, [start * power - way], {average: start * power})
            for end, start in starts.items()
        },
    }


r = Symbol("r", positive=True)

a_narrow_average_stands_still = Inequality(
    "If (1 − d)·|θ − w| < u·2^e/2, an average w of weights θ, w ← d·w + (1 − d)·θ, that is kept in a format of unit "
    "roundoff u and is between 2^e and 2^(e+1) does not move: it stands still as far as u·2^e/(2(1 − d)) from the "
    "weights, in bfloat16 at d = 0.999 almost twice 2^e (θ below w, 1 − d = r; r·(w − θ) = f·u·2^e/2 with f < 1).",
    **averages(r, f * u * power / (2 * r)),
    greater=lost(f * u * power / 2, f * u * power / 2),
    over=significand | fraction | {r: (0, 1)},
    source=OWN,
    refuses=false_if(
        "if (1 − d)·|θ − w| < u·2^e",
        **averages(r, f * u * power / r),
        greater=lost(f * u * power, f * u * power),
    ),
)
