"""The laws hold, and the two provers can fail: on false claims, on empty ones, and on each other."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from sympy import Function, Rational, Symbol, oo, sqrt

from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import g, lr, momentum, x
from lawful.verify.laws.noise import adam_walks_away_on_two_points
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.claims import (
    Always,
    Answer,
    Bounds,
    Claim,
    Equal,
    Expansion,
    Forced,
    MeanStep,
    Positive,
    n,
)
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory import law as engine
from lawful.verify.theory.law import Law, false_if, find_law, laws
from lawful.verify.theory.problems import two_point
from lawful.verify.theory.theorems import Identity

HERE = Source("tests")
a, c, y = Symbol("a", positive=True), Symbol("c", real=True), Symbol("y", positive=True)
z = Symbol("z", real=True)


def holds(claim: Claim) -> bool:
    """Both provers, which must agree."""
    first, second = prove(claim).holds, second_check(claim).holds
    assert first == second, f"the provers disagree: {first}, {second}"
    return first


@pytest.mark.parametrize("name", laws())
def test_law_knows_its_name_and_its_formula(name: str) -> None:
    law = laws()[name]
    assert law.name == name and law.formula()


TRUE = {
    "identity": Equal("", (z + 1) ** 2, z**2 + 2 * z + 1),
    "root of a square, positive": Equal("", sqrt(y**2), y),
    "true while its input is constant": Always("", {c: c + lr}, {}, {c: n * lr}, (g,)),
    "induction": Always("", {c: 2 * c}, {c: 1}, {c: 2**n}),
    "rational inequality": Positive("", y + 1 / y - 1),
    "touches 0": Positive("", z**2 / (1 + z**2), {z: (0, oo)}, strict=False),
    "one solution": Forced("", [(a * c + 3) * z], [z], c, -3 / a),
    "no solution": Forced("", [(c - 1) * z, (c - 2) * z], [z], c, None),
    "expansion": Expansion("", 1 / (1 - a), a, 1 + a, 2),
}

FALSE = {
    "a sign": Equal("", (z - 1) ** 2, z**2 + 2 * z + 1),
    "a factor": Equal("", (z + 1) ** 2, z**2 + z + 1),
    "root of a square, of any sign": Equal("", sqrt(z**2), z),
    "almost equal": Equal("", z, z * (1 + Rational(1, 10**30))),
    "false at the start": Always("", {c: 2 * c}, {c: 1}, {c: 2 ** (n + 1)}),
    "false after the first step": Always("", {c: c**2 + 2}, {c: 1}, {c: 1 + 2 * n}),
    "stands still": Always("", {c: c}, {c: 1}, {c: 1}),
    "true only while its input is constant": Always("", {c: c + lr}, {}, {c: n * lr}, (lr,)),
    "negative somewhere": Positive("", y - Rational(1, 1000)),
    "negative in a gap of 1/50": Positive("", (y - Rational(1, 2)) ** 2 - Rational(1, 10**4), {y: (0, 1)}),
    "0 where it must be above": Positive("", z * 0, {z: (0, 1)}),
    "wrong solution": Forced("", [(a * c + 3) * z], [z], c, 3 / a),
    "two solutions": Forced("", [(c**2 - a**2) * z], [z], c, a),
    "a solution after all": Forced("", [(c - 1) * z, (c - 1) * (c - 2) * z], [z], c, None),
    "every value works": Forced("", [c - c], [z], c, 1),
    "expansion off in the last term": Expansion("", 1 / (1 - a), a, 1 + 2 * a, 2),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_true_claim_passes_both_provers(claim: Claim) -> None:
    assert holds(claim)


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_claim_passes_neither(claim: Claim) -> None:
    assert not holds(claim)


def test_hint_that_is_not_the_quantity_proves_nothing() -> None:
    q = Symbol("q", positive=True)
    wrong = Positive("", y - 1, {y: (0, oo)}, through={q: Bounds(1 + y, low=1)}, written=q)
    assert not prove(wrong).holds


def test_hint_with_a_false_bound_proves_nothing() -> None:
    q = Symbol("q", positive=True)
    right = Positive("", 1 + y, {y: (0, oo)}, through={q: Bounds(1 + y, low=1)}, written=q)
    assert prove(right).holds
    assert not prove(replace(right, through={q: Bounds(1 + y, low=2)})).holds


def test_function_that_arithmetic_does_not_know_is_not_confirmed() -> None:
    f = Function("f")
    claim = Equal("", f(z), f(z))
    assert prove(claim).holds and not second_check(claim).holds


def test_mean_step_with_the_wrong_sign_is_refused() -> None:
    (claim,) = adam_walks_away_on_two_points.claims()
    assert isinstance(claim, MeanStep)
    assert not holds(replace(claim, towards=-1))


SQUARE = Identity(
    "", {(z + 1) ** 2: z**2 + 2 * z + 1}, source=HERE, refuses=false_if("", equations={z: z + 1})
)


def test_law_with_everything_in_order_is_lawful() -> None:
    proof = SQUARE.prove()
    assert proof.verdict is Verdict.LAWFUL and proof.given == "z real" and proof.role == "lemma"


def test_law_without_claims_is_no_law() -> None:
    assert not replace(SQUARE, equations={}).prove().proved


def test_neighbour_that_holds_makes_a_law_inconclusive() -> None:
    proof = replace(SQUARE, refuses=false_if("nothing changed")).prove()
    assert proof.proved and proof.confirmed and not proof.refused
    assert proof.verdict is Verdict.INCONCLUSIVE


FALSE_LAW = replace(SQUARE, equations={(z + 1) ** 2: z**2 + 1})


@pytest.mark.parametrize("fooled", ["prove", "second_check"])
def test_prover_that_says_yes_to_everything_is_caught_by_the_other(
    fooled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, fooled, lambda claim: Answer(True, ["yes"]))
    proof = FALSE_LAW.prove()
    assert (proof.proved, proof.confirmed) == (fooled == "prove", fooled == "second_check")
    assert proof.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("silent", ["prove", "second_check"])
def test_prover_that_says_no_to_everything_leaves_a_true_law_inconclusive(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, silent, lambda claim: Answer(False, ["no"]))
    assert SQUARE.prove().verdict is Verdict.INCONCLUSIVE


def test_law_of_a_rule_with_one_sign_turned_is_refused() -> None:
    law = find_law("l2_is_torch_decay_for_sgd")
    turned = sgd(decay="lr*wd").replace({momentum: 0})
    broken = replace(law, right=replace(turned, x=turned.x + 2 * lr * g))  # type: ignore[call-arg]
    proof = broken.prove()
    assert not proof.proved and not proof.confirmed


def test_law_is_found_by_name_with_either_stroke() -> None:
    assert find_law("adamw-is-an-ema") is laws()["adamw_is_an_ema"]


def test_unknown_law_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(Unanswerable, match="adamw_is_an_ema"):
        find_law("adamw_is_ema")


def test_two_laws_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = SimpleNamespace(square=SQUARE)
    monkeypatch.setattr(engine, "modules", lambda package: [twin, twin])
    laws.cache_clear()
    try:
        with pytest.raises(ValueError, match="square"):
            laws()
    finally:
        laws.cache_clear()


def test_every_law_says_where_it_is_stated_and_what_is_false() -> None:
    for name, law in laws().items():
        assert isinstance(law, Law) and law.statement.endswith((".", ".)")), name
        assert str(law.source) and law.refuses.words and law.refuses.changes, name


def test_two_point_problem_has_mean_1_for_every_k() -> None:
    assert (two_point(Symbol("k", positive=True)).mean - 1).expand() == 0
    assert two_point(5).optimum == -1 and x not in two_point(5).values
