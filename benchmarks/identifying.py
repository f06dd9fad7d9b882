"""What `lawful identify` takes for each rule that it compares, here and in another checkout, side by side:
`python benchmarks/identifying.py --against CHECKOUT [TARGET ...]`.

Processor seconds of the search alone, in pairs of processes that take turns, each with torch imported (workers have
that done before they are asked): the first search of a process, in which every rule is written, and the second, for
which they are. Each is divided by the number of rules that it says it has compared. The other checkout has a `.venv` of
its own; it may be as old as 1b0ba20.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from cost import compiling

HERE = Path(__file__).resolve().parent.parent
TARGETS = [
    f"torch.optim:{n}" for n in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "RAdam")
]

SEARCH = """
import gc, importlib, sys, time, torch, torch._dynamo
try:
    from lawful.properties.identification.answering import answered
    from lawful.properties.identification.probes import Subject
except ImportError:  # before the rooms within
    from lawful.properties.identify import identified as answered
    from lawful.properties.probes import Subject
module, name = sys.argv[1].split(":")
cls = getattr(importlib.import_module(module), name)
gc.freeze()  # as a worker's start does
for _ in range(2):
    start = time.process_time()
    found = answered(Subject(cls))
    spent = 1e3 * (time.process_time() - start)
    print(spent / found.searched, found.searched, found.fits[0].rule if found.fits else "-")
"""


def searched(checkout: Path, target: str) -> tuple[list[float], int, str]:
    """Milliseconds for each rule in the first search and in the second, how many there are, and what is found."""
    run = subprocess.run(
        [checkout / ".venv/bin/python", "-W", "ignore", "-c", SEARCH, target],
        env={**compiling(), "OMP_NUM_THREADS": "1"}, cwd=checkout, check=True, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    rows = [line.split() for line in run.stdout.splitlines()]
    return [float(row[0]) for row in rows], int(rows[0][1]), rows[0][2]


def beside(target: str, other: Path, pairs: int) -> list[tuple[float, float]]:
    """(here, there) of the first search and of the second: medians; printed with what was found."""
    asked = [(searched(HERE, target), searched(other, target)) for _ in range(pairs)]
    cells = [tuple(median(one[i][0][turn] for one in asked) for i in (0, 1)) for turn in (0, 1)]
    (_, here, found), (_, there, other_found) = asked[0]
    said = found if found == other_found else f"{found}; there {other_found}"
    print(row(target, cells), f"{here} and {there} rules, {said}", flush=True)
    return [(a, b) for a, b in cells]


def row(name: str, cells: Sequence[Sequence[float]]) -> str:
    """A name; of both searches what they take here and there, and the ratio."""
    return f"{name:<24}" + "".join(f"{a:>8.2f}{b:>8.2f}{a / b:>7.2f}   " for a, b in cells)


def main() -> None:
    """Prints a row for each target, and one for the sums of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", default=TARGETS)
    parser.add_argument("--against", type=Path, required=True, help="another checkout, with its .venv")
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    if not (given.against / ".venv/bin/python").exists():
        sys.exit(f"{given.against} has no .venv/bin/python.")
    print(f"{'ms a rule':<24}\n{'':<24}{'here':>8}{'there':>8}{'ratio':>7}")
    rows = [beside(target, given.against.resolve(), given.pairs) for target in given.targets]
    print(row("all", [[sum(r[turn][i] for r in rows) for i in (0, 1)] for turn in (0, 1)]))


if __name__ == "__main__":
    main()
