"""Whether verdicts depend on what is drawn: `python benchmarks/seeds.py [TARGET ...] [--seeds 20]`.

Every check is asked once for each seed; those whose verdict is not the same for all are printed, and the exit code is 1
if there are any. A verdict that is known and accepted is a verdict too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import perf_counter

from lawful.properties.settings import PROFILES, Settings
from lawful.verify.evidence import Verdict
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.session import Session
from lawful.verify.workers.pool import Pool

Verdicts = dict[str, dict[Verdict, list[int]]]
"""Check → verdict → the seeds that gave it."""


def verdicts(targets: Sequence[str], seeds: Iterable[int], settings: Settings, workers: int = 0) -> Verdicts:
    """The verdicts of all checks of these targets."""
    found: Verdicts = {}
    with Pool(workers) as pool:
        for seed in seeds:
            seeded = replace(settings, seed=seed)
            planned = plan(pool, Question(targets), seeded)
            with Session(pool, seeded) as session:
                for check, evidence in session.run(planned.checks):
                    found.setdefault(check.key, {}).setdefault(evidence.verdict, []).append(seed)
    return found


def differing(found: Verdicts) -> Verdicts:
    """Those that are not the same for all seeds."""
    return {key: by_verdict for key, by_verdict in found.items() if len(by_verdict) > 1}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=["bundled", "torch.optim"], metavar="TARGET")
    parser.add_argument("--seeds", type=int, default=20, help="how many, from 0")
    parser.add_argument("--profile", choices=PROFILES, default="quick")
    parser.add_argument("--property", nargs="+", default=(), metavar="NAME", help="ask for these alone")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    return parser.parse_args()


def main() -> None:
    args, start = arguments(), perf_counter()
    settings = Settings(args.profile, only=tuple(args.property))
    found = verdicts(args.targets, range(args.seeds), settings, args.workers)
    other = differing(found)
    for key, by_verdict in other.items():
        print(key, "; ".join(f"{verdict}: {', '.join(map(str, s))}" for verdict, s in by_verdict.items()))
    seconds = perf_counter() - start
    print(
        f"{len(found)} checks, {args.seeds} seeds, {len(other)} with more than one verdict, {seconds:.0f} s"
    )
    sys.exit(bool(other))


if __name__ == "__main__":
    main()
