"""The record keeps what happened and notices changes; what is concluded from it."""

import json
import math
from pathlib import Path

import pytest

from examples.reports import CHECK, EXAMPLE, LAWFUL, PROOF, UNLAWFUL, full, printed, recorded
from lawful.reports.html import html
from lawful.reports.model import Report, Result
from lawful.reports.record import read
from lawful.verify.encoding import decode, encode
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import (
    Evidence,
    Verdict,
)


# ------------------------------------------------------------------------------------------ the record
def test_the_record_comes_back_as_it_was(tmp_path: Path) -> None:
    report = full(tmp_path / "new" / "record.jsonl")
    assert report.ended and not report.in_flight
    assert [result.check.path for result in report.results] == ["foreach", "loop"]
    evidence = report.results[0].evidence
    assert evidence.worst == math.inf and evidence.findings[0].message == UNLAWFUL.findings[0].message
    example = evidence.findings[0].counterexample
    assert example is not None and math.isnan(example.seen) and example.schedule == EXAMPLE.schedule
    assert report.proofs == [PROOF] and report.session.seed == 3


def test_every_flipped_byte_before_the_last_line_is_noticed(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "r", ("started", {"check": CHECK}), ("finished", {"evidence": LAWFUL}), ("end", {})
    )
    whole = path.read_bytes()
    for place in range(whole.rindex(b"\n", 0, -1)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Unanswerable, match=r"line \d"):
            read(path)


@pytest.mark.parametrize(
    "lines", [[0, 2], [1, 0, 2], [0, 1, 1, 2], [1, 2]], ids=["removed", "moved", "repeated", "beheaded"]
)
def test_removed_moved_and_repeated_lines_are_noticed(tmp_path: Path, lines: list[int]) -> None:
    path = recorded(tmp_path / "r", ("a", {}), ("b", {}), ("c", {}))
    old = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(old[line] for line in lines))
    with pytest.raises(Unanswerable, match=r"line \d"):
        read(path)


def test_a_torn_last_line_is_left_out_and_its_check_is_in_flight(tmp_path: Path) -> None:
    path = tmp_path / "r"
    events = ("started", {"check": CHECK}), ("finished", {"check": CHECK, "evidence": LAWFUL})
    recorded(path, *events)
    path.write_bytes(path.read_bytes()[:-40])
    report = Report.read(path)
    assert report.in_flight == [CHECK] and not report.results and not report.ended
    assert report.verdict is Verdict.INCONCLUSIVE and report.exit_code == 3
    assert "In flight when the run ended" in printed(report) and "In flight" in html(report)


def test_a_check_run_twice_and_finished_once_is_in_flight_once(tmp_path: Path) -> None:
    twice = (
        ("started", {"check": CHECK}),
        ("finished", {"check": CHECK, "evidence": LAWFUL}),
        ("started", {"check": CHECK}),
    )
    assert Report.read(recorded(tmp_path / "r", *twice)).in_flight == [CHECK]


def test_an_event_that_lacks_what_it_must_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unanswerable, match="finished"):
        Report.read(recorded(tmp_path / "r", ("finished", {"check": CHECK})))
    with pytest.raises(Unanswerable, match="cannot be read"):
        read(tmp_path / "absent")


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, 1.5, {"float": "text"}, {"float": 1.0}, "NaN", [None, {"a": -0.0}]]
)
def test_json_values_survive(value: object) -> None:
    assert decode(encode(value)) == value


def test_nan_and_surrogates_are_strictly_valid_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    line = encode({"nan": math.nan, "text": "\ud800", 3: (1, {2})})
    assert json.loads(line, parse_constant=refuse)["3"] == [1, [2]]
    assert math.isnan(decode(line)["nan"])


# ----------------------------------------------------------------------------------------- the verdict
@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.LAWFUL, Verdict.NOT_APPLICABLE], 0),
        ([Verdict.NOT_APPLICABLE], 3),
        ([], 3),
        ([Verdict.LAWFUL, Verdict.INCONCLUSIVE], 3),
        ([Verdict.LAWFUL, Verdict.CRASHED], 3),
        ([Verdict.TIMED_OUT, Verdict.UNLAWFUL, Verdict.CRASHED], 1),
    ],
)
def test_exit_codes(verdicts: list[Verdict], code: int) -> None:
    report = Report(results=[Result(CHECK, Evidence(verdict)) for verdict in verdicts], ended=True)
    assert report.exit_code == code
    if verdicts:
        assert report.summaries[0].verdict == report.verdict


def test_a_run_that_did_not_end_is_not_lawful() -> None:
    assert Report(results=[Result(CHECK, LAWFUL)]).exit_code == 3
    assert Report(results=[Result(CHECK, UNLAWFUL)]).exit_code == 1


def test_nan_is_the_largest_deviation() -> None:
    results = [Result(CHECK, Evidence(Verdict.LAWFUL, worst=worst)) for worst in (0.5, math.nan, 2.0)]
    assert math.isnan(Report(results=results).summaries[0].worst)
