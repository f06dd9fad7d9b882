"""The second prover: exact arithmetic at random points, with an evaluator of its own (see `exact`).

Identities are tested in the manner of Schwartz and Zippel: a rational function of degree d that is not 0
vanishes at a random point of a grid with N values per symbol with probability at most d/N. So a chance of error is
told where the claim is a rational function throughout: with roots, cases or t in an exponent it is none, and
nothing is told but the points.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial, singledispatch
from math import log10
from random import Random
from typing import Any

from flint import arb, ctx, fmpq
from sympy import Symbol, sympify

from lawful.verify.language.symbols import t
from lawful.verify.provers.arithmetic.declared import declared
from lawful.verify.provers.arithmetic.degree import GradedPoint, bound, is_rational
from lawful.verify.provers.arithmetic.drift import mean_step
from lawful.verify.provers.arithmetic.evaluate import (
    PRECISION,
    Number,
    advance,
    carry_out,
    defined,
    evaluate,
    is_zero,
    layers,
)
from lawful.verify.provers.arithmetic.kept import kept
from lawful.verify.provers.arithmetic.linearised import linearised
from lawful.verify.provers.arithmetic.points import GRID, RandomPoint, finite, poles_avoided
from lawful.verify.provers.arithmetic.sign import positive
from lawful.verify.provers.arithmetic.stability import stable
from lawful.verify.provers.arithmetic.storage import stored
from lawful.verify.provers.arithmetic.symmetry import covariant
from lawful.verify.provers.arithmetic.unknown import forced
from lawful.verify.provers.claims import (
    Always,
    Answer,
    Claim,
    Covariant,
    Declared,
    Domain,
    Equal,
    Expansion,
    Forced,
    Kept,
    MeanStep,
    Positive,
    Stable,
    Stored,
    n,
    nth,
)
from lawful.verify.provers.maps import Linearised

SEED = 20240229
GENERIC, BORDER = 6, 4
"""Points drawn inside the domain, and points at which some of the symbols that may be 0 are 0."""

STEPS = 4
Residuals = Callable[[Mapping[Symbol, Number]], Iterator[Number]]


def second_check(claim: Claim) -> Answer:
    """Whether arithmetic finds a claim to hold; False: it fails somewhere, or arithmetic cannot say."""
    try:
        with ctx.workprec(PRECISION):
            return _check(claim, Random(f"{SEED} {claim.label}"))
    except (
        ArithmeticError,
        NotImplementedError,
    ) as reason:  # a pole, what balls do not decide, no point found
        return Answer(False, [f"{claim.label}: {reason}"], certain=False)


@singledispatch
def _check(claim: Any, random: Random) -> Answer:
    raise NotImplementedError(f"no second check for {type(claim).__name__}")


@_check.register
def _(claim: Positive, random: Random) -> Answer:
    return positive(claim, random)


@_check.register
def _(claim: Equal, random: Random) -> Answer:
    def residuals(point: Mapping[Symbol, Number]) -> Iterator[Number]:
        ends = {s: carry_out(run, point) for s, run in claim.runs.items()}
        meant = {s: evaluate(e, layers(ends, point)) for s, e in claim.where.items()}
        at = layers(meant, ends, point)
        yield evaluate(claim.left, at) - evaluate(claim.right, at)

    return vanish(claim.label, residuals, random, claim.over, rational=is_rational(_expressions(claim)))


@_check.register
def _(claim: Always, random: Random) -> Answer:
    def residuals(point: Mapping[Symbol, Number]) -> Iterator[Number]:
        for values in trajectory(claim, point):
            yield from (values[s] - evaluate(e, values) for s, e in claim.holds.items())

    first, *others = trajectory(claim, RandomPoint(random))
    if all(is_zero(later[s] - first[s]) for later in others for s in claim.holds):
        return Answer(False, [f"{claim.label}: nothing moves"])
    counted = {t: 1, n: 1}
    exprs = [*claim.state.values(), *claim.start.values(), *claim.holds.values()]
    rational = is_rational([sympify(e).xreplace(counted) for e in exprs])
    return vanish(f"{claim.label}, over {STEPS} steps", residuals, random, rational=rational)


def trajectory(claim: Always, point: Mapping[Symbol, Number]) -> Iterator[Mapping[Symbol, Number]]:
    """The states of the running systems before the first step and after each."""
    state = {s: evaluate(claim.start.get(s, s * 0), point) for s in claim.state}
    for k in range(STEPS + 1):
        inputs = {t: fmpq(k), **{s: point[nth(s, k)] for s in claim.varying}}
        if k:
            here = layers(state, inputs, point)
            defined(claim.divides, here)
            state = advance(claim.state, here)
        yield layers(state, inputs, {n: fmpq(k)}, point)


def _expressions(claim: Equal) -> list[Any]:
    """What a claim computes with, t being a number where a run counts it."""
    exprs = [claim.left, claim.right, *claim.where.values()]
    for run in claim.runs.values():
        exprs += [*run.start.values(), *run.gradients]
        exprs += [e if run.first == t else e.xreplace({t: 1}) for e in run.system.values()]
    return exprs


def vanish(
    label: str,
    residuals: Residuals,
    random: Random,
    over: Domain | None = None,
    rational: bool = False,
) -> Answer:
    """Whether all residuals are 0 at random points, and how likely that would be were one of them not 0."""
    for border in GENERIC * [False] + BORDER * [True]:
        draw = partial(RandomPoint, random, border, over)
        point, found = poles_avoided(lambda at: [finite(r) for r in residuals(at)], draw)
        wrong = next((r for r in found if not is_zero(r)), None)
        if wrong is not None:
            return Answer(False, [f"{label}: {arb(wrong).str(5)}, not 0, at {point}"])
    where = f"{label}: 0 at {GENERIC + BORDER} exact points"
    if not rational:
        return Answer(True, [where])
    degree = bound(residuals(GradedPoint(random, over=over)))
    chance = GENERIC * (log10(degree) - log10(GRID))
    return Answer(True, [f"{where}; degree ≤ {degree}, chance of error < 1e{chance:.0f}"])


@_check.register
def _(claim: Kept, random: Random) -> Answer:
    return kept(claim, random)


@_check.register
def _(claim: Stable, random: Random) -> Answer:
    return stable(claim, random)


@_check.register
def _(claim: Linearised, random: Random) -> Answer:
    return linearised(claim, random)


@_check.register
def _(claim: Forced, random: Random) -> Answer:
    return forced(claim, random)


@_check.register
def _(claim: Covariant, random: Random) -> Answer:
    return covariant(claim, random)


@_check.register
def _(claim: Declared, random: Random) -> Answer:
    return declared(claim, random)


@_check.register
def _(claim: Stored, random: Random) -> Answer:
    return stored(claim, random)


@_check.register
def _(claim: Expansion, random: Random) -> Answer:
    what = f"{claim.label}: the rest over {claim.variable}^{claim.order}"
    for bits in (8, 16, 32, 64):
        small = fmpq(1, 2**bits)
        rest = evaluate(claim.expr, {claim.variable: small}) - evaluate(claim.terms, {claim.variable: small})
        if not abs(rest / small**claim.order) < 2**8:
            return Answer(False, [f"{what} is {arb(rest / small**claim.order).str(5)} at 2^-{bits}"])
    return Answer(True, [f"{what} stays bounded down to 2^-64"])


@_check.register
def _(claim: MeanStep, random: Random) -> Answer:
    for _ in range(GENERIC):
        point = RandomPoint(random, over=claim.over)
        noise = [(evaluate(a, point), evaluate(chance, point)) for a, chance in claim.noise]
        drift = mean_step(claim.rule, noise, point)
        if not drift * claim.towards > 0:
            return Answer(False, [f"{claim.label}: the drift is {drift.str(5)} at {point}"])
    return Answer(True, [f"{claim.label}: exact drift of the right sign at {GENERIC} points of the domain"])
