"""What becomes of the mutants of every rule, convention and transformation: `python benchmarks/adequacy.py FOLDER`.

Each form is asked as `lawful adequacy` asks it, the shortest first, and its answer kept in FOLDER under the hash of its
mathematics: what is there is not asked again, so that a run that was ended goes on. `--seconds` is how long it may go
on, `--each` how long one form may take. What it prints, from all that FOLDER holds, is the end of docs/adequacy.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import msgspec

from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule, rules, transformations
from lawful.verify.language.family import Written
from lawful.verify.language.rule import Rule, spelled
from lawful.verify.variants.adequacy import Adequacy
from lawful.verify.workers.pool import Pool

CALL = "lawful.properties.identification.adequacy:adequacy"
OVER = "sgd"
"""The rule of which transformations are measured."""


def forms() -> Iterator[str]:
    """Every rule and every transformation of one, as they are and with each convention."""
    for family in rules().values():
        yield from _with_conventions(family.name, family)
    for how in transformations().values():
        yield from _with_conventions(f"{how.name}({OVER})", how)


def _with_conventions(name: str, written: Written) -> Iterator[str]:
    yield name
    for convention, (_, *others) in written.conventions.items():
        yield from (spelled(name, f"{convention}={value!r}") for value in others)


def written() -> dict[str, Rule]:
    """Form → rule, the shortest first; of forms that are one, the first; without those that make no sense alone."""
    found: dict[str, Rule] = {}
    for form in forms():
        try:
            rule = find_rule(form)
        except Unanswerable:
            continue
        if rule.hash not in {each.hash for each in found.values()}:
            found[form] = rule
    return dict(sorted(found.items(), key=lambda pair: _length(pair[1])))


def _length(rule: Rule) -> int:
    """How long it takes, roughly: what is asked of tensors takes thrice as long."""
    size = int(sum(e.count_ops() for e in (rule.x, *rule.state.values())))
    return size * (1 if rule.scope == "lane" else 3)


def measure(every: dict[str, Rule], folder: Path, seconds: float, each: float) -> None:
    """Asks what the folder does not hold, until the time is up."""
    end = monotonic() + seconds
    with Pool(1) as pool:
        for form, rule in every.items():
            kept = folder / f"{rule.hash[:16]}.json"
            if kept.exists() or monotonic() > end:
                continue
            try:
                answer = pool.ask(CALL, form, 0, gives=Adequacy, timeout=each).result()
            except Exception as error:  # one form lost, and said
                print(f"{form}: {error}", flush=True)
            else:
                kept.write_bytes(msgspec.json.encode(answer))
                print(f"{form}: {answer.killed} of {answer.mutants}, {answer.seconds:.0f} s", flush=True)


def page(every: dict[str, Rule], folder: Path) -> str:
    """The table, then what is not told and what was not asked."""
    found = {form: folder / f"{rule.hash[:16]}.json" for form, rule in sorted(every.items())}
    rows = {f: msgspec.json.decode(p.read_bytes(), type=Adequacy) for f, p in found.items() if p.exists()}
    table = [f"| `{form}` | {' | '.join(map(str, _counts(one)))} |" for form, one in rows.items()]
    left = [f"* `{f}`: {words}" for f, a in rows.items() for words in a.survivors]
    unasked = ", ".join(f"`{f}`" for f in found if f not in rows) or "none"
    total = [sum(column) for column in zip(*map(_counts, rows.values()), strict=True)]
    head = ["| form | mutants | told | equal | not told |", "| --- | --: | --: | --: | --: |"]
    last = f"| all {len(rows)} | {' | '.join(map(str, total))} |"
    return "\n".join(
        [*head, *table, last, "", "## Not told", "", *left, "", "## Not asked", "", unasked + "."]
    )


def _counts(one: Adequacy) -> tuple[int, ...]:
    return one.mutants, one.killed, len(one.equal), len(one.survivors)


def main() -> None:
    """Measures, and prints what is known."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--seconds", type=float, default=float("inf"))
    asked.add_argument("--each", type=float, default=600.0)
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    every = written()
    measure(every, given.folder, given.seconds, given.each)
    print(page(every, given.folder))


if __name__ == "__main__":
    main()
