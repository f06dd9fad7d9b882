"""What each prover must refuse by itself: poles, late steps, far inputs, signs that are not kept."""

from typing import Any

from sympy import Abs, Integer, Max, Min, Symbol, oo, sqrt

from lawful.verify.language.families import rules
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, t, v, x
from lawful.verify.provers.algebra.declared import declared
from lawful.verify.provers.algebra.defined import excluded
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.changes import Scaled
from lawful.verify.provers.claims import Always, Covariant, Declared, Equal, Forced, Kept, Positive, n
from lawful.verify.provers.domains import limits
from lawful.verify.provers.owed import of_rule

y, c, z = Symbol("y", positive=True), Symbol("c", real=True), Symbol("z", real=True)
D, x_0 = Symbol("D", nonnegative=True), Symbol("x_0", real=True)
huge = Integer(10) ** 6


def made(following: Any) -> Rule:
    return Rule("made", following, {}, {lr: 0.1}, Source("tests"))


def test_division_by_zero_is_an_answer() -> None:
    answer = second_check(Forced("", [(c - 1) / (c**2 - 1)], (), c, Integer(1)))
    assert not answer.holds and not answer.refuted


def test_a_denominator_that_does_not_look_like_0_is_seen() -> None:
    nothing = sqrt(3 + 2 * sqrt(2)) - 1 - sqrt(2)
    solved = Forced("", [(c - 1) / nothing], (), c, Integer(1))
    assert not prove(solved).holds and not second_check(solved).holds
    assert [words for _, words in excluded(Equal("", z / nothing, c))] == ["= 0"]
    assert excluded(Equal("", z / (1 + sqrt(2)), c)) == []


def test_no_sentence_speaks_of_nothing() -> None:
    claim = Forced("", [(c - 1) * z, (c - y) * z], [z], c, None)
    assert not prove(claim).holds and not any("None" in line for line in prove(claim).lines)


def test_what_cannot_be_decided_is_no_counterexample() -> None:
    touching = Positive("", (y - 1) ** 2, {y: (0, oo)})
    assert not second_check(touching).holds and not second_check(touching).refuted


def test_chances_are_told_of_rational_functions_alone() -> None:
    assert "chance" in second_check(Equal("", (z + 1) ** 2, z**2 + 2 * z + 1)).lines[0]
    for left, right in (
        (sqrt(y**2 + 2 * y + 1), 1 + y),
        (Abs(z) ** 2, z**2 + 0 * Abs(z)),
        (y**t * y, y ** (t + 1)),
    ):
        told = second_check(Equal("", left, right)).lines[0]
        assert "points" in told and ("chance" not in told or left.is_polynomial(z))


def test_late_steps_are_drawn() -> None:
    late = Equal("", Max(t, 9), Integer(9))
    assert not second_check(late).holds


def test_integers_are_drawn_where_they_may_be() -> None:
    whole, count = Symbol("k", integer=True), Symbol("k", integer=True, nonnegative=True)
    assert second_check(Equal("", Abs(whole), whole)).refuted  # below 0
    assert second_check(Equal("", Min(count, 1), Integer(1))).refuted  # at 0
    assert second_check(Equal("", Abs(count), count)).holds


def test_an_adversary_far_away_is_met() -> None:
    claim = Kept(
        "", {z: Max(huge**2, g) - Max(huge**2, 2 * g)}, {}, {D: z}, {D: Max(huge**2, g) - Max(huge**2, 2 * g)}
    )
    assert second_check(claim).refuted


def test_the_proof_of_a_symmetry_is_not_the_search_for_it() -> None:
    """A search that finds the wrong power of c is refused by the proof."""
    claim = Covariant("", made(x - lr * g), Scaled({x: 1, g: 1}), {lr: Integer(1)})
    assert not prove(claim).holds and not second_check(claim).holds
    assert prove(Covariant("", made(x - lr * g), Scaled({x: 1, g: 1}))).holds


def test_every_rule_keeps_the_signs_that_its_state_is_declared_to_have() -> None:
    for family in rules().values():
        rule = family()
        system, start = of_rule(rule, {})
        for s in system:
            if s.is_nonnegative and not s.is_integer:
                within = limits(system[s].free_symbols, [rule])
                claim = Declared("", s, start[s], system[s], {}, within)
                assert declared(claim).holds, (rule.name, s)
                assert not second_check(claim).refuted, (rule.name, s)


def test_a_sign_that_is_not_kept_is_refused_by_both() -> None:
    claim = Declared("", v, Integer(0), v - g**2)
    assert not prove(claim).holds and second_check(claim).refuted


def test_an_induction_sees_what_is_divided_by() -> None:
    claim = Always("", {x: x + lr}, {x: x_0}, {x: x_0 + n * lr}, divides=(Integer(0),))
    assert not prove(claim).holds and not second_check(claim).holds
