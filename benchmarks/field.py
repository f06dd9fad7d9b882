"""Which rule each optimizer of some packages really follows: `python benchmarks/field.py MODULE ...` prints a table.

A class is asked as `lawful identify` asks it, with nothing told but that. Beside what it follows stands what is nearest
otherwise, and how much of a step that leaves unexplained; where nothing fits, that is all there is to say.
`docs/field.md` is what this printed on the day that it names; what it was asked, it says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import cache
from importlib.metadata import packages_distributions, version
from time import perf_counter

from lawful.verify.candidates.description import Listing
from lawful.verify.errors import Unanswerable, WorkerError
from lawful.verify.front.planning import DESCRIPTION, IDENTITY
from lawful.verify.language.schedules import claimed_schedule
from lawful.verify.variants.identity import Identity, Match
from lawful.verify.workers.pool import Pool

HEAD = "| class | follows | nearest otherwise |\n| --- | --- | --- |"


def targets(pool: Pool, module: str, patience: float) -> list[str]:
    """The optimizers of a module, or the one that is named."""
    found = pool.call(f"{DESCRIPTION}:listed", module, gives=Listing, timeout=patience)
    every = [t for t in (*found.asked, *found.unasked) if not claimed_schedule(t.rpartition(":")[2])]
    return sorted(every, key=str.lower)


def followed(found: Identity) -> str:
    """What a class follows, in a cell; "" for nothing."""
    if found.fits:
        return said(found.fits[0]) + (f", once {found.once}" if found.once else "")
    return "; ".join(f"{rank}: {said(one.fits[0])}" for rank, one in found.ranks.items())


def said(match: Match) -> str:
    """A rule, and the change in it where there is one."""
    return ", ".join(filter(None, (f"`{match.rule}`", match.change)))


def otherwise(found: Identity) -> str:
    """The nearest rule that it does not follow, in a cell."""
    near = found.nearest
    return f"`{near.rule}`: {near.unexplained:.2g} of a step unexplained" if near else ""


def cells(answer: Future[Identity]) -> tuple[str, str]:
    """What a class follows, and what is nearest otherwise."""
    try:
        found = answer.result()
    except (Unanswerable, WorkerError) as error:
        return "–", str(error).splitlines()[0].replace("|", "\\|")
    return followed(found), otherwise(found)


@cache
def package(module: str) -> str:
    """A module's package and its version."""
    top = module.partition(".")[0]
    name = packages_distributions().get(top, [top])[0]
    return f"{name} {version(name)}"


def rows(pool: Pool, modules: Sequence[str], patience: float) -> Iterator[tuple[str, tuple[str, str]]]:
    """Target and cells, as they come."""
    every = [target for module in modules for target in targets(pool, module, patience)]
    asked = {
        t: pool.ask(IDENTITY, t, {}, {}, 0, gives=Identity, timeout=patience, about=of(t)) for t in every
    }
    yield from ((target, cells(answer)) for target, answer in asked.items())


def of(target: str) -> str:
    """A target's module: what this has imported, and what is known of rules by then, serves for the next."""
    return target.rpartition(":")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", metavar="MODULE")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds that one answer may take")
    parser.add_argument("--workers", type=int, default=0, help="0: one for each processor")
    args, start, named, count, last = parser.parse_args(), perf_counter(), 0, 0, ""
    with Pool(args.workers) as pool:
        for target, (follows, near) in rows(pool, args.modules, args.timeout):
            if (title := f"{package(of(target))}, `{of(target)}`") != last:
                last = title
                print(f"\n## {title}\n\n{HEAD}")
            named, count = named + (follows not in ("", "–")), count + 1
            print(f"| `{target.rpartition(':')[2]}` | {follows} | {near} |", flush=True)
    print(f"\n{named} of {count} named.")
    print(f"{perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
