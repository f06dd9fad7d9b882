"""Where the processor time of one check goes: `python benchmarks/cost.py [TARGET …]`; and beside another checkout's, in
alternating pairs: `python benchmarks/cost.py --against CHECKOUT [TARGET …]`.

Seconds are of processor time (user and system) of all processes, so that what else runs on the machine counts little;
it does count, so that only ratios of pairs are worth anything on a busy one. Megabytes are the largest sum over all
processes at one time of what each holds, what several share divided among them (Linux's `Pss`).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from subprocess import DEVNULL
from time import sleep
from typing import Any

HERE = Path(__file__).resolve().parent.parent

PARTS = {
    "draw": ["lawful.properties.scenarios.drawing:drawn"],
    "tensors": ["lawful.properties.scenarios.scenarios:expand", "lawful.properties.runs.watching:expand"],
    "candidate, constructed": ["lawful.properties.runs.running:Run.constructed"],
    "candidate, steps": ["lawful.properties.runs.running:Run.driven"],
    "gradients and keys set": [f"lawful.properties.runs.running:Run.{n}" for n in ("feed", "change")],
    "oracle, scalars": ["lawful.verify.oracle.step:Step.scalar"],
    "oracle": [f"lawful.verify.oracle.oracle:Oracle.{n}" for n in ("__init__", "start", "step", "read")],
    "comparison": ["lawful.properties.runs.judging:Tally.add"],
    "state found": ["lawful.properties.runs.one_step:Reader.watch", "lawful.properties.runs.watching:here"],
    "which arithmetic": [f"lawful.properties.conformance:{n}" for n in ("arithmetic", "narrower")],
    "shrinking and telling": [f"lawful.properties.conformance:{n}" for n in ("departed", "weighed", "told")],
    "explaining": ["lawful.properties.conformance:explained"],
    "describe and plan": ["lawful.verify.front.planning:plan"],
    "record": ["lawful.reports.record:Record.append", "lawful.reports.model:Report.read"],
}
"""Part of a check → the functions that it is spent in; a part within a part is counted once."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=["adamw", "torch.optim:AdamW"], metavar="TARGET")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="with a .venv of its own")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--profile", default="default")
    return parser.parse_args()


def used() -> float:
    """Seconds of processor time of this process, and of those that it has waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


# ------------------------------------------------------------------------------------------------- where it goes
@dataclass
class Parts:
    """Seconds of each part, without the parts within it."""

    seconds: dict[str, float] = field(default_factory=dict)
    _within: list[float] = field(default_factory=lambda: [0.0])

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        start = used()
        self._within.append(0.0)
        try:
            yield
        finally:
            spent = used() - start
            own = spent - self._within.pop()
            self._within[-1] += spent
            self.seconds[part] = self.seconds.get(part, 0.0) + own

    def measured(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self(part):
                return function(*args, **kwargs)

        return timed

    def show(self, heading: str) -> None:
        total = sum(self.seconds.values())
        print(f"\n{heading:<32}{'s':>8}{'share':>8}")
        for part, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            if seconds >= 0.005 * total:
                print(f"{part:<32}{seconds:>8.2f}{seconds / total:>8.0%}")
        print(f"{'all':<32}{total:>8.2f}")


def profiled(target: str, profile: str) -> None:
    """One check in this process, which does as many steps as a worker; the imports that it needs are the start."""
    from lawful.verify.workers.pool import ENVIRONMENT

    os.environ.update(ENVIRONMENT)  # one thread, as in a worker
    parts, asked, started = Parts(), Parts(), used()
    from lawful.properties import checks
    from lawful.verify.front import options
    from lawful.verify.front.campaign import Campaign
    from lawful.verify.front.planning import Question

    checks.properties()
    parts.seconds["start"] = used() - started
    for part, places in PARTS.items():
        for place in places:
            _patch(place, parts, part)
    seen = checks._seen

    def of_a_check(candidate: Any, check: Any, *rest: Any) -> Any:
        with asked(check.property):
            return seen(candidate, check, *rest)

    checks._seen = parts.measured("the rest of the checks", of_a_check)
    with tempfile.TemporaryDirectory() as folder, parts("the rest"):
        settings = options.settings(profile, 0, 600.0, [], ["cpu"])
        Campaign(settings, Path(folder) / "record.jsonl", in_process=True).run(Question([target]))
    parts.show(f"{target}: part")
    asked.show(f"{target}: property")


def _patch(place: str, parts: Parts, part: str) -> None:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = __import__(module, fromlist=["_"])
    for each in owners:
        owner = getattr(owner, each)
    found = vars(owner)[name]
    wrapped = parts.measured(part, found.__func__ if isinstance(found, classmethod) else found)
    setattr(owner, name, classmethod(wrapped) if isinstance(found, classmethod) else wrapped)


# ------------------------------------------------------------------------------------------------------ beside
def compared(targets: list[str], other: Path, pairs: int, profile: str) -> None:
    """Prints the seconds of pairs of checks, and their ratios."""
    _adopt()
    heading = f"medians of {pairs} pairs"
    print(f"{heading:<24}{'CPU s, here':>12}{'there':>8}{'ratio':>8}{'MB, here':>12}{'there':>8}{'ratio':>8}")
    for checkout in (HERE, other):  # what is imported for the first time is compiled, and kept
        cost(checkout, ["check", "sgd", "--profile", "quick"])
    for question in (["--help"], *(["check", target, "--profile", profile] for target in targets)):
        asked = [(cost(HERE, question), cost(other, question)) for _ in range(pairs)]
        name = question[-3] if len(question) > 1 else question[0]
        seconds, peaks = (beside([(a[i], b[i]) for a, b in asked]) for i in (0, 1))
        print(
            f"{name:<24}{seconds[0]:>12.2f}{seconds[1]:>8.2f}{seconds[2]:>8.2f}"
            f"{peaks[0]:>12.0f}{peaks[1]:>8.0f}{peaks[2]:>8.2f}",
            flush=True,
        )


def beside(pairs: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The medians of both, and of their ratio."""
    here, there = (median(column) for column in zip(*pairs, strict=True))
    return here, there, median(a / b for a, b in pairs)


def _adopt() -> None:
    """Makes this process wait for, and count, what the processes that it starts leave behind."""
    if ctypes.CDLL(None).prctl(36, 1, 0, 0, 0):  # PR_SET_CHILD_SUBREAPER
        sys.exit("this system does not let a process adopt others; nothing can be compared here")


def cost(checkout: Path, question: list[str]) -> tuple[float, float]:
    """Processor seconds of `lawful …` of a checkout, and the megabytes of its peak, all of its processes."""
    before, peak = getrusage(RUSAGE_CHILDREN), 0.0
    with tempfile.TemporaryDirectory() as folder:
        command = [str(checkout / ".venv/bin/lawful"), *question]
        run = subprocess.Popen(command, cwd=folder, env=compiling(), stdout=DEVNULL, stderr=DEVNULL)
        while (code := run.poll()) is None:
            peak = max(peak, sum(map(held, descendants(os.getpid()))))
            sleep(0.1)
        answered = question[0] != "check" or any(Path(folder).glob(".lawful/record-*"))
    if code not in (0, 1) or not answered:
        sys.exit(f"{' '.join(command)} ends with {code}{'' if answered else ', without a record'}")
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def descendants(process: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have."""
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, thread.read_text().split()):
                yield child
                yield from descendants(child)


def held(process: int) -> float:
    """Megabytes."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def compiling() -> dict[str, str]:
    """An environment in which Python keeps what it compiles: to compile all of torch again is no part of a check."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    args = arguments()
    if args.against:
        compared(args.targets, args.against, args.pairs, args.profile)
    else:
        for target in args.targets:
            if len(args.targets) == 1:
                profiled(target, args.profile)
            else:  # each in a process of its own
                subprocess.run([sys.executable, __file__, target, "--profile", args.profile], check=True)


if __name__ == "__main__":
    main()
