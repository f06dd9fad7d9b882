"""The command that says how one optimizer must be set to do what another does."""

from typing import Annotated

import typer

from lawful.verify.encoding import encode
from lawful.verify.errors import Unanswerable
from lawful.verify.front import options
from lawful.verify.front.console import save, stderr, stdout
from lawful.verify.front.options import Arguments, Json, Names, Seed, Timeout

app = typer.Typer()

SIDE = 'A rule, as adam(eps="hat"), or a target, as torch.optim:Adam.'

EVERY = (
    "Every pair of forms of a rule, as a matrix; adamw-like: every optimizer of this name, of the frameworks that are "
    "installed or of the modules given in place of FROM and TO."
)


@app.command()
def translate(
    sides: Annotated[list[str] | None, typer.Argument(metavar="FROM TO", help=SIDE)] = None,
    arg: Arguments = [],  # noqa: B006 - typer reads the default
    name: Names = [],  # noqa: B006
    gradients: Annotated[
        str, typer.Option("--gradients", help="What TO's gradients are to FROM's: '*c', '*8', '/8'.")
    ] = "",
    proof: Annotated[bool, typer.Option("--proof", help="Print the proof too.")] = False,
    every: Annotated[str, typer.Option("--all", help=EVERY)] = "",
    seed: Seed = 0,
    timeout: Timeout = 120.0,
    json: Json = "",
) -> None:
    """How must TO be set so that it does what FROM does? Exit code 1 if no setting does.

    With --gradients and one rule: the setting of the same optimizer that undoes a change of the gradients.
    """
    from lawful.reports.translation import show_translation
    from lawful.reports.translation_matrix import show_matrix
    from lawful.verify.front.translations import between

    first, second, *others = *(sides or []), "", ""
    crossing = every.endswith("-like")
    if every and ((first and not crossing) or arg or name or gradients):
        raise Unanswerable(
            f"--all {every} is of every form as it is: without FROM, --arg, --name and --gradients."
        )
    if crossing:
        _crossed(every, sides or [], seed, timeout, json)
    if every:
        from lawful.verify.translation.matrix import matrix

        found = matrix(every, lambda line: stderr.print(line, markup=False, highlight=False))
        save(json, encode(found) + b"\n") if json else show_matrix(found, stdout)
        raise typer.Exit(0)
    if any(others):
        raise Unanswerable(
            f"a translation is from one to one other, and not to {', '.join(filter(None, others))} too."
        )
    if not first or not (second or gradients):
        raise Unanswerable("missing argument: say from which rule or target to which, or --gradients '*c'.")
    _once(arg)
    given = options.arguments(arg), options.names(name)
    answer = between(
        first, second or first, *given, gradients, options.natural(seed), options.patience(timeout)
    )
    if json:
        save(json, encode(answer) + b"\n")
    if json != "-":
        show_translation(answer, stdout, proof)
    raise typer.Exit(0 if answer.found else 1)


def _crossed(kind: str, places: list[str], seed: int, timeout: float, json: str) -> None:
    """Every optimizer of a name against every other."""
    from lawful.reports.translation_crossed import show_crossed
    from lawful.verify.front.crossing import crossed

    given = options.natural(seed), options.patience(timeout)
    found = crossed(kind, places, *given, lambda line: stderr.print(line, markup=False, highlight=False))
    save(json, encode(found) + b"\n") if json else show_crossed(found, stdout)
    raise typer.Exit(0)


def _once(pairs: list[str]) -> None:
    """Refuses an argument that is given twice."""
    names = [pair.partition("=")[0].strip() for pair in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise Unanswerable(f"--arg {twice[0]} is given twice.")
