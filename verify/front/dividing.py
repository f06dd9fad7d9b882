"""`lawful check-groups`: which parameters of a model have weight decay, as a question of its own."""

from collections.abc import Callable
from typing import Annotated

import typer

from lawful.verify.front.options import (
    Arguments,
    Format,
    FormatOption,
    Json,
    Names,
    Quiet,
    ReportFolder,
    Targets,
)
from lawful.verify.language.names import DIVISION


def commands(check: Callable[..., None]) -> typer.Typer:
    """The command, which asks what `lawful check` would."""
    app = typer.Typer()

    @app.command()
    def check_groups(
        targets: Targets,
        model: Annotated[
            str,
            typer.Option("--model", help="What makes the model, as mylib:make; several small ones without."),
        ] = "",
        rule: Annotated[
            str, typer.Option("--rule", help="Which parameters decay, as decays(embeddings=False).")
        ] = DIVISION,
        arg: Arguments = [],  # noqa: B006 - typer reads the default
        name: Names = [],  # noqa: B006
        quiet: Quiet = False,
        form: FormatOption = Format.TEXT,
        json: Json = "",
        report: ReportFolder = "",
    ) -> None:
        """Check functions that divide a model's parameters into groups with and without weight decay."""
        given = [f"model={model!r}"] if model else []
        check(
            targets,
            rule=rule,
            arg=[*arg, *given],
            name=name,
            quiet=quiet,
            form=form,
            json=json,
            report=report,
        )

    return app
