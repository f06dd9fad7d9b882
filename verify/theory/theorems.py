"""Laws about some steps: identities, inequalities, separations, coefficients, expansions, drifts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from sympy import Expr, Symbol, sympify

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.claims import (
    Bounds,
    Claim,
    Domain,
    Equal,
    Expansion,
    Forced,
    MeanStep,
    Positive,
    Runs,
)
from lawful.verify.provers.runs import told
from lawful.verify.theory.formula import Equations, equations, tex
from lawful.verify.theory.law import Law


@dataclass(frozen=True)
class Identity(Law):
    """Equations for what rules end with after a given number of steps.

    Attributes:
        equations: left side → right side, equal for all values of their symbols.
        runs: symbol → the run whose end it stands for.
        where: symbol → what it abbreviates.
    """

    kind: ClassVar[str] = "identity"
    equations: Equations
    _: KW_ONLY
    runs: Runs = field(default_factory=dict)
    where: Equations = field(default_factory=dict)

    @property
    def domain(self) -> Domain:
        """Where the equations hold: everywhere that their symbols are declared to be."""
        return {}

    def claims(self) -> Iterable[Claim]:
        """One claim per equation."""
        for left, right in self.equations.items():
            runs = used(self.runs, left, right, *self.where.values())
            yield Equal(f"{plain(left)} = {plain(right)}", left, right, runs, self.where, self.domain)

    def formula(self) -> str:
        """The equations, and what abbreviations in them mean."""
        return r",\quad ".join(equations(pairs) for pairs in (self.equations, self.where) if pairs)


@dataclass(frozen=True)
class Inequality(Identity):
    """Inequalities, with the equations on which they rest.

    Attributes:
        greater: left side → right side; the left is greater on the whole domain.
        over: symbol → (lower, upper) end of its open interval.
        through, written: hints for the proof (see `claims.Positive`).
        strict: whether equality is excluded.
    """

    kind: ClassVar[str] = "inequality"
    greater: Equations = field(default_factory=dict)
    over: Domain = field(default_factory=dict)
    through: Mapping[Symbol, Bounds] = field(default_factory=dict)
    written: Expr | None = None
    strict: bool = True

    @property
    def domain(self) -> Domain:
        """Where they hold."""
        return self.over

    def claims(self) -> Iterable[Claim]:
        """One claim per equation and per inequality."""
        yield from super().claims()
        for left, right in self.greater.items():
            label, gap = (
                f"{plain(left)} {'>' if self.strict else '≥'} {plain(right)}",
                at(left - right, self.where),
            )
            runs = used(self.runs, gap)
            yield Positive(label, gap, self.over, runs, self.through, self.written, self.strict)

    def formula(self) -> str:
        """The inequalities and the equations."""
        greater = (
            f"{tex(left)} {'>' if self.strict else chr(92) + 'ge'} {tex(right)}"
            for left, right in self.greater.items()
        )
        return r",\quad ".join([*greater, *filter(None, [super().formula()])])


@dataclass(frozen=True)
class Separation(Inequality):
    """Two rules differ: an equation that one always satisfies, an inequality by which the other breaks it."""

    kind: ClassVar[str] = "separation"


@dataclass(frozen=True)
class Coefficient(Law):
    """Which coefficient makes differences vanish for all values of some symbols: one only, or none.

    Attributes:
        differences: what must vanish.
        for_all: the symbols that range over all reals.
        unknown: the coefficient.
        is_only: the one that works; None if there is none.
        runs: symbol → the run whose end it stands for.
    """

    kind: ClassVar[str] = "uniqueness"
    differences: Sequence[Expr]
    _: KW_ONLY
    for_all: Sequence[Symbol]
    unknown: Symbol
    is_only: Expr | None
    runs: Runs = field(default_factory=dict)

    def claims(self) -> Iterable[Claim]:
        """One."""
        which = "no value" if self.is_only is None else f"only {plain(self.is_only)}"
        label = f"{which} of {self.unknown} makes {', '.join(map(plain, self.differences))} vanish"
        yield Forced(label, self.differences, self.for_all, self.unknown, self.is_only, self.runs)

    def formula(self) -> str:
        """The condition and its solution."""
        zero = " = ".join([*map(tex, self.differences), "0"])
        unknown = tex(self.unknown)
        answer = r"\text{never}" if self.is_only is None else f"{unknown} = {tex(self.is_only)}"
        return rf"\forall\,{', '.join(map(tex, self.for_all))}:\ {zero} \iff {answer}"


@dataclass(frozen=True)
class Asymptotics(Law):
    """The first terms of an expansion, up to the order given, as the variable tends to 0 from above."""

    kind: ClassVar[str] = "expansion"
    expr: Expr
    terms: Expr
    _: KW_ONLY
    variable: Symbol
    order: int

    def claims(self) -> Iterable[Claim]:
        """One."""
        yield Expansion(
            f"{plain(self.expr)} ~ {plain(self.terms)}", self.expr, self.variable, self.terms, self.order
        )

    def formula(self) -> str:
        """The expansion."""
        return rf"{tex(self.expr)} = {tex(self.terms)} + O\left({tex(self.variable**self.order)}\right)"


@dataclass(frozen=True)
class Drift(Law):
    """The sign of the mean step under independent noise, from the stationary state (see `MeanStep`)."""

    kind: ClassVar[str] = "drift"
    rule: Rule
    noise: Sequence[tuple[Expr, Expr]]
    _: KW_ONLY
    over: Domain
    towards: int

    def claims(self) -> Iterable[Claim]:
        """One."""
        way = "up" if self.towards > 0 else "down"
        yield MeanStep(
            f"{told(self.rule)} moves {way} on average", self.rule, self.noise, self.over, self.towards
        )

    def formula(self) -> str:
        """The sign of the expectation."""
        return rf"\mathbb E\,[x_{{t+1}} - x_t] {'>' if self.towards > 0 else '<'} 0"


def used(runs: Runs, *sides: Expr) -> Runs:
    """The runs that the sides of a claim speak of."""
    symbols = set().union(*(sympify(side).free_symbols for side in sides))
    return {symbol: run for symbol, run in runs.items() if symbol in symbols}
