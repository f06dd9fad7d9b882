"""Experiments made for the first rule: on which it stands still, and those at which its case becomes another."""

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import (
    Expr,
    Integer,
    Mul,
    Piecewise,
    Poly,
    PolynomialError,
    Rational,
    Symbol,
    factor,
    fraction,
    sign,
    together,
)

from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import NewtonSchulz
from lawful.verify.translation.experiments import Course, Undecided
from lawful.verify.translation.inputs import Experiment, experiments, of

SIGNED = ((1,), (2,), (4,), (1, 0), (1, -1), (1, -2), (1, 1))
SMOOTH = ((1,), (1, 0), (0, 1))
"""Gradients before the last one, of rules that take signs and of others."""

SOON, LATEST = 4, 16
"""A case that is another by the first of these steps shows anyhow; one after the second is not waited for."""


def further(rule: Rule, course: Course) -> list[Experiment]:
    """Small experiments and those made for a rule that is set: what tells of momentum alone, then the shortest."""
    more = *experiments(), *_standing_still(rule, course), *_turning(rule, course.setting)
    return [*_at_rest(rule, course), *sorted(more, key=lambda e: len(e.gradients))]


# ------------------------------------------------------------------------------------------------ standing still
def _at_rest(rule: Rule, course: Course) -> Iterator[Experiment]:
    """Two gradients after which the average is 0, so that the rule then rests: they tell its momentum alone."""
    states = done(course, of(0, 1)) if rule.scope == "lane" else None
    if states is not None:
        here = {**course.setting, **states[-1], t: Integer(2)}
        after = {s: put(e, here) for s, e in {**rule.state, x: rule.x}.items()}
        last = _last(put(rule.x - x, {**course.setting, **after, t: Integer(3), g: Integer(0)}))
        if last is not None:
            yield of(0, 1, last, 0)


def _standing_still(rule: Rule, course: Course) -> Iterator[Experiment]:
    """Gradients with a last one that makes the rule stand still: nothing but its averages tells which that is."""
    inside = [e.args[0] for e in sorted(rule.x.atoms(sign, NewtonSchulz), key=str)]
    if not inside and rule.scope != "lane":
        return
    for gradients in SIGNED if inside else SMOOTH:
        states = done(course, of(0, *gradients))
        if states is None:
            continue
        here = {**course.setting, **states[-1], t: Integer(len(gradients) + 1)}
        last = _last(put(inside[0] if inside else rule.x - x, here))
        if last is not None:
            yield of(0, *gradients, last)


def _last(moved: Expr) -> Rational | None:
    """The one number for the gradient, and not 0, at which an expression is 0; None if it is not found."""
    parts = Mul.make_args(factor(fraction(together(moved))[0]))
    found = [part for part in parts if g in part.free_symbols]
    try:
        poly = Poly(found[0], g) if len(found) == 1 else None
    except PolynomialError:
        return None
    if poly is None or poly.degree() != 1 or not poly.nth(0):
        return None
    last = -poly.nth(0) / poly.nth(1)
    return last if last.is_Rational else None


# ------------------------------------------------------------------------------------------------ cases
def _turning(rule: Rule, setting: Mapping[Symbol, Expr]) -> Iterator[Experiment]:
    """Of a rule that after some steps goes on otherwise: gradients that are 0 until then."""
    first = turn(rule, setting)
    if first > SOON:
        zeros = (0,) * (first - 2)
        yield from (of(first_, *zeros, 0, 0) for first_ in (1, 2))
        yield from (of(0, *zeros, last) for last in (1, 2))
        yield from (of(0, *zeros, 0, last) for last in (1, 2))
        yield from (of(0, *zeros, 0, 0, last) for last in (1, 2))
        yield from (of(0, *zeros, 0, 1, last) for last in (0, 1, 2))


def turn(rule: Rule, setting: Mapping[Symbol, Expr]) -> int:
    """The first step at which the rule's case, as far as it hangs on the step, is another; 0 if none is soon."""
    cases = [_case(rule, {**setting, t: Integer(k)}) for k in range(1, LATEST + 1)]
    return next((k for k, case in enumerate(cases, start=1) if case != cases[0]), 0)


def hangs_on_step(rule: Rule) -> bool:
    """Whether a rule goes on otherwise from some step on, which a hyperparameter decides."""
    return any(c.free_symbols - {t} for c in _conditions(rule))


def _case(rule: Rule, here: Mapping[Any, Any]) -> list[bool]:
    return [bool(put(c, here)) for c in _conditions(rule)]


def _conditions(rule: Rule) -> list[Any]:
    found = {c for p in rule.x.atoms(Piecewise) for _, c in p.args if t in c.free_symbols}
    return sorted(found, key=str)


def done(course: Course, experiment: Experiment) -> list[Mapping[Symbol, Expr]] | None:
    """What a rule that is set does, if it is defined there."""
    try:
        found = course.states(experiment)
    except (Undecided, ZeroDivisionError, NotImplementedError):
        return None
    return None if any(not w[x].is_finite for w in found) else found
