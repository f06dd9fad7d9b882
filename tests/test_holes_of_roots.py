"""Roots and logarithms of what may be negative: a claim says nothing there, and neither prover takes it for true."""

from typing import Any

import pytest
from sympy import Integer, Symbol, log, sqrt

from lawful.verify.evidence import Verdict
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, g, lr, v, x
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.changes import Scaled
from lawful.verify.provers.claims import Covariant, Declared, Kept, Run, g1, n
from lawful.verify.theory.inductions import Invariant
from lawful.verify.theory.law import Law, false_if
from lawful.verify.theory.theorems import Identity, Inequality

HERE = Source("tests")
after, z, x_0 = Symbol("x_after"), Symbol("z", real=True), Symbol("x_0", real=True)
D = Symbol("D", nonnegative=True)


def made(following: Any) -> Rule:
    return Rule("made", following, {}, {lr: 0.1}, HERE)


def stepped(rule: Rule, equations: Any, wrong: Any) -> Law:
    run = {after: Run(rule, 1)}
    return Identity("", equations, runs=run, source=HERE, refuses=false_if("", equations=wrong))


def vanished(of: Any) -> Rule:
    """A rule that took a root or a logarithm of −1, and multiplied it by 0."""
    return made(x - lr - of(b) * g).replace({g: 0}).replace({b: -1})


HOLES = {
    **{f"{of.__name__} of −1, times 0": stepped(vanished(of), {after: x - lr}, {after: x}) for of in (sqrt, log)},
    "in an induction": Invariant(
        "", vanished(sqrt), {x: x_0 - n * lr}, start={x: x_0}, source=HERE,
        refuses=false_if("", holds={x: x_0}),
    ),
    "on the domain that is named": Inequality(
        "", {}, greater={2 + sqrt(z): 0}, over={z: (-1, 1)}, source=HERE,
        refuses=false_if("", greater={2 + sqrt(z): 5}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_a_root_of_what_is_negative_is_refused(name: str) -> None:
    assert HOLES[name].prove().verdict is not Verdict.LAWFUL


def test_where_a_root_has_gone_the_hypothesis_stays() -> None:
    squared = stepped(
        made(x - lr * sqrt(g)), {(after - x) ** 2: lr**2 * g1}, {(after - x) ** 2: 2 * lr**2 * g1}
    )
    proof = squared.prove()
    assert proof.verdict is Verdict.LAWFUL and proof.not_where == ["g1 < 0"]


def test_a_logarithm_needs_more_than_0() -> None:
    proof = stepped(made(x - lr * log(g)), {after: x - lr * log(g1)}, {after: x}).prove()
    assert proof.not_where == ["g1 = 0", "g1 < 0"]


def test_a_root_of_what_is_provably_not_negative_needs_nothing() -> None:
    proof = stepped(made(x - lr * sqrt(g**2 + 1)), {after: x - lr * sqrt(g1**2 + 1)}, {after: x}).prove()
    assert proof.verdict is Verdict.LAWFUL and proof.not_where == []


def test_no_number_is_no_sign_for_the_second_prover() -> None:
    outside = sqrt(-1 - g**2)
    assert not second_check(Declared("", v, Integer(0), outside)).holds
    assert not second_check(Kept("", {z: outside}, {}, {D: z}, {D: outside})).holds
    assert not prove(Kept("", {z: outside}, {}, {D: z}, {D: outside})).holds


def test_no_number_is_no_equality_for_the_second_prover() -> None:
    """Gradients of either sign are drawn."""
    assert not second_check(Covariant("", made(x - lr * sqrt(g)), Scaled({x: 1, g: 2}))).holds
