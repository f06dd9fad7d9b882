"""Small exact experiments: what the first rule does on a few whole numbers, and what would make the second do it.

One element alone, as a tensor of one number where whole tensors are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from math import inf, isfinite
from typing import Any

from sympy import (
    Abs,
    Eq,
    Expr,
    Integer,
    LessThan,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    StrictGreaterThan,
    StrictLessThan,
    Symbol,
    nsimplify,
    sign,
    sympify,
)  # fmt: skip
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import IfPositive, NewtonSchulz, OfTensor, cols, dim, n, rows
from lawful.verify.provers.algebra.unroll import relevant
from lawful.verify.translation.elimination import sign_of, tidy
from lawful.verify.translation.inputs import Experiment
from lawful.verify.translation.powers import by_step, standing_alone, standing_for
from lawful.verify.translation.quotients import factored

ONE_ELEMENT = {n: 1, rows: 1, cols: 1, dim: 2}


Signs = frozenset[int]
"""The signs that a number may have."""

ANY, RISING, FALLING = frozenset((-1, 0, 1)), frozenset((0, 1)), frozenset((-1, 0))
APART = tuple(frozenset((sign_,)) for sign_ in (1, -1, 0))
OVER_0, SIDES = (frozenset((1,)), FALLING), (RISING, FALLING)
"""What is asked of a sign: which it is; whether it is above 0; on which side of 0, which both are at 0."""


class Undecided(Exception):  # an answer, not an error
    """It depends on the unknowns which case applies; the message says on what."""

    def __init__(self, condition: Expr, cases: Sequence[Signs]) -> None:
        """Of this the sign is not known; the cases that there are."""
        super().__init__(str(condition))
        self.condition, self.cases = condition, cases


@dataclass(frozen=True)
class Course:
    """A rule of one element on exact numbers; its hyperparameters are numbers or unknowns.

    Attributes:
        rule: the rule.
        setting: hyperparameter → number or unknown.
        granted: which signs expressions may have, as far as more is assumed than their symbols say.
        powers: the symbols that stand for powers; filled on the way.
    """

    rule: Rule
    setting: Mapping[Symbol, Expr]
    granted: Mapping[Expr, Signs]
    powers: set[Symbol] = field(default_factory=set)

    def steps(self, experiment: Experiment, wanted: Sequence[Expr] = ()) -> list[Expr]:
        """What is added to the weight in each step; the weights before are as wanted, where that is said.

        Raises:
            Undecided: what is granted does not tell which case applies.
        """
        return [after[x] - before[x] for before, after in pairwise(self.states(experiment, wanted))]

    def states(self, experiment: Experiment, wanted: Sequence[Expr] = ()) -> list[Mapping[Symbol, Expr]]:
        """The weight and the state before the first step and after each.

        Raises:
            Undecided: as `steps`.
        """
        system = relevant(self.rule)
        first = {x: experiment.start}
        found: list[Mapping[Symbol, Expr]] = [
            {s: experiment.start if s == x else self._value(self.rule.initial(s), first) for s in system}
        ]
        for k, gradient in enumerate(experiment.gradients, start=1):
            before = {**found[-1], x: wanted[k - 2]} if wanted and k > 1 else found[-1]
            found[-1] = before
            here = {**before, g: gradient, t: Integer(k)}
            found.append({s: self._value(e, here) for s, e in system.items()})
        return found

    def _value(self, expr: Expr, here: Mapping[Symbol, Any]) -> Expr:
        put_in = {**ONE_ELEMENT, **self.setting, **here}
        return tidy(self._of(sympify(expr), put_in, {}))

    def _of(self, expr: Any, here: Mapping[Symbol, Any], found: dict[Any, Any]) -> Any:
        if expr not in found:
            found[expr] = self._worked_out(expr, here, found)
        return found[expr]

    def _worked_out(self, expr: Any, here: Mapping[Symbol, Any], found: dict[Any, Any]) -> Any:
        if expr.is_Symbol:
            return sympify(here.get(expr, expr))
        if not expr.args:
            return expr
        if (name := self._alone.get(expr)) and any(here[s].free_symbols for s in expr.free_symbols):
            return self._standing(standing_alone(name, here[t]))
        if isinstance(expr, Piecewise):
            return next(self._of(e, here, found) for e, c in expr.args if self._holds(c, here, found))
        if expr.func is IfPositive:
            above, *others = expr.args
            return self._of(others[0] if self._positive(above, here, found) else others[1], here, found)
        parts = [self._of(part, here, found) for part in expr.args]
        return self._applied(expr.func, parts)

    def _holds(self, condition: Any, here: Mapping[Symbol, Any], found: dict[Any, Any]) -> bool:
        if condition in (S.true, S.false):
            return bool(condition)
        if not isinstance(condition, Relational):
            parts = [self._holds(part, here, found) for part in condition.args]
            return all(parts) if condition.func.__name__ == "And" else any(parts)
        gap = self._of(condition.lhs, here, found) - self._of(condition.rhs, here, found)
        if isinstance(condition, Eq):
            return self.sign(gap) == 0
        if isinstance(condition, StrictGreaterThan | LessThan):
            return (self.sign(gap, OVER_0) > 0) == isinstance(condition, StrictGreaterThan)
        return (self.sign(-gap, OVER_0) > 0) == isinstance(condition, StrictLessThan)

    def _positive(self, expr: Any, here: Mapping[Symbol, Any], found: dict[Any, Any]) -> bool:
        """Whether an expression is above 0; a minimum is where all its members are, whichever is the least."""
        if isinstance(expr, Min):
            return all(self._positive(part, here, found) for part in expr.args)
        return self.sign(self._of(expr, here, found), OVER_0) > 0

    def _applied(self, kind: Any, parts: list[Any]) -> Any:
        if kind in (Max, Min):
            return self._extremum(kind, parts)
        if kind is sign:
            return Integer(self.sign(parts[0]))
        if kind is Abs or kind.__name__.endswith("Norm"):
            return parts[0] * self.sign(parts[0], SIDES)
        if issubclass(kind, NewtonSchulz):
            return self._orthogonal(*parts)
        if kind is Pow and parts[0].is_number and parts[1].free_symbols:
            return self._powered(*parts)
        return parts[0] if isinstance(kind, type) and issubclass(kind, OfTensor) else kind(*parts)

    def _extremum(self, kind: Any, parts: list[Any]) -> Any:
        best = parts[0]
        for other in parts[1:]:
            larger = self.sign(other - best, SIDES) > 0
            best = other if larger == (kind is Max) else best
        return best

    def _orthogonal(self, e: Any, a: Any, b: Any, c: Any, least: Any, steps: Any) -> Any:
        size = self._extremum(Max, [e * self.sign(e, SIDES), least])
        found = e / size if e != 0 else Integer(0)
        for _ in range(int(steps)):
            found = a * found + b * found**3 + c * found**5
        return found

    def _powered(self, base: Expr, exponent: Expr) -> Expr:
        if base == 1:
            return Integer(1)
        z, turned = standing_for(base, exponent)
        return (1 + self._standing(z)) ** turned

    def _standing(self, z: Symbol) -> Expr:
        """What is known of the unknown that stands for something."""
        self.powers.add(z)
        return self.setting.get(z, z)

    @cached_property
    def _alone(self) -> dict[Expr, str]:
        return by_step(self.rule)

    def sign(self, expr: Any, cases: Sequence[Signs] = APART) -> int:
        """The sign of an expression; where only its side is asked for, that of 0 is either.

        Raises:
            Undecided: neither the symbols' declarations nor what is granted tell which of the cases it is.
        """
        turned, bare = bared(expr)
        known = frozenset(turned * s for s in signs(bare, self.granted))
        found = next((case for case in cases if known <= case), None)
        if found is None:
            raise Undecided(bare, [frozenset(turned * s for s in case) for case in _disjoint(known, cases)])
        return max(found, key=abs)


def _disjoint(known: Signs, cases: Sequence[Signs]) -> Iterator[Signs]:
    """What each case has of the signs that are possible and that no case before had."""
    for case in cases:
        if known & case:
            yield known & case
        known -= case


def signs(bare: Expr, granted: Mapping[Expr, Signs]) -> Signs:
    """The signs that an expression may have, without factors of a known sign."""
    known = 0 if bare == 0 else sign_of(bare)
    if known is not None:
        return frozenset((known,))
    declared = RISING if bare.is_nonnegative else FALLING if bare.is_nonpositive else ANY
    return granted.get(bare, ANY) & declared & bounded(bare)


@lru_cache(maxsize=4096)
def bounded(expr: Expr) -> Signs:
    """What rises, or falls, in every unknown lies on that side of what it is where all are 0."""
    if not all(s.is_nonnegative for s in expr.free_symbols):
        return ANY
    slopes = {sign_of(expr.diff(s)) for s in expr.free_symbols}
    least = expr.xreplace(dict.fromkeys(expr.free_symbols, Integer(0)))
    if slopes == {1} and least.is_nonnegative:
        return RISING
    return FALLING if slopes == {-1} and least.is_nonpositive else ANY


@lru_cache(maxsize=4096)
def bared(expr: Any) -> tuple[int, Expr]:
    """(1 or −1, an expression without factors of a known sign): their product has the expression's sign."""
    if (known := sign_of(expr)) is not None:
        return known, Integer(1)
    simple, turned, rest = factored(expr), 1, []
    for part in Mul.make_args(simple):
        base, power = part.as_base_exp()
        if (known := sign_of(base)) is not None and (power.is_integer or known > 0):
            turned *= known if power.is_integer and power % 2 else 1
        else:
            rest.append(base if power.is_integer and power % 2 else part)
    bare = Mul(*rest)
    return (-turned, -bare) if bare.could_extract_minus_sign() else (turned, bare)


def unknowns(rule: Rule, sought: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """Each hyperparameter in an unknown y ≥ 0 of its own: what lies in [0, 1) as y/(1 + y), in [a, ∞) as a + y."""
    return {s: _unknown(rule, s) for s in sought}


def _unknown(rule: Rule, symbol: Symbol) -> Expr:
    domain = rule.domain(symbol)
    ends = domain.low, domain.high
    if ends == (0, inf):
        return Symbol(f"{symbol}'", **({"positive": True} if domain.open_low else {"nonnegative": True}))
    y = Symbol(f"y_{symbol}", **({"positive": True} if domain.open_low else {"nonnegative": True}))
    if isfinite(domain.low):
        low, high = (nsimplify(end, rational=True) for end in ends)
        return low + (y if domain.high == inf else (high - low) * y / (1 + y))
    if domain.high == inf:
        return Symbol(f"{symbol}'", real=True)
    return nsimplify(domain.high, rational=True) - Symbol(f"y_{symbol}", positive=True)
