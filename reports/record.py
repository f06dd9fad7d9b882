"""The record of a run: one JSON line per event, written as it comes, with the SHA-256 of the line before.

A run that is killed keeps every line up to the kill. A line that is edited, removed, added or moved later
breaks the chain at its successor; reports print the hash of the last line, which seals the record.
"""

import fcntl
import os
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Self

import msgspec

from lawful.verify.encoding import decode, encode
from lawful.verify.errors import Unanswerable

FIRST = "0" * 64
"""What stands for the previous line's hash in the first line."""


@dataclass(frozen=True)
class Event:
    """One line of the record.

    Attributes:
        position: of the line, from 0.
        prev: SHA-256 of the previous line's bytes without the line break, in hexadecimal.
        event: `session`, `target`, `rule`, `proof`, `started`, `finished`, `end`; of an atlas, `answered`.
        at: seconds since the epoch.
        payload: what the event says, as JSON values.
        hash: SHA-256 of this line.
    """

    position: int
    prev: str
    event: str
    at: float
    payload: dict[str, Any]
    hash: str


class Record:
    """An append-only record that is being written. Usable from several threads and as a context manager."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        """A record on an empty unbuffered file; `Record.open` makes one."""
        self._file, self._lock, self._position, self.hash, self.path = file, Lock(), 0, FIRST, path

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """A new record at `path`, in place of what was there; folders are made where they lack.

        It is a file of its own: whoever still writes to the one before, or reads it, goes on undisturbed.

        Raises:
            Unanswerable: the file cannot be written.
        """
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=Path(path).parent, prefix=".record-")
            try:
                os.replace(name, path)
            except OSError:
                os.unlink(name)
                os.close(descriptor)
                raise
            return cls(open(descriptor, "r+b", buffering=0), Path(path))
        except OSError as error:
            raise Unanswerable(f"the record {str(path)!r} cannot be written: {error.strerror}.") from error

    @classmethod
    def resumed(cls, path: str | Path) -> tuple[Self, list[Event]]:
        """The record at `path`, or a new one, to be gone on with; and what it says already. A torn last line goes.

        Raises:
            Unanswerable: it cannot be read or written, its chain is broken, or another process goes on with it.
        """
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            record = cls(open(path, "a+b", buffering=0), Path(path))
        except OSError as error:
            raise Unanswerable(f"the record {str(path)!r} cannot be written: {error.strerror}.") from error
        try:
            return record, record._taken_up()
        except BaseException:
            record.close()
            raise

    def _taken_up(self) -> list[Event]:
        """What it says, once this process alone writes to it from now on, behind its last whole line."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unanswerable(f"another process writes to the record {str(self.path)!r} now.") from error
        events = self.events()
        if events:
            self._position, self.hash = len(events), events[-1].hash
        self._file.truncate(self.path.read_bytes().rfind(b"\n") + 1)
        return events

    def append(self, event: str, **payload: Any) -> str:
        """Writes one event; its hash. Unbuffered: whatever kills this process afterwards, the line stands."""
        with self._lock:
            head = {
                "position": self._position,
                "prev": self.hash,
                "event": event,
                "at": round(time.time(), 3),
            }
            line = encode({**head, "payload": payload})
            self._file.write(line + b"\n")
            self._position, self.hash = self._position + 1, sha256(line).hexdigest()
            return self.hash

    def events(self) -> list[Event]:
        """What was written so far, read from the file itself, whatever stands at its path by now.

        Raises:
            Unanswerable: somebody else has written to it.
        """
        with self._lock:
            whole = os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0)
        return _chain(whole, self.path)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """The record itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.close()


def read(path: str | Path) -> list[Event]:
    """The events of a record, its chain verified. A torn last line, as a killed run leaves it, is left out.

    Raises:
        Unanswerable: the file cannot be read, or the chain is broken; says at which line.
    """
    try:
        return _chain(Path(path).read_bytes(), path)
    except OSError as error:
        raise Unanswerable(f"the record {str(path)!r} cannot be read: {error.strerror}.") from error


def _chain(content: bytes, path: str | Path) -> list[Event]:
    events: list[Event] = []
    lines = content.split(b"\n")[:-1]  # what follows the last line break is torn, or nothing
    for number, line in enumerate(lines, 1):
        events.append(_verified(line, events, f"record {str(path)!r}, line {number}"))
    return events


def _verified(line: bytes, before: list[Event], where: str) -> Event:
    try:
        event = msgspec.convert({**decode(line), "hash": sha256(line).hexdigest()}, Event)
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError) as error:
        raise Unanswerable(f"{where} is not an event ({error}): it was damaged or edited.") from error
    if event.position != len(before):
        raise Unanswerable(
            f"{where} says that it is line {event.position + 1}: lines are missing or were moved."
        )
    if event.prev != (before[-1].hash if before else FIRST):
        raise Unanswerable(f"{where} does not follow from the line before it: one of the two was edited.")
    return event
