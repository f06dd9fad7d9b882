"""Findings are told by cause and by gravity; what is accepted, or stands beside, makes nothing unlawful."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from examples.reports import EXAMPLE, printed, recorded
from lawful.properties.checks import properties, weighed
from lawful.properties.settings import Settings
from lawful.reports.document import document
from lawful.reports.findings import Group, groups
from lawful.reports.html import html
from lawful.reports.markdown import markdown
from lawful.reports.model import Report, Result
from lawful.reports.telling import remedies, told
from lawful.reports.view import rows
from lawful.reports.words import acceptance, repeat
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict

CORE, CONTRACT, EXTRA = Severity
FOLLOWS = Check("conformance", "adamw", "lib:AdamW", dtype="float64", sentence="Every step stays.")
LAW = replace(FOLLOWS, property="adamw_unrolled", sentence="The weight is an average.")
IDLE = Check("idle", "adamw", "lib:AdamW", severity=CONTRACT, sentence="What has no gradient stays.")
NONSENSE = replace(IDLE, property="nonsense", severity=EXTRA)
CAUSE = "decay of the updated weight instead of decay of the old weight"
DEPARTS = Finding("leaves adamw at step 2: the weight is 0.3 and not 0.25.", EXAMPLE, cause=CAUSE)
OFF = Finding("the weight is off by 0.1 from what the law says.")


def wrong(check: Check, *found: Finding, verdict: Verdict = Verdict.UNLAWFUL, known: str = "") -> Result:
    return Result(check, Evidence(verdict, findings=list(found), known=known))


def report(tmp_path: Path, results: Sequence[Result]) -> Report:
    begun = [("started", {"check": result.check}) for result in results]
    ended = [("finished", {"check": r.check, "evidence": r.evidence}) for r in results]
    return Report.read(recorded(tmp_path / "r", *begun, *ended, ("end", {})))


def heads(found: Sequence[Group]) -> list[str]:
    return [group.check.property for group in found]


def test_one_slip_is_one_finding_and_what_laws_say_follows_from_it() -> None:
    narrow = replace(FOLLOWS, dtype="float32")
    [group] = groups([wrong(FOLLOWS, DEPARTS), wrong(narrow, DEPARTS), wrong(LAW, OFF)])
    assert [check.dtype for check in group.checks] == ["float64", "float32"]
    assert [result.check for result in group.consequences] == [LAW]
    assert told(group) == "Decay of the updated weight instead of decay of the old weight."


def test_a_law_that_fails_where_the_rule_is_followed_is_a_finding_of_its_own() -> None:
    elsewhere = replace(LAW, path="foreach")
    assert heads(groups([wrong(FOLLOWS, DEPARTS), wrong(elsewhere, OFF)])) == [
        "conformance",
        "adamw_unrolled",
    ]
    assert heads(groups([wrong(LAW, OFF)])) == ["adamw_unrolled"]


def test_the_gravest_comes_first_and_a_crash_before_all() -> None:
    crash = wrong(replace(IDLE, property="resume"), Finding("it died."), verdict=Verdict.CRASHED)
    late = wrong(replace(IDLE, property="groups"), Finding("too late."), verdict=Verdict.TIMED_OUT)
    beside = wrong(NONSENSE, Finding("betas of 1."), verdict=Verdict.LAWFUL)
    asked = wrong(replace(NONSENSE, property="complex"), Finding("not there."))
    results = [
        beside,
        asked,
        late,
        wrong(IDLE, OFF, known="why"),
        wrong(IDLE, OFF),
        wrong(FOLLOWS, DEPARTS),
        crash,
    ]
    assert heads(groups(results)) == [
        "resume",
        "conformance",
        "idle",
        "complex",
        "groups",
        "nonsense",
        "idle",
    ]


def test_what_one_property_finds_is_one_finding_in_the_rows_that_show_it() -> None:
    found = [Finding("step 4 raises.", path="fused"), Finding("step 5 raises.", path="foreach")]
    result = wrong(IDLE, *found)
    [group] = groups([result])
    assert group.also == ["step 5 raises."] and group.paths == ["fused", "foreach", "loop"]
    assert [row.path for row in rows([result])] == ["fused", "foreach"]


def test_what_is_accepted_is_no_fault_wherever_it_is_told(tmp_path: Path) -> None:
    seen = report(
        tmp_path, [wrong(FOLLOWS, DEPARTS, known="on purpose"), wrong(IDLE, OFF, known="on purpose")]
    )
    said = "lawful, with 2 accepted deviations"
    assert seen.exit_code == 0 and json.loads(document(seen))["verdict"] == "lawful"
    assert said in json.loads(document(seen))["summary"][0]["sentence"]
    for text in (printed(seen), markdown(seen), html(seen)):
        assert said in " ".join(text.split()).lower() and "on purpose" in text
    assert "✗" not in printed(seen) + markdown(seen)


def test_a_finding_ends_with_what_one_can_do() -> None:
    [group] = groups([wrong(IDLE, Finding("raises.", refusable=True))])
    assert "refuse it" in remedies(group)[0] and remedies(group)[1].strip() == (
        '"idle adamw-lib.AdamW-loop-float32-*" = "why"'
    )
    [line] = acceptance([replace(IDLE, rule='adamw(eps="hat")')])
    assert line.startswith('\'idle adamw(eps="hat")-lib.AdamW')
    command = repeat(Report(), IDLE)
    assert "--property idle --path loop --dtype float32" in command


@pytest.mark.parametrize(
    ("severity", "fail_on", "only", "verdict"),
    [
        (EXTRA, CONTRACT, (), Verdict.LAWFUL), (EXTRA, EXTRA, (), Verdict.UNLAWFUL),
        (CONTRACT, CORE, (), Verdict.LAWFUL), (CONTRACT, CONTRACT, (), Verdict.UNLAWFUL),
        (CORE, CORE, (), Verdict.UNLAWFUL), (EXTRA, CORE, ("idle",), Verdict.UNLAWFUL),
    ],
)  # fmt: skip
def test_what_is_less_grave_than_asked_for_stands_beside_the_verdict(
    severity: Severity, fail_on: Severity, only: tuple[str, ...], verdict: Verdict
) -> None:
    check, evidence = replace(IDLE, severity=severity), wrong(IDLE, OFF).evidence
    assert weighed(check, evidence, Settings(only=only, fail_on=fail_on)).verdict is verdict


def test_every_property_says_how_grave_it_is_and_what_must_hold() -> None:
    every = properties()
    assert {name for name, p in every.items() if p.severity is EXTRA} == {
        "complex-parameters", "nonsense", "sparse-gradients",
        "rate-set-by-hand", "degenerate-lengths", "equal-is-not-better", "resumed-by-last-epoch",
        "bad-metric-is-forgotten", "skipped-on-the-rows-of-one",
        "scheduled-late-group", "scheduled-anew", "rate-moves", "unscaled-once", "scale-recovers", "average-shapes",
        "average-arrives", "statistics-interrupted", "statistics-without-data",
        "clip-range", "clip-no-elements", "clip-nonsense", "clip-complex",
    }  # fmt: skip
    assert every["conformance"].severity is CORE and every["idle"].severity is CONTRACT
    assert all(len(p.sentence.split()) > 3 for p in every.values())
