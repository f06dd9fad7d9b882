"""Holes that the provers once had, or could have: false and empty laws are refused, true ones beside them accepted."""

from typing import Any

import pytest
from sympy import Abs, Eq, Integer, Max, Piecewise, Rational, Symbol, floor, log, oo, sign, sqrt

from lawful.verify.evidence import Verdict
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.language.tensors import IfPositive, Norm
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.changes import Flipped, Scaled, Shifted
from lawful.verify.provers.claims import (
    Equal,
    Run,
    any_step,
    g1,
    n,
)
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.radam import radam
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.dynamics import Bound, Threshold
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import Law, false_if, find_law
from lawful.verify.theory.proof import Proof
from lawful.verify.theory.symmetries import Symmetry
from lawful.verify.theory.theorems import Asymptotics, Coefficient, Identity, Inequality, Separation

HERE = Source("tests")
y, c, z = Symbol("y", positive=True), Symbol("c", real=True), Symbol("z", real=True)
D, E = Symbol("D", nonnegative=True), Symbol("E", nonnegative=True)
x_0, after = Symbol("x_0", real=True), Symbol("x_after")
huge = Integer(10) ** 6


def made(following: Any, state: Any = None, init: Any = None) -> Rule:
    return Rule("made", following, state or {}, {lr: 0.1}, HERE, init=init or {})


def identity(equations: Any, wrong: Any, **more: Any) -> Law:
    return Identity("", equations, source=HERE, refuses=false_if("", equations=wrong), **more)


def invariant(rule: Rule, holds: Any, wrong: Any, **more: Any) -> Law:
    return Invariant("", rule, holds, source=HERE, refuses=false_if("", holds=wrong), **more)


def never_negative(following: Any, start: Any = 0, gap: Any = x) -> Law:
    return Bound(
        "", made(following), {D: gap}, because={D: following}, start={x: Integer(start)}, source=HERE,
        refuses=false_if("", gaps={D: x - huge}),
    )  # fmt: skip


def greater(left: Any, right: Any, over: Any = None, **more: Any) -> Law:
    return Inequality(
        "", {}, greater={left: right}, over=over or {}, source=HERE,
        refuses=false_if("", greater={left: right + huge}), **more,
    )  # fmt: skip


def only(differences: Any, unknown: Symbol, value: Any, for_all: Any = ()) -> Law:
    return Coefficient(
        "", differences, for_all=for_all, unknown=unknown, is_only=value, source=HERE,
        refuses=false_if("", is_only=value + 1),
    )  # fmt: skip


def shifted(following: Any) -> Law:
    return Symmetry("", Shifted(), of=[made(following)], source=HERE, refuses=false_if("", of=[sgd()]))


small = Symbol("s", positive=True)
bare = adam().replace({eps: 0, weight_decay: 0})
still = sgd().replace({momentum: 0, weight_decay: 0})
"""SGD without memory."""
first = {after: Run(bare, 1)}
tiny = Rational(1, 10**12)

HOLES = {
    # one placeholder for two maxima
    "two maxima cancel": never_negative(Max(huge, g) - Max(huge, 2 * g)),
    "two maxima of squares, nearly alike": never_negative(Max(huge, g**2) - Max(huge, g**2 * (1 + tiny))),
    "two maxima of one gradient and its half": never_negative(Max(1, g) - Max(1, g + 1)),
    # the sign of a state is declared and false
    "a state declared positive falls": invariant(
        made(x - small, {small: small - g**2}, {small: Integer(1)}), {small: Abs(small)}, {small: small + 1}
    ),
    "a state declared positive starts at 0": invariant(
        made(x - lr * small, {small: small / 2}), {small: sqrt(small**2)}, {small: small + 1}
    ),
    "a quantity beside the rule declared nonnegative": invariant(
        sgd(), {D: Abs(D)}, {D: D + 1}, beside={D: (0, D - g**2)}
    ),
    "a second moment with beta above 1": invariant(
        made(x - v, {v: 2 * v - g**2}), {v: Abs(v)}, {v: v + 1}
    ),
    # jumps
    "shift across a jump far away": shifted(x - lr * g - Piecewise((lr, x > 1000), (0, True))),
    "shift across a jump at 0": shifted(x - lr * g - Piecewise((lr, x > 0), (0, True))),
    "shift across a jump of a choice": shifted(x - lr * g - IfPositive(x - 1000, lr, 0)),
    "shift within a norm": shifted(x - lr * g / (1 + Norm(x))),
    "shift within a norm within a norm": shifted(x - lr * g / (1 + Norm(g * Norm(x)))),
    "shift across every integer": shifted(x - lr * g - lr * (floor(x) - floor(x / 1))  - lr * sign(x - 50)),
    # division by zero
    "0/0 at eps = 0 and g = 0": invariant(
        adamw().replace({g: 0, eps: 0}), {x: (1 - lr * weight_decay) ** n * x_0}, {x: x_0}, start={x: x_0}
    ),
    "a pole inside the domain": greater(1 / z**2, 0, {z: (-1, 1)}),
    "a pole that cancels in the domain": greater(z**2 * (1 + 1 / z**2), 1, {z: (-1, 1)}),
    "a divisor that has cancelled": identity(
        {after: x}, {after: 2 * x},
        runs={after: Run(made(x - lr * g / (Abs(g) + eps)).replace({g: 0}).replace({eps: 0}), 1)},
    ),
    # solutions that are none
    "a solution at which the denominator vanishes": only([(c - 1) / (c**2 - 1)], c, Integer(1)),
    "the same, far from the nodes": only([(c - 20) / (c**2 - 400)], c, Integer(20)),
    "a solution outside the unknown's domain": only([y + Symbol("b", positive=True)], y, -Symbol("b", positive=True)),
    "an integer asked for, a half found": only(
        [2 * Symbol("k", integer=True) - 1], Symbol("k", integer=True), Rational(1, 2)
    ),
    "a difference with |c|": only([c + Abs(c)], c, Integer(0)),
    # too small to see
    "off by 1e-12": greater(y / (1 + y), (y / (1 + y)) * (1 + tiny) - tiny / 4, {y: (0, oo)}),
    "strict where it touches": greater((y - 1) ** 2, 0, {y: (0, oo)}),
    "not strict, a little below": greater((y - 1) ** 2, Rational(1, 10**20), {y: (0, oo)}, strict=False),
    "a gap of 1e-9": greater((y - Rational(1, 3)) ** 2, Rational(1, 10**18), {y: (0, 1)}),
    "at the border only": greater(y, Rational(1, 10**20), {y: (0, oo)}),
    "a limit of stability off by 2^-70": Threshold(
        "", still, 2 / lr * (1 + Rational(1, 2**70)), source=HERE, refuses=false_if("", limit=3 / lr),
    ),
    "nothing is ever stable": Threshold(
        "", made(2 * x), lr, source=HERE, refuses=false_if("", limit=3 / lr)
    ),
    "the last term of an expansion": Asymptotics(
        "", -1 / log(1 - y), 1 / y - Rational(1, 2) - y / 12 - y**2 / 24 * (1 + tiny), variable=y, order=3,
        source=HERE, refuses=false_if("", terms=1 / y),
    ),
    # true at first only, or only somewhere
    "true in the first step only": invariant(bare, {x: x - lr}, {x: x + lr}),
    "true at eps = 0 only": identity(
        {after - x: -lr * sign(g1)}, {after - x: lr * sign(g1)},
        runs={after: Run(adam().replace({weight_decay: 0}), 1)},
    ),
    "true until step 50": invariant(
        made(x + lr + g * Piecewise((1, Eq(t, 50)), (0, True))), {x: x_0 + n * lr}, {x: x_0}, start={x: x_0}
    ),
    "true up to step 50": invariant(
        made(x + lr + Max(t - 50, 0)), {x: x_0 + n * lr}, {x: x_0}, start={x: x_0}
    ),
    "two symbols of one name": identity(
        {y**t: Symbol("y", nonnegative=True) ** t}, {y**t: Symbol("y", nonnegative=True) ** t + 1}
    ),
    "scale, after RAdam's first steps": Symmetry(
        "", Scaled({x: 0, g: 1, lr: 0}, off=(eps,)), of=[radam()], source=HERE, refuses=false_if("", of=[sgd()])
    ),
    "a symmetry of nothing that moves": Symmetry(
        "", Flipped(), of=[made(x)], source=HERE, refuses=false_if("", of=[made(x + lr)])
    ),
    # nothing is said
    "both sides are one": identity({x: x}, {x: x + 1}),
    "x/x": identity({z / z: Integer(1)}, {z / z: Integer(2)}),
    "one of two unrelated equations is broken by the neighbour": identity({x: x, y + 1: 1 + y}, {y: y + 1}),
    "two numbers compared": Separation(
        "", {x: x}, greater={Integer(2): 1}, source=HERE, refuses=false_if("", equations={x: x + 1})
    ),
    "an abbreviation that shadows a hyperparameter": identity(
        {lr: Integer(1)}, {lr: Integer(2)}, where={lr: Integer(1)}
    ),
    "a shadow of another kind, of the same name": identity(
        {Symbol("eps"): Integer(0)}, {Symbol("eps"): Integer(1)}, where={Symbol("eps"): Integer(0)}
    ),
    "a run in the name of a state": identity({m: x - lr}, {m: x}, runs={m: Run(made(x - lr, {m: g}), 1)}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_is_closed(name: str) -> None:
    assert HOLES[name].prove().verdict is not Verdict.LAWFUL


SOUND = {
    "a maximum and itself": never_negative(Max(huge, g) - Max(huge, g) + g**2),
    "a state declared nonnegative that is": invariant(
        made(x - lr * D, {D: D / 2 + g**2}), {D: Abs(D)}, {D: D + 1}
    ),
    "shift where cases do not see x": shifted(x - lr * Piecewise((g, g > 0), (2 * g, True))),
    "a pole outside the domain": greater(1 / (1 + z), 0, {z: (0, 1)}),
    "a solution within the domain": only([y - Symbol("b", positive=True)], y, Symbol("b", positive=True)),
    "a step from any state": identity(
        {after - x: -lr * g}, {after - x: lr * g}, runs={after: any_step(still)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_what_is_true_beside_a_hole_is_accepted(name: str) -> None:
    proof = SOUND[name].prove()
    assert proof.verdict is Verdict.LAWFUL, proof


# ------------------------------------------------------------------------------------------ what is printed
def proof_of(rule: Rule) -> Proof:
    step = {after - x: -lr * g1 / (Abs(g1) + eps.subs(rule.fixed))}
    return identity(step, {after: x}, runs={after: Run(rule, 1)}).prove()


def test_what_was_put_in_is_printed() -> None:
    assert proof_of(bare).rules == ["adam with eps = 0, wd = 0"]


def test_where_nothing_is_said_is_printed() -> None:
    assert proof_of(bare).not_where == ["g1 = 0"]
    assert proof_of(adam().replace({weight_decay: 0, eps: y})).not_where == []


def test_domains_are_printed() -> None:
    assert "0 ≤ beta1, beta2 < 1" in proof_of(bare).given and "lr > 0" in proof_of(bare).given


def test_a_cancelled_divisor_is_remembered() -> None:
    rule = made(x - lr * g / (Abs(g) + eps)).replace({g: 0}).replace({eps: 0})
    assert rule.x == x and rule.cancelled == (0,)
    assert not prove(Equal("", after, x, {after: Run(rule, 1)})).holds
    assert not second_check(Equal("", after, x, {after: Run(rule, 1)})).holds


def test_a_lemma_is_called_one() -> None:
    clock = Symbol("N", real=True)
    alone = invariant(sgd(), {clock: n}, {clock: n + 1}, beside={clock: (0, clock + 1)})
    assert alone.prove().role == "lemma" and alone.prove().rules == []
    assert identity({(z + 1) ** 2: z**2 + 2 * z + 1}, {z: z + 1}).prove().role == "lemma"
    assert proof_of(bare).role == "law"


def test_a_norm_of_how_far_the_weight_has_come_does_not_see_a_shift() -> None:
    start = Symbol("x_1", real=True)
    law, (far, half) = find_law("translation_symmetry"), (
        made(x - lr * g * (1 + Norm(x - k * start)), {start: start}, {start: x}) for k in (1, Rational(1, 2))
    )  # fmt: skip
    assert isinstance(law, Symmetry) and isinstance(law.how(half), str)
    proof = law.of_one(far).prove()
    assert proof.proved and proof.confirmed and not law.of_one(half).prove().proved
