"""Running systems as sequences: what a state is before the first step, and what it is after each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol, sympify

from lawful.verify.certificates.given import Given, binders, given, named, plain, put
from lawful.verify.certificates.steps import cone
from lawful.verify.certificates.terms import Names, term
from lawful.verify.language.symbols import t
from lawful.verify.provers.claims import Always, Domain, Kept, n

TAKEN = ("k", "n", "IH")
"""Names that the statements and scripts use."""


@dataclass(frozen=True)
class Path:
    """A running system: constants, inputs, what it starts from, how it goes on.

    Attributes:
        known: the constants and what is assumed of them.
        inputs: symbol → the symbol for its value at a step.
        states: symbol → the symbol for its value before a step.
        start: symbol → value before the first step.
        state: symbol → next value, in the symbols of `states` and `inputs`.
        names: of the constants.
    """

    known: Given
    inputs: Mapping[Symbol, Symbol]
    states: Mapping[Symbol, Symbol]
    start: Mapping[Symbol, Expr]
    state: Mapping[Symbol, Expr]
    names: Names

    def at(self, step: str) -> Names:
        """Names before step S `step`, which sees the inputs of that step."""
        following = {t: f"(S {step})", n: step}
        now = {self.states[s]: f"({self.label(s)} {step})" for s in self.states}
        return {
            **self.names,
            **following,
            **now,
            **{v: f"({self.label(s)} (S {step}))" for s, v in self.inputs.items()},
        }

    def after(self, steps: str) -> Names:
        """Names after so many steps, the inputs being those of the last."""
        now = {self.states[s]: f"({self.label(s)} {steps})" for s in self.states}
        return {
            **self.names,
            n: steps,
            **now,
            **{v: f"({self.label(s)} {steps})" for s, v in self.inputs.items()},
        }

    @property
    def anything(self) -> Given:
        """The constants, and any values of what runs, at any step."""
        symbols = [*self.known.symbols, *self.inputs.values(), *self.states.values(), t]
        return Given(symbols, self.names, self.known.hypotheses)

    def label(self, symbol: Symbol) -> str:
        """The name of a sequence."""
        return self.names[self.states.get(symbol) or self.inputs[symbol]]

    def said(self, expr: Expr) -> Expr:
        """An expression with the symbols for running values."""
        return put(expr, {**self.states, **self.inputs})

    def lines(self) -> list[str]:
        """Binders, hypotheses on constants and inputs, starts, recurrences."""
        sequences = [self.label(s) for s in (*self.inputs, *self.states)]
        told = [h.text for h in self.known.hypotheses]
        signs = [f"(forall k, 0 {r} {self.label(s)} k)" for s in self.inputs if (r := declared(s))]
        starts = [f"{self.label(s)} 0%nat = {term(self.start[s], self.names)}" for s in self.states]
        nexts = [
            f"(forall k, {self.label(s)} (S k) = {term(self.state[s], self.at('k'))})" for s in self.states
        ]
        opened = f"forall{self.known.binders}{binders(sequences, 'nat -> R')},"
        return [opened, *(f"{line} ->" for line in [*told, *signs, *starts, *nexts])]


def declared(symbol: Symbol) -> str:
    """How 0 relates to what a symbol is declared to be: `<`, `<=`, or empty."""
    return "<" if symbol.is_positive else "<=" if symbol.is_nonnegative else ""


def path(claim: Always | Kept, of: Sequence[Expr], over: Domain) -> Path:
    """The running system of a claim, but for quantities that can be left out and make no difference."""
    system = cone(claim.state, set().union(*(sympify(e).free_symbols for e in of)))
    states = {s: plain(s, "_at") for s in system}
    inputs = {s: plain(s, "_at") for s in claim.varying}
    running = {**states, **inputs}
    state = {s: put(e, running) for s, e in system.items()}
    start = {s: sympify(claim.start.get(s, 0)) for s in system}
    said = [put(e, running) for e in of]
    free = set().union(*(e.free_symbols for e in [*state.values(), *start.values(), *said]))
    used = {s: v for s, v in inputs.items() if v in free}
    known = given(free - set(running.values()) - {n, t}, over, TAKEN)
    names = {
        **known.names,
        **named([*used.values(), *states.values()], [*known.names.values(), *TAKEN]),
    }
    return Path(known, used, states, start, state, names)
