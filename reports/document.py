"""The report as one JSON document, and back.

Besides the fields of `Report` it has `verdict`, `exit_code` and a `summary` per target. How NaN and the
infinities are written is said in `encoding`.
"""

from pathlib import Path

import msgspec

from lawful.reports.headline import sentence
from lawful.reports.model import Report
from lawful.verify.encoding import decode, encode, restore
from lawful.verify.errors import Unanswerable


def document(report: Report) -> bytes:
    """The report as JSON, indented, in UTF-8."""
    summary = [
        {"target": s.target, "rule": s.rule, "verdict": s.verdict, "sentence": sentence(s)}
        for s in report.summaries
    ]
    derived = {"verdict": report.verdict, "exit_code": report.exit_code, "summary": summary}
    return msgspec.json.format(encode({**derived, **vars(report)}), indent=2) + b"\n"


def load(path: str | Path) -> Report:
    """The report that `document` wrote.

    Raises:
        Unanswerable: the file cannot be read or is not such a document.
    """
    try:
        return restore(Report, decode(Path(path).read_bytes()))
    except OSError as error:
        raise Unanswerable(f"the report {str(path)!r} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unanswerable(f"{str(path)!r} is not a report: {error}.") from error


def opened(path: str | Path) -> Report:
    """The report of a document, a record, or a folder that holds one of them.

    Raises:
        Unanswerable: it cannot be read, or is none of these, or holds nothing.
    """
    place = Path(path)
    names = ("report.json", "record.jsonl") if place.is_dir() else ()
    place = next((place / name for name in names if (place / name).is_file()), place)
    try:
        document_ = place.read_bytes().startswith(b"{\n")  # a record's line is one event, whole
    except OSError as error:
        raise Unanswerable(f"the report {str(path)!r} cannot be read: {error.strerror}.") from error
    report = load(place) if document_ else Report.read(place)
    if not report.hash:
        raise Unanswerable(
            f"{str(path)!r} holds no event: it is not a record, or the run ended before it began."
        )
    return report
