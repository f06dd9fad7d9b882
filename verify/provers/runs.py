"""What a rule does in some steps, as data: a run names the rule, its inputs and what is read at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x

n = Symbol("n", integer=True, nonnegative=True)
"""The number of steps done, in what an `Always` says."""


def nth(symbol: Symbol, k: int) -> Symbol:
    """The value that an input has at step k: g1, g2 …"""
    return Symbol(f"{symbol.name}{k}", **symbol.assumptions0)


g1, g2, g3 = (nth(g, k) for k in (1, 2, 3))


def told(rule: Rule) -> str:
    """Which rule exactly: its conventions, and what was put in for its symbols: `adam with eps = 0, beta1 = 0`."""
    fixed = [f"{plain(s)} = {plain(e)}" for s, e in rule.fixed.items() if str(s) != str(e)]
    return f"{rule} with {', '.join(fixed)}" if fixed else str(rule)


@dataclass(frozen=True)
class Run:
    """The value of one symbol after some steps of a rule.

    Attributes:
        rule: the rule that runs.
        steps: how many steps.
        read: the symbol whose value is meant, the parameter or a state.
        gradients: the gradients in their order; g1, g2 … where absent.
        start: values before the first step; where absent x for the parameter, the rule's own for the state.
        varying: hyperparameters with a value of their own at each step (lr1, lr2 …).
        first: the number of the first step; `t` for any.
    """

    rule: Rule
    steps: int
    read: Symbol = x
    gradients: Sequence[Expr] = ()
    start: Mapping[Symbol, Expr] = field(default_factory=dict)
    varying: Sequence[Symbol] = ()
    first: int | Symbol = 1

    @cached_property
    def system(self) -> Mapping[Symbol, Expr]:
        """What runs: the symbol that is read, and all on which it depends at once or later → its next value."""
        return part({x: self.rule.x, **self.rule.state}, {self.read})

    @property
    def divisors(self) -> list[Expr]:
        """What is divided by in a step, if the parameter runs; a state alone may go on without."""
        return list(self.rule.divisors) if x in self.system else []

    @property
    def radicands(self) -> list[Expr]:
        """What roots are taken of in a step, if the parameter runs."""
        return list(self.rule.radicands) if x in self.system else []

    def first_value(self, symbol: Symbol) -> Expr:
        """The value of a symbol before the first step."""
        return self.start.get(symbol, x if symbol == x else self.rule.initial(symbol))

    def gradient(self, k: int) -> Expr:
        """The gradient of step k, from 1."""
        return self.gradients[k - 1] if self.gradients else nth(g, k)

    def __str__(self) -> str:
        """`x after 3 steps of adam on gradients C, -1, -1 from v = 1`."""
        steps = f"{self.steps} step{'s' if self.steps > 1 else ''}"
        on = f" on gradients {', '.join(plain(self.gradient(k)) for k in range(1, self.steps + 1))}"
        start = ", ".join(
            f"{s} = {plain(e)}" for s, e in self.start.items() if s != e and s in {x, *self.rule.state}
        )
        at = f" at t = {self.first}" if self.first != 1 else ""
        return f"{self.read} after {steps} of {told(self.rule)}{at}{on}{f' from {start}' if start else ''}"


def part(system: Mapping[Symbol, Expr], symbols: set[Symbol]) -> Mapping[Symbol, Expr]:
    """The equations of a system's symbols and of every other on which they depend, at once or later."""
    found = symbols & system.keys()
    while reached := {s for f in found for s in system[f].free_symbols if s in system} - found:
        found |= reached
    return {s: e for s, e in system.items() if s in found}


def any_step(rule: Rule, read: Symbol = x, given: Mapping[Symbol, Expr] | None = None) -> Run:
    """One step of a rule from any state, at any t, on g or on what is given for it and for the state."""
    given = given or {}
    start = {s: given.get(s, s) for s in (x, *rule.state)}
    return Run(rule, 1, read, [given.get(g, g)], start, first=t)


Runs = Mapping[Symbol, Run]
