"""Which symmetries a rule has: sought on its expressions, for every change of `lawful.verify.provers.changes`.

What is found here is claimed, not proved: `changed` proves it, from what is claimed of each quantity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from sympy import Abs, Dummy, Expr, Function, Gt, Integer, Piecewise, Symbol, diff, sign, sympify
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule, bases
from lawful.verify.language.symbols import g, lr, lr_0, t, x
from lawful.verify.language.tensors import SIZES, EverywhereMean, IfPositive, Norm, OfTensor, Total
from lawful.verify.provers.algebra.equations import Lacks
from lawful.verify.provers.algebra.unroll import at, at_rest, relevant
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.provers.algebra.weights import Weighing, Weight, unknown
from lawful.verify.provers.changes import Change, Cut, Flipped, Permuted, Scaled, Shifted

Degrees = Mapping[Symbol, Expr]
"""Hyperparameter → the power of c by which it is multiplied."""

States = Mapping[Symbol, tuple[Expr, Expr]]
"""Symbol of the state → how it changes."""


@dataclass(frozen=True)
class Covariance:
    """A rule that has a symmetry.

    Attributes:
        rule: it, with the hyperparameters that must be 0 put to 0, and lr constant.
        off: those.
        degrees: the others that change with c, and how.
        why: what was found on its expressions.
        state: symbol of the state → (power of c, 1 if its sign turns), or by how much it is shifted.
    """

    rule: Rule
    off: tuple[Symbol, ...]
    degrees: Degrees
    why: str
    state: States = field(default_factory=dict)


_DECIDED: dict[tuple[str, str], Covariance | str] = {}


def covariance(rule: Rule, change: Change) -> Covariance | str:
    """How a rule has the symmetry, or which part of it lacks it."""
    key = rule.hash, repr(change)
    if key not in _DECIDED:
        _DECIDED[key] = _moving(rule, change)
    return _DECIDED[key]


def _moving(rule: Rule, change: Change) -> Covariance | str:
    off = tuple(s for s in change.off if s in rule.defaults)
    try:
        found = _decided(change, put(rule, off))
    except Lacks as reason:
        return str(reason)
    found = replace(found, off=(*off, *found.off))
    if any(sympify(degree).free_symbols for degree in found.degrees.values()):
        return "nothing is known of a power that is a hyperparameter"
    if begins_nowhere(found.rule):
        return "it divides by 0 in the first step"
    return "it stands still" if stands_still(found.rule) else found


def put(rule: Rule, off: Iterable[Symbol]) -> Rule:
    """The rule with these hyperparameters at 0, and with a constant lr."""
    constant = {lr_0: lr} if lr_0 in rule.defaults else {}
    return replace(rule.replace({**dict.fromkeys(off, Integer(0)), **constant}), names={})


def stands_still(rule: Rule) -> bool:
    """Whether x never changes: a symmetry of what does not move is empty.

    A state that is 0 at first is so for ever if its next value is 0 wherever it and others of its kind are.
    """
    still = {s for s in rule.state if rule.initial(s) == 0}
    while wakes := {s for s in still if at(rule.state[s], dict.fromkeys(still, 0)) != 0}:
        still -= wakes
    return bool(at(rule.x, dict.fromkeys(still, 0)) == x)


def begins_nowhere(rule: Rule) -> bool:
    """Whether a rule divides by 0 in its first step, whatever the gradient."""
    begun = {s: at(rule.initial(s), {t: Integer(1)}) for s in rule.state}
    first = (at(e, {t: Integer(1)}) for e in (rule.x, *rule.state.values()))
    return any(at(base, begun) == 0 for e in first for base in bases(e))


@singledispatch
def _decided(change: Any, rule: Rule) -> Covariance:
    raise NotImplementedError(f"it is not known how to decide {type(change).__name__}")


# ------------------------------------------------------------------------------------- scale and sign
@_decided.register
def _(change: Scaled, rule: Rule) -> Covariance:
    given = {s: Weight(Integer(degree)) for s, degree in change.degrees.items()}
    degrees, why, state = _weighed(rule, given, each=False)
    if not change.each:
        return Covariance(rule, (), degrees, why, state)
    off = tuple(degrees)
    if stays := next((s for s in off if s in change.kept or 0 not in rule.domain(s)), None):
        raise Lacks(f"{stays} would have to change with c")
    return Covariance(put(rule, off), off, *_weighed(put(rule, off), given, each=True))


@_decided.register
def _(change: Flipped, rule: Rule) -> Covariance:
    turned = Weight(Integer(0), Integer(1))
    fixed = {s: Weight(Integer(0)) for s in rule.defaults}
    return Covariance(rule, (), *_weighed(rule, {**fixed, x: turned, g: turned}, each=True))


def _weighed(rule: Rule, given: Mapping[Symbol, Weight], each: bool) -> tuple[Degrees, str, States]:
    """The degrees of the hyperparameters that change, all quantities of the rule having a weight, and those of it."""
    system = relevant(rule)
    found = {s: Weight(unknown(s).degree) for s in rule.defaults} | {s: unknown(s) for s in system}
    weigh = Weighing({**found, **given}, each, frozenset(rule.defaults))
    for symbol, expr in system.items():
        weigh.alike([symbol, expr], f"the next {symbol}")
    for symbol in (s for s in system if s != x):
        weigh.alike([symbol, rule.initial(symbol)], f"the first {symbol}")
    weights = {s: weigh.settled(s) for s in (*rule.defaults, *system)}
    why = ", ".join(f"{s} by {weights[s]}" for s in system)
    degrees = {s: weights[s].degree for s in rule.defaults if weights[s].degree != 0}
    return (
        degrees,
        f"sums, maxima and comparisons are of one kind, and change: {why}",
        {s: weights[s] for s in system if s != x},
    )


# ------------------------------------------------------------------------------------------- position
BY_LANE = (Abs, sign, Piecewise, IfPositive)
"""Functions that look at each lane alone."""

WITHOUT_ORDER = (*BY_LANE, Total, EverywhereMean, Norm)
"""Functions that do not see in which order the elements are."""


@_decided.register
def _(change: Permuted, rule: Rule) -> Covariance:
    _only(WITHOUT_ORDER, rule, "sees where an element is")
    return Covariance(rule, (), {}, "it sees a tensor through sums over all of it only")


@_decided.register
def _(change: Cut, rule: Rule) -> Covariance:
    _only(BY_LANE, rule, "looks at other rows")
    if any(e.has(*SIZES) for e in relevant(rule).values()):
        raise Lacks("it depends on the tensor's size")
    return Covariance(rule, (), {}, "it works coordinate by coordinate")


def _only(functions: tuple[Any, ...], rule: Rule, otherwise: str) -> None:
    for e in relevant(rule).values():
        for f in sorted(e.atoms(Function), key=str):
            if not isinstance(f, functions):
                said = otherwise if isinstance(f, OfTensor) else ""
                raise Lacks(f"{f.func.__name__} {said}" if said else f"nothing is known of {f.func.__name__}")


# ---------------------------------------------------------------------------------------------- place
@_decided.register
def _(change: Shifted, rule: Rule) -> Covariance:
    """What moves along with x is known from its first value; the derivative along the shift is constant then.

    A derivative does not see jumps: what decides a case must not change along the shift at all.
    """
    system = relevant(rule)
    speed = {s: Integer(1) if s == x else diff(rule.initial(s), x) for s in system}
    for symbol, expr in system.items():
        if not _moves(expr, speed, speed[symbol]):
            raise Lacks(f"the next {symbol} depends on where x is")
        for condition in expr.atoms(Relational) | {Gt(e.args[0], 0) for e in expr.atoms(IfPositive)}:
            if not _moves(condition.lhs - condition.rhs, speed, Integer(0)):
                raise Lacks(f"a case of the next {symbol} depends on where x is")
    along_x = ", ".join(f"{s} by {speed[s]}·s" for s in system)
    return Covariance(
        rule,
        (),
        {},
        f"the derivative along the shift is constant: {along_x}",
        {s: (speed[s], Integer(0)) for s in system if s != x},
    )


def _moves(expr: Expr, speed: Mapping[Symbol, Expr], wanted: Expr) -> bool:
    """Whether an expression moves at this speed, as its symbols do; a function of the tensor, if what it sees rests."""
    moving = {s for s, v in speed.items() if v != 0}
    blind = at_rest(expr, moving)
    seen = {f for f in expr.atoms(OfTensor) if f not in blind}
    rests = all(_moves(part, speed, Integer(0)) for f in seen for part in f.args)
    expr = expr.xreplace({f: Dummy(real=True) for f in blind | seen})
    along = (speed[s] * diff(expr, s) for s in moving if expr.has(s))
    return rests and vanishes(sum(along, Integer(0)) - wanted)
