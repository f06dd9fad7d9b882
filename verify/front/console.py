"""What the command line says: the answer on standard output or in files, the rest on standard error."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from lawful.verify.errors import Unanswerable


class Stream(Console):
    """A console that goes on when nobody reads it (`lawful … | head`): the exit code still counts.

    In a file, lines end where their text does.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """See `rich.console.Console`."""
        if self.is_terminal:
            super().print(*objects, **options)
            return
        with self.capture() as said:
            super().print(*objects, **options)
        try:
            self.file.write("\n".join(line.rstrip() for line in said.get().split("\n")))
            self.file.flush()
        except BrokenPipeError:
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        """Writes to nowhere from now on."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


stdout = Stream()
stderr = Stream(stderr=True)


@dataclass(frozen=True)
class Output:
    """How a report is handed out.

    Attributes:
        json: the file of the JSON document, `-` for standard output; "" for none.
        folder: where the report is written as a page, as JSON and as a record; "" for nowhere.
        form: as what it is printed: `text`, or a name of `lawful.reports.formats`.
        quiet: whether the outcome alone is printed.
        everything: whether all findings and notes are.
    """

    json: str = ""
    folder: str = ""
    form: str = "text"
    quiet: bool = False
    everything: bool = False


def write(report: Any, to: Output) -> int:
    """Writes what was asked for, prints the report, and returns the exit code."""
    from lawful.reports.document import document

    if to.json:
        save(to.json, document(report))
    if to.folder:
        from lawful.reports.html import html

        save(f"{to.folder}/report.json", document(report))
        save(f"{to.folder}/report.html", html(report).encode())
    if to.json != "-":
        _print(report, to)
    if to.folder and not to.quiet:
        page = f"{Path(to.folder)}/report.html"
        stderr.print(f"Report: {page}", markup=False, highlight=False, soft_wrap=True)
    return int(report.exit_code)


def _print(report: Any, to: Output) -> None:
    if to.form == "text":
        from lawful.reports.terminal import show

        show(report, stdout, to.everything, to.quiet)
        return
    from lawful.reports.formats import FORMATS

    save("-", FORMATS[to.form](report))
    if to.form == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("ab") as file:
            file.write(FORMATS["markdown"](report))


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
