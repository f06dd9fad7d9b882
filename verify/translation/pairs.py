"""What equations say together, of which none tells anything alone: the roots that they have in common."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, islice

from sympy import Expr, Poly, Symbol, gcd

from lawful.verify.translation.elimination import Way, factored_ways, polynomial, roots, with_marks
from lawful.verify.translation.equations import Equation, Telling

LARGEST = 200
"""How many terms a polynomial may have that is multiplied with another."""

TRIED = 6
"""How many pairs of equations are looked at."""

known_polynomial, known_marks = lru_cache(maxsize=4096)(polynomial), lru_cache(maxsize=4096)(with_marks)


def together(said: Sequence[Equation]) -> Telling | None:
    """Equations that hold together in few ways, with these; None if none are found."""
    return next(chain(_of_two(said), _of_one(said)), None)


def _of_one(said: Sequence[Equation]) -> Iterator[Telling]:
    """Those of one and the same unknown, if the roots that they have in common can be written, or there are none."""
    alone = [e for e in said if len(e.gap.free_symbols) == 1]
    for symbol in sorted({s for e in alone for s in e.gap.free_symbols}, key=str):
        told, shared = list[Equation](), None
        for equation in (e for e in alone if symbol in e.gap.free_symbols):
            poly = known_polynomial(equation.gap)
            both = poly if shared is None or poly is None else gcd(shared, poly)
            if both is not None and (shared is None or both.degree() < shared.degree()):
                told, shared = [*told, equation], both
        if shared is not None and (found := roots(shared, symbol)) is not None:
            yield told, found


def _of_two(said: Sequence[Equation]) -> Iterator[Telling]:
    """Two of the same unknowns linear in one of them, or in a root: where both hold, their determinant is 0."""
    alike = defaultdict[frozenset[Symbol], list[Equation]](list)
    for equation in sorted(said, key=lambda e: e.gap.count_ops()):
        known = known_marks(equation.gap)
        if known is not None and len(known[0].gens) > 1 and len(known[0].terms()) <= LARGEST:
            alike[frozenset(known[0].gens)].append(equation)
    pairs = (pair for equations in alike.values() for pair in combinations(equations, 2))
    for one, other in islice(pairs, TRIED):
        found = _where_both(one.gap, other.gap)
        if found is not None:
            yield [one, other], found


@lru_cache(maxsize=1024)
def _where_both(one: Expr, other: Expr) -> list[Way] | None:
    known = [found for found in map(known_marks, (one, other)) if found is not None]
    polys, back = [poly for poly, _ in known], known[0][1]
    for symbol in sorted(
        polys[0].gens, key=lambda s: (-(back[s].count_ops() if s in back else 0), str(s))
    ):  # long roots first
        if all(poly.degree(symbol) == 1 for poly in polys):
            (a, b), (c, d) = (_line(poly, symbol) for poly in polys)
            found = factored_ways(a * d - b * c, back)
            if found is not None:
                return found
    return None


def _line(poly: Poly, symbol: Symbol) -> tuple[Poly, Poly]:
    """(slope, rest) of a polynomial that is linear in a symbol."""
    others = [s for s in poly.gens if s != symbol]
    return tuple(Poly(p.eval(symbol, 0).as_expr(), *others) for p in (poly.diff(symbol), poly))
