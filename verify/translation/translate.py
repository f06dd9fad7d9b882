"""How a rule must be set so that it does what another does: the question asked, and the answer as data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import process_time

from sympy import Expr, Symbol, pycode

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.translation.answer import Case, Translation, Witness
from lawful.verify.translation.found import (
    Found,
    carried_over,
    conditional,
    excluded,
    may_be_zero,
    unconditional,
    where,
)
from lawful.verify.translation.impossible import Impossible, impossible
from lawful.verify.translation.nearest import nearest
from lawful.verify.translation.question import Question
from lawful.verify.translation.rewriting import in_reals, keeps
from lawful.verify.translation.stepwise import stepwise


def translated(
    first: Rule,
    second: Rule,
    setting: Mapping[Symbol, float] | None = None,
    found: Sequence[Found] | None = None,
    near: bool = True,
    none: Impossible | str | None = None,
) -> Translation:
    """How the second rule must be set so that it does what the first does.

    Args:
        first: the rule that is set.
        second: the rule whose setting is sought.
        setting: of the first, where it is set; without, every one.
        found: the settings (see `settings`), where they have been found already.
        near: whether to look for the nearest setting where there is none, and for one that is another at every step.
        none: that there is none (see `refuted`), where that has been looked into already.
    """
    began = process_time()
    found = settings(first, second, setting) if found is None else found
    answer = Translation(str(first), str(second), cases(found), rounding=rounding(first, second))
    first, second = in_reals(first), in_reals(second)
    if answer.outcome == "open":
        why = refuted(first, second, found, setting) if none is None else none
        witness = _witness(why) if isinstance(why, Impossible) else None
        reason = "" if isinstance(why, Impossible) else why
        answer = replace(answer, witness=witness, reason=reason)
        if near:
            other = stepwise(first, second, zeros(first, setting or {}))
            question = Question.of(first, second)
            close = nearest(question, setting or question.points()[0].setting)
            answer = replace(answer, nearest=close, stepwise=_case(other) if other else None)
    return replace(answer, seconds=process_time() - began)


def refuted(
    first: Rule, second: Rule, found: Iterable[Found], setting: Mapping[Symbol, float] | None = None
) -> Impossible | str:
    """That no setting of the second rule does what the first does, but for those that were found; or why not."""
    question = Question.of(in_reals(first), in_reals(second))
    return impossible(question, [one.zero for one in found if not one.begun], setting)


def settings(
    first: Rule,
    second: Rule,
    setting: Mapping[Symbol, float] | None = None,
    none: Impossible | None = None,
) -> list[Found]:
    """The settings of the second rule that do what the first does, where that is set, or else each with its case.

    Args:
        first, second: the rules.
        setting: of the first, where it is set; without, every one.
        none: at a setting of the first, where that is known; what would hold there is not looked for.
    """
    first, second = in_reals(first), in_reals(second)
    if setting is None:
        return list(_found(first, second, none))
    return list(_found_at(first, second, zeros(first, setting)))


def zeros(rule: Rule, setting: Mapping[Symbol, float]) -> frozenset[Symbol]:
    """The hyperparameters that are 0 in a setting."""
    return frozenset(s for s in rule.defaults if may_be_zero(rule, s) and setting.get(s) == 0)


def _found_at(first: Rule, second: Rule, zero: frozenset[Symbol]) -> Iterator[Found]:
    """The case in which these are 0 and the others are not; else those in which more are."""
    if (found := where(first, second, zero)) is not None:
        yield found
    else:
        yield from conditional(first, second, known=zero)
        yield from carried_over(first, second)


def rounding(first: Rule, second: Rule) -> str:
    """What rounding is left out of: where one rule keeps something in fewer bits than the other."""
    if keeps(first) == keeps(second):
        return ""
    return (
        f"In real numbers: {second if keeps(second) else first} iterates in bfloat16, and the other does not"
    )


def cases(found: Iterable[Found]) -> list[Case]:
    """The cases in which there is a setting, as data."""
    return [_case(one) for one in found]


def _found(first: Rule, second: Rule, none: Impossible | None) -> Iterator[Found]:
    """The widest case first, then those that it leaves out."""
    refused = frozenset(s for s, value in none.setting.items() if value == 0) if none else None
    general = None if excluded(first, second, frozenset(), refused) else unconditional(first, second)
    if general is not None:
        yield general
    if general is None or general.above:
        yield from conditional(first, second, general.above if general else frozenset(), refused=refused)
    if general is None:
        yield from carried_over(first, second)


def _case(found: Found) -> Case:
    return Case(
        sorted(s.name for s in found.zero),
        sorted(s.name for s in found.above),
        {plain(e): pycode(e) for e in found.needed},
        found.begun,
        {s.name: plain(e) for s, e in found.setting.items()},
        {str(s): plain(e) for s, e in found.states.items()},
        {"setting": _python(found.setting), "states": _python(found.states)},
        found.scheduled,
        [s.name for s in found.following],
        found.proof.steps,
        found.proof.second_check,
        found.proof.neighbour,
    )


def _python(formulas: Mapping[Symbol, Expr]) -> dict[str, str]:
    return {s.name: pycode(e) for s, e in formulas.items()}


def _witness(why: Impossible) -> Witness:
    setting = {s.name: plain(v) for s, v in why.setting.items()}
    return Witness(
        setting, why.experiments, why.lines, why.check.words, why.check.neighbour, why.asked, why.of
    )
