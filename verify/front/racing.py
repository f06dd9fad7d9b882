"""A race as a front end: optimizers in, each to a worker of its own, arrivals out. This process runs none of them."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, Any

import typer

from lawful.verify.errors import WorkerError
from lawful.verify.evidence import Figure
from lawful.verify.front import options
from lawful.verify.front.console import save, stdout
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.front.options import Betas, Rates, ReportFolder, Seed, Timeout, Workers
from lawful.verify.workers.pool import AnyPool, Pool

app = typer.Typer()


def raced(
    pool: AnyPool, course: Any, optimizers: Sequence[str], rule: str, timeout: float, phase: bool
) -> Any:
    """The `lawful.reports.race.Race` of these optimizers.

    Args:
        pool: the workers.
        course: what is raced on (`lawful.properties.races.arrival.Course`).
        optimizers: targets; a bundled name stands for the reference optimizer.
        rule: the rule of classes whose names claim none.
        timeout: seconds that each may take.
        phase: whether to draw the phase diagrams of the rules that arrived.

    Raises:
        Unanswerable: an unknown target, rule or problem.
    """
    from lawful.properties.races.arrival import Arrival
    from lawful.reports.race import Race

    entered = {
        name: pool.ask(ENTER, name, rule, course, gives=list[Arrival], timeout=timeout, about=name)
        for name in optimizers
    }
    arrivals, lost = _collected(entered)
    found = [arrival for several in arrivals.values() for arrival in several]
    diagrams = _phases(pool, course, found, timeout) if phase else {}
    figures, undrawn = _collected(diagrams)
    return Race(course, found, {**lost, **undrawn}, list(figures.values()))


ENTER = "lawful.properties.races.race:enter"


def _phases(pool: AnyPool, course: Any, arrivals: Sequence[Any], timeout: float) -> "dict[str, Future[Any]]":
    """The phase diagram of every rule with two betas, under way."""
    rules = dict.fromkeys(a.rule for a in arrivals if {"beta1", "beta2"} <= {*a.setting})
    return {
        f"phase diagram of {rule}": pool.ask(
            "lawful.properties.races.phase:phase", rule, course, gives=Figure, timeout=timeout
        )
        for rule in rules
    }


def _collected(futures: "dict[str, Future[Any]]") -> tuple[dict[str, Any], dict[str, str]]:
    """What workers answered, and why others did not."""
    found, lost = {}, {}
    for name, future in futures.items():
        try:
            found[name] = future.result()
        except WorkerError as error:
            lost[name] = str(error)
    return found, lost


@app.command()
def race(
    problem: Annotated[str, typer.Argument(help="The problem; the list of them without.")] = "",
    optimizers: Annotated[
        str, typer.Option("--optimizers", help="Targets and bundled names, with commas between them.")
    ] = "adam,amsgrad,adopt",
    rule: Annotated[str, typer.Option("--rule", help="The rule of classes whose names claim none.")] = "",
    lr: Rates = [],  # noqa: B006
    betas: Betas = [],  # noqa: B006
    seeds: Annotated[int, typer.Option("--seeds", help="Runs of each, where losses are drawn.")] = 64,
    steps: Annotated[int, typer.Option("--steps", min=0, help="Steps; 0 for the problem's own.")] = 0,
    phase: Annotated[
        bool, typer.Option("--phase", help="Draw where in the plane of the betas each goes wrong.")
    ] = False,
    seed: Seed = 0,
    timeout: Timeout = 300.0,
    workers: Workers = 0,
    report: ReportFolder = "",
) -> None:
    """Race optimizers on a problem: at which end does each of them arrive?"""
    refuse_at_a_glance(optimizers.split(",") if problem else (), [rule])
    from lawful.reports import race as pages

    if not problem:
        pages.show_problems(stdout)
        return
    course = options.course(problem, lr, betas, seeds, steps, seed)
    with Pool(workers) as pool:
        found = raced(pool, course, optimizers.split(","), rule, timeout, phase)
    if report:
        save(f"{report}/race.html", pages.html(found).encode())
    pages.show(found, stdout)
    raise typer.Exit(found.exit_code)
