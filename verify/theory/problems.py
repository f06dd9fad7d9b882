"""Problems on which optimizers differ. Each is an object; whatever is defined here can be raced.

Linear losses live on [−1, 1]: where an optimizer ends is decided by its drift alone.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from math import inf
from types import MappingProxyType
from typing import Any

from sympy import Expr, Integer, Piecewise, Rational, exp, log, pi, sin, sympify

from lawful.verify.errors import unknown
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import lr, x
from lawful.verify.theory.problem import Problem

REDDI, ADOPT = "arXiv:1904.09237", "arXiv:2411.02853"
OWN = Source("lawful", "made here")


def linear(name: str, slopes: Iterable[Expr | int], source: Source, **more: Any) -> Problem:
    """Losses slope·x on [−1, 1]."""
    return Problem(name, tuple(sympify(slope) * x for slope in slopes), source, **more)


# ---------------------------------------------------------------------------- where Adam goes wrong
def reddi(C: Expr | int, **more: Any) -> Problem:
    """C, −1, −1 over and over: mean (C − 2)/3, so −1 is best for C > 2."""
    return linear(f"period 3: a slope of {C}, then −1", (C, -1, -1), Source(REDDI, "§3, Theorem 1"), **more)


reddi1 = reddi(4, lr=1e-2, betas=(0.0, 1 / 17), steps=3000)

reddi2 = linear(
    "period 20: a slope of 20, then −1",
    (20, *[-1] * 19),
    Source(REDDI, "in the manner of Theorem 2, at β1 = 0 and β2 = 1/2"),
    lr=1e-2,
    betas=(0.0, 0.5),
)

reddi3 = linear(
    "a slope of 10 with probability 2/11, else −1",
    (10, -1),
    Source(REDDI, "in the manner of Theorem 3"),
    order="independent",
    chances=(Rational(2, 11), Rational(9, 11)),
)

reddi101 = linear(
    "period 101: a slope of 1010, then −10",
    (1010, *[-10] * 100),
    Source(REDDI, "§5, synthetic experiment"),
    lr=2e-2,
    betas=(0.9, 0.99),
    steps=10_000,
)

reddi101_random = linear(
    "a slope of 1010 with probability 1/100, else −10",
    (1010, -10),
    Source(REDDI, "§5, synthetic experiment, stochastic"),
    order="independent",
    chances=(Rational(1, 100), Rational(99, 100)),
    lr=2e-2,
    betas=(0.9, 0.99),
    steps=10_000,
)


def two_point(k: Expr | int) -> Problem:
    """k² with probability 1/k, else −k: mean 1, so −1 is best."""
    k = sympify(k)
    source = Source("lawful", f"a two-point problem for {ADOPT}")
    noise: dict[str, Any] = {"order": "independent", "chances": (1 / k, 1 - 1 / k)}
    return linear(f"a slope of {k**2} with probability {1 / k}, else −{k}", (k**2, -k), source, **noise)


two_points = two_point(5)


# --------------------------------------------------------------------------- where ADOPT goes wrong
def mirrored(c: Expr | Rational, **more: Any) -> Problem:
    """c, −1, −1 over and over with 1 < c < 2: mean (c − 2)/3, so +1 is best."""
    return linear(
        f"period 3: a slope of {c}, then −1; +1 is best",
        (c, -1, -1),
        Source(ADOPT, "discussion of its review"),
        **more,
    )


fixed_order = mirrored(Rational(19, 10))

reshuffled = linear(
    "slopes of 19/10, −1 and −1 in a new order every epoch; +1 is best",
    (Rational(19, 10), -1, -1),
    OWN,
    order="shuffled",
)


# ------------------------------------------------------------------------------------ smooth losses
def quadratic(q: Expr) -> Problem:
    """Curvature q/lr: gradient descent converges for q < 2, heavy ball for q < 2·(1 + β)."""
    free: dict[str, Any] = {"best": Integer(0), "low": -inf, "high": inf, "start": 1.0}
    run: dict[str, Any] = {"lr": 1e-2, "betas": (0.9, 0.999), "steps": 2000}
    return Problem(f"quadratic of curvature ({q})/lr", (q * x**2 / (2 * lr),), OWN, **free, **run)


edge_below = quadratic(Rational(19, 10))
edge_above = quadratic(Rational(21, 10))

toint = Problem(
    "a sine whose slope is −1 at every multiple of lr",
    (-lr / (2 * pi) * sin(2 * pi * x / lr),),
    Source("arXiv:2308.00720", "in its manner"),
    best=lr / 4,
    low=-inf,
    high=inf,
    lr=2.0**-4,
    betas=(0.9, 0.999),
    steps=1000,
)


def kinked(slope: int) -> Expr:
    """A line, which bends at −1 to a parabola around −2."""
    return Piecewise((slope * x, x >= -1), (slope * ((x + 2) ** 2 - 3) / 2, True))


kinked_sum = Problem(
    "a sum of five lines that bend at −1, shuffled anew every epoch",
    (kinked(5), *[kinked(-1)] * 4),
    Source("arXiv:2208.09632", "in its manner"),
    order="shuffled",
    best=Integer(-2),
    low=-inf,
    high=inf,
    start=0.5,
    lr=1e-2,
    steps=4000,
)

logistic = Problem(
    "logistic regression: a label that is right three times out of four",
    (log(1 + exp(-x)), log(1 + exp(x))),
    OWN,
    order="independent",
    chances=(Rational(3, 4), Rational(1, 4)),
    best=log(3),
    low=-inf,
    high=inf,
    lr=1e-2,
    betas=(0.9, 0.999),
    steps=5000,
)


# ----------------------------------------------------------------------------------------- by their names
@cache
def problems() -> Mapping[str, Problem]:
    """Every problem that is defined here, by name."""
    return MappingProxyType({name: p for name, p in globals().items() if isinstance(p, Problem)})


def find_problem(name: str) -> Problem:
    """The problem of a name.

    Raises:
        Unanswerable: there is none.
    """
    named = {normal(known): problem for known, problem in problems().items()}
    if normal(name) not in named:
        raise unknown("problem", name, problems())
    return named[normal(name)]
