"""What the optimizers of other frameworks follow, in what arithmetic, and what they do not keep.

`python benchmarks/frameworks.py ask ANSWERS MODULE ...` asks the optimizers of modules, or single ones
(`optax:adan`), one after the other, and adds a line of JSON for each to a file; what is answered there is not asked
again, so that a run that ends goes on later, and each framework may be asked in an environment of its own.
`python benchmarks/frameworks.py table ANSWERS` prints them, as in docs/frameworks-table.md.

An optimizer is asked as `lawful identify` asks it. Where that names a rule, the claim is checked in float64 and float32
on the quick profile, which finds the arithmetic too, and the promises that make sense for all frameworks are asked.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any

from field import of, package, said

from lawful.properties.settings import Settings
from lawful.reports.words import sign
from lawful.verify.errors import Unanswerable, WorkerError
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.planning import DESCRIPTION, IDENTITY
from lawful.verify.front.session import PERFORM
from lawful.verify.language.schedules import claimed_schedule
from lawful.verify.variants.identity import Identity
from lawful.verify.workers.pool import Pool

FORMATS = ("float64", "float32")
PROMISES = ("resume", "gradients-kept", "set-from-outside", "idle", "order-and-names", "zero-gradients")
HEAD = """| optimizer | follows | formats and arithmetic | beside |
| --- | --- | --- | --- |"""
IDLE = "cannot be run"
VALUES = {"None": None, "∞": inf, "False": False}


@dataclass
class Row:
    """What one optimizer answered."""

    target: str
    package: str
    follows: str = ""
    rule: str = ""
    once: str = ""
    note: str = ""
    formats: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)


class Inquirer:
    """Asks optimizers in workers."""

    def __init__(self, pool: Pool, patience: float) -> None:
        self.pool, self.patience = pool, patience

    def targets(self, module: str) -> list[str]:
        """The optimizers of a module."""
        found = self.pool.call(f"{DESCRIPTION}:own", module, gives=list[str], timeout=self.patience)
        return [target for target in found if not claimed_schedule(target.rpartition(":")[2])]

    def row(self, target: str) -> Row:
        """What an optimizer follows, and keeps."""
        found = Row(target, package(of(target)))
        try:
            identity = self.pool.call(
                IDENTITY, target, {}, {}, 0, gives=Identity, timeout=self.patience, about=of(target)
            )
        except (Unanswerable, WorkerError) as error:
            found.note = str(error).splitlines()[0]
            return found
        self._named(found, identity)
        if found.rule:
            self._checked(found)
        return found

    def _named(self, row: Row, identity: Identity) -> None:
        if identity.fits:
            best = identity.fits[0]
            row.follows, row.once, row.rule = said(best), identity.once, "" if best.change else best.rule
        elif identity.ranks:
            row.follows = "; ".join(f"{rank}: {said(one.fits[0])}" for rank, one in identity.ranks.items())
        elif identity.nearest:
            near = identity.nearest
            row.note = f"nearest: `{near.rule}`, {near.unexplained:.2g} of a step unexplained"

    def _checked(self, row: Row) -> None:
        for dtype in FORMATS:
            evidence = self._asked(row, "conformance", dtype)
            row.formats[dtype] = in_short(evidence) + (
                f" ({evidence.arithmetic})" if evidence.arithmetic else ""
            )
            told = [f.message for f in evidence.findings]
            row.findings |= {f"conformance in {dtype}": told[0]} if told else {}
        for name in PROMISES:
            evidence = self._asked(row, name, "float32")
            if evidence.verdict in (Verdict.UNLAWFUL, Verdict.CRASHED):
                row.findings[name] = evidence.findings[0].message

    def _asked(self, row: Row, name: str, dtype: str) -> Evidence:
        check = Check(name, row.rule, row.target, "default", dtype, arguments=given(row.once))
        about, asked = of(row.target), Settings(profile="quick")
        try:
            return self.pool.call(
                PERFORM, check, asked, "", gives=Evidence, timeout=self.patience, about=about
            )
        except (Unanswerable, WorkerError) as error:
            return Evidence(Verdict.INCONCLUSIVE, notes=[str(error)])


def in_short(evidence: Evidence) -> str:
    """A verdict, and how near the budget it came."""
    if evidence.verdict is Verdict.NOT_APPLICABLE:
        return "refused"
    number = f" {evidence.worst:.2g}" if evidence.comparisons else ""
    return f"{sign(evidence)}{number}"


def given(once: str) -> dict[str, Any]:
    """The argument that a rule is followed with: `clip is 0.0`."""
    name, _, value = once.partition(" is ")
    return {name: VALUES[value] if value in VALUES else float(value)} if name else {}


def ask(answers: Path, modules: Iterable[str], patience: float, workers: int) -> None:
    """Adds the answers that are not there."""
    done = {row.target for row in rows(answers)} if answers.exists() else set()
    with Pool(workers) as pool, answers.open("a") as file:
        inquirer = Inquirer(pool, patience)
        every = [
            target
            for place in modules
            for target in ([place] if ":" in place else inquirer.targets(place))
            if target not in done
        ]
        for answer in [pool.start(inquirer.row, target) for target in every]:
            print(json.dumps(asdict(answer.result()), ensure_ascii=False), file=file, flush=True)


def rows(answers: Path) -> Iterator[Row]:
    """The answers of a file."""
    files = sorted(answers.glob("*.jsonl")) if answers.is_dir() else [answers]
    yield from (Row(**json.loads(line)) for file in files for line in file.read_text().splitlines())


def table(found: Iterable[Row]) -> Iterator[str]:
    """The answers as tables, one for each module."""
    found = {row.target: row for row in found}.values()
    every = sorted(found, key=lambda row: (row.package, of(row.target), row.target.lower()))
    every, idle = [row for row in every if IDLE not in row.note], [row for row in every if IDLE in row.note]
    for (name, place), group in groupby(every, key=lambda row: (row.package, of(row.target))):
        yield from (f"\n## {name}, `{place}`\n", HEAD, *map(line, group))
    named = sum(bool(row.follows) for row in every)
    yield f"\n{named} of {len(every)} named."
    if idle:
        names = ", ".join(f"`{row.target}`" for row in idle)
        yield f"\nNot run, as they want more than a learning rate, or are schedules: {names}."


def line(row: Row) -> str:
    """A row of the table."""
    follows = row.follows + (f", once {row.once}" if row.once else "")
    formats = "; ".join(f"{dtype} {told}" for dtype, told in row.formats.items())
    beside = [f"{name}: {told}" for name, told in row.findings.items()] + ([row.note] if row.note else [])
    cells = (f"`{row.target.rpartition(':')[2]}`", follows or "–", formats, "<br>".join(beside))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("ask", "table"))
    parser.add_argument(
        "answers", type=Path, metavar="ANSWERS", help="for table, a file or a folder of files"
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--timeout", type=float, default=240.0, help="seconds that one answer may take")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    args = parser.parse_args()
    if args.what == "ask":
        ask(args.answers, args.modules, args.timeout, args.workers)
    else:
        print("\n".join(table(rows(args.answers))))


if __name__ == "__main__":
    main()
