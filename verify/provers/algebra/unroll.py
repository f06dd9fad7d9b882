"""Unrolling a rule, telling its cases apart."""

from collections.abc import Iterator, Mapping, Set

from sympy import Eq, Expr, Function, Max, Min, Piecewise, Symbol, false, sign, sympify, true
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import g, t, x
from lawful.verify.provers.runs import Run, Runs, nth, part


def unroll(run: Run) -> Expr:
    """What a run ends with, as one expression in its inputs."""
    return states(run)[-1][run.read]


State = Mapping[Symbol, Expr]
_STATES: dict[object, list[State]] = {}


def states(run: Run) -> list[State]:
    """The states before the first step of a run and after each; carried out once."""
    first = {s: sympify(run.first_value(s)) for s in run.system}
    found = _STATES.setdefault(course(run), [first])
    for k in range(len(found), run.steps + 1):
        here = {**found[-1], **inputs(run, k)}
        found.append({s: at(e, here) for s, e in run.system.items()})
    return found[: run.steps + 1]


def course(run: Run) -> tuple[object, ...]:
    """What makes it another course, however long it is."""
    first = tuple((s, sympify(run.first_value(s))) for s in run.system)
    return tuple(run.system.items()), first, tuple(run.gradients), *run.varying, run.first


def inputs(run: Run, k: int) -> Mapping[Symbol, Expr]:
    """What step k of a run is given."""
    return {t: sympify(run.first + k - 1), g: run.gradient(k), **{h: nth(h, k) for h in run.varying}}


def unrolled(expr: Expr, runs: Runs) -> Expr:
    """An expression with every run in it carried out."""
    return at(expr, {symbol: unroll(run) for symbol, run in runs.items()})


def at(expr: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """The expression with all values put in at once."""
    return put(expr, values)


def cases(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """(case in words, expression in that case), until no distinction by an equation, an order or a sign is left."""
    equations = sorted(_conditions(expr), key=str)
    if not equations:
        yield from _orders(expr)
        return
    first = equations[0]
    where, otherwise = f"{first.lhs} = {first.rhs}", f"{first.lhs} ≠ {first.rhs}"
    for words, rest in cases(expr.xreplace({first: true}).subs(first.lhs, first.rhs)):
        yield _join(where, words), rest
    for words, rest in cases(expr.xreplace({first: false})):
        yield _join(otherwise, words), rest


def _orders(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Each inequality that decides a case, granted and denied: what cannot be both is asked for all the same."""
    found = {o for piecewise in expr.atoms(Piecewise) for o in piecewise.atoms(Relational)}
    first = min(found, key=str, default=None)
    if first is None:
        yield from _signs(expr)
        return
    for words, decided in ((str(first), true), (f"not {first}", false)):
        for more, rest in _orders(expr.xreplace({first: decided})):
            yield _join(words, more), rest


def _signs(expr: Expr) -> Iterator[tuple[str, Expr]]:
    found = min(expr.atoms(sign), key=str, default=None)
    if found is None:
        yield "", expr
        return
    for value in (-1, 0, 1):
        for words, rest in _signs(expr.xreplace({found: sympify(value)})):
            yield _join(f"{found} = {value}", words), rest


def _conditions(expr: Expr) -> set[Eq]:
    return {eq for piecewise in expr.atoms(Piecewise) for eq in piecewise.atoms(Eq)}


def _join(*words: str) -> str:
    return ", ".join(filter(None, words))


def relevant(rule: Rule) -> Mapping[Symbol, Expr]:
    """The equations of the parameter and of every state on which it depends, at once or later."""
    return part({x: rule.x, **rule.state}, {x})


def at_rest(expr: Expr, moving: Set[Symbol]) -> set[Expr]:
    """The functions in it that see nothing that moves: each keeps its value, whichever case it takes."""
    return {f for f in expr.atoms(Max, Min, Function) if not f.free_symbols & moving}
