"""Proofs that differences vanish for one value of an unknown only, or for none."""

from sympy import Expr, Poly, Symbol, expand, factor, fraction, simplify, together

from lawful.verify.language.plain import plain
from lawful.verify.provers.algebra.unroll import unrolled
from lawful.verify.provers.algebra.vanishing import differs, vanishes
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.claims import Forced

SIGNS = (
    "is_positive",
    "is_nonnegative",
    "is_negative",
    "is_nonpositive",
    "is_integer",
    "is_real",
    "is_nonzero",
)
"""What the unknown may be declared to be, and what a solution must be then."""


def forced(claim: Forced) -> Answer:
    """Whether the common zeros of the differences are what is claimed."""
    fractions = [fraction(together(unrolled(d, claim.runs))) for d in claim.differences]
    coefficients = [c for top, _ in fractions for c in _coefficients(top, claim)]
    lines = [f"It must vanish: {plain(factor(c))}." for c in coefficients]
    root = next(filter(None, (_root(c, claim.unknown) for c in coefficients)), None)
    if root is None:
        return Answer(False, [*lines, f"No coefficient is linear in {claim.unknown} with a nonzero factor."])
    lines.append(f"Hence {claim.unknown} = {plain(root)}, and nothing else.")
    rest = [factor(together(c.subs(claim.unknown, root))) for c in coefficients]
    if claim.solution is None:
        return _never(lines, rest)
    holds = vanishes(root - claim.solution) and all(vanishes(r) for r in rest)
    lines.append(f"{plain(claim.solution)} {'makes' if holds else 'does not make'} all of them vanish.")
    return _may_be(claim, holds, lines, [bottom.subs(claim.unknown, root) for _, bottom in fractions])


def _never(lines: list[str], rest: list[Expr]) -> Answer:
    """Whether something that is not 0 would have to vanish."""
    obstacle = next((r for r in rest if r.is_nonzero), None)
    if obstacle is None:
        return Answer(False, [*lines, "That nothing else is in its way is not shown to be wrong."])
    return Answer(True, [*lines, f"But then {plain(obstacle)} ≠ 0 must vanish: no value works."])


def _may_be(claim: Forced, holds: bool, lines: list[str], bottoms: list[Expr]) -> Answer:
    """A solution is one only where the unknown may lie, and where the differences are defined."""
    unlike = [s for s in SIGNS if getattr(claim.unknown, s) and not getattr(factor(claim.solution), s)]
    if unlike:
        what = unlike[0].removeprefix("is_")
        return Answer(False, [*lines, f"It is not shown to be {what}, as {claim.unknown} is declared to be."])
    if not all(map(differs, bottoms)):
        return Answer(False, [*lines, "But a denominator vanishes there too, as far as can be seen."])
    return Answer(holds, lines)


def _coefficients(numerator: Expr, claim: Forced) -> list[Expr]:
    expanded = expand(numerator)
    found = Poly(expanded, *claim.for_all).coeffs() if claim.for_all else [expanded]
    return [c for c in found if c != 0]


def _root(coefficient: Expr, unknown: Symbol) -> Expr | None:
    """The only zero of a coefficient that is linear in the unknown with a provably nonzero factor."""
    polynomial = Poly(coefficient, unknown)
    if polynomial.degree() != 1:
        return None
    slope, constant = polynomial.all_coeffs()
    return simplify(-constant / slope) if factor(slope).is_nonzero else None
