"""What sharding does to optimizers, as a table: `python benchmarks/sharding.py [TARGET …]`.

One row for each optimizer on its first path, in float32: how far its rule looks, and how far the divided run is from
the undivided one, in units of what rounding explains for both together.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from lawful.properties.settings import Settings
from lawful.properties.sharding import sharding
from lawful.reports.words import GLYPHS, ratio
from lawful.verify.evidence import Check, Evidence
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.session import Session
from lawful.verify.language.families import find_rule
from lawful.verify.workers.pool import Pool

LAYOUTS = [layout.name for layout in sharding]
"""The names of the properties, in the order of the columns."""


def planned(pool: Pool, targets: Sequence[str], settings: Settings) -> list[list[Check]]:
    """The checks of each target that are about sharding, on its first path."""
    found = plan(pool, Question(targets), settings)
    first = {d.target: d.paths[0] for d in found.described}
    asked = [c for c in found.checks if c.property in LAYOUTS and c.path == first[c.target]]
    return [[c for c in asked if c.target == target] for target in first]


def cell(evidence: Evidence) -> str:
    """`✓ 0`; `– 2.03e5` where the rule is not invariant; `– refused`."""
    said = ratio(evidence.worst) if evidence.comparisons else "refused"
    return f"{GLYPHS[evidence.verdict]} {said}"


def row(checks: list[Check], evidence: Mapping[str, Evidence]) -> str:
    """A line of the table."""
    scope = find_rule(checks[0].rule).scope.replace("lane", "element")
    cells = [cell(evidence[check.key]) for check in checks]
    return f"| `{checks[0].target}` | {scope} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=["bundled", "torch.optim"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    settings = Settings(seed=arguments.seed)
    with Pool() as pool, Session(pool, settings) as session:
        plans = planned(pool, arguments.targets, settings)
        every = [check for checks in plans for check in checks]
        evidence = {check.key: found for check, found in session.run(every)}
    print(f"| optimizer | looks at | {' | '.join(LAYOUTS)} |\n| --- | --- |{' ---: |' * len(LAYOUTS)}")
    print("\n".join(row(checks, evidence) for checks in plans))


if __name__ == "__main__":
    main()
