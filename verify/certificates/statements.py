"""Claims about some steps as theorems: equations, inequalities, coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Abs, Expr, Max, Min, Piecewise, Pow, Symbol, sign, sympify

from lawful.verify.certificates.given import Given, given, named, plain, put
from lawful.verify.certificates.moves import Move, differences, moves, put_in, quotient, raised, solved
from lawful.verify.certificates.roots import roots, shifted
from lawful.verify.certificates.steps import Definitions, premises, unfold
from lawful.verify.certificates.terms import Condition, Names, Untranslatable, counts, term
from lawful.verify.certificates.theorem import Theorem, exists, stated
from lawful.verify.certificates.witness import Point, points, witness, written
from lawful.verify.language.symbols import t
from lawful.verify.provers.claims import Domain, Equal, Positive, Runs

LONGEST = 80
"""How many operations a value with a maximum in it may have."""


@dataclass(frozen=True)
class Setting:
    """What stands before the conclusion of a claim: constants, hypotheses, definitions, conditions.

    Attributes:
        known: the constants and what is assumed of them.
        made: the values that are defined.
        names: of all.
        conditions: that nothing is undefined.
        conclusions: the expressions of the conclusion, in those symbols.
        moved: the symbols that the proof puts positive ones for.
    """

    known: Given
    made: Definitions
    names: Names
    conditions: Sequence[Condition]
    conclusions: Sequence[Expr]
    moved: Sequence[Move] = ()

    def stated(self, goal: str) -> str:
        """The statement that ends with this."""
        conditions = premises(self.conditions, self.known, self.names)
        told = [h.text for h in self.known.hypotheses]
        return stated(self.known.binders, told, self.made.lets(self.names), conditions, goal)

    @property
    def values(self) -> dict[Symbol, Expr]:
        """The defined values, and the symbols that are moved, in the constants that are left."""
        moved = put_in(self.moved)
        return {**{s: put(e, moved) for s, e in self.made.values.items()}, **moved}

    def points(self) -> list[Point]:
        """Points at which the hypotheses hold, with the symbols that others are moved to."""
        ways = {m.by: solved(m) for m in self.moved}
        return [{**p, **{y: put(e, p) for y, e in ways.items()}} for p in points(self.known, 12)]

    def script(self, last: Sequence[str]) -> list[str]:
        """Definitions put in, maxima chosen, roots simplified, cases told apart; then what is given."""
        said, at = [*self.conclusions, *self.made.symbols.values()], self.points()
        found = [shifted(r, t) for r in roots(said, self.values, at)]
        begun = ["cbv zeta", f"do {len(self.known.symbols) + len(self.known.hypotheses)} intro"]
        begun += [m.tactic(self.names) for m in self.moved]
        begun += [
            f"destruct {self.names[s]} as [|{self.names[s]}]; [lia|]" for s in self.known.symbols if counts(s)
        ]
        chosen = [f"chosen {term(d, self.names, 'root')}" for d in differences(said, self.values)]
        rooted = [r.tactic(self.names) for r in found]
        steps = [
            "normalise",
            "keep",
            *chosen,
            *rooted,
            *(chosen if rooted else []),
            "cases",
            "intros",
            "cases",
        ]
        return [*begun, *steps, *(line for r in found for line in r.knows(self.names)), *last]

    def theorem(self, words: str, goal: str, last: Sequence[str]) -> Theorem:
        """The theorem with its witness."""
        conditions = [Condition(c.relation, put(c.of, self.made.values)) for c in self.conditions]
        props = [h.text for h in self.known.hypotheses] + premises(self.conditions, self.known, self.names)
        point = witness(self.known, conditions)
        typed = [(self.names[s], "nat" if counts(s) else "R") for s in self.known.symbols]
        about = exists(typed, self.made.lets(self.names), props)
        values = written(point, self.known.symbols) if point is not None else None
        return Theorem(words, self.stated(goal), self.script(last), about, values)


def setting(
    conclusions: Sequence[Expr], runs: Runs, where: Mapping[Symbol, Expr], over: Domain, closed: bool = False
) -> Setting:
    """The setting of expressions in which symbols stand for the ends of runs, and for what they abbreviate."""
    ends, short = {s: plain(s) for s in runs}, {s: plain(s, "w") for s in where}
    made = Definitions()
    for number, (symbol, run) in enumerate(runs.items(), start=1):
        unfold(run, ends[symbol], made, f"r{number}")
    for symbol, expr in where.items():
        made.define(short[symbol], put(expr, ends))
    said = [put(put(e, short), ends) for e in conclusions]
    _short_enough(made)
    free = made.constants.union(*(e.free_symbols for e in said)) - made.symbols.keys()
    known = given(free, over)
    decided = closed or any(e.has(Max, Min) for e in map(sympify, [*made.symbols.values(), *said]))
    moved = moves(over, known, closed) if decided else []
    names = {**known.names, **named([*made.symbols, *(m.by for m in moved)], known.names.values())}
    return Setting(known, made, names, made.conditions(*said), said, moved)


def _short_enough(made: Definitions) -> None:
    """What is put into a maximum is compared with its members, which takes sympy hours where they are long.

    Raises:
        Untranslatable: a value with a maximum is too long.
    """
    if any(value.has(Max, Min) and value.count_ops() > LONGEST for value in made.values.values()):
        raise Untranslatable("written out, its maxima are too long to find hints for the scripts")


def equal(claim: Equal) -> Theorem:
    """Both sides are equal."""
    here = setting([claim.left, claim.right], claim.runs, claim.where, claim.over)
    left, right = (term(e, here.names) for e in here.conclusions)
    return here.theorem(claim.label, f"{left} = {right}", ["equal_by_squares"])


def positive(claim: Positive) -> Theorem:
    """The expression is positive.

    Raises:
        Untranslatable: the proof goes through bounds of quantities.
    """
    if claim.written is not None:
        raise Untranslatable(
            "its proof goes through bounds of roots, on which the scripts know no monotonicity"
        )
    here = setting([claim.expr], claim.runs, {}, claim.over, closed=True)
    relation = "<" if claim.strict else "<="
    goal = f"0 {relation} {term(here.conclusions[0], here.names)}"
    return here.theorem(claim.label, goal, _signs(here))


def _signs(here: Setting) -> list[str]:
    """By an equal quotient whose coefficients are positive, where there is one."""
    expr = put(here.conclusions[0], here.values)
    if expr.has(Abs, sign, Max, Min, Piecewise) or any(
        p.exp.is_Rational and p.exp.q == 2 for p in expr.atoms(Pow)
    ):
        return ["numeric_roots", "sign"]
    hint = raised(quotient(expr), [m.by for m in here.moved])
    return ["numeric_roots", f"first [sign_as {term(hint, here.names)} | sign]"]
