"""Laws about cycles on a quadratic: whether a run that starts near one stays near it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from sympy import Expr, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, x
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.claims import Claim, Domain, Equal, Positive, any_step
from lawful.verify.provers.maps import Linearised
from lawful.verify.theory.dynamics import h
from lawful.verify.theory.formula import tex
from lawful.verify.theory.law import Law

z = Symbol("z")
"""In which characteristic polynomials are written."""


@dataclass(frozen=True)
class Repulsion(Law):
    """On f(x) = h·x²/2 a step of a rule, with some signs turned, leaves a point where it is, and repels around it.

    Near the point the map has a characteristic polynomial p with p(0) < 0 < p(beyond), `beyond` being the product of
    its roots if the degree is odd. So a root lies between 0 and `beyond`, and the product of the others is above 1.

    Attributes:
        rule: the rule.
        cycle: symbol → its value at the point.
        turned: those whose sign is turned after the step, so that the rule itself goes to and fro.
        polynomial: p, in `z`.
        beyond: minus p(0).
        over: the domain of the hyperparameters.
    """

    kind: ClassVar[str] = "repulsion"
    rule: Rule
    _: KW_ONLY
    cycle: Mapping[Symbol, Expr]
    turned: Sequence[Symbol]
    polynomial: Expr
    beyond: Expr
    over: Domain = field(default_factory=dict)

    def claims(self) -> Iterable[Claim]:
        """That it is a cycle, what p is, and its signs."""
        given = {**self.cycle, g: h * self.cycle[x]}
        for symbol, value in self.cycle.items():
            end, after = Symbol(f"{symbol}'"), self._turn(symbol, value)
            label = f"on the cycle the next {symbol} is {plain(after)}"
            yield Equal(label, end, after, {end: any_step(self.rule, symbol, given)})
        yield Linearised("p is the characteristic polynomial", self._step(), self.cycle, z, self.polynomial)
        yield Equal("−p(0) is the product of the roots", at(self.polynomial, {z: 0}), -self.beyond)
        for words, value in (
            ("p(0) < 0", self.beyond),
            ("p > 0 beyond", at(self.polynomial, {z: self.beyond})),
        ):
            yield Positive(words, value, self.over)

    def _turn(self, symbol: Symbol, value: Expr) -> Expr:
        return -value if symbol in self.turned else value

    def _step(self) -> Mapping[Symbol, Expr]:
        """A step on the loss, from the rule's own equations."""
        following = {x: self.rule.x, **self.rule.state}
        return {s: self._turn(s, at(following[s], {g: h * x})) for s in self.cycle}

    def formula(self) -> str:
        """The polynomial and its signs."""
        return rf"p(z) = {tex(self.polynomial)},\quad p(0) < 0 < p({tex(self.beyond)})"
