"""Which defects of a corpus are found, and which of its correct implementations are refused:
`python benchmarks/detection.py DIR`.

DIR is a Python package with a module `corpus` whose `CASES` have `id`, `cls`, `claims` (a rule), `correct`,
`severity` and `what`, and `names` where the constructor's words are not the rule's. A case is judged in worker
processes by every property, over all paths and formats, or by those of `--property`, without being told any constructor
argument.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Protocol

from baselines import METHODS, refuses

from lawful.properties.settings import DTYPES, PROFILES, Settings
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.session import Session
from lawful.verify.language.families import rules
from lawful.verify.language.names import normal
from lawful.verify.workers.pool import Pool

FOUND = {Verdict.UNLAWFUL, Verdict.CRASHED}
REFUSED = {*FOUND, Verdict.TIMED_OUT}
"""A time that ran out finds nothing in a wrong implementation, and is held against a right one."""


class Case(Protocol):
    """One implementation of a corpus."""

    id: str
    cls: type
    claims: str
    correct: bool
    severity: str
    what: str


@dataclass
class Result:
    """A case with the evidence of its checks."""

    case: Case
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        counted = REFUSED if self.case.correct else FOUND
        return any(evidence.verdict in counted for evidence in self.evidence)

    @property
    def said(self) -> str:
        """Whether it was judged rightly, in a word."""
        right = ("lawful", "REFUSED") if self.case.correct else ("MISSED", "found")
        return right[self.refused]

    @property
    def first(self) -> str:
        """The first finding, in a sentence."""
        said = (finding.message for evidence in self.evidence for finding in evidence.findings)
        return next(said, "no finding")

    @property
    def seconds(self) -> float:
        """Until the first finding, if the checks are run one after the other."""
        clean = list(takewhile(lambda e: e.verdict not in FOUND, self.evidence))
        return sum(evidence.seconds for evidence in self.evidence[: len(clean) + 1])


def cases(folder: Path) -> list[Case]:
    """The corpus's cases whose claimed rule exists."""
    sys.path.insert(0, str(folder.resolve().parent))
    everything: list[Case] = importlib.import_module(f"{folder.resolve().name}.corpus").CASES
    return [case for case in everything if normal(case.claims.partition("(")[0]) in rules()]


def target(cls: type) -> str:
    """`file.py:Class`."""
    module, file = sys.modules[cls.__module__], inspect.getsourcefile(cls)
    return f"{file}:{next(name for name, value in vars(module).items() if value is cls)}"


def judged(found: Sequence[Case], settings: Settings, workers: int = 0) -> list[Result]:
    """Every case with its evidence; each is told as soon as all of it has come."""
    results = {case.id: Result(case) for case in found}
    with Pool(workers) as pool, Session(pool, settings) as session:
        checks = {check.key: (check, case.id) for case in found for check in planned(pool, case, settings)}
        left = Counter(name for _, name in checks.values())
        for check, evidence in session.run([check for check, _ in checks.values()]):
            name = checks[check.key][1]
            results[name].evidence.append(evidence)
            left[name] -= 1
            if not left[name]:
                print(f"{name}: {results[name].said}", file=sys.stderr, flush=True)
    return list(results.values())


def planned(pool: Pool, case: Case, settings: Settings) -> Sequence[Check]:
    """Every check of the case."""
    names = getattr(case, "names", {})
    return plan(pool, Question([target(case.cls)], case.claims, names=names), settings).checks


def summary(results: Sequence[Result]) -> list[str]:
    """The counts, then what was missed and what was wrongly refused."""
    wrong = [r for r in results if not r.case.correct]
    right = [r for r in results if r.case.correct]
    lines = [
        f"{severity:<10} defects found {_of([r for r in wrong if r.case.severity == severity])}"
        for severity in dict.fromkeys(r.case.severity for r in wrong)
    ]
    lines.append(f"{'correct':<10} refused       {_of(right)}")
    if found := [r.seconds for r in wrong if r.refused]:
        lines.append(f"{median(found):.2g} s until the first finding, at most {max(found):.2g} s")
    lines += [f"missed   {r.case.id} ({r.case.severity}): {r.case.what}" for r in wrong if not r.refused]
    return lines + [f"refused  {r.case.id}, which is correct: {r.first}" for r in right if r.refused]


def table(results: Sequence[Result], seconds: float) -> list[str]:
    """What usual tests find on the same cases, side by side, as Markdown."""
    kinds = list(dict.fromkeys(r.case.severity for r in results if not r.case.correct))
    lines = [
        f"| | {' | '.join(kinds)} | correct refused | seconds for each |",
        "|-|" + "-:|" * (len(kinds) + 2),
    ]
    for name, method in METHODS.items():
        start = perf_counter()
        refused = [refuses(method, r.case.cls, r.case.claims) for r in results]
        lines.append(_row(name, kinds, results, refused, perf_counter() - start))
    return [*lines, _row("**lawful**", kinds, results, [r.refused for r in results], seconds)]


def _row(
    name: str, kinds: Sequence[str], results: Sequence[Result], refused: Sequence[bool], seconds: float
) -> str:
    said: dict[str, list[bool]] = {kind: [] for kind in (*kinds, "correct")}
    for result, no in zip(results, refused, strict=True):
        said["correct" if result.case.correct else result.case.severity].append(no)
    cells = [name, *(f"{sum(nos)}/{len(nos)}" for nos in said.values()), f"{seconds / len(results):.2g}"]
    return f"| {' | '.join(cells)} |"


def _of(results: Sequence[Result]) -> str:
    return f"{sum(r.refused for r in results)}/{len(results)}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, metavar="DIR")
    parser.add_argument("--profile", choices=PROFILES, default="default")
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=DTYPES)
    parser.add_argument("--property", nargs="+", default=(), metavar="NAME", help="ask for these alone")
    parser.add_argument("--beside", action="store_true", help="print a table beside the usual tests")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds that one check may take")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    settings = Settings(args.profile, args.seed, args.timeout, tuple(args.dtype), only=tuple(args.property))
    found, start = cases(args.corpus), perf_counter()
    results = judged(found, settings, args.workers)
    seconds = perf_counter() - start
    print(f"{len(results)} cases, {sum(len(r.evidence) for r in results)} checks, profile {args.profile}")
    print("\n".join(summary(results)))
    print(f"{seconds:.0f} s, {seconds / max(len(results), 1):.2f} s for each case")
    if args.beside:
        print("\n" + "\n".join(table(results, seconds)))


if __name__ == "__main__":
    main()
