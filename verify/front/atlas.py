"""`lawful atlas`: releases of packages, each in an environment of its own. This process runs none of them."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from lawful.verify.front.console import say, stderr
from lawful.verify.front.options import Ray, Workers

app = typer.Typer()

SHOWN = 3
"""Releases under way that are named."""


@app.command()
def atlas(
    plan: Annotated[str, typer.Argument(help="A TOML file: packages, versions, targets, questions.")],
    folder: Annotated[
        str, typer.Option("--output", "-o", metavar="FOLDER", help="Where record, data and site are kept.")
    ] = "atlas",
    workers: Workers = 0,
    ray: Ray = "",
    latest: Annotated[
        bool, typer.Option("--latest", help="Ask the newest release of each package too.")
    ] = False,
) -> None:
    """Ask the same of every release in a plan; goes on where it was. Data and a site are written to the folder."""
    from lawful.verify.atlas.environment import uv
    from lawful.verify.atlas.index import with_latest
    from lawful.verify.atlas.plan import read
    from lawful.verify.atlas.ways import here, on_ray
    from lawful.verify.front.survey import Survey

    wanted, _ = read(plan), uv()
    wanted = with_latest(wanted) if latest else wanted
    under_way = UnderWay()
    way = on_ray(ray, watch=under_way) if ray else here(workers, watch=under_way)
    survey = Survey(wanted, Path(folder), way)
    survey.listener = partial(_told, survey)
    try:
        with under_way.line:
            survey.run()
    except KeyboardInterrupt:
        _save(survey)
        say("interrupted; the same command goes on from here")
        os._exit(130)  # what is under way ends with this process
    _save(survey)


class UnderWay:
    """What is asked at the moment, in a line that stands below the answers where these go to a terminal.

    Attributes:
        line: shows it; a context manager.
    """

    def __init__(self) -> None:
        """Nothing is."""
        self.line = stderr.status("", refresh_per_second=2)
        self._batches: list[Any] = []

    def __call__(self, batch: Any, begins: bool) -> None:
        """A batch goes out, or is back."""
        (self._batches.append if begins else self._batches.remove)(batch)
        self.line.update(escape(self.said))

    @property
    def said(self) -> str:
        """The releases, the longest under way first; not more than fit into a line."""
        releases = [str(each) for each in dict.fromkeys(batch[0].release for batch in self._batches)]
        more = f" and {len(releases) - SHOWN} more" if len(releases) > SHOWN else ""
        return f"asking {', '.join(releases[:SHOWN])}{more}" if releases else ""


def _save(survey: Any) -> None:
    from lawful.reports.atlas.site import write
    from lawful.reports.atlas.summary import summary

    found = survey.atlas()
    for lacking in found.save(survey.folder):
        say(lacking)
    (survey.folder / "summary.md").write_text(summary(found))
    page = write(found, survey.folder / "site")
    stderr.print(f"{len(found.rows)} rows: {page}", markup=False, highlight=False, soft_wrap=True)


def _told(survey: Any, done: int, query: Any, answer: Any) -> None:
    """A line for each answer, and how many there are of how many questions."""
    from lawful.reports.atlas.telling import line

    stderr.print(
        f"[{done:>4} of {survey.wanted}] ", line(query, answer), sep="", soft_wrap=True, markup=False
    )
