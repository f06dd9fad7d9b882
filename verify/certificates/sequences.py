"""Claims about every step as theorems on sequences, proved by induction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Abs, Add, Expr, Max, Min, Symbol, sign, sympify

from lawful.verify.certificates.given import Given, binders, defined, given, named, plain, put
from lawful.verify.certificates.moves import quotient
from lawful.verify.certificates.roots import roots, shifted, signed
from lawful.verify.certificates.steps import Definitions, cone
from lawful.verify.certificates.terms import Condition, Names, counts, term
from lawful.verify.certificates.theorem import Theorem, exists
from lawful.verify.certificates.witness import Point, points, witness, written
from lawful.verify.language.symbols import t
from lawful.verify.provers.claims import Always, Domain, Kept, n

AHEAD = 2
"""How many steps the witness goes."""


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
        signs = [f"(forall k, 0 {r} {self.label(s)} k)" for s in self.inputs if (r := _sign(s))]
        starts = [f"{self.label(s)} 0%nat = {term(self.start[s], self.names)}" for s in self.states]
        nexts = [
            f"(forall k, {self.label(s)} (S k) = {term(self.state[s], self.at('k'))})" for s in self.states
        ]
        opened = f"forall{self.known.binders}{binders(sequences, 'nat -> R')},"
        return [opened, *(f"{line} ->" for line in [*told, *signs, *starts, *nexts])]


def _sign(symbol: Symbol) -> str:
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
    known = given(free - set(running.values()) - {n, t}, over, ("k", "n", "IH"))
    names = {
        **known.names,
        **named([*used.values(), *states.values()], [*known.names.values(), "k", "n", "IH"]),
    }
    return Path(known, used, states, start, state, names)


def always(claim: Always) -> Theorem:
    """The equations after every number of steps."""
    here = path(claim, [*claim.holds, *claim.holds.values()], {})
    sides = [(here.said(left), here.said(right)) for left, right in claim.holds.items()]
    goal = " /\\ ".join(f"{term(a, here.after('n'))} = {term(b, here.after('n'))}" for a, b in sides)
    running = [c for c in defined(here.state.values())]
    ended = defined(b for _, b in sides)
    return _theorem(claim.label, here, running, ended, goal, _equations(here, sides))


def _theorem(
    words: str,
    here: Path,
    running: Sequence[Condition],
    ended: Sequence[Condition],
    goal: str,
    script: Sequence[str],
) -> Theorem:
    """The statement, conditions on every step before, on every number of steps up to this one, and the goal."""
    during = [f"(forall k, (k < n)%nat -> {c.prop(here.at('k'))}) ->" for c in running]
    upto = [f"(forall k, (k <= n)%nat -> {c.prop(here.after('k'))}) ->" for c in ended]
    lines = [*here.lines(), "forall n : nat,", *during, *upto, goal]
    about, point = _witness(here, running, ended)
    return Theorem(words, "\n".join(f"  {line}" for line in lines), script, about, point)


def _equations(here: Path, sides: Sequence[tuple[Expr, Expr]]) -> list[str]:
    """By induction: recurrences put in, then what holds before the step."""
    count, starts, nexts = _introduced(here)
    before = {a: put(b, {n: t - 1}) for a, b in sides}
    values = {**before, n: t}
    exprs = [*here.state.values(), *(b for _, b in sides)]
    found = [shifted(r, t) for r in roots(exprs, values, points(here.anything, 12))]
    names = here.at("n")
    names = {**names, t: "n"}
    rooted = [r.tactic(names) for r in found]
    knows = [line for r in found for line in r.knows(names)]
    close = "; ".join([*rooted, "cases", "intros", "cases", "repeat split", *knows, "equal_by_squares"])
    base = f"rewrite {', '.join('?' + s for s in starts)}; normalise; keep; intros; repeat split; cases; equal_by_squares"
    step = f"keep_before IH; rewrite {', '.join('?' + s for s in nexts)}; granted; normalise; keep; {close}"
    return [
        f"do {count} intro",
        f"intros {' '.join([*starts, *nexts])}",
        f"induction n as [|n IH]; [{base} | {step}]",
    ]


def _witness(
    here: Path, running: Sequence[Condition], ended: Sequence[Condition]
) -> tuple[str, list[str] | None]:
    """Numbers for the constants and the first inputs with which some steps are defined."""
    made, props, conditions = Definitions(), [h.text for h in here.known.hypotheses], []
    now = {s: plain(s, "_0") for s in here.states}
    for s, symbol in now.items():
        made.define(symbol, here.start[s])
    taken: list[Symbol] = []
    found: list[tuple[Condition, dict[Symbol, Expr]]] = []
    for k in range(1, AHEAD + 1):
        seen = {s: Symbol(f"{s.name}_{k}", **s.assumptions0) for s in here.inputs}
        taken += seen.values()
        values = {t: sympify(k), n: sympify(k - 1)}
        values |= {here.states[s]: now[s] for s in here.states} | {here.inputs[s]: v for s, v in seen.items()}
        found += [(c, values) for c in running]
        following = {s: plain(s, f"_{k}") for s in here.states}
        for s, symbol in following.items():
            made.define(symbol, put(here.state[s], values))
        now = following
        values = {n: sympify(k), **{here.states[s]: now[s] for s in here.states}}
        values |= {here.inputs[s]: v for s, v in seen.items()}
        found += [(c, values) for c in ended]
    known = given([*here.known.symbols, *taken], {}, ())
    told = [
        *here.known.hypotheses,
        *(h for h in known.hypotheses if h.text not in {g.text for g in here.known.hypotheses}),
    ]
    names = {**here.known.names, **named([*taken, *made.symbols], here.known.names.values())}
    symbols = [*here.known.symbols, *taken]
    all_known = Given(symbols, names, told)
    for c, values in found:
        conditions.append(Condition(c.relation, put(c.of, values)))
    numbers = [Condition(c.relation, put(c.of, made.values)) for c in conditions]
    point = witness(all_known, numbers)
    props = [h.text for h in told] + [c.prop(names) for c in dict.fromkeys(conditions)]
    typed = [(names[s], "nat" if counts(s) else "R") for s in symbols]
    return exists(typed, made.lets(names), props), written(point, symbols) if point is not None else None


def kept(claim: Kept) -> Theorem:
    """The quantities are never negative, and neither are states that are declared to be so: all in one induction."""
    here = path(claim, [*claim.gaps.values()], claim.over)
    gaps = {name: here.said(gap) for name, gap in claim.gaps.items()}
    signed = [(here.states[s], r) for s in here.states if (r := _kept_sign(here, s))]
    parts = [f"0 {r} {term(s, here.after('n'))}" for s, r in signed]
    parts += [f"0 <= {term(gap, here.after('n'))}" for gap in gaps.values()]
    script = _inequalities(here, claim, gaps, len(signed))
    return _theorem(
        claim.label, here, defined(here.state.values()), defined(gaps.values()), " /\\ ".join(parts), script
    )


def _kept_sign(here: Path, state: Symbol) -> str:
    """The sign that a state is declared to have, as far as what it starts from has it."""
    least = {s: 0 for s in here.known.symbols if s.is_nonnegative and not s.is_positive}
    values = [
        put(here.start[state], {**point, **more}) for point in points(here.known, 12) for more in ({}, least)
    ]
    if not _sign(state) or not all(value.is_nonnegative for value in values):
        return ""
    return "<" if state.is_positive and all(value.is_positive for value in values) else "<="


def _inequalities(here: Path, claim: Kept, gaps: Mapping[Symbol, Expr], signed: int) -> list[str]:
    """By induction: each next quantity is the sum that is given for it."""
    names = {**here.at("n"), **{s: term(gap, here.at("n")) for s, gap in gaps.items()}}
    at = points(here.anything, 12)
    told = [here.said(claim.because[name]) for name in claim.gaps]
    ways = [(term(raw, names), term(_terms(raw, at), names)) for raw in told]
    each = ["state_sign"] * signed + [f"first [kept_as {raw} | kept_as {factored}]" for raw, factored in ways]
    count, starts, nexts = _introduced(here)
    firsts = [
        quotient(put(put(gap, {here.states[s]: here.start[s] for s in here.states}), {n: 0}))
        for gap in gaps.values()
    ]
    first = _split(
        ["state_sign"] * signed + [f"first [sign_as {term(q, here.names)} | state_sign]" for q in firsts]
    )
    base = f"rewrite {', '.join('?' + s for s in starts)}; normalise; intros; {first}"
    step = f"keep_before IH; rewrite {', '.join('?' + s for s in nexts)}; intros; conjuncts; {_split(each)}"
    return [
        f"do {count} intro",
        f"intros {' '.join([*starts, *nexts])}",
        f"induction n as [|n IH]; [{base} | {step}]",
    ]


def _introduced(here: Path) -> tuple[int, list[str], list[str]]:
    """How many names come before the equations of the path, and the names of those."""
    signs = sum(1 for s in here.inputs if _sign(s))
    count = len(here.known.symbols) + len(here.known.hypotheses) + len(here.inputs) + len(here.states) + signs
    return count, [f"S{k}" for k in range(len(here.states))], [f"N{k}" for k in range(len(here.states))]


def _split(scripts: Sequence[str]) -> str:
    first, *rest = scripts
    return f"split; [{first} | {_split(rest)}]" if rest else first


def _terms(expr: Expr, at: Sequence[Point]) -> Expr:
    """The sum with each of its terms factored, where there is nothing to decide in it."""
    told = [e if e.has(Max, Min, sign, Abs) else signed(e, at) for e in Add.make_args(expr)]
    return Add(*told, evaluate=False)
