"""Laws as theorems of Coq: what stands in a certificate, and, where `coqc` is, what it accepts and what it refuses."""

from pathlib import Path
from shutil import which

import pytest
from sympy import Abs, Eq, Expr, Integer, Max, Piecewise, Rational, Symbol, sign, sqrt

from lawful.verify.certificates.asking import AXIOMS, coqc, outcome, rests_on
from lawful.verify.certificates.certificate import Certificate, certificate
from lawful.verify.certificates.compile import failed, main
from lawful.verify.certificates.counts import told
from lawful.verify.certificates.folder import read, write
from lawful.verify.certificates.given import given
from lawful.verify.certificates.mutated import mutated
from lawful.verify.certificates.outcome import Outcome
from lawful.verify.certificates.prove import theorem
from lawful.verify.certificates.terms import Condition, Untranslatable, conditions, name, term
from lawful.verify.certificates.witness import witness
from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, g, lr, t, v, x
from lawful.verify.language.tensors import Norm
from lawful.verify.provers.claims import Always, Equal, Expansion, Forced, Kept, Positive, Run, n
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import Law, false_if, find_law
from lawful.verify.theory.theorems import Identity

a, b = Symbol("a", positive=True), Symbol("b", real=True)
y = Symbol("y", positive=True)
m = Symbol("m", real=True)

PART, NEXT = 1 - Abs(b) / (1 + Abs(b)), beta1 * a + (1 - beta1) * Abs(b)
"""A difference that is positive as a quotient; a mean that is positive as it stands, and not when it is expanded."""

average = {m: beta1 * m + (1 - beta1) * a}
"""The average of a constant."""


def plain(*symbols: Symbol) -> dict[Symbol, str]:
    return {s: name(s) for s in symbols}


# ------------------------------------------------------------------------------------------------- terms
@pytest.mark.parametrize(
    ("expr", "printed"),
    [
        (a - b, "(a - b)"),
        (a / b, "(a / b)"),
        (Rational(2, 3) * a, "(2 * a / 3)"),
        (b**3, "(b ^ 3)"),
        (sqrt(a) / b**2, "((sqrt a) / (b ^ 2))"),
        (Abs(b), "(Rabs b)"),
        (sign(b), "(sgn b)"),
        (Max(a, b), "(Rmax a b)"),
        (Piecewise((a, Eq(b, 0)), (b, True)), "(if (Req_EM_T b 0) then a else b)"),
        (beta1 ** (2 * t + 1), "(beta1 * ((beta1 ^ t) ^ 2))"),
        (t * a, "(a * (INR t))"),
    ],
)
def test_expressions_become_terms(expr: Expr, printed: str) -> None:
    assert term(expr, plain(a, b, beta1, t)) == printed


@pytest.mark.parametrize("expr", [Norm(b), b**a, beta1 ** (t * t), a + 0.1])
def test_what_coq_has_no_words_for_is_refused(expr: Expr) -> None:
    with pytest.raises(Untranslatable):
        term(expr, plain(a, b, beta1, t))


def test_no_denominator_and_no_radicand_goes_unmentioned() -> None:
    found = set(conditions(1 / (a - b) + sqrt(b) / sqrt(b + 1)))
    props = {c.prop(plain(a, b)) for c in found}
    assert props == {"(a - b) <> 0", "0 <= b", "0 <= (1 + b)", "(sqrt (1 + b)) <> 0"}
    assert not set(conditions(1 / a + sqrt(a)))


def test_a_state_that_is_declared_nonnegative_is_not_believed_to_be() -> None:
    claim = Always("", {v: sqrt(v) + 1}, {}, {v: v}, ())
    assert "0 <= (v_at k)" in theorem(claim).statement


# ------------------------------------------------------------------------------------------- statements
def test_a_statement_has_its_hypotheses() -> None:
    claim = Equal("", y / (y - b), y / (y - b), over={y: (Integer(1), Integer(2))})
    statement = theorem(claim).statement
    for part in ("forall (b y : R)", "1 < y ->", "y < 2 ->", "(y - b) <> 0 ->"):
        assert part in statement


def test_the_domain_of_a_hyperparameter_is_a_hypothesis() -> None:
    statement = theorem(Equal("", beta1 + lr, lr + beta1)).statement
    assert all(part in statement for part in ("0 <= beta1", "beta1 < 1", "0 < lr"))


def test_a_run_is_written_out_by_the_rule() -> None:
    end = Symbol("end")
    claim = Equal("", end, x - lr * g, {end: Run(sgd(), 2)})
    statement = theorem(claim).statement
    assert statement.count("let x_r1_") == 3 and "g2" in statement


def test_every_step_is_a_recurrence() -> None:
    statement = theorem(Always("", average, {}, {m: a * (1 - beta1**n)}, ())).statement
    assert "m_at 0%nat = 0 ->" in statement and "(forall k, m_at (S k) =" in statement
    assert statement.strip().endswith("(m_at n) = (a * (1 - (beta1 ^ n)))")


def test_two_symbols_of_one_name_are_kept_apart() -> None:
    also = Symbol("a", real=True)
    assert "forall (a a_ : R)" in theorem(Equal("", a - also, a - also)).statement


def test_hypotheses_that_nothing_satisfies_have_no_witness() -> None:
    apart = given([a], {a: (Integer(3), Integer(4))})
    assert witness(apart, []) is not None
    assert witness(apart, [Condition("<", 2 - a)]) is None


def test_what_holds_by_dividing_by_zero_is_about_nothing() -> None:
    """In Coq a/0 is 0, so that this state would stay 0 for ever; but no step of it is defined."""
    found = theorem(Always("", {m: a / m}, {}, {m: Integer(0)}, ()))
    assert "(m_at k) <> 0" in found.statement
    assert found.witness and found.point is None


def test_a_kind_without_a_form_says_why() -> None:
    with pytest.raises(Untranslatable, match="limit"):
        theorem(Expansion("", a, a, a, 2))


# ---------------------------------------------------------------------------------------- certificates
LAWS = ("first_step_of_adam", "l2_is_decay_for_sgd", "ema_weights_sum_to_one")


@pytest.mark.parametrize("which", LAWS)
def test_a_certificate_is_the_same_each_time_and_has_its_neighbour(which: str) -> None:
    found = certificate(find_law(which))
    assert found == certificate(find_law(which)) and found.text
    assert f"Theorem {which}_1 :" in found.text and f"Lemma {which}_1_is_about_something" in found.text
    assert "Fail (solve [" in found.text and "Admitted" not in found.text
    assert found.text.count("Print Assumptions") == 1


def test_what_is_not_certified_says_why(tmp_path: Path) -> None:
    law = find_law("state_per_parameter")
    (found,) = write(tmp_path, [law])
    assert "counts" in found.reason and read(tmp_path) == [found]
    assert not (tmp_path / f"{law.name}.v").exists()
    assert outcome(tmp_path, found) == Outcome(law.name, law.kind, False, found.reason, stamp=found.stamp)
    assert not failed([outcome(tmp_path, found)], [found])


def test_a_certificate_that_is_refused_is_a_failure() -> None:
    kept, lost = (Outcome(law, "identity", law == "kept", neighbour=True) for law in ("kept", "lost"))
    lines = told([kept, lost], [], "8.16.1")
    assert lines[0].startswith("lost (identity) is not certified")
    assert lines[1] == "1 of 2 laws certified by coqc 8.16.1; false neighbours: refused 1."
    assert failed([kept, lost], []) and not failed([kept], [])


def test_what_is_not_written_is_counted_by_kind_and_reason() -> None:
    written = [Certificate(law, "resource", reason="it counts") for law in ("one", "two")]
    found = [Outcome(one.law, one.kind, False, one.reason) for one in written]
    lines = told(found, written, "8.16.1")
    assert lines[0] == "not written: 2 resource: it counts."
    assert lines[1].startswith("0 of 2 laws") and not failed(found, written)


@pytest.mark.parametrize(
    ("answer", "word"), [(True, "refused 1"), (False, "accepted 1"), (None, "not asked 1")]
)
def test_what_becomes_of_a_mutant_is_counted(answer: bool | None, word: str) -> None:
    found = [Outcome("law", "identity", True, neighbour=True, mutant=answer)]
    assert word in told(found, [], "8.16.1", mutants=True)[1]
    assert failed(found, []) == (answer is False)


def test_a_mutant_of_a_rule_stands_where_it_must_be_refused() -> None:
    text = mutated(find_law("first_step_of_adam"))
    assert " instead of " in text and "Fail (solve [" in text and "Theorem" not in text
    assert mutated(law(a**2 - b**2, (a + b) * (a - b), a)) == ""  # it speaks of no rule


def test_axioms_are_read() -> None:
    said = "Axioms:\nClassicalDedekindReals.sig_not_dec\n  : forall P, P\nmine : 0 = 1\n"
    assert rests_on(said) == {"ClassicalDedekindReals.sig_not_dec", "mine"}
    assert rests_on(said) - AXIOMS == {"mine"}


# ------------------------------------------------------------------------------------------------- coqc
needs_coqc = pytest.mark.skipif(which("coqc") is None, reason="coqc is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what all certificates share, compiled."""
    made = tmp_path_factory.mktemp("certificates")
    write(made, [])
    assert coqc(made, "Prelude").returncode == 0
    return made


def accepted(folder: Path, claim: object) -> bool:
    """Whether `coqc` accepts the theorem for a claim, with its witness; False where not even a script is found."""
    try:
        found = theorem(claim)
    except Untranslatable:
        return False
    (folder / "One.v").write_text("From Lawful Require Import Prelude.\n" + found.text("one"))
    done = coqc(folder, "One")
    assert "Syntax error" not in done.stderr and "not found" not in done.stderr
    return done.returncode == 0 and rests_on(done.stdout) <= AXIOMS


@needs_coqc
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (Equal("", sqrt(a**4 * b**2), a**2 * Abs(b)), Equal("", sqrt(b**2 + 1), Abs(b) + 1)),
        (
            Positive("", 1 / (1 - y) - 1, {y: (Integer(0), Integer(1))}),
            Positive("", 1 / (1 - y) - 2, {y: (Integer(0), Integer(1))}),
        ),
        (
            Always("", average, {}, {m: a * (1 - beta1**n)}, ()),
            Always("", average, {}, {m: a * (1 - beta1 ** (n + 1))}, ()),
        ),
        (
            Always("", {m: m + m / t}, {m: a / 2}, {m: a * (n + 1) / 2}, ()),
            Always("", {m: m + m / t}, {m: a / 2}, {m: a * (n + 2) / 2}, ()),
        ),
        (
            Positive("", y**4 - y**3 + y**2 - y + 1, {y: (Integer(0), Integer(1))}),
            Positive("", y**4 - y**3 + y**2 - 2 * y + 1, {y: (Integer(0), Integer(1))}),
        ),
        (
            Forced("", [a * b * x - y * x], (x,), b, y / a),
            Forced("", [a * b * x - y * x], (x,), b, a / y),
        ),
        (
            Forced("", [b * x - x, b * x - 2 * x], (x,), b, None),
            Forced("", [b * x - x, b * x - x], (x,), b, Integer(2)),
        ),
        (
            Kept("", {m: m / 2 + a}, {}, {y: m}, {y: y / 2 + a}, {}, ()),
            Kept("", {m: m / 2 - a}, {}, {y: m}, {y: y / 2 - a}, {}, ()),
        ),
        (
            Kept("", {m: m + PART * NEXT}, {}, {y: m}, {y: y + PART * NEXT}, {}, (b,)),
            Kept("", {m: m - PART * NEXT}, {}, {y: m}, {y: y - PART * NEXT}, {}, (b,)),
        ),
    ],
)  # fmt: skip
def test_coqc_accepts_what_is_true_and_refuses_its_neighbour(
    folder: Path, right: object, wrong: object
) -> None:
    assert accepted(folder, right)
    assert not accepted(folder, wrong)


def law(left: Expr, right: Expr, wrong: Expr) -> Law:
    """An identity with its false neighbour."""
    return Identity(
        "It is so.",
        {left: right},
        source=Source("here"),
        refuses=false_if("it is not", equations={left: wrong}),
    )


@needs_coqc
@pytest.mark.parametrize(("wrong", "certified"), [(a**2 - b**2 + 1, True), (a**2 - b**2, False)])
def test_a_law_whose_neighbour_is_accepted_is_not_certified(
    tmp_path: Path, wrong: Expr, certified: bool
) -> None:
    write(tmp_path, [law(a**2 - b**2, (a + b) * (a - b), wrong)])
    assert main([str(tmp_path)]) == (0 if certified else 1)
