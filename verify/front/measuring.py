"""`lawful adequacy`: how well the inputs of a check tell a rule from its neighbours."""

from typing import Annotated

import typer

from lawful.verify.front import options
from lawful.verify.front.console import save, stdout
from lawful.verify.front.options import Json, Seed, Timeout, Workers

app = typer.Typer()


@app.command()
def adequacy(
    rules: Annotated[list[str] | None, typer.Argument(help="Rules with conventions; all without.")] = None,
    seed: Seed = 0,
    timeout: Timeout = 300.0,
    workers: Workers = 0,
    json: Json = "",
) -> None:
    """Measure the inputs of `check`: which single changes of a rule they tell from it; exit code 1 if not all."""
    from lawful.reports.adequacy import show_adequacy
    from lawful.verify.encoding import encode
    from lawful.verify.front.questions import adequacies

    found = adequacies(rules or [], options.natural(seed), options.patience(timeout), workers)
    if json:
        save(json, encode(found) + b"\n")
    if json != "-":
        show_adequacy(found, stdout)
    raise typer.Exit(1 if any(one.survivors for one in found) else 0)
