"""A report can be asked again and compared; what changed is said, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lawful.properties.settings import Settings
from lawful.reports.changes import account, changes, chosen, exit_code
from lawful.reports.document import document, opened
from lawful.reports.html import html
from lawful.reports.model import Report
from lawful.reports.script import script
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.front.campaign import Campaign
from lawful.verify.front.planning import Question
from lawful.verify.front.replay import Replay, compare

SGD = """
import torch

class Mine(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(p.grad * (group["lr"] * {factor}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that holds `sgd.py`, too fast by a hundredth, and what was seen of it."""
    place = tmp_path_factory.mktemp("replay")
    (place / "sgd.py").write_text(SGD.format(factor=1.01))
    settings = Settings("quick", dtypes=("float64", "float32"), only=("conformance", "quiet"))
    report = Campaign(settings, place / "record.jsonl", in_process=True).run(
        Question([f"{place}/sgd.py:Mine"], "sgd")
    )
    assert [r.evidence.verdict for r in report.results] == [Verdict.UNLAWFUL] * 2 + [Verdict.LAWFUL]
    (place / "report.json").write_bytes(document(report))
    return place


def replayed(folder: Path, *names: str) -> tuple[Report, Any]:
    again = Replay(str(folder), names, 60.0)
    found = again.run(Campaign(again.settings, folder / "replay.jsonl", in_process=True))
    assert isinstance(found[0], Report)
    return found


def test_nothing_changes_where_nothing_changed(folder: Path) -> None:
    report, changed = replayed(folder)
    assert changed == {} and report.exit_code == 1 and len(report.results) == 3
    assert compare(str(folder / "record.jsonl"), str(folder / "replay.jsonl"), "") == 0


def test_a_repaired_candidate_is_told_from_its_finding(folder: Path) -> None:
    """The recorded counterexample is run as well: another drawing of inputs cannot hide it."""
    place, wrong = folder / "sgd.py", (folder / "sgd.py").read_text()
    place.write_text(SGD.format(factor=1.0))
    try:
        report, changed = replayed(folder, "conformance *-float64-*")
    finally:
        place.write_text(wrong)
    key = report.results[0].check.key
    assert report.exit_code == 0 and len(report.results) == 1 and exit_code(changed) == 1
    assert changed.keys() == {"circumstances", "checks", "findings", "counterexamples"}
    assert [change.subject for change in changed["circumstances"]] == [f"source of {place}:Mine"]
    (example,) = changed["counterexamples"]
    assert (example.subject, example.before, example.after) == (key, "gives -0.00101", "gives -0.001")
    assert changed["findings"][0].after == ""


def test_a_report_a_record_and_their_folder_are_the_same(folder: Path) -> None:
    first = account(opened(folder / "record.jsonl"))
    assert first == account(opened(folder)) == account(opened(folder / "report.json"))


def test_circumstances_alone_are_no_change_of_what_was_seen(folder: Path, tmp_path: Path) -> None:
    report = opened(folder)
    other = replace(report, session=replace(report.session, versions={"torch": "0.4"}))
    changed = changes(account(report), account(other))
    assert changed.keys() == {"circumstances"} and exit_code(changed) == 0
    result = report.results[0]
    off = replace(result, evidence=replace(result.evidence, worst=result.evidence.worst * (1 + 1e-15)))
    (tmp_path / "b.json").write_bytes(document(replace(report, results=[off, *report.results[1:]])))
    assert compare(str(folder), str(tmp_path / "b.json"), str(tmp_path / "changes.json")) == 1
    said = json.loads((tmp_path / "changes.json").read_text())
    assert [change["subject"] for change in said["checks"]] == [result.check.key]


def test_a_wrong_question_is_answered_in_words(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Unanswerable, match="unknown check 'conformance nobody'"):
        chosen(opened(folder), ["conformance nobody"])
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(Unanswerable, match="holds no event"):
        opened(tmp_path / "empty.jsonl")
    with pytest.raises(Unanswerable, match="cannot be read"):
        opened(tmp_path / "absent.json")


def test_nothing_is_run_before_it_was_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Replay(str(folder), (), 60.0)
    assert f"{folder}/sgd.py:Mine, sgd" in again.shown()
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(Unanswerable, match="--yes"):
        again.agreed(yes=False)
    again.agreed(yes=True)
    assert capsys.readouterr().err.count("sgd.py:Mine") == 2


def test_a_report_imports_no_rule_that_it_names(folder: Path) -> None:
    """The record names a module; to read and to compare it is no reason to run that."""
    (folder / "evil.py").write_text(f"open({str(folder / 'made')!r}, 'w')\nRULE = None\n")
    text = (folder / "report.json").read_text().replace('"rule": "sgd"', f'"rule": "{folder}/evil.py:RULE"')
    (folder / "evil.json").write_text(text)
    report = opened(folder / "evil.json")
    assert "evil.py:RULE" in report.results[0].check.rule
    assert script(report.results[0].check, report.findings[0][1].counterexample)  # type: ignore[arg-type]
    html(report)
    assert changes(account(report), account(report)) == {} and not (folder / "made").exists()
