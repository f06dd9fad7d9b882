"""What Muon does to singular values, for every number of iterations, and the box in which it keeps spectral norms.

Newton–Schulz, X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X, leaves the singular vectors of X as they are and takes every
singular value σ to a·σ + b·σ³ + c·σ⁵: of a matrix, the laws follow one singular direction, with σ what it has of the
matrix over its Frobenius norm, so 0 ≤ σ ≤ 1. Matrices are square; of others, lr·√max(1, rows/cols) is the rate.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from sympy import Expr, Integer, Rational, Symbol

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, weight_decay, x
from lawful.verify.language.tensors import NewtonSchulz, cols, rows
from lawful.verify.laws.constraint import a, any_update, rho, s, walls, wd
from lawful.verify.provers.claims import Run, n
from lawful.verify.rules.muon import DEFAULTS, muon, ns_a, ns_b, ns_c
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.law import false_if
from lawful.verify.theory.spectrum import Spectrum
from lawful.verify.theory.theorems import Inequality

OWN = Source("lawful", "derived here, for the coefficients of Jordan et al. 2024 and torch.optim.Muon")

LOW, HIGH, LATE, GROWTH, FIRST = (Rational(k) for k in ("0.68", "1.203", "1.137", "3.23", "3.4445"))
"""The ends of the intervals, and by how much small singular values grow."""

sigma = Symbol("sigma", positive=True)
position = Symbol("p", positive=True)
"""How far along a piece of an interval."""


def iterate(value: Expr, first: Expr, third: Expr, fifth: Expr) -> Expr:
    """One iteration of Newton–Schulz on a singular value."""
    return first * value + third * value**3 + fifth * value**5


def along(rule: Rule, made: Callable[..., Expr]) -> Rule:
    """The rule of a square matrix along one singular direction of O, of which `made` has what O has, given a, b, c."""
    (whole,) = rule.x.atoms(NewtonSchulz)
    usual = {s: Rational(str(DEFAULTS[s])) for s in (ns_a, ns_b, ns_c)}
    coefficients = (c.xreplace(usual) for c in whole.args[1:4])
    return replace(rule, x=rule.x.xreplace({whole: made(*coefficients)})).replace({rows: 1, cols: 1})


def holds(*parts: tuple[str, Expr | None, Expr | None]) -> dict[str, Any]:
    """(cuts, low, high): one iteration takes what lies between the first cut and the last to above `low` and below
    `high`, which may depend on σ. It is proved between the cuts; there it holds too, as all is continuous."""
    runs: dict[Symbol, Run] = {}
    greater: dict[Expr, Expr] = {}
    for cuts, low, high in parts:
        for start, stop in pairwise(map(Rational, cuts.split())):
            here, step = start + (stop - start) * position, Symbol(f"step_{len(runs) + 1}")
            runs[step] = Run(
                along(muon().replace({lr: 1}), partial(iterate, here)), 1, x, [Integer(0)], {x: Integer(0)}
            )
            if low is not None:
                greater[-step] = low.xreplace({sigma: here})
            if high is not None:
                greater[high.xreplace({sigma: here}) + step] = Integer(0)
    return {"runs": runs, "greater": greater}


newton_schulz_never_leaves_its_interval = Inequality(
    "With its usual coefficients, an iteration of Muon takes the singular values of [0, 1.203] to at most 1.203, "
    "those of [0.211, 1.203] to at least 0.68, those of [0.68, 1.203] to at most 1.137: as σ ≤ 1 at first, none is "
    "ever above 1.203, and what has passed 0.211 stays in [0.68, 1.203], from the second iteration on in [0.68, "
    "1.137].",
    {},
    **holds(
        ("0 0.493 0.569 1.203", None, HIGH),
        ("0.211 1.005 1.106 1.203", LOW, None),
        ("0.68 1.203", None, LATE),
    ),
    over={position: (0, 1)},
    source=OWN,
    refuses=false_if("below 1", **holds(("0.493 0.569", None, Integer(1)))),
)

small_singular_values_grow = Inequality(
    "An iteration of Muon multiplies every singular value σ < 0.211 by more than 3.23 and by less than 3.4445. So "
    "in k iterations those from 0.211/3.23^(k − 2) on, 0.0063 for k = 5, come into [0.68, 1.137]; smaller ones are "
    "not made orthogonal, but at most 3.4445^k times as large, 485 times for k = 5.",
    {},
    **holds(("0 0.211", GROWTH * sigma, FIRST * sigma)),
    over={position: (0, 1)},
    source=OWN,
    refuses=false_if("by more than 3.24", **holds(("0 0.211", Rational("3.24") * sigma, None))),
    predicts=[Spectrum(muon(), {}, (16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125), lr, LOW, LATE)],
)

# ------------------------------------------------------------------------------------------------ box
above, below = Symbol("above", nonnegative=True), Symbol("below", nonnegative=True)
start, wall = Symbol("x_0", positive=True), Symbol("B", real=True)
p, q = Symbol("p", nonnegative=True), Symbol("q", nonnegative=True)

_any = any_update.subs(rho, HIGH)
_muon = along(muon(), lambda *_: _any).replace({weight_decay: wd}).replace({lr: a / wd}).replace({s: g})


_wall = HIGH / wd + (1 - a) ** n * (start - HIGH / wd)


def box(end: Expr) -> dict[Symbol, tuple[Expr, Expr]]:
    """B from p + q, at least |x| at first: each step goes the part a of the way to an end."""
    return {wall: (p + q, (1 - a) * wall + a * end)}


muon_keeps_a_spectral_box = Bound(
    "For all unit vectors, x = yᵀ·W·z under Muon with a = lr·wd in (0, 1) obeys |x| ≤ B with B ← (1 − a)·B + "
    "lr·1.203, as yᵀ·O·z is at most the largest singular value of O, below 1.203: the spectral norm nears the box "
    "1.203/wd as (1 − a)ⁿ goes to 0, and never leaves it from inside. Equality where yᵀ·O·z is −1.203.",
    _muon,
    {above: wall - x, below: wall + x},
    because=walls(_any.subs(s, g), HIGH),
    beside=box(HIGH / wd),
    start={x: p - q},
    over={a: (0, 1)},
    attained={g: Integer(-1)},
    attained_from={x: start, wall: start},
    holds={x: _wall, wall: _wall},
    source=OWN,
    refuses=false_if("half the box", beside=box(HIGH / wd / 2)),
)
