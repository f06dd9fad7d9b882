"""Known deviations: a finding that the project accepts, with its reason, does not count."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.properties.settings import Settings
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Evidence, Finding, Verdict
from lawful.verify.front.configuration import Known, Said, accepted, configuration, known_deviation
from lawful.verify.front.judging import judge
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.vain import refuse_vain
from lawful.verify.workers.pool import Here

OPTIMIZER = """
import torch

class Wrong(torch.optim.SGD):
    @torch.no_grad()
    def step(self, closure=None):
        super().step(closure)
        for group in self.param_groups:
            for p in group["params"] if group["foreach"] else ():
                p.mul_(1.01)
"""
KNOWN = '[tool.lawful.known]\n"{pattern}" = "wrong on purpose"\n'


@pytest.mark.parametrize(
    ("pattern", "code"), [("* sgd-wrong.py.Wrong-foreach-*", 0), ("* sgd-wrong.py.Wrong-loop-*", 1)]
)
def test_the_exit_code_counts_what_is_not_known(
    tmp_path: Path, lawful: Callable[..., CompletedProcess[str]], pattern: str, code: int
) -> None:
    (tmp_path / "wrong.py").write_text(OPTIMIZER)
    (tmp_path / "pyproject.toml").write_text(KNOWN.format(pattern=pattern))
    asked = "--rule", "sgd", "--profile", "quick", "--dtype", "float32", "--property", "conformance"
    done = lawful(tmp_path, "check", "wrong.py:Wrong", *asked)
    said = " ".join(done.stdout.split())
    assert "does not follow sgd" in said and "wrong on purpose" in said and done.returncode == code
    assert ("does not occur" in said, "lawful, with 1 accepted deviation" in said) == (code == 1, code == 0)
    assert ("✗" in said) == (code == 1)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("conformance sgd-wrong.py.Wrong-lop-*", True),
        ("conformnce sgd-wrong.py.Wrong-loop-*", True),
        ("compiled-step sgd-wrong.py.Wrong-*", False),
        ("conformance sgd-wrong.py.Wrong-foreach-float16-*", False),
        ("conformance sgd-wrong.py.Other-loop-*", False),
    ],
)
def test_what_is_known_of_no_check_of_a_target_that_is_asked_is_refused(
    tmp_path: Path, lawful: Callable[..., CompletedProcess[str]], pattern: str, told: bool
) -> None:
    (tmp_path / "wrong.py").write_text(OPTIMIZER)
    (tmp_path / "pyproject.toml").write_text(KNOWN.format(pattern=pattern))
    asked = "--rule", "sgd", "--dtype", "float32", "--property", "quiet"
    done = lawful(tmp_path, "check", "wrong.py:Wrong", *asked)
    assert done.returncode == (2 if told else 0)
    assert (f"{pattern!r} matches no check: did you mean conformance sgd-" in done.stderr) is told


@pytest.mark.parametrize(
    ("targets", "told"), [(["sgd"], False), (["sgd", "adam"], True), (["sgd", "adam", "lion"], True)]
)
def test_what_is_known_of_no_check_is_refused_where_all_targets_of_the_project_are_asked(
    targets: list[str], told: bool
) -> None:
    configured = {"sgd": Said(), "adam": Said()}
    question, settings = Question(targets, configured=configured), Settings(only=("quiet",))
    planned, known = plan(Here(), question, settings), {"quiet sgd-sdg-*": Known("why")}
    with pytest.raises(Unanswerable, match="did you mean quiet sgd-sgd-") if told else nullcontext():
        refuse_vain(known, planned, Here(), question, settings)
    fixed = replace(question, arguments={"lr": 0.1})
    refuse_vain(known, planned, Here(), fixed, settings)


CHECK = Check("conformance", 'adamw(eps="hat")', "lib:AdamW")
FOUND = Evidence(Verdict.UNLAWFUL, findings=[Finding("leaves the rule.")])
PASSED = Evidence(Verdict.LAWFUL)
DAY = date(2027, 3, 1)


def test_a_reason_belongs_to_the_first_pattern_that_matches() -> None:
    known = {"conformance a-*": Known("first"), "conformance *": Known("second")}
    assert known_deviation(known, "conformance a-b") == ("conformance a-*", Known("first"))
    assert known_deviation(known, "quiet a-b") is None


def test_what_is_known_counts_for_nothing_until_its_last_day() -> None:
    known = {CHECK.key: Known("why", DAY)}
    assert accepted(FOUND, CHECK, known, DAY).counted is Verdict.LAWFUL
    late = accepted(FOUND, CHECK, known, DAY + timedelta(days=1))
    assert late.counted is Verdict.UNLAWFUL and "until 2027-03-01: why" in late.findings[-1].message
    assert accepted(FOUND, replace(CHECK, path="foreach"), known, DAY) == FOUND


def test_what_is_known_and_does_not_occur_is_a_finding() -> None:
    known = {"conformance *": Known("why")}
    stale = accepted(PASSED, CHECK, known)
    assert stale.counted is Verdict.INCONCLUSIVE and "does not occur: why" in stale.findings[0].message
    assert accepted(PASSED, replace(CHECK, arguments={"lr": 1.0}), known) == PASSED
    refused = Evidence(Verdict.NOT_APPLICABLE)
    assert accepted(refused, CHECK, known) == refused


@pytest.mark.parametrize(
    "value",
    ['""', "3", "{until = 2027-03-01}", '{reason = "a", until = "soon"}', '{reason = "a", by = "me"}'],
)
def test_an_entry_that_says_no_reason_is_answered_in_words(tmp_path: Path, value: str) -> None:
    place = tmp_path / "pyproject.toml"
    place.write_text(f'[tool.lawful.known]\n"a" = {{reason = "b", until = {DAY}}}\n')
    assert configuration(tmp_path)["known"] == {"a": Known("b", DAY)}
    place.write_text(f'[tool.lawful.known]\n"a" = {value}\n')
    with pytest.raises(Unanswerable, match="it must be"):
        configuration(tmp_path)


def test_an_unknown_key_is_answered_in_words(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lawful]\nknow = 1\n")
    with pytest.raises(Unanswerable, match="did you mean known"):
        configuration(tmp_path)


def test_a_broken_file_is_answered_in_words(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lawful\n")
    with pytest.raises(Unanswerable, match="cannot be read"):
        configuration(tmp_path)


def test_pytest_expects_what_is_known_and_fails_on_what_is_not() -> None:
    known = {CHECK.key: Known("why", DAY)}
    with pytest.raises(pytest.xfail.Exception, match="why"):
        judge(CHECK, accepted(FOUND, CHECK, known, DAY))
    for evidence in (
        accepted(FOUND, CHECK, known, DAY + timedelta(days=1)),
        accepted(PASSED, CHECK, known, DAY),
    ):
        with pytest.raises(pytest.fail.Exception, match="why"):
            judge(CHECK, evidence)


@pytest.mark.parametrize(
    ("versions", "known"),
    [("torch>=2.6", True), ("torch<2", False), ("no-such-package", False), ("torch", True)],
)
def test_what_is_known_of_other_versions_is_not_known_here(
    tmp_path: Path, versions: str, known: bool
) -> None:
    entry = f'[tool.lawful.known]\n"quiet *" = {{reason = "why", versions = "{versions}"}}\n'
    (tmp_path / "pyproject.toml").write_text(entry)
    assert ("quiet *" in configuration(tmp_path)["known"]) is known


def test_versions_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.lawful.known]\n"quiet *" = {reason = "why", versions = "<2"}\n'
    )
    with pytest.raises(Unanswerable, match=r"'<2'.*torch<2.14"):
        configuration(tmp_path)
