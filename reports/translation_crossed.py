"""Optimizers of one name against one another, as a page in Markdown."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console


def show_crossed(crossed: Any, console: Console) -> None:
    """Prints which of them can be set to do what which others do.

    Args:
        crossed: a `lawful.verify.front.crossing.Crossed`.
        console: where to.
    """
    for line in crossed_lines(crossed):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def crossed_lines(crossed: Any) -> Iterator[str]:
    """What each follows, a matrix of who can be set to do what whom does, and a row for each pair."""
    number = {target: str(k) for k, target in enumerate(crossed.rules, start=1)}
    yield from ("|  | optimizer | follows |", "| --- | --- | --- |")
    yield from (f"| {number[target]} | `{target}` | `{rule}` |" for target, rule in crossed.rules.items())
    yield ""
    if crossed.untold:
        yield from (f"Left out is `{target}`: {why.rstrip('.')}." for target, why in crossed.untold.items())
        yield ""
    yield f"| from \\ to | {' | '.join(number.values())} |"
    yield f"| --- |{' --- |' * len(number)}"
    found = {(a.first, a.second): in_short(a) for a in crossed.answers}
    for first in number:
        yield f"| {number[first]} | {' | '.join(found.get((first, second), '') for second in number)} |"
    yield from ("", "| from | to | answer | a checkpoint |", "| --- | --- | --- | --- |")
    for answer in crossed.answers:
        yield f"| {number[answer.first]} | {number[answer.second]} | {said_of(answer)} | {checkpoint(answer)} |"


def in_short(answer: Any) -> str:
    """yes, no, at every step anew, or not known."""
    if answer.found:
        return "yes"
    if answer.translation.stepwise:
        return "anew at every step"
    return "no" if answer.translation.witness or answer.lacks else "not known"


def said_of(answer: Any) -> str:
    """The call to paste, or that there is none and what would do."""
    found = answer.translation
    if answer.lacks:
        return f"no: {answer.lacks.rstrip('.')}"
    if answer.case is not None:
        return f"`{answer.call}`, proved" if answer.call else "yes, proved"
    proved = "no, proved" + (" there" if found.witness and found.witness.asked else "")
    others = [f"where {', '.join(case.where)}" for case in found.cases if not case.begun]
    if found.stepwise:
        changed = (f"{s} = {found.stepwise.setting[s]}" for s in found.stepwise.following)
        others.append(f"with {', '.join(changed)}, anew at every step")
    return (proved if found.witness else f"not known: {found.reason}") + "".join(f"; but {o}" for o in others)


def checkpoint(answer: Any) -> str:
    """How the second went on from the first's state."""
    carried = answer.carried
    if carried is None:
        return ""
    if carried.reason:
        return f"not tried: {carried.reason}"
    went = "goes on" if carried.ratio <= 1 else "does not go on"
    return f"{went}, off by {carried.ratio:.2g} of what rounding explains, in {carried.dtype}"
