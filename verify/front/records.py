"""Where records are kept: each run's own in `.lawful/`, with a link to the last; the oldest go."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(".lawful")
KEPT = 50
"""How many records of a kind stay."""


def own(kind: str) -> Path:
    """A place for the record of a run that begins now, which no other run has.

    Args:
        kind: `record`, or `replay`; `.lawful/record.jsonl` is the last of its kind.
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return FOLDER / f"{kind}-{now}-{secrets.token_hex(3)}.jsonl"


def tidied(record: Path) -> None:
    """Points to a record that has begun, and removes the oldest of its kind, if it is kept in `.lawful/`.

    Git is told to ignore the folder. What cannot be done there costs nothing but order.
    """
    if record.parent != FOLDER:
        return
    kind = record.name.partition("-")[0]
    with suppress(OSError):
        (FOLDER / ".gitignore").write_text("*\n")
        link = FOLDER / f".{record.stem}.link"
        link.symlink_to(record.name)
        os.replace(link, FOLDER / f"{kind}.jsonl")
    for old in sorted(FOLDER.glob(f"{kind}-*.jsonl"))[:-KEPT]:
        old.unlink(missing_ok=True)
