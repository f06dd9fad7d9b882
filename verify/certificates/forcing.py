"""Claims that only one value of an unknown makes differences vanish, or none, as theorems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from sympy import Expr, Integer, Symbol, factor, simplify

from lawful.verify.certificates.given import Given, binders, defined, put
from lawful.verify.certificates.moves import quotient
from lawful.verify.certificates.roots import roots
from lawful.verify.certificates.statements import Setting, setting
from lawful.verify.certificates.terms import Condition, Untranslatable, term
from lawful.verify.certificates.theorem import Theorem, exists, stated
from lawful.verify.certificates.witness import points, witness, written
from lawful.verify.provers.claims import Forced

PLACES = (Integer(0), Integer(1), Integer(-1))
"""The values of the symbols that range over all reals at which the differences are looked at."""

LOOKED = 27
"""At how many places: sympy takes a while for each, and what is forced shows at the first ones."""


@dataclass(frozen=True)
class Equation:
    """At a place, a difference is slope · (unknown − root); a constant that is not 0 where `root` is None."""

    place: tuple[Expr, ...]
    slope: Expr
    root: Expr | None


def forced(claim: Forced) -> Theorem:
    """The differences vanish for all values of some symbols just where the unknown is the solution, or nowhere."""
    here = setting(claim.differences, claim.runs, {}, {})
    claim = replace(claim, for_all=[s for s in claim.for_all if s in here.names])
    outer = [s for s in here.known.symbols if s not in claim.for_all]
    told = [h for h in here.known.hypotheses if not h.condition.of.free_symbols & set(claim.for_all)]
    conditions = _conditions(here, claim)
    premises = [h.text for h in told] + [c.prop(here.names) for c in conditions]
    about = Given(outer, here.names, told)
    point = witness(about, conditions)
    typed = [(here.names[s], "R") for s in outer]
    values = written(point, outer) if point is not None else None
    statement = stated(about.binders, list(dict.fromkeys(premises)), [], [], _goal(here, claim))
    count = len(outer) + len(dict.fromkeys(premises))
    return Theorem(claim.label, statement, _script(here, claim, count), exists(typed, [], premises), values)


def _conditions(here: Setting, claim: Forced) -> list[Condition]:
    """That nothing is undefined, in the constants alone.

    Raises:
        Untranslatable: it depends on what ranges over all reals.
    """
    found = [Condition(c.relation, put(c.of, here.made.values)) for c in here.conditions]
    if any(c.of.free_symbols & set(claim.for_all) for c in found):
        raise Untranslatable(
            "whether its differences are defined depends on the symbols that range over all reals"
        )
    trivial = [c for c in found if c.of.is_number]
    return [
        *(c for c in found if c not in trivial),
        *defined([] if claim.solution is None else [claim.solution]),
    ]


def _goal(here: Setting, claim: Forced) -> str:
    bound = binders((here.names[s] for s in claim.for_all), "R")
    vanish = " /\\ ".join(f"{term(e, here.names)} = 0" for e in here.conclusions)
    inside = f"({f'forall{bound}, ' if bound else ''}{' '.join(here.made.lets(here.names))} {vanish})"
    if claim.solution is None:
        return f"~ {inside}"
    return f"{inside} <-> {here.names[claim.unknown]} = {term(claim.solution, here.names)}"


def _script(here: Setting, claim: Forced, count: int) -> list[str]:
    if claim.solution is None:
        return [f"do {count} intro", "intro A", *_contradicted(here, claim)]
    forward = "; ".join(["intro A", *_solved(here, claim, claim.solution)])
    back = "; ".join(
        ["let E := fresh in intro E; subst", "cbv zeta; intros; keep", *_settle(here, claim, True)]
    )
    return [f"do {count} intro", f"split; [{forward} | {back}]"]


def _settle(here: Setting, claim: Forced, solved: bool = False) -> list[str]:
    """Both sides are equal: roots simplified, cases told apart."""
    put_in = {claim.unknown: claim.solution} if solved and claim.solution is not None else {}
    values = {**{s: put(e, put_in) for s, e in here.made.values.items()}, **put_in}
    found = roots([*here.conclusions, *here.made.symbols.values()], values, points(here.known, 12))
    rooted = [r.tactic(here.names) for r in found]
    return [
        *rooted,
        "cases; intros; cases; repeat split",
        *(k for r in found for k in r.knows(here.names)),
        "equal_by_squares",
    ]


def _equations(here: Setting, claim: Forced) -> Iterator[Equation]:
    """What the differences say of the unknown, place by place."""
    for place in islice(product(PLACES, repeat=len(claim.for_all)), LOOKED):
        at = dict(zip(claim.for_all, place, strict=True))
        for difference in here.conclusions:
            full = put(put(difference, here.made.values), at)
            if (found := _equation(full, claim.unknown, place)) is not None:
                yield found


def _equation(full: Expr, unknown: Symbol, place: tuple[Expr, ...]) -> Equation | None:
    slope = simplify(full.diff(unknown))
    if slope.has(unknown):
        return None
    constant = simplify(full - slope * unknown)
    if slope == 0:
        return None if constant == 0 else Equation(place, constant, None)
    return Equation(place, factor(slope), simplify(-constant / slope))


def _shown(here: Setting, claim: Forced, label: str, equation: Equation) -> list[str]:
    """That slope · (unknown − root) is 0."""
    slope = term(equation.slope, here.names)
    gap = (
        ""
        if equation.root is None
        else f" * ({here.names[claim.unknown]} - {term(equation.root, here.names)})"
    )
    place = " ".join(f"({term(value, {})})" for value in equation.place)
    settle = "; ".join(["keep", *_settle(here, claim)])
    return [
        f"assert ({label} : {slope}{gap} = 0); "
        f"[generalize {f'(A {place})' if place else 'A'}; cbv zeta; intros; conjuncts; "
        f"match goal with V : ?d = 0 |- _ => solve [transitivity d; [{settle} | exact V]] end |]"
    ]


def _solved(here: Setting, claim: Forced, solution: Expr) -> list[str]:
    """From the first place at which the solution is forced."""
    for equation in _equations(here, claim):
        if equation.root is not None and simplify(equation.root - solution) == 0:
            shown = Equation(equation.place, equation.slope, solution)
            return [*_shown(here, claim, "F", shown), _either(term(equation.slope, here.names), "F", "lra")]
    raise Untranslatable("no place was found at which its differences are linear in the unknown")


def _either(slope: str, label: str, then: str) -> str:
    """A slope that is not 0 leaves the other factor."""
    return (
        f"apply Rmult_integral in {label}; destruct {label} as [{label} | {label}]; "
        f"[exfalso; revert {label}; change ({slope} <> 0); nonzero | {then}]"
    )


def _contradicted(here: Setting, claim: Forced) -> list[str]:
    """From a place at which a constant must vanish, or two at which the unknown must differ."""
    found: Sequence[Equation] = list(_equations(here, claim))
    for first in found:
        if first.root is None:
            return [
                *_shown(here, claim, "F", first),
                f"revert F; change ({term(first.slope, here.names)} <> 0); nonzero",
            ]
        for second in found:
            if second.root is not None and (gap := quotient(first.root - second.root)) != 0:
                return _both(here, claim, first, second, gap)
    raise Untranslatable("no two places were found at which its differences contradict each other")


def _both(here: Setting, claim: Forced, first: Equation, second: Equation, gap: Expr) -> list[str]:
    assert first.root is not None and second.root is not None
    told = term(gap, here.names)
    apart = f"{term(first.root, here.names)} - {term(second.root, here.names)}"
    met = f"assert (Z : {told} = 0); [transitivity ({apart}); [equal | lra] |]"
    last = f"{met}; revert Z; change ({told} <> 0); nonzero"
    then = _either(term(second.slope, here.names), "G", last)
    return [
        *_shown(here, claim, "F", first),
        *_shown(here, claim, "G", second),
        _either(term(first.slope, here.names), "F", then),
    ]
