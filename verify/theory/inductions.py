"""Laws about every step, proved by induction: invariants of a rule, rules that do the same for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from sympy import Expr, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, x
from lawful.verify.provers.algebra.unroll import at, relevant
from lawful.verify.provers.claims import Always, Claim
from lawful.verify.provers.runs import part, told
from lawful.verify.theory.formula import Equations, equations, step, symbols_in, tex
from lawful.verify.theory.law import Law


def primed(symbol: Symbol) -> Symbol:
    """The same quantity in the second of two systems."""
    return Symbol(symbol.name + "'", **symbol.assumptions0)


@dataclass(frozen=True)
class Invariant(Law):
    """Equations that hold after every step of a rule, proved by induction over one step.

    Attributes:
        rule: the rule that runs.
        holds: symbol → what it always equals, in the other states and n, the number of steps done.
        beside: quantities that run beside the rule, symbol → (value before the first step, next value).
        varying: hyperparameters with a new value at every step.
    """

    kind: ClassVar[str] = "invariant"
    rule: Rule
    holds: Equations
    _: KW_ONLY
    beside: Mapping[Symbol, tuple[Expr, Expr]] = field(default_factory=dict)
    varying: Sequence[Symbol] = ()
    start: Mapping[Symbol, Expr] = field(default_factory=dict)

    @property
    def rules(self) -> list[Rule]:
        """The rule, if what is said depends on its parameter or its state."""
        beside = {s: following for s, (_, following) in self.beside.items()}
        running = part({x: self.rule.x, **self.rule.state, **beside}, symbols_in(dict(self.holds)))
        return [self.rule] if running.keys() & {x, *self.rule.state} else []

    def claims(self) -> Iterable[Claim]:
        """One induction."""
        rule, ghosts = self.rule, self.beside
        starts = {x: x, **{s: rule.initial(s) for s in rule.state}, **self.start}
        label = ", ".join(f"{plain(left)} = {plain(right)}" for left, right in self.holds.items())
        yield Always(
            f"always {label}",
            {x: rule.x, **rule.state, **{s: following for s, (_, following) in ghosts.items()}},
            starts | {s: first for s, (first, _) in ghosts.items()},
            self.holds,
            (g, *self.varying),
            self.rule.divisors,
            self.rule.radicands,
        )

    def formula(self) -> str:
        """The equations."""
        return equations(self.holds)


@dataclass(frozen=True)
class Equivalence(Law):
    """Two rules, run side by side on the same gradients, agree for ever, up to a change of variables.

    Attributes:
        left: a rule.
        right: another.
        under: symbol of the right → what it always equals in terms of the left, itself where absent; for g,
            which gradient the right sees.
        beside: as in `Invariant`.
        varying: hyperparameters with a new value at every step.
    """

    kind: ClassVar[str] = "equivalence"
    left: Rule
    right: Rule
    _: KW_ONLY
    under: Equations = field(default_factory=dict)
    beside: Mapping[Symbol, tuple[Expr, Expr]] = field(default_factory=dict)
    varying: Sequence[Symbol] = ()

    def claims(self) -> Iterable[Claim]:
        """One induction over both rules."""
        right = relevant(self.right)
        rename = {s: primed(s) for s in right} | {g: self.under.get(g, g)}
        starts = {x: x, **{s: self.left.initial(s) for s in self.left.state}}
        holds = {primed(s): self.under.get(s, s) for s in right}
        relation = ", ".join(f"{plain(s)} = {plain(e)}" for s, e in holds.items())
        yield Always(
            f"always {relation}, the primed being {told(self.right)}, the others {told(self.left)}",
            {x: self.left.x, **self.left.state}
            | {primed(s): at(e, rename) for s, e in right.items()}
            | {s: following for s, (_, following) in self.beside.items()},
            starts
            | {s: first for s, (first, _) in self.beside.items()}
            | {primed(s): self._start(s) for s in right},
            holds,
            (g, *self.varying),
            (*self.left.divisors, *(at(d, rename) for d in self.right.divisors)),
            (*self.left.radicands, *(at(r, rename) for r in self.right.radicands)),
        )

    def _start(self, symbol: Symbol) -> Expr:
        """The right starts from its own initial state and from the left's parameter, changed."""
        if symbol != x:
            return self.right.initial(symbol)
        return at(self.under.get(x, x), {s: first for s, (first, _) in self.beside.items()})

    def formula(self) -> str:
        """Both steps, and the change of variables."""
        change = "".join(rf",\quad {tex(primed(s))} = {tex(e)}" for s, e in self.under.items())
        return rf"{step(self.left)} \quad\equiv\quad {step(self.right)}{change}"
