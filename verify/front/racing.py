"""A race as a front end: optimizers in, each to a worker of its own, arrivals out. This process runs none of them."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from lawful.verify.errors import WorkerError
from lawful.verify.evidence import Figure
from lawful.verify.workers.pool import Here, Pool


def race(
    pool: Pool | Here, course: Any, optimizers: Sequence[str], rule: str, timeout: float, phase: bool
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


def _phases(
    pool: Pool | Here, course: Any, arrivals: Sequence[Any], timeout: float
) -> "dict[str, Future[Any]]":
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
