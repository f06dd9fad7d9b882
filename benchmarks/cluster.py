"""What asking on Ray costs beside threads of one machine: `python benchmarks/cluster.py` prints questions a second.

Both ways ask the same dummy questions through the same record, in turns: batches that each keep a process of their own
busy, as real ones do; and questions that take no time, which shows how fast the process that asks can go. If that is R
a second, and a question takes s seconds, R·s workers can be kept busy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from lawful.verify.atlas.asking import LONGEST, Batch, Told
from lawful.verify.atlas.query import Answer, Ask, Query, Release
from lawful.verify.atlas.ways import Answering, Way, here, on_ray
from lawful.verify.front.survey import Survey

BUSY = "import time; end = time.process_time() + {}\nwhile time.process_time() < end: pass"
WAYS: dict[str, Callable[[Answering], Way]] = {
    "here": lambda answering: here(answering=answering),
    "on Ray": lambda answering: on_ray("local", answering),
}


def busy(seconds: float) -> Answering:
    """Each question takes so much time of a processor, in a process of its batch."""

    def answering(batch: Batch) -> Told:
        subprocess.run([sys.executable, "-S", "-c", BUSY.format(seconds * len(batch))], check=True)
        yield from ((query, Answer()) for query in batch)

    return answering


def idle(batch: Batch) -> Told:
    """Each question takes no time."""
    yield from ((query, Answer()) for query in batch)


def questions(count: int) -> list[Query]:
    """Of releases that have a batch each."""
    return [
        Query(Release("dummy", str(i // LONGEST), (f"dummy=={i // LONGEST}",)), f"dummy:C{i}", Ask.IDENTIFY)
        for i in range(count)
    ]


def seconds(way: Way, count: int) -> float:
    """What so many questions take, each recorded."""
    with tempfile.TemporaryDirectory() as folder:
        survey = Survey(questions(count), Path(folder), way)
        start = perf_counter()
        survey.run()
        assert len(survey.told) == count
        return perf_counter() - start


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=400, help="questions that take time")
    parser.add_argument("--each", type=float, default=0.2, help="seconds that each takes")
    parser.add_argument("--idle", type=int, default=100_000, help="questions that take none")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    args = parser.parse_args()
    work = {
        f"{args.each:g} s each": (busy(args.each), args.busy, args.rounds),
        "no time": (idle, args.idle, 1),
    }
    print("| questions | way | seconds | a second | beside here |\n| --- | --- | --- | --- | --- |")
    for name, (answering, count, rounds) in work.items():
        ways = {way: make(answering) for way, make in WAYS.items()}
        seconds(ways["on Ray"], LONGEST * 8)  # its workers start
        took = {way: [seconds(ways[way], count) for _ in range(rounds)] for way in ways}
        for way, several in took.items():
            beside = min(took["here"]) / min(several)
            print(
                f"| {count}, {name} | {way} | {min(several):.1f} | {count / min(several):.0f} | {beside:.2f} × |"
            )


if __name__ == "__main__":
    main()
