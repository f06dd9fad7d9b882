"""What the command line says: the answer on standard output or in files, the rest on standard error."""

import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from lawful.verify.errors import Unanswerable


class Stream(Console):
    """A console that goes on when nobody reads it (`lawful … | head`): the exit code still counts."""

    def on_broken_pipe(self) -> None:
        """Writes to nowhere from now on."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


stdout = Stream()
stderr = Stream(stderr=True)


def write(report: Any, json: str, folder: str, everything: bool = False) -> int:
    """Writes what was asked for, prints the report, and returns the exit code."""
    from lawful.reports.terminal import show

    if json:
        from lawful.reports.document import document

        save(json, document(report))
    if folder:
        from lawful.reports.document import document
        from lawful.reports.html import html

        save(f"{folder}/report.json", document(report))
        save(f"{folder}/report.html", html(report).encode())
    if json != "-":
        show(report, stdout, everything)
    if folder:
        stderr.print(f"Report: {Path(folder)}/report.html", markup=False, highlight=False, soft_wrap=True)
    return int(report.exit_code)


def save(path: str, content: bytes) -> None:
    """Writes a file, or standard output for `-`.

    Raises:
        Unanswerable: the file cannot be written.
    """
    if path == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    except OSError as error:
        raise Unanswerable(f"{path!r} cannot be written: {error.strerror}.") from error


def say(message: str) -> None:
    """One line on standard error, if there is anything to say."""
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    if line:
        stderr.print(f"lawful: {line}", style="bold", markup=False, highlight=False, soft_wrap=True)
