"""Proofs about the mean step under independent noise, from the stationary state, by Jensen."""

from collections.abc import Sequence

from sympy import Expr, Symbol, diff, together

from lawful.verify.language.symbols import g, v, x
from lawful.verify.provers.algebra.sign import certificate, moved
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.claims import Answer, MeanStep

V = Symbol("V", positive=True)
"""The second moment before the step, in its stationary distribution."""


def mean_step(claim: MeanStep) -> Answer:
    """Whether the mean step has the claimed sign.

    A positive term that is convex in v is at least its value at the mean of v (Jensen); a negative term that
    grows with v is at least its value at the least v. The mean and the least value of v follow from the rule.
    """
    place = moved(claim.over)
    noise = [(at(value, place), at(chance, place)) for value, chance in claim.noise]
    if not (vanishes(sum(chance for _, chance in noise) - 1) and all(certificate(c, {}) for _, c in noise)):
        return Answer(False, ["The chances are not shown to be positive and to add up to 1."])
    following, new = (at(e, {**place, v: V}) for e in (claim.rule.state[v], claim.rule.x))
    mean, least = _mean(noise, g**2), _least(noise)
    if not _stationary(following, noise, mean) or least is None or not _stays_above(following, noise, least):
        return Answer(False, ["The mean or the least value of v does not follow from the rule."])
    terms = [chance * claim.towards * at(new - x, {g: value}) for value, chance in noise]
    bounds = [_lower(term, mean, least) for term in terms]
    if None in bounds:
        return Answer(False, ["A term is neither positive and convex nor negative and growing in v."])
    why = certificate(sum(bounds), {})
    return Answer(bool(why), _lines(claim, why))


def _lines(claim: MeanStep, why: str) -> list[str]:
    return [
        f"Stationarity: E[v] = E[g²] = {together(_mean(claim.noise, g**2))}, as v is linear in v and g².",
        "v never falls below the least g²: it is a weighted mean of squares.",
        "Jensen: a convex term is on average at least its value at E[v]; others are least at the least v.",
        f"The sum of these bounds: {why or 'no certificate of its sign'}.",
    ]


def _mean(noise: Sequence[tuple[Expr, Expr]], of: Expr) -> Expr:
    return sum(chance * at(of, {g: value}) for value, chance in noise)


def _stationary(following: Expr, noise: Sequence[tuple[Expr, Expr]], mean: Expr) -> bool:
    linear = vanishes(diff(following, V, 2))
    return linear and vanishes(at(_mean(noise, following), {V: mean}) - mean)


def _least(noise: Sequence[tuple[Expr, Expr]]) -> Expr | None:
    squares = [value**2 for value, _ in noise]
    return next((low for low in squares if all(certificate(s - low, {}, False) for s in squares)), None)


def _stays_above(following: Expr, noise: Sequence[tuple[Expr, Expr]], least: Expr) -> bool:
    grows = certificate(diff(following, V), {}, False)
    return bool(grows) and all(
        certificate(at(following, {V: least, g: a}) - least, {}, False) for a, _ in noise
    )


def _lower(term: Expr, mean: Expr, least: Expr) -> Expr | None:
    if certificate(term, {}) and certificate(diff(term, V, 2), {}):
        return at(term, {V: mean})
    if certificate(-term, {}) and certificate(diff(term, V), {}):
        return at(term, {V: least})
    return None
