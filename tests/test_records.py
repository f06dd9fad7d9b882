"""Every run has a record of its own, also when several run in one folder."""

import threading
from pathlib import Path

import pytest

from lawful.reports.model import Report
from lawful.reports.record import Record, read
from lawful.verify.front import records
from lawful.verify.front.records import FOLDER, own, tidied


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(path: Path, events: int = 50, together: threading.Barrier | None = None) -> Report:
    """The report of a run that records so many events, and begins and reads when all others do."""
    with Record.open(path) as record:
        tidied(path)
        for number in range(events):
            if together is not None and number in (0, events - 1):
                together.wait()
            record.append("note", number=number)
        record.append("end")
        return Report.of(record.events(), str(path))


@pytest.mark.parametrize("folder", [".lawful", "out"])
def test_ten_at_once_in_one_folder(folder: str) -> None:
    """In `.lawful/` ten records are left; where all write their report to one place, that of one of them, whole."""
    together, reports = threading.Barrier(10), list[Report]()

    def run() -> None:
        path = own("record") if folder == ".lawful" else Path(folder) / "record.jsonl"
        reports.append(written(path, together=together))

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 10 and all(report.ended for report in reports)
    left = [path for path in Path(folder).glob("*.jsonl") if not path.is_symlink()]
    assert len(left) == (10 if folder == ".lawful" else 1)
    assert all(len(read(path)) == 51 for path in left)
    assert read(Path(folder) / "record.jsonl")[-1].event == "end"


def test_git_ignores_them_and_the_last_is_pointed_to() -> None:
    last = [written(own(kind)) for kind in ("record", "record", "replay")]
    assert (FOLDER / ".gitignore").read_text() == "*\n"
    assert (FOLDER / "record.jsonl").resolve() == Path(last[1].path).resolve()
    assert (FOLDER / "replay.jsonl").resolve() == Path(last[2].path).resolve()


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "KEPT", 3)
    other = written(own("replay"), 1)
    kept = [written(own("record"), 1).path for _ in range(5)][2:]
    found = [str(path) for path in FOLDER.glob("record-*.jsonl")]
    assert sorted(found) == sorted(kept) and Path(other.path).exists()
