"""Hints for proofs with square roots: what each root is, squares taken out and denominators made rational."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Abs, Expr, Integer, Mul, Pow, Symbol, expand, factor, factorint, sympify, together

from lawful.verify.certificates.given import put
from lawful.verify.certificates.terms import Names, Untranslatable, term
from lawful.verify.certificates.witness import Point

MOST = 4
"""How many factors a root may have (`equal_by_squares`, in prelude.v)."""


@dataclass(frozen=True)
class Root:
    """A root is `outside` times the roots of `inside`, those known to be positive first."""

    outside: Expr
    inside: tuple[Expr, ...]

    def tactic(self, names: Names) -> str:
        """What replaces it in a goal."""
        outside = term(self.outside, names, "root")
        return f"unroot {outside} {self._product(names)}" if self.inside else f"unsquare {outside}"

    def _product(self, names: Names) -> str:
        """a * (b * c)."""
        *firsts, last = (term(e, names, "root") for e in self.inside)
        return "".join(f"({first} * " for first in firsts) + last + ")" * len(firsts)

    def knows(self, names: Names) -> list[str]:
        """The squares of the roots that are left, each with what its radicand is multiplied by."""
        whole = [
            (e, Mul(self.outside**2, *self.inside[:k], *self.inside[k + 1 :]))
            for k, e in enumerate(self.inside)
        ]
        return [f"try know {term(rest, names, 'root')} {term(e, names, 'root')}" for e, rest in whole]


def roots(expressions: Iterable[Expr], values: Mapping[Symbol, Expr], points: Sequence[Point]) -> list[Root]:
    """What the roots in some expressions are where these values are put in, the short ones first."""
    found = {p.base for e in expressions for p in sympify(e).atoms(Pow) if p.exp.is_Rational and p.exp.q == 2}
    radicands = sorted((put(base, values) for base in found), key=lambda e: (e.count_ops(), str(e)))
    return list(dict.fromkeys(_root(r, points) for r in radicands))


def _root(radicand: Expr, points: Sequence[Point]) -> Root:
    outside = left = Integer(1)
    inside: list[Expr] = []
    for base, power in _factors(factor(together(expand(radicand)))):
        if base == -1:
            left = -left
            continue
        half = power // 2 if power.is_Integer else power / 2
        outside *= size(base, points) ** half
        if power != 2 * half:
            sized = size(base, points)
            known = not sized.has(Abs)
            left *= base if not known else 1 if sized == base else -1
            inside += [sized] if known else []
    if len(inside) > MOST:
        raise Untranslatable(
            f"it has a root of {len(inside)} factors, and the scripts know {MOST} squares at once"
        )
    inside = sorted(inside, key=lambda e: (e.count_ops(), str(e))) + ([left] if left != 1 else [])
    return Root(outside, tuple(inside))


def _factors(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Factors with their powers; a power that counts steps is one of its base where it is even."""
    for part in Mul.make_args(expr):
        base, power = part.as_base_exp()
        if base.is_Rational:
            yield from ((Integer(p), Integer(k)) for p, k in factorint((base**power).p).items())
            yield from ((Integer(p), Integer(-k)) for p, k in factorint((base**power).q).items() if p != 1)
        elif power.is_Integer or _even(power):
            yield base, power
        else:
            yield part, Integer(1)


def _even(power: Expr) -> bool:
    return all((coefficient / 2).is_integer for coefficient in expand(power).as_coefficients_dict().values())


def size(base: Expr, points: Sequence[Point]) -> Expr:
    """|base|, without the bars where it has one sign at all points: a guess, which the proof must bear out."""
    if base.is_nonnegative:
        return base
    signs = {_sign(base, point) for point in points}
    return base if signs == {1} else -base if signs == {-1} else Abs(base)


def _sign(base: Expr, point: Point) -> int:
    value = put(base, point)
    return 0 if not value.is_number or not value.is_real or value == 0 else 1 if value > 0 else -1


def shifted(root: Root, t: Symbol) -> Root:
    """With t + 1 for t."""
    later = {t: t + 1}
    return Root(put(root.outside, later), tuple(put(e, later) for e in root.inside))


def signed(expr: Expr, at: Sequence[Point]) -> Expr:
    """The expression in factors that are positive at all points, as far as they have one sign there."""
    parts = [part.as_base_exp() for part in Mul.make_args(factor(together(expr)))]
    turned = [-1 if {_sign(base, point) for point in at} == {-1} else 1 for base, _ in parts]
    whole = sum(1 for (_, power), turn in zip(parts, turned, strict=True) if turn < 0 and power.is_odd)
    factors = [(base * turn) ** power for (base, power), turn in zip(parts, turned, strict=True)]
    return Mul((-1) ** whole, *factors)
