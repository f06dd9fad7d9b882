"""The report in the forms that other tools read."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from xml.etree import ElementTree

import pytest

from examples.reports import full
from lawful.reports.formats import FORMATS
from lawful.reports.model import Report
from lawful.verify.candidates.describing import describe
from lawful.verify.candidates.description import Description


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return full(tmp_path / "r")


def test_junit_has_a_case_for_each_check_and_a_failure_for_each_that_failed(report: Report) -> None:
    root = ElementTree.fromstring(FORMATS["junit"](report))
    [suite] = root
    assert suite.attrib["tests"] == "2" and suite.attrib["failures"] == "1" and suite.attrib["errors"] == "0"
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.attrib["name"] for case in failed] == [
        "conformance adamw-lib.optim.AdamW-foreach-float32-cpu"
    ]


def test_sarif_names_the_rule_the_level_and_what_was_seen(report: Report) -> None:
    said = json.loads(FORMATS["sarif"](report))
    [run] = said["runs"]
    assert said["version"] == "2.1.0" and run["tool"]["driver"]["rules"][0]["id"] == "conformance"
    assert (
        run["results"][0]["level"] == "error"
        and "leaves the rule" in run["results"][0]["message"]["text"].lower()
    )


def test_github_gets_one_line_for_each_finding_whatever_it_says(report: Report) -> None:
    lines = FORMATS["github"](report).decode().splitlines()
    assert lines[0].startswith("::notice title=lawful::unlawful; torch 2.6, profile default, seed 3")
    assert lines[1].startswith("::error title=lawful%3A lib.optim%3AAdamW%2C conformance") and len(lines) == 2


def test_a_record_is_printed_as_asked(tmp_path: Path, lawful: Callable[..., CompletedProcess[str]]) -> None:
    report = full(tmp_path / "r.jsonl")
    assert report.exit_code == 1
    done = lawful(tmp_path, "report", "r.jsonl", "--format", "junit")
    assert done.returncode == 1 and ElementTree.fromstring(done.stdout).tag == "testsuites"
    wrong = lawful(tmp_path, "report", "r.jsonl", "--format", "junti")
    assert wrong.returncode == 2 and "junit" in wrong.stderr


def test_findings_stand_at_the_line_of_the_step(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = "import torch\n\nclass {}(torch.optim.SGD):\n    {}\n"
    step = "@torch.no_grad()\n    def step(self, closure=None):\n        pass"
    (tmp_path / "of_this_test.py").write_text(code.format("Own", step) + code.format("Bare", "pass"))
    own, bare = describe("of_this_test.py:Own"), describe("of_this_test.py:Bare")
    assert [(d.file, d.line) for d in (own, bare)] == [("of_this_test.py", 4), ("of_this_test.py", 9)]
    assert describe("torch.optim:SGD").file == ""
    told = replace(report, targets=[replace(own, target="lib.optim:AdamW")])
    assert "::error file=of_this_test.py,line=4,title=" in FORMATS["github"](told).decode()
    [place] = json.loads(FORMATS["sarif"](told))["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 4}
    assert "file=" not in FORMATS["github"](report).decode()


@pytest.mark.parametrize("form", ["junit", "sarif", "markdown", "github"])
def test_each_form_says_which_release_was_judged(report: Report, form: str) -> None:
    described = Description(
        "lib.optim:AdamW", "AdamW", "lib.optim", "()", {}, "a-library 0.2.3", "", "adamw", ["loop"]
    )
    said = FORMATS[form](replace(report, targets=[described])).decode()
    assert "a-library 0.2.3, torch 2.6" in said and "a-library" not in FORMATS[form](report).decode()


def test_no_line_ends_in_blanks(tmp_path: Path, lawful: Callable[..., CompletedProcess[str]]) -> None:
    full(tmp_path / "r.jsonl")
    said = lawful(tmp_path, "report", "r.jsonl", "--all").stdout
    assert "foreach" in said and [line for line in said.splitlines() if line != line.rstrip()] == []
