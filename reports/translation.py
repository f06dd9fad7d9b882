"""What `lawful translate` says, in sentences."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from lawful.verify.translation.answer import Case, Nearest, Witness


def show_translation(answer: Any, console: Console, proof: bool = False) -> None:
    """Prints how one optimizer must be set to do what another does.

    Args:
        answer: a `lawful.verify.front.translations.Answer`.
        console: where to.
        proof: whether to print the proofs too.
    """
    for line in sentences(answer, proof):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def sentences(answer: Any, proof: bool = False) -> Iterator[str]:
    """The answer, then each case, then what else there is to know."""
    yield from answer.said
    yield from _headline(answer)
    found = answer.translation
    chosen = [found.cases[answer.case]] if answer.case is not None else found.cases
    for case in chosen:
        yield from _case(case, proof)
    if found.witness:
        yield from _witness(found.witness, proof)
    if found.reason:
        yield f"  No setting was found, and it is not proved that there is none: {found.reason}."
    if found.rounding:
        yield f"  {found.rounding}."
    if found.stepwise and not answer.found:
        yield from _stepwise(found.stepwise, proof)
    if found.nearest and not answer.found:
        yield from _nearest(found.nearest)
    yield from (f"  {line}" for line in answer.differs)
    if answer.carried:
        yield from _carried(answer.carried)


def _headline(answer: Any) -> Iterator[str]:
    found = answer.translation
    if answer.call:
        yield answer.call
    if answer.lacks:
        yield f"{answer.second} cannot be set so: {answer.lacks}"
        return
    if answer.case is not None:
        yield f"{answer.second}, set so, does what {answer.first} does. [proved]"
        return
    proved = " [proved]" if found.witness else ""
    but = ", but:" if found.cases else "."
    here = ", set so" if found.witness and found.witness.asked else " in general"
    one, other = (_called(*side) for side in ((answer.first, found.first), (answer.second, found.second)))
    yield f"No setting of {other} does what {one} does{here}{but}{proved}"


def _called(typed: str, rule: str) -> str:
    """What the user typed; of a target also the rule that it follows, of which the answer is."""
    return f"{typed} ({rule})" if ":" in typed.partition("(")[0] else rule if "gradients=" in rule else typed


def _case(case: Case, proof: bool) -> Iterator[str]:
    where = f"Where {', '.join(case.where)}: " if case.where else ""
    once = "Once both have begun, from the first's state: " if case.begun else ""
    yield f"  {once}{where}{_setting(case.setting)}."
    if case.states:
        yield f"    State: {', '.join(f'{s}′ = {e}' for s, e in case.states.items())}; the rest as it is."
    yield f"    {_schedule(case)}"
    if proof:
        yield from _shown(case)


def _shown(case: Case) -> Iterator[str]:
    yield from (f"    {line}" for line in case.proof)
    yield f"    Checked again: {case.second_check}."
    yield f"    Refused by both: {case.neighbour}."


def _stepwise(case: Case, proof: bool) -> Iterator[str]:
    where = f"where {', '.join(case.where)}, " if case.where else ""
    yield f"  Set anew at every step t, {where}it would do the same: {_setting(case.setting)}. [proved]"
    if proof:
        yield from _shown(case)


def _setting(setting: dict[str, str]) -> str:
    changed = [f"{s} = {e}" for s, e in setting.items() if s.replace("weight_decay", "wd") != e]
    same = [s for s, e in setting.items() if s.replace("weight_decay", "wd") == e]
    kept = f"{', '.join(same)} as {'it is' if len(same) == 1 else 'they are'}" if same else ""
    return "; ".join(filter(None, [", ".join(changed), kept]))


def _schedule(case: Case) -> str:
    if not case.scheduled:
        return "While the learning rate is constant."
    if case.following:
        return f"While the learning rate is constant; where it changes, {', '.join(case.following)} must follow it."
    return "Also while the learning rate follows a schedule."


def _witness(witness: Witness, proof: bool) -> Iterator[str]:
    setting = ", ".join(f"{s} = {e}" for s, e in witness.setting.items())
    yield f"  At {setting}, every setting fails on one element with"
    yield f"    {'; '.join(witness.experiments)}."
    if proof:
        yield "  To do the same, it would have to be set so:"
        yield from (f"    {line}" for line in witness.lines)
        yield f"    Checked again: {witness.second_check}."
        yield (
            f"    Refused: {witness.neighbour}."
            if witness.neighbour
            else "    No step has a way that could be left out."
        )


def _nearest(near: Nearest) -> Iterator[str]:
    setting = ", ".join(f"{s}={value:.6g}" for s, value in near.setting.items())
    one, other = near.steps
    apart = f"apart by up to {near.worst:.2g} of a step in {near.run} (run, not proved)"
    yield f"  Nearest that was found: {setting}; {apart}."
    yield f"    First step on gradient {near.gradient:.3g}: {one:.6g} there, {other:.6g} here."


def _carried(carried: Any) -> Iterator[str]:
    if carried.reason:
        yield f"  A checkpoint was not tried: {carried.reason}."
        return
    before, after = carried.steps
    kept = "goes on where the first would have gone" if carried.ratio <= 1 else "does not go on as the first"
    yield f"  A checkpoint: after {before} steps of the first, its state converted, the second {kept},"
    off = f"off by at most {carried.ratio:.2g} of what rounding explains"
    yield f"  in {after} steps in {carried.dtype} {off}. For each parameter:"
    yield from (f"    {line}" for line in carried.code.splitlines())
    if carried.left and carried.ratio > 1:
        yield f"  What the second keeps as {', '.join(carried.left)} is nothing of its rule, and stayed as it was."
