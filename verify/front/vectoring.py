"""Vectors as a front end: a rule's values written into a file, or somebody's results held against them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict, overall
from lawful.verify.front.console import save, say, stdout

if TYPE_CHECKING:
    from lawful.properties.vectors.files import Judged

app = typer.Typer()


@app.command()
def vectors(
    rule: Annotated[str, typer.Argument(help='The rule with its conventions: adamw, adamw(eps="hat").')] = "",
    output: Annotated[str, typer.Option("-o", "--output", help="The file; standard output without.")] = "-",
    verify: Annotated[
        tuple[str, str], typer.Option(help="Hold results against vectors instead.", metavar="VECTORS RESULTS")
    ] = ("", ""),
) -> None:
    """Write a rule's exact values with their budgets, and wrong ones beside them, for tests in any language."""
    if bool(rule) == any(verify):
        raise Unanswerable(
            "say a rule, as in `lawful vectors adamw -o adamw.jsonl`, or --verify VECTORS RESULTS."
        )
    if rule:
        _write(rule, output)
    else:
        raise typer.Exit(_verified(*map(Path, verify)))


def _write(rule: str, output: str) -> None:
    from lawful.properties.vectors.files import written
    from lawful.properties.vectors.making import vectors as made
    from lawful.verify.language.families import find_rule

    found = made(rule)
    save(output, written(rule, found, str(find_rule(rule).source)).encode())
    wrong = sum(len(vector.wrong) for vector in found)
    say(f"{len(found)} scenarios of {rule}, and {wrong} times what is wrong.")


def _verified(vectors: Path, results: Path) -> int:
    from lawful.properties.vectors.files import judged, missing, read
    from lawful.reports.words import GLYPHS, plain

    right = read(vectors)
    found = judged(right, results)
    lines = [f"{GLYPHS[each.verdict]} {each.name}, {each.format}: {_told(each)}" for each in found]
    lacking = missing(right, found)
    lines += [f"{GLYPHS[Verdict.INCONCLUSIVE]} no results of {', '.join(lacking)}"] if lacking else []
    for line in lines:
        stdout.print(plain(line), highlight=False, markup=False)
    return overall([*(each.verdict for each in found), *[Verdict.INCONCLUSIVE] * len(lacking)]).exit_code


def _told(found: "Judged") -> str:
    from lawful.reports.words import ratio

    if not found.where:
        return f"off by {ratio(found.worst)} of what rounding explains"
    like = f"; so does a rule {found.like}" if found.like else ""
    return f"{found.where}, {ratio(found.worst)} times what rounding explains{like}"
