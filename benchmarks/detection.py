"""Which defects of a corpus are found, and which of its correct implementations are refused:
`python benchmarks/detection.py DIR`.

DIR is a Python package with a module `corpus` whose `CASES` have `id`, `cls`, `claims` (a rule), `correct`,
`severity` and `what`, and `names` where the constructor's words are not the rule's. A case is judged in worker
processes by every property, over all paths and formats, or by those of `--property`, without being told any constructor
argument. `--seeds` asks again with other seeds: of a wrong implementation first what found it with the seed before.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Protocol

from baselines import METHODS, refuses

from lawful.properties.settings import DTYPES, PROFILES, Settings
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.session import Session
from lawful.verify.language.families import rules, transformations
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
    answers: list[tuple[Check, Evidence]] = field(default_factory=list)

    @property
    def refused_by(self) -> list[Check]:
        """The checks that count against it."""
        counted = REFUSED if self.case.correct else FOUND
        return [check for check, evidence in self.answers if evidence.verdict in counted]

    @property
    def refused(self) -> bool:
        return bool(self.refused_by)

    @property
    def said(self) -> str:
        """Whether it was judged rightly, in a word."""
        right = ("lawful", "REFUSED") if self.case.correct else ("MISSED", "found")
        return right[self.refused]

    @property
    def first(self) -> str:
        """The first finding, in a sentence."""
        said = (finding.message for _, evidence in self.answers for finding in evidence.findings)
        return next(said, "no finding")

    @property
    def seconds(self) -> float:
        """Until the first finding, if the checks are run one after the other."""
        clean = list(takewhile(lambda answer: answer[1].verdict not in FOUND, self.answers))
        return sum(evidence.seconds for _, evidence in self.answers[: len(clean) + 1])


def cases(folder: Path) -> list[Case]:
    """The corpus's cases whose claimed rule exists, as itself or in a transformation."""
    sys.path.insert(0, str(folder.resolve().parent))
    everything: list[Case] = importlib.import_module(f"{folder.resolve().name}.corpus").CASES
    known = {*rules(), *transformations()}
    return [case for case in everything if normal(case.claims.partition("(")[0]) in known]


def target(cls: type) -> str:
    """`file.py:Class`."""
    module, file = sys.modules[cls.__module__], inspect.getsourcefile(cls)
    return f"{file}:{next(name for name, value in vars(module).items() if value is cls)}"


Plan = Mapping[str, Sequence[Check]]
"""A case's id → its checks."""


def planned(pool: Pool, found: Sequence[Case], settings: Settings) -> Plan:
    """Every check of each case that can be asked; of the others it is told why not."""
    plans = {}
    for case in found:
        question = Question([target(case.cls)], case.claims, names=getattr(case, "names", {}))
        try:
            plans[case.id] = plan(pool, question, settings).checks
        except Unanswerable as reason:
            print(f"{case.id}: not asked: {reason}", file=sys.stderr, flush=True)
    return plans


def judged(pool: Pool, found: Sequence[Case], plans: Plan, settings: Settings) -> list[Result]:
    """Each case with its evidence, told as soon as all of it has come."""
    checks = [check for case in found for check in plans[case.id]]
    with Session(pool, settings) as session:
        evidence = session.run(checks)
        return [_told(Result(case, list(islice(evidence, len(plans[case.id])))), settings) for case in found]


def _told(result: Result, settings: Settings) -> Result:
    print(f"{settings.seed} {result.case.id}: {result.said}", file=sys.stderr, flush=True)
    return result


def again(pool: Pool, results: Sequence[Result], plans: Plan, settings: Settings) -> Iterator[Result]:
    """The cases with another seed.

    A wrong implementation that some check finds is found, so that what found it before is asked first, and the rest
    where that does not find it. A right one is asked everything.
    """
    wrong = [result for result in results if not result.case.correct and result.refused]
    first = judged(pool, [r.case for r in wrong], {r.case.id: r.refused_by[:1] for r in wrong}, settings)
    yield from (found := [result for result in first if result.refused])
    known = {result.case.id for result in found}
    yield from judged(pool, [r.case for r in results if r.case.id not in known], plans, settings)


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
    parser.add_argument("--seeds", type=int, default=1, help="how many, from that one on")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds that one check may take")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    settings = Settings(args.profile, args.seed, args.timeout, tuple(args.dtype), only=tuple(args.property))
    found, start = cases(args.corpus), perf_counter()
    with Pool(args.workers) as pool:
        plans = planned(pool, found, settings)
        results = judged(pool, [case for case in found if case.id in plans], plans, settings)
        seconds = perf_counter() - start
        print(f"{len(results)} cases, {sum(len(r.answers) for r in results)} checks, profile {args.profile}")
        print("\n".join(summary(results)))
        print(f"{seconds:.0f} s, {seconds / max(len(results), 1):.2f} s for each case", flush=True)
        if args.beside:
            print("\n" + "\n".join(table(results, seconds)))
        others = range(args.seed + 1, args.seed + args.seeds)
        print("\n".join(differing(pool, results, plans, [replace(settings, seed=seed) for seed in others])))


def differing(
    pool: Pool, results: Sequence[Result], plans: Plan, seeded: Sequence[Settings]
) -> Iterator[str]:
    """The cases whose verdict is another with another seed, then how many there were."""
    before, count = {result.case.id: result for result in results}, 0
    for settings in seeded:
        for result in list(again(pool, list(before.values()), plans, settings)):
            name = result.case.id
            if result.said != before[name].said:
                count += 1
                yield f"seed {settings.seed}: {name} is {result.said}, before {before[name].said}: {result.first}"
            before[name] = result
    yield f"{len(seeded)} more seeds: {count} other verdicts"


if __name__ == "__main__":
    main()
