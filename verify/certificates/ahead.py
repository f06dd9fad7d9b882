"""That a claim about every step is about something: numbers with which the first steps are defined."""

from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol, sympify

from lawful.verify.certificates.given import Given, given, named, plain, put
from lawful.verify.certificates.paths import Path
from lawful.verify.certificates.steps import Definitions
from lawful.verify.certificates.terms import Condition, counts
from lawful.verify.certificates.theorem import exists
from lawful.verify.certificates.witness import witness, written
from lawful.verify.language.symbols import t
from lawful.verify.provers.claims import n

AHEAD = 2
"""How many steps the witness goes."""


def some_steps(
    here: Path, running: Sequence[Condition], ended: Sequence[Condition]
) -> tuple[str, list[str] | None]:
    """The statement that the first steps can be defined, and the numbers with which they are."""
    made, inputs, conditions = _written_out(here, running, ended)
    fresh = given(inputs, {}, here.known.names.values())
    told = [*here.known.hypotheses, *fresh.hypotheses]
    constants = {**here.known.names, **fresh.names}
    names = {**constants, **named(made.symbols, constants.values())}
    known = Given([*here.known.symbols, *fresh.symbols], names, told)
    point = witness(known, [Condition(c.relation, put(c.of, made.values)) for c in conditions])
    props = [*(h.text for h in told), *(c.prop(names) for c in dict.fromkeys(conditions))]
    typed = [(names[s], "nat" if counts(s) else "R") for s in known.symbols]
    values = None if point is None else written(point, known.symbols)
    return exists(typed, made.lets(names), list(dict.fromkeys(props))), values


def _written_out(
    here: Path, running: Sequence[Condition], ended: Sequence[Condition]
) -> tuple[Definitions, list[Symbol], list[Condition]]:
    """The first states as definitions, the inputs of those steps, and what must hold of them."""
    made, inputs, conditions = Definitions(), list[Symbol](), list[Condition]()
    state = {s: plain(s, "_0") for s in here.states}
    for s, symbol in state.items():
        made.define(symbol, here.start[s])
    for k in range(1, AHEAD + 1):
        seen = {symbol: Symbol(f"{s.name}_{k}", **s.assumptions0) for s, symbol in here.inputs.items()}
        inputs += seen.values()
        before = {**seen, **_now(here, state), t: sympify(k), n: sympify(k - 1)}
        following = {s: plain(s, f"_{k}") for s in here.states}
        for s, symbol in following.items():
            made.define(symbol, put(here.state[s], before))
        state = following
        after = {**seen, **_now(here, state), n: sympify(k)}
        conditions += [_at(c, before) for c in running] + [_at(c, after) for c in ended]
    return made, inputs, conditions


def _now(here: Path, state: Mapping[Symbol, Symbol]) -> dict[Symbol, Expr]:
    return {symbol: state[s] for s, symbol in here.states.items()}


def _at(condition: Condition, values: Mapping[Symbol, Expr]) -> Condition:
    return Condition(condition.relation, put(condition.of, values))
