"""The table of `lawful adequacy`, and what became of each mutant that is not told from its rule."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from lawful.verify.variants.adequacy import Adequacy


def show_adequacy(found: Sequence[Adequacy], console: Console) -> None:
    """Prints a row per rule, then the mutants that are equal or survive."""
    table = Table("rule", box=None, pad_edge=False)
    for column in ("mutants", "killed", "equal", "survivors", "seconds"):
        table.add_column(column, justify="right")
    for one in found:
        table.add_row(one.rule, *map(str, _counts(one)), f"{one.seconds:.1f}")
    total = [sum(column) for column in zip(*map(_counts, found), strict=True)]
    table.add_row("all", *map(str, total), "", style="bold")
    console.print(table)
    for one in found:
        for words in one.survivors:
            _line(console, f"{one.rule} {words}: not told apart.")
        for words, how in one.equal.items():
            _line(console, f"{one.rule} {words}: {how}.")


def _counts(one: Adequacy) -> tuple[int, ...]:
    return one.mutants, one.killed, len(one.equal), len(one.survivors)


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
