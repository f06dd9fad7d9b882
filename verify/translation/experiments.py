"""Small exact experiments: what the first rule does on a few whole numbers, and what would make the second do it.

One element alone, as a tensor of one number where whole tensors are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sympy import Abs, Eq, Expr, Integer, Max, Min, Piecewise, Rational, S, Symbol, cancel, sign, sympify
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import IfPositive, NewtonSchulz, OfTensor, cols, dim, n, rows
from lawful.verify.provers.algebra.unroll import relevant
from lawful.verify.translation.elimination import sign_of, tidy

ONE_ELEMENT = {n: 1, rows: 1, cols: 1, dim: 2}


@dataclass(frozen=True)
class Experiment:
    """A first weight and gradients."""

    start: Rational
    gradients: tuple[Rational, ...]

    def __str__(self) -> str:
        """`x = 1, g = 1, 0`."""
        return f"x = {self.start}, g = {', '.join(map(str, self.gradients))}"


def experiments() -> Iterator[Experiment]:
    """Small ones, the simplest first."""
    for start, *gradients in (
        (1, 0), (0, 1), (0, 2), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 1), (0, 1, 2), (0, 2, 1), (0, 1, -1),
        (0, 1, 0, 0), (0, 1, 1, 1), (0, 0, 1), (1, -1), (1, 1, 0), (1, 1, 1), (2, 1, 0), (0, 3),
        (0, 1, 0, 1), (0, 3, 1), (0, 2, 0, 1), (0, 1, 0, 0, 0), (20, 1),
    ):  # fmt: skip
        yield Experiment(Rational(start), tuple(map(Rational, gradients)))


class Undecided(Exception):  # an answer, not an error
    """It depends on the unknowns which case applies; the message says on what."""

    def __init__(self, condition: Expr) -> None:
        """Of this the sign is not known."""
        super().__init__(str(condition))
        self.condition = condition


@dataclass(frozen=True)
class Course:
    """A rule of one element on exact numbers; its hyperparameters are numbers or unknowns.

    Attributes:
        rule: the rule.
        setting: hyperparameter → number or unknown.
        granted: what is assumed of the signs of expressions: −1, 0 or 1.
    """

    rule: Rule
    setting: Mapping[Symbol, Expr]
    granted: Mapping[Expr, int]

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
        if isinstance(expr, Piecewise):
            return next(self._of(e, here, found) for e, c in expr.args if self._holds(c, here, found))
        parts = [self._of(part, here, found) for part in expr.args]
        return self._applied(expr.func, parts)

    def _holds(self, condition: Any, here: Mapping[Symbol, Any], found: dict[Any, Any]) -> bool:
        if condition in (S.true, S.false):
            return bool(condition)
        if not isinstance(condition, Relational):
            parts = [self._holds(part, here, found) for part in condition.args]
            return all(parts) if condition.func.__name__ == "And" else any(parts)
        gap = self.sign(self._of(condition.lhs, here, found) - self._of(condition.rhs, here, found))
        return gap == 0 if isinstance(condition, Eq) else bool(condition.func(Integer(gap), 0))

    def _applied(self, kind: Any, parts: list[Any]) -> Any:
        if kind in (Max, Min):
            return self._extremum(kind, parts)
        if kind is sign:
            return Integer(self.sign(parts[0]))
        if kind is Abs or kind.__name__.endswith("Norm"):
            return parts[0] * self.sign(parts[0])
        if kind is IfPositive:
            return parts[1] if self.sign(parts[0]) > 0 else parts[2]
        if issubclass(kind, NewtonSchulz):
            return self._orthogonal(*parts)
        return parts[0] if isinstance(kind, type) and issubclass(kind, OfTensor) else kind(*parts)

    def _extremum(self, kind: Any, parts: list[Any]) -> Any:
        best = parts[0]
        for other in parts[1:]:
            larger = self.sign(other - best) > 0
            best = other if larger == (kind is Max) else best
        return best

    def _orthogonal(self, e: Any, a: Any, b: Any, c: Any, least: Any, steps: Any) -> Any:
        size = self._extremum(Max, [e * self.sign(e), least])
        found = e / size if e != 0 else Integer(0)
        for _ in range(int(steps)):
            found = a * found + b * found**3 + c * found**5
        return found

    def sign(self, expr: Any) -> int:
        """The sign of an expression.

        Raises:
            Undecided: neither the symbols' declarations nor what is granted tell it.
        """
        simple = cancel(expr)
        if simple == 0:
            return 0
        if (known := sign_of(simple)) is not None:
            return known
        if simple in self.granted:
            return self.granted[simple]
        if -simple in self.granted:
            return -self.granted[-simple]
        raise Undecided(simple)


def unknowns(rule: Rule, sought: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """Each hyperparameter in an unknown of its own: what lies in [0, 1) as y/(1 + y)."""
    return {s: _unknown(rule, s) for s in sought}


def _unknown(rule: Rule, symbol: Symbol) -> Expr:
    domain = rule.domain(symbol)
    if domain.low == 0 and domain.high == 1:
        y = Symbol(f"y_{symbol}", nonnegative=True)
        return y / (1 + y)
    signs = (
        {"positive": True}
        if domain.open_low and domain.low == 0
        else {"nonnegative": True}
        if domain.low >= 0
        else {"real": True}
    )
    return Symbol(f"{symbol}'", **signs)
