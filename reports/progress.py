"""What is going on while checks run: a live line on a terminal, a line per check anywhere else."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from lawful.reports.terminal import STYLES
from lawful.reports.words import GLYPHS, plain, ratio, seconds
from lawful.verify.evidence import Check, Evidence, Verdict


class Live:
    """Told of every check that starts and finishes. Usable from several threads; a context manager.

    On a terminal: a bar, the check in flight, and a lasting line for each check that is not lawful.
    Elsewhere: a line per check.
    """

    def __init__(self, console: Console, total: int) -> None:
        """Progress of `total` checks on `console`, which is standard error for the command line."""
        self._console, self._total, self._done = console, total, 0
        self._in_flight: list[str] = []
        columns = (
            TextColumn("{task.description}"),
            BarColumn(None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting", total=total)

    def started(self, check: Check) -> None:
        """A check began."""
        self._in_flight.append(name(check))
        self._bar.update(self._task, description=self._in_flight[0])

    def finished(self, check: Check, evidence: Evidence) -> None:
        """A check ended."""
        self._done += 1
        if name(check) in self._in_flight:
            self._in_flight.remove(name(check))
        self._bar.update(self._task, completed=self._done, description=next(iter(self._in_flight), "waiting"))
        quiet = evidence.verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)
        if not (quiet and self._console.is_terminal):
            self._console.print(self._line(check, evidence), soft_wrap=True)

    def _line(self, check: Check, evidence: Evidence) -> Text:
        place = f"[{self._done:>{len(str(self._total))}}/{self._total}] "
        sign = (GLYPHS[evidence.verdict], STYLES[evidence.verdict])
        worst = f" {ratio(evidence.worst)}" if evidence.comparisons else ""
        return Text.assemble(place, sign, f" {name(check)}{worst} ", (seconds(evidence.seconds), "dim"))

    def __enter__(self) -> Self:
        """Starts the live line."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes the live line away."""
        self._bar.stop()


def name(check: Check) -> str:
    """The check in one short line."""
    return plain(f"{check.property} {check.id}")
