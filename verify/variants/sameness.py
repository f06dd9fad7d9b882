"""Whether two rules are the same, and how that is known.

Two provers: algebra, where the two have the same state; ball arithmetic at random points, for any two rules. What only
the second establishes is said so.
"""

from enum import StrEnum
from random import Random

from flint import arb
from sympy import Symbol

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0, x
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.provers.algebra.unroll import cases, relevant
from lawful.verify.provers.algebra.vanishing import vanishes
from lawful.verify.variants.mutants import UNANALYSED

STEPS, POINTS = 7, 24
SAME = arb(2) ** -150
"""Two values that differ by less are the same: the balls are of 300 bits."""

LARGEST = 400
"""How many operations a difference may have for algebra to be tried on it."""


class Sameness(StrEnum):
    """How two rules are known to be one, or not."""

    WRITTEN = "the same expressions"
    PROVED = "equal by algebra"
    EXACT = f"equal in ball arithmetic at random points over {STEPS} steps, not proved"
    NONE = "different"


def sameness(first: Rule, second: Rule) -> Sameness:
    """How two rules are known to be the same."""
    if first.mathematics == second.mathematics:
        return Sameness.WRITTEN
    if not all(_agree(first, second, Random(seed)) for seed in range(1, POINTS + 1)):
        return Sameness.NONE
    return Sameness.PROVED if _proved(first, second) else Sameness.EXACT


def _proved(first: Rule, second: Rule) -> bool:
    """Whether everything on which the parameter depends goes from the same to the same, in every case."""
    one, other = relevant(first), relevant(second)
    if one.keys() != other.keys() or any(first.initial(s) != second.initial(s) for s in one.keys() - {x}):
        return False
    gaps = [one[s] - other[s] for s in one]
    if any(gap.count_ops() > LARGEST for gap in gaps):
        return False
    return all(vanishes(rest) for gap in gaps for _, rest in cases(gap))


def _agree(first: Rule, second: Rule, random: Random) -> bool:
    """Whether the parameters agree along one random path; what cannot be evaluated does not."""
    hyper = {s: _drawn(rule.domain(s), s, random) for rule in (first, second) for s in rule.defaults}
    hyper |= {lr_0: hyper[lr]} if lr_0 in hyper else {}
    alone = {first.scope, second.scope} == {"lane"}
    pieces = (2, 4) if first.pieced or second.pieced else ()
    draw = _number if alone else _vector if pieces else _matrix
    x0, *gradients = (draw(random) for _ in range(STEPS + 1))
    try:
        ends = [exact_trajectory(r, x0, gradients, [hyper] * STEPS, pieces) for r in (first, second)]
    except UNANALYSED:
        return False
    return all(
        abs(a - b) < SAME for p, q in zip(*ends, strict=True) for a, b in zip(p.flat, q.flat, strict=True)
    )


def _number(random: Random) -> float:
    """Now and then 0, where many a rule makes a difference."""
    return random.choice((0.0, 1.0, 1.0)) * random.gauss(0, 1)


def _vector(random: Random) -> list[float]:
    """Two tensors, one after the other."""
    return [value for row in _matrix(random) for value in row]


def _matrix(random: Random) -> list[list[float]]:
    scale = random.choice((0.0, 1.0, 1.0))
    return [[scale * random.gauss(0, 1) for _ in range(2)] for _ in range(3)]


def _drawn(domain: Domain, symbol: Symbol, random: Random) -> float:
    """Near the value at which every term shows; now and then 0, where that is allowed."""
    value = domain.values[0] if 0.0 not in domain.values else random.choice((0.0, *domain.values[:1] * 2))
    return value if symbol.is_integer else value * random.uniform(0.9, 1.0)
