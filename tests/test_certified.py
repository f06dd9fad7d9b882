"""What coqc said of a certificate stands in the report of the law that it was asked about, and of no other."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest
from sympy import Symbol

from examples.reports import PROOF, full, printed
from lawful.reports.html import html
from lawful.reports.markdown import markdown
from lawful.reports.model import Report
from lawful.reports.words import assurances, certified, laws
from lawful.verify.certificates.asking import outcome, version
from lawful.verify.certificates.compile import compiled, main
from lawful.verify.certificates.folder import read, write
from lawful.verify.certificates.outcome import RESULT, Outcome, Outcomes
from lawful.verify.certificates.stamp import stamp
from lawful.verify.errors import Unanswerable
from lawful.verify.front.options import results
from lawful.verify.front.questions import proof
from lawful.verify.language.rule import Source
from lawful.verify.theory.law import Law, false_if, find_law
from lawful.verify.theory.theorems import Identity

LAW = find_law("first_step_of_adam")
a, b = Symbol("a", positive=True), Symbol("b", real=True)


def identity(b: Symbol, statement: str = "It is so.", wrong: int = 1) -> Law:
    """A law about two numbers."""
    return Identity(
        statement,
        {a**2 - b**2: (a + b) * (a - b)},
        source=Source("here"),
        refuses=false_if("it is not", equations={a**2 - b**2: (a + b) * (a - b) + wrong}),
    )


def said(law: Law, accepted: bool = True, why: str = "") -> Outcomes:
    """What coqc 8.16.1 said of a law alone."""
    return Outcomes("8.16.1", [Outcome(law.name, law.kind, accepted, why, stamp=stamp(law))])


# -------------------------------------------------------------------------------------------- to what it holds
def test_a_stamp_is_of_what_is_claimed_and_not_of_the_words() -> None:
    law = identity(b)
    assert stamp(law) == stamp(identity(b, "It is the case."))
    others = [identity(Symbol("b", positive=True)), identity(b, wrong=2), law.neighbour(), LAW]
    assert len({stamp(one) for one in (law, *others)}) == 5


def test_an_answer_holds_for_the_law_that_was_asked_about() -> None:
    assert said(LAW).against(LAW) == ""
    assert said(LAW, False, "no tactic").against(LAW) == "no tactic" and said(LAW, False).against(LAW)
    assert said(find_law("state_per_parameter")).against(LAW) == "it was not asked"


def test_an_answer_about_what_has_changed_since_is_none() -> None:
    stale = Outcomes("8.16.1", [replace(said(LAW).laws[0], stamp=stamp(LAW.neighbour()))])
    assert stale.against(LAW) == "the law or the scripts have changed since it was asked"


def test_the_code_that_writes_certificates_is_in_the_stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamp(LAW)
    monkeypatch.setattr("lawful.verify.certificates.stamp._code", lambda: "another")
    assert stamp(LAW) != before


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    said(LAW).save(tmp_path / RESULT)
    assert Outcomes.load(tmp_path / RESULT) == said(LAW)
    assert json.loads((tmp_path / RESULT).read_text())["coqc"] == "8.16.1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"coqc": 8}', '{"coqc": "8", "laws": [{"law": "x"}]}'])
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / RESULT).write_text(text)
    with pytest.raises(Unanswerable, match="does not say what became of certificates"):
        results(str(tmp_path / RESULT))


def test_results_are_taken_where_they_are_left_and_none_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert results("") == ""
    with pytest.raises(Unanswerable, match="nowhere"):
        results("nowhere")
    (tmp_path / "reports/certificates").mkdir(parents=True)
    said(LAW).save(tmp_path / "reports/certificates" / RESULT)
    assert certified([proof(LAW.name, results(""))]) == 1 and certified([proof(LAW.name)]) == 0


# -------------------------------------------------------------------------------------------------- how it is told
CERTIFIED = replace(PROOF, coqc="8.16.1")
STALE = replace(CERTIFIED, uncertified="the law has changed")


def test_a_law_says_who_certified_it_or_why_nobody_did() -> None:
    assert "certificate" not in assurances(PROOF)
    assert assurances(CERTIFIED)["certificate"] == "certified by coqc 8.16.1"
    assert assurances(STALE)["certificate"] == "not certified: the law has changed"


def test_certified_laws_are_counted_where_somebody_was_asked() -> None:
    assert "coqc" not in laws([PROOF])
    assert laws([CERTIFIED, STALE]).endswith("confirmed a second time; 1 certified by coqc 8.16.1.")


def test_every_rendering_has_it(tmp_path: Path) -> None:
    report = full(tmp_path / "r")
    with_it, without = (replace(report, proofs=[one]) for one in (CERTIFIED, STALE))
    for drawn in (html, markdown, printed):
        assert "1 certified by coqc 8.16.1" in drawn(with_it)
        assert "0 certified by coqc 8.16.1" in drawn(without)
    assert "<td>certified by coqc 8.16.1</td>" in html(with_it)
    assert "not certified: the law has changed" in html(without)


def test_a_record_from_before_there_were_certificates_is_read(tmp_path: Path) -> None:
    assert Report.read(full(tmp_path / "r").path).proofs[0].coqc == ""


# -------------------------------------------------------------------------------------------------------- asking
needs_coqc = pytest.mark.skipif(which("coqc") is None, reason="coqc is not installed")


def test_a_file_that_was_changed_by_hand_is_not_the_laws_certificate(tmp_path: Path) -> None:
    (one,) = write(tmp_path, [LAW])
    file = tmp_path / f"{LAW.name}.v"
    file.write_text(file.read_text() + "\n(* mine *)\n")
    found = outcome(tmp_path, one)
    assert not found.certified and "not the one that was written" in found.why


@needs_coqc
def test_what_was_accepted_word_for_word_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [identity(b)])
    assert main([str(tmp_path)]) == 0
    (first,) = Outcomes.load(tmp_path / RESULT).laws
    assert first.certified and first.neighbour and first.hash == read(tmp_path)[0].hash
    asked: list[str] = []
    monkeypatch.setattr(
        "lawful.verify.certificates.compile.outcome", lambda _, one: asked.append(one) or first
    )
    assert compiled(tmp_path, version()) == [first] and not asked
    compiled(tmp_path, "another version")
    write(tmp_path, [identity(b, "In other words.")])
    compiled(tmp_path, version())
    assert len(asked) == 2
