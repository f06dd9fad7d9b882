"""Claims about every step as theorems on sequences, proved by induction."""

from collections.abc import Mapping, Sequence

from sympy import Abs, Add, Expr, Max, Min, Mul, Symbol, sign

from lawful.verify.certificates.ahead import some_steps
from lawful.verify.certificates.given import defined, put
from lawful.verify.certificates.moves import quotient
from lawful.verify.certificates.paths import Path, declared, path
from lawful.verify.certificates.roots import roots, shifted, signed
from lawful.verify.certificates.terms import Condition, term
from lawful.verify.certificates.theorem import Theorem, split
from lawful.verify.certificates.witness import Point, points
from lawful.verify.language.symbols import t
from lawful.verify.provers.claims import Always, Kept, n


def always(claim: Always) -> Theorem:
    """The equations after every number of steps."""
    here = path(claim, [*claim.holds, *claim.holds.values()], {})
    sides = [(here.said(left), here.said(right)) for left, right in claim.holds.items()]
    goal = " /\\ ".join(f"{term(a, here.after('n'))} = {term(b, here.after('n'))}" for a, b in sides)
    running = defined(here.state.values())
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
    about, point = some_steps(here, running, ended)
    return Theorem(words, "\n".join(f"  {line}" for line in lines), script, about, point)


def _equations(here: Path, sides: Sequence[tuple[Expr, Expr]]) -> list[str]:
    """By induction: recurrences put in, then what holds before the step."""
    count, starts, nexts = _introduced(here)
    before = {a: put(b, {n: t - 1}) for a, b in sides}
    values = {**before, n: t}
    exprs = [*here.state.values(), *(b for _, b in sides)]
    found = [shifted(r, t) for r in roots(exprs, values, points(here.anything, 12))]
    names = {**here.at("n"), t: "n"}
    rooted = [r.tactic(names) for r in found]
    knows = [line for r in found for line in r.knows(names)]
    close = "; ".join([*rooted, "cases", "intros", "cases", "repeat split", *knows, "equal_by_squares"])
    first, following = (f"rewrite {', '.join('?' + s for s in equations)}" for equations in (starts, nexts))
    base = f"{first}; normalise; keep; intros; repeat split; cases; equal_by_squares"
    step = f"keep_before IH; {following}; granted; normalise; keep; {close}"
    return [
        f"do {count} intro",
        f"intros {' '.join([*starts, *nexts])}",
        f"induction n as [|n IH]; [{base} | {step}]",
    ]


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
    if not declared(state) or not all(value.is_nonnegative for value in values):
        return ""
    return "<" if state.is_positive and all(value.is_positive for value in values) else "<="


def _inequalities(here: Path, claim: Kept, gaps: Mapping[Symbol, Expr], signed: int) -> list[str]:
    """By induction: each next quantity is the sum that is given for it."""
    names = {**here.at("n"), **{s: term(gap, here.at("n")) for s, gap in gaps.items()}}
    at = points(here.anything, 12)
    told = [here.said(claim.because[name]) for name in claim.gaps]
    ways = [
        dict.fromkeys(
            term(e, names)
            for e in (raw, _terms(raw, at, (Max, Min, sign, Abs)), _terms(raw, at), _factors(raw, at))
        )
        for raw in told
    ]
    each = ["state_sign"] * signed + [f"first [{' | '.join(f'kept_as {e}' for e in way)}]" for way in ways]
    count, starts, nexts = _introduced(here)
    firsts = [
        quotient(put(put(gap, {here.states[s]: here.start[s] for s in here.states}), {n: 0}))
        for gap in gaps.values()
    ]
    first = split(
        ["state_sign"] * signed + [f"first [sign_as {term(q, here.names)} | state_sign]" for q in firsts]
    )
    base = f"rewrite {', '.join('?' + s for s in starts)}; normalise; intros; {first}"
    step = f"keep_before IH; rewrite {', '.join('?' + s for s in nexts)}; intros; conjuncts; {split(each)}"
    return [
        f"do {count} intro",
        f"intros {' '.join([*starts, *nexts])}",
        f"induction n as [|n IH]; [{base} | {step}]",
    ]


def _introduced(here: Path) -> tuple[int, list[str], list[str]]:
    """How many names come before the equations of the path, and the names of those."""
    signs = sum(1 for s in here.inputs if declared(s))
    count = len(here.known.symbols) + len(here.known.hypotheses) + len(here.inputs) + len(here.states) + signs
    return count, [f"S{k}" for k in range(len(here.states))], [f"N{k}" for k in range(len(here.states))]


def _terms(expr: Expr, at: Sequence[Point], whole: tuple[type, ...] = (Max, Min, sign)) -> Expr:
    """The sum with each of its terms factored, but for those with some functions in them."""
    told = [e if e.has(*whole) else signed(e, at) for e in Add.make_args(expr)]
    return Add(*told, evaluate=False)


def _factors(expr: Expr, at: Sequence[Point]) -> Expr:
    """The sum with each factor of its terms factored alone, where that leaves no sum."""
    return Add(
        *(Mul(*(_factor(f, at) for f in Mul.make_args(e))) for e in Add.make_args(expr)), evaluate=False
    )


def _factor(expr: Expr, at: Sequence[Point]) -> Expr:
    found = expr if expr.has(Max, Min, sign) else signed(expr, at)
    return expr if found.is_Add else found
