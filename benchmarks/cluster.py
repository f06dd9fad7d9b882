"""What asking on Ray costs beside threads of one machine, and how many workers one process can keep busy.

`python benchmarks/cluster.py` asks dummy questions through the same record both ways, in turns. Batches that each keep
a process of their own busy, as real ones do, say how the two compare. Questions that take no time, whose answers are as
long as real ones, and of which as many are under way as `--workers` processors would have, say what a question costs
the process that asks, in seconds of a processor: with c of them, and s that a question takes a worker, s/c workers
can be kept busy. Ray's own processes are not in that; they are those of the head, whoever asks.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from lawful.verify.atlas.asking import LONGEST, Batch, Told
from lawful.verify.atlas.query import Answer, Ask, Query, Release
from lawful.verify.atlas.ways import AHEAD, Answering, Way, here, on_ray
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.survey import Survey

BUSY = "import time; end = time.process_time() + {}\nwhile time.process_time() < end: pass"


def ways(answering: Answering, workers: int) -> dict[str, Way]:
    """As threads here, and on Ray, on which as much is under way as so many processors would have."""
    return {"here": here(answering=answering), "on Ray": on_ray("local", answering, AHEAD * workers)}


def busy(seconds: float) -> Answering:
    """Each question takes so much time of a processor, in a process of its batch."""

    def answering(batch: Batch) -> Told:
        subprocess.run([sys.executable, "-S", "-c", BUSY.format(seconds * len(batch))], check=True)
        yield from ((query, Answer()) for query in batch)

    return answering


def idle(batch: Batch) -> Told:
    """Each question takes no time; the answer is as long as one to what a class breaks."""
    checks = [Check(f"property {i}", "unclaimed", batch[0].target, sentence="x" * 80) for i in range(29)]
    for query in batch:
        yield query, Answer(results=[(check, Evidence(Verdict.LAWFUL, notes=["x" * 40])) for check in checks])


def questions(count: int) -> list[Query]:
    """Of releases that have a batch each."""
    return [
        Query(Release("dummy", str(i // LONGEST), (f"dummy=={i // LONGEST}",)), f"dummy:C{i}", Ask.IDENTIFY)
        for i in range(count)
    ]


def spent(way: Way, count: int) -> tuple[float, float]:
    """What so many questions take, each recorded: seconds, and those of a processor in this process."""
    with tempfile.TemporaryDirectory() as folder:
        survey = Survey(questions(count), Path(folder), way)
        start, used = perf_counter(), process_time()
        survey.run()
        assert len(survey.told) == count
        return perf_counter() - start, process_time() - used


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=400, help="questions that take time")
    parser.add_argument("--each", type=float, default=0.2, help="seconds that each takes")
    parser.add_argument("--idle", type=int, default=100_000, help="questions that take none")
    parser.add_argument("--workers", type=int, default=1000, help="processors that these are under way for")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    args = parser.parse_args()
    work = {
        f"{args.each:g} s each": (ways(busy(args.each), os.cpu_count() or 1), args.busy, args.rounds),
        "no time": (ways(idle, args.workers), args.idle, 1),
    }
    print("| questions | way | seconds | a second | beside here | processor, ms each |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, (both, count, rounds) in work.items():
        spent(both["on Ray"], LONGEST * 8)  # its workers start
        took = {way: [spent(both[way], count) for _ in range(rounds)] for way in both}
        fastest = min(took["here"])[0]
        for way, several in took.items():
            wall, used = min(several)
            numbers = f"{wall:.1f} | {count / wall:.0f} | {fastest / wall:.2f} × | {1000 * used / count:.2f}"
            print(f"| {count}, {name} | {way} | {numbers} |")


if __name__ == "__main__":
    main()
