"""AdaGC (arXiv:2502.11034): each tensor's gradient no longer than it usually was; all of them clipped at first."""

from typing import Literal

from sympy import Eq, Expr, Lt, Piecewise, Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.domain import WEIGHT, Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, t
from lawful.verify.language.tensors import EverywhereNorm, Norm
from lawful.verify.language.transformation import fed, transformation
from lawful.verify.transformations.clipped import NOTHING, share

most, times, beta = (
    Symbol("lambda_abs", positive=True),
    Symbol("lambda_rel", positive=True),
    Symbol("beta", nonnegative=True),
)
gamma, warmup = Symbol("gamma", nonnegative=True), Symbol("warmup_steps", integer=True, positive=True)
DEFAULTS = {beta: 0.98, most: 1.0, times: 1.05, warmup: 100.0}
DOMAINS = {
    beta: WEIGHT,
    most: Domain((1.0, 0.3, 10.0), open_low=True),
    times: Domain((1.05, 0.5, 2.0), open_low=True),
    warmup: Domain((4.0, 3.0, 2.0, 100.0), low=2.0),
}
WORDS: Words = {
    "divisor": {"norm": "a divisor that is the norm", "norm + eps": "a divisor that is the norm and eps"},
    "floor": {
        "none": "norms as small as they are",
        "eps": "norms, and what they usually were, not below eps",
    },
}


@transformation(words=WORDS)
def adagc(
    rule: Rule, *, divisor: Literal["norm", "norm + eps"] = "norm", floor: Literal["none", "eps"] = "none"
) -> Rule:
    """γ ← β·γ + (1 − β)·‖ĝ‖, of each tensor, where ĝ is g no longer than λ_rel·γ.

    In the steps before `warmup_steps` ĝ is g clipped by the norm over all parameters, with eps in its `divisor`, and γ
    the least ‖ĝ‖; after them no norm counts as less than a `floor`. Decay that is added to the gradient before it is
    clipped is `decayed(adagc(adam), form="l2")`; `adagc(adam)` adds it to what is left.
    """
    if (divisor, floor) != ("norm", "none") and eps not in rule.defaults:
        raise Unanswerable(f"adagc({rule}, divisor={divisor!r}, floor={floor!r}): {rule} has no eps.")
    early = g * share(EverywhereNorm(g), most, eps if divisor == "norm + eps" else NOTHING)
    late = g * share(_above(floor, Norm(g)), times * _above(floor, gamma))
    least = Piecewise((Norm(early), Eq(t, 1)), (Min(gamma, Norm(early)), True))
    first = Lt(t, warmup)
    return fed(
        rule,
        Piecewise((early, first), (late, True)),
        Source("arXiv:2502.11034", "Algorithm 1, from memory"),
        state={gamma: Piecewise((least, first), (beta * gamma + (1 - beta) * Norm(late), True))},
        defaults=DEFAULTS,
        domains=DOMAINS,
    )


def _above(floor: str, norm: Expr) -> Expr:
    return Max(norm, eps) if floor == "eps" else norm
