"""Laws about where a rule goes: bounds after every step, stability on a quadratic, noise and decay in balance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from sympy import Add, Expr, Integer, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, v, x
from lawful.verify.provers.algebra.unroll import at, relevant
from lawful.verify.provers.claims import Always, Claim, Domain, Equal, Kept, Positive, Run, Stable
from lawful.verify.provers.runs import part, told
from lawful.verify.theory.formula import Equations, equations, symbols_in, tex
from lawful.verify.theory.law import Law


@dataclass(frozen=True)
class Bound(Law):
    """Quantities that no gradients make negative, and gradients on which they stay 0.

    Attributes:
        rule: the rule that runs.
        gaps: a name, declared nonnegative → the quantity.
        because: a name → its next value, in the state before, g and the names: a sum of what is not negative.
        beside: quantities that run beside the rule, symbol → (value at first, next value).
        varying: inputs beside g with a new value at every step; any real number.
        start: symbol → value at first.
        over: the domain of the symbols.
        attained: what is put in for g and for hyperparameters where the bound is attained.
        holds: what then always holds, from the rule's own start unless `attained_from` says another; symbol → value.
    """

    kind: ClassVar[str] = "bound"
    rule: Rule
    gaps: Equations
    _: KW_ONLY
    because: Equations
    beside: Mapping[Symbol, tuple[Expr, Expr]] = field(default_factory=dict)
    varying: Sequence[Symbol] = ()
    start: Mapping[Symbol, Expr] = field(default_factory=dict)
    over: Domain = field(default_factory=dict)
    attained: Mapping[Symbol, Expr] = field(default_factory=dict)
    attained_from: Mapping[Symbol, Expr] = field(default_factory=dict)
    holds: Equations = field(default_factory=dict)

    def system(self, of: Equations) -> dict[Symbol, Expr]:
        """Everything that runs and on which quantities depend: symbol → next value."""
        beside = {s: following for s, (_, following) in self.beside.items()}
        return dict(part({x: self.rule.x, **self.rule.state, **beside}, symbols_in(dict(of))))

    def claims(self) -> Iterable[Claim]:
        """The induction, and the one along the gradients that attain the bound."""
        firsts = {s: first for s, (first, _) in self.beside.items()}
        label = ", ".join(f"{plain(expr)} ≥ 0" for expr in self.gaps.values())
        system = self.system(self.gaps)
        start, inputs, needs = {**firsts, **self.start}, (g, *self.varying), self._needs(system)
        yield Kept(f"always {label}", system, start, self.gaps, self.because, self.over, inputs, *needs)
        if self.holds:
            starts = {x: x, **{s: self.rule.initial(s) for s in self.rule.state}, **self.attained_from}
            label = ", ".join(f"{plain(left)} = {plain(right)}" for left, right in self.holds.items())
            system = {s: at(e, self.attained) for s, e in self.system(self.holds).items()}
            divides, roots = ([at(e, self.attained) for e in part] for part in self._needs(system))
            label = f"with {self._inputs()}, always {label}"
            yield Always(label, system, starts, self.holds, inputs, divides, roots, special=True)

    def _needs(self, system: Mapping[Symbol, Expr]) -> tuple[Sequence[Expr], Sequence[Expr]]:
        """What the rule divides by and takes roots of, if its parameter runs; its state alone may go on without."""
        return (self.rule.divisors, self.rule.radicands) if x in system else ((), ())

    def _inputs(self) -> str:
        return ", ".join(f"{plain(s)} = {plain(e)}" for s, e in self.attained.items())

    def formula(self) -> str:
        """The bounds, and where they are attained."""
        bounds = [rf"{tex(gap)} \ge 0" for gap in self.gaps.values()]
        witness = [rf"{equations(self.holds)} \text{{ if }} {equations(self.attained)}"] if self.holds else []
        return r",\quad ".join(bounds + witness)


@dataclass(frozen=True)
class Threshold(Law):
    """On f(x) = h·x²/2, from every start, a rule tends to 0 if 0 < h < limit, and from almost none if h > limit.

    Attributes:
        rule: the rule; it is linear in the parameter and in the state on which that depends.
        limit: the curvature up to which it is stable.
        over: the domain of the hyperparameters.
    """

    kind: ClassVar[str] = "stability"
    rule: Rule
    limit: Expr
    _: KW_ONLY
    over: Domain = field(default_factory=dict)

    def claims(self) -> Iterable[Claim]:
        """One."""
        system = {s: at(e, {g: h * x}) for s, e in relevant(self.rule).items()}
        yield Stable(
            f"{told(self.rule)} with g = h·x is stable up to h = {plain(self.limit)}",
            system,
            h,
            self.limit,
            self.over,
        )

    def formula(self) -> str:
        """The condition."""
        return rf"g = h x:\quad x_t \to 0 \iff 0 < h < {tex(self.limit)}"


@dataclass(frozen=True)
class Equilibrium(Law):
    """The mean square of the weight that independent signs, ±1 with equal chance, leave as it is.

    For some Φ in x and one state, E[next Φ] = Φ − relaxation·(x² − level) from everywhere. In equilibrium both means of
    Φ are equal, so the mean of x² is the level.

    Attributes:
        rule: the rule; v, if it has one, is 1 for ever.
        level: the mean square.
        state: the state on which x depends.
        potential: Φ.
        relaxation: how fast Φ feels the distance.
        over: the domain of the hyperparameters.
    """

    kind: ClassVar[str] = "equilibrium"
    rule: Rule
    level: Expr
    _: KW_ONLY
    state: Symbol
    potential: Expr
    relaxation: Expr
    over: Domain = field(default_factory=dict)

    def claims(self) -> Iterable[Claim]:
        """The balance, and that the relaxation is positive."""
        mean = Add(*(at(self.potential, dict(zip((x, self.state), end, strict=True))) for end in ENDS)) / 2
        balanced = self.potential - self.relaxation * (x**2 - self.level)
        yield Equal("E[next Φ] = Φ − relaxation·(x² − level)", mean, balanced, self._runs())
        yield Positive("the relaxation is positive", self.relaxation, self.over)

    def _runs(self) -> dict[Symbol, Run]:
        """x and the state one step after either sign."""
        start = {x: x, self.state: self.state, v: Integer(1)}
        return {
            symbol: Run(self.rule, 1, read, [Integer(sign)], start)
            for end, sign in zip(ENDS, (1, -1), strict=True)
            for symbol, read in zip(end, (x, self.state), strict=True)
        }

    def formula(self) -> str:
        """The mean square."""
        return rf"\mathbb E\,[x^2] = {tex(self.level)}"


ENDS = tuple((Symbol(f"x_{way}"), Symbol(f"s_{way}")) for way in ("up", "down"))
"""x and the state after +1, and after −1."""

h = Symbol("h", positive=True)
"""The curvature of a quadratic."""
