"""Which rule each optimizer of a package really follows: `python benchmarks/field.py MODULE ...` prints a table.

A class is asked as `lawful identify` asks it, with nothing told but that. Where nothing fits, the row says what is
nearest and how much of a step that leaves unexplained.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from time import perf_counter

from lawful.verify.candidates.description import Listing
from lawful.verify.errors import Unanswerable, WorkerError
from lawful.verify.front.planning import DESCRIPTION
from lawful.verify.variants.identity import Identity
from lawful.verify.workers.pool import Pool

ANSWER = "lawful.properties.identification.answering:answer"


def targets(pool: Pool, module: str, patience: float) -> list[str]:
    """The optimizers of a module."""
    found = pool.call(f"{DESCRIPTION}:listed", module, gives=Listing, timeout=patience)
    return sorted([*found.asked, *found.unasked], key=str.lower)


def said(answer: Future[Identity]) -> str:
    """What a class follows, in a cell."""
    try:
        found = answer.result()
    except (Unanswerable, WorkerError) as error:
        return f"– {error}"
    if found.fits:
        beside = filter(None, (found.fits[0].change, found.once and f"once {found.once}"))
        return ", ".join((f"`{found.fits[0].rule}`", *beside))
    if found.ranks:
        return "; ".join(f"{rank}: `{one.fits[0].rule}`" for rank, one in found.ranks.items())
    near = found.nearest
    return f"? nearest `{near.rule}`, {near.unexplained:.2g} of a step unexplained" if near else "?"


def _of(target: str) -> str:
    """Its module: what this has imported, and what is known of rules by then, serves for the next."""
    return target.rpartition(":")[0]


def rows(pool: Pool, modules: Sequence[str], patience: float) -> Iterator[tuple[str, str]]:
    """Target and answer, as they come."""
    every = [target for module in modules for target in targets(pool, module, patience)]
    asked = {t: pool.ask(ANSWER, t, {}, {}, 0, gives=Identity, timeout=patience, about=_of(t)) for t in every}
    yield from ((target, said(answer)) for target, answer in asked.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", metavar="MODULE")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds that one answer may take")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    args, start, named, count = parser.parse_args(), perf_counter(), 0, 0
    print("| optimizer | follows |\n| --- | --- |")
    with Pool(args.workers) as pool:
        for target, answer in rows(pool, args.modules, args.timeout):
            named, count = named + ("`" in answer and not answer.startswith("?")), count + 1
            print(f"| `{target}` | {answer} |", flush=True)
    print(f"\n{named} of {count} named, {perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
