"""How many wrong twins of each question are found, and how many right ones are refused: `python benchmarks/twins.py`.

A question about schedules, averages, clips, scalers or decay groups has twins in the tests: implementations that are
right, and such that get just what it asks for wrong. Each wrong one is asked its question; each right one all of them.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lawful
from lawful.verify.evidence import Severity, Verdict

TESTS = Path(__file__).parent.parent / "tests"
MODULES = (
    "test_schedulers",
    "test_schedules_of_libraries",
    "test_compositions",
    "test_averages",
    "test_clips_alone",
    "test_scalers",
    "test_division",
    "test_written_by_users",
)


def twins(kind: str) -> Iterator[tuple[Any, ...]]:
    """The `RIGHT` ones, (target, how it is asked), or the `WRONG` ones, (target, question, how …), of all tests."""
    sys.path.insert(0, str(TESTS))
    for name in MODULES:
        for called, value in vars(importlib.import_module(name)).items():
            yield from value if called.startswith(kind) else ()


def main() -> int:
    """Prints the table; 1 if one was missed or refused."""
    found, wrong, right, refused = (Counter[str]() for _ in range(4))
    for target, name, how, *_ in twins("WRONG"):
        wrong[name] += 1
        found[name] += lawful.check(target, properties=[name], **how).verdict is Verdict.UNLAWFUL
    for target, how in twins("RIGHT"):
        seen = lawful.check(target, **how)
        for check, evidence in zip(seen.checks, seen.results.values(), strict=True):
            right[check.property] += 1
            refused[check.property] += evidence.verdict is not Verdict.LAWFUL and _counts(check, evidence)
    print("| question | wrong twins | found | right ones | refused |\n| --- | --- | --- | --- | --- |")
    for name in sorted({*wrong, *right}):
        print(f"| `{name}` | {wrong[name]} | {found[name]} | {right[name]} | {refused[name]} |")
    sums = [sum(each.values()) for each in (wrong, found, right, refused)]
    print(f"| all {len({*wrong, *right})} | {' | '.join(map(str, sums))} |")
    return int(sums[0] != sums[1] or sums[3] > 0)


def _counts(check: Any, evidence: Any) -> bool:
    """Whether it makes a verdict: not what is told beside one, nor what is not owed."""
    return check.severity is not Severity.EXTRA and evidence.verdict is not Verdict.NOT_APPLICABLE


if __name__ == "__main__":
    sys.exit(main())
