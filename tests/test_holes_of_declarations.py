"""What a symbol is declared to be, and is not: sympy takes |s| for s as it reads it, so nothing may stay unproved."""

from typing import Any

import pytest
from sympy import Abs, Eq, Integer, Max, Min, Piecewise, Rational, Symbol, floor, oo

from lawful.verify.evidence import Verdict
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import beta1, beta2, g, lr, v, x
from lawful.verify.laws.noise import adam_walks_away_on_two_points, k
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.claims import Bounds, Equal, Positive, Run, g1, n
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import Law, false_if
from lawful.verify.theory.theorems import Identity, Inequality

HERE = Source("tests")
below, whole = Symbol("s", negative=True), Symbol("k", integer=True)
signed, y, z = Symbol("x_after", positive=True), Symbol("y", positive=True), Symbol("z", real=True)


def made(following: Any, state: Any, init: Any) -> Rule:
    return Rule("made", following, state, {lr: 0.1}, HERE, init=init)


def invariant(rule: Rule, holds: Any, wrong: Any) -> Law:
    return Invariant("", rule, holds, source=HERE, refuses=false_if("", holds=wrong))


HOLES = {
    "a state declared negative that grows": invariant(
        made(x - lr * below, {below: below + g**2}, {below: Integer(-1)}), {below: -Abs(below)}, {below: n}
    ),
    "a state declared whole that is halved": invariant(
        made(x - lr * whole, {whole: whole / 2}, {whole: Integer(1)}), {whole: floor(whole)}, {whole: n}
    ),
    "a run in a symbol declared positive": Identity(
        "", {Abs(signed): x - lr * g1}, runs={signed: Run(sgd().replace({}), 1)}, source=HERE,
        refuses=false_if("", equations={Abs(signed): x}),
    ),
    "an abbreviation declared positive": Identity(
        "", {Abs(signed): g1 - x}, where={signed: g1 - x}, source=HERE,
        refuses=false_if("", equations={Abs(signed): x}),
    ),
    "a domain below the declared sign": Inequality(
        "", {}, greater={1 + y**2 - 3 * (Abs(y) - y): 0}, over={y: (-1, 1)}, source=HERE,
        refuses=false_if("", greater={y**2: 5}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_what_is_declared_and_not_shown_makes_no_theorem(name: str) -> None:
    assert HOLES[name].prove().verdict is not Verdict.LAWFUL


def test_the_sign_of_a_quantity_is_shown_before_slopes_rest_on_it() -> None:
    q = Symbol("q", negative=True)
    share = Bounds(y / (1 + y), low=Integer(0), high=Integer(1))
    claim = Positive("", 2 * share.quantity**2 - 1, {y: (0, oo)}, {}, {q: share}, 2 * q**2 - 1)
    assert not prove(claim).holds and not second_check(claim).holds


def test_chances_add_up_to_1() -> None:
    half = adam_walks_away_on_two_points.noise[1:]
    claim = next(iter(type(adam_walks_away_on_two_points)(
        "", adam_walks_away_on_two_points.rule, half, over={k: (4, oo), beta2: (0, Rational(1, 2))}, towards=1,
        source=HERE, refuses=false_if("", towards=-1),
    ).claims()))  # fmt: skip
    assert not prove(claim).holds


def test_a_maximum_of_three_and_a_distinction_without_a_case_are_answered() -> None:
    three = Equal("", Max(x, g, z), Max(z, Max(g, x)) + Min(x, g, z) - Min(x, g, z))
    assert second_check(three).holds
    assert not second_check(Equal("", Piecewise((x, Eq(g, z))), x)).holds


def test_values_are_put_in_as_sympy_does() -> None:
    top = Max(v, beta2 * v + (1 - beta2) * g**2) / (1 - beta1)
    for values in ({beta2: 0}, {v: 0}, {v: 0, g: 0}, {g: x, beta1: beta2}, {v: Max(v, g**2)}, {beta2: 1}):
        assert put(top, values) == top.xreplace({s: Integer(0) + e for s, e in values.items()})
