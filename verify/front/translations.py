"""A translation as a front end: sides described by workers, rules compared here, a call written by a worker."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Symbol

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import TUPLES
from lawful.verify.oracle.formats import single
from lawful.verify.translation.answer import Case, Translation
from lawful.verify.translation.found import Found
from lawful.verify.translation.scaled import on_other_gradients
from lawful.verify.translation.translate import cases, rounding, settings, translated
from lawful.verify.workers.pool import Pool

SIDES, CARRYING = "lawful.properties.translation.sides", "lawful.properties.translation.carrying"
"""What workers are asked in."""


@dataclass(frozen=True)
class Answer:
    """A translation with its two sides.

    Attributes:
        translation: between the rules.
        first, second: what the user wrote.
        said: what must be known before: a side that does not follow the rule of its name.
        setting: of the first, hyperparameter → value; none where it is a rule that is not set.
        case: the number of the case that applies at this setting; None if none does, or the first is not set.
        values: hyperparameter of the second → value in that case.
        call: the constructor's call to paste, where the second is a target.
        second_rule: the rule that the second then follows.
        differs: what else differs between the two.
        carried: a state carried over, between two targets (`lawful.properties.translation.carrying.Carried`).
        lacks: what the second's constructor has no argument for, though it would have to be another; "" for nothing.
    """

    translation: Translation
    first: str
    second: str
    said: list[str] = field(default_factory=list)
    setting: dict[str, float] = field(default_factory=dict)
    case: int | None = None
    values: dict[str, float] = field(default_factory=dict)
    call: str = ""
    second_rule: str = ""
    differs: list[str] = field(default_factory=list)
    carried: Any = None
    lacks: str = ""

    @property
    def found(self) -> bool:
        """Whether some setting does the same: at the first's setting, or at every one but special ones."""
        if self.lacks:
            return False
        return self.case is not None if self.setting else self.translation.outcome in ("yes", "where")


@dataclass(frozen=True)
class Party:
    """One of the two: the rule, how it is set if that is known, and the target that follows it, if it is one."""

    text: str
    rule: Rule
    setting: dict[str, float] = field(default_factory=dict)
    side: Any = None


def between(
    first: str,
    second: str,
    arguments: Mapping[str, Any],
    names: Mapping[str, str],
    gradients: str,
    seed: int,
    timeout: float,
    asked: Any = None,
) -> Answer:
    """How the second must be set so that it does what the first does; `asked`: a pool, or what stands for one.

    Raises:
        Unanswerable: an unknown rule, target, argument or change of gradients; a setting that cannot be; a target that
            follows no known rule.
    """
    targets = [text for text in (first, second) if is_target(text)]
    if names and not targets:
        raise Unanswerable(
            f"--name {next(iter(names))}: {first} and {second} are rules, whose own names are known."
        )
    refuse_at_a_glance(targets, [text for text in (first, second) if not is_target(text)])
    with ExitStack() as stack:
        pool = asked or (stack.enter_context(Pool(1)) if targets else None)
        one = _party(pool, first, arguments, names, seed, timeout)
        same = first == second and not arguments
        other = one if same else _party(pool, second, {}, names if first == second else {}, seed, timeout)
        answer = _answered(one, other, gradients)
        if pool is None or other.side is None or not _whole(answer):
            return answer
        called = _called(pool, answer, other, timeout)
        return (
            called
            if one.side is None or gradients or called.lacks
            else _carried(pool, called, one, other, arguments, timeout)
        )


def _whole(answer: Answer) -> bool:
    """Whether every hyperparameter of the second has a number."""
    return (
        answer.case is not None
        and answer.values.keys() == answer.translation.cases[answer.case].setting.keys()
    )


def _called(pool: Any, answer: Answer, other: Party, timeout: float) -> Answer:
    """The answer with the call to paste, or with what cannot be said in one."""
    asked = other.text, answer.second_rule, other.side.choices[answer.second_rule], answer.values
    try:
        call = pool.call(f"{SIDES}:call", *asked, gives=str, timeout=timeout, about=other.text)
    except Unanswerable as lacking:
        return replace(answer, lacks=str(lacking))
    return replace(answer, call=call)


def _carried(
    pool: Any, answer: Answer, one: Party, other: Party, arguments: Mapping[str, Any], timeout: float
) -> Answer:
    """The answer with a state carried over from the first target to the second."""
    from lawful.properties.translation.carrying import Carried, Told

    assert answer.case is not None
    case, held = answer.translation.cases[answer.case], {s: single(v) for s, v in one.setting.items()}
    numbers = set(one.side.arguments.values())
    fixed = {name: value for name, value in arguments.items() if name not in numbers}
    asked = (
        Told(one.text, one.side.rule, {**one.side.choices[one.side.rule], **fixed}, held),
        Told(other.text, answer.second_rule, other.side.choices[answer.second_rule], case.values(held)),
        case.formulas["states"],
    )
    found = pool.call(f"{CARRYING}:carried", *asked, gives=Carried, timeout=timeout, about=one.text)
    return replace(answer, carried=found)


def is_target(text: str) -> bool:
    """Whether a text names a target, and no rule."""
    return ":" in text.partition("(")[0]


def _party(
    pool: Any, text: str, arguments: Mapping[str, Any], names: Mapping[str, str], seed: int, timeout: float
) -> Party:
    if not is_target(text):
        rule = find_rule(text)
        return Party(text, rule, _set(rule, arguments) if arguments else {})
    from lawful.properties.translation.sides import Side

    call = f"{SIDES}:side", text, dict(arguments), dict(names), seed
    side = pool.call(*call, gives=Side, timeout=timeout, about=text)
    return Party(text, find_rule(side.rule), side.setting, side)


def _set(rule: Rule, arguments: Mapping[str, Any]) -> dict[str, float]:
    """A rule's hyperparameters with these values, and else its defaults."""
    known = {s.name: s for s in rule.defaults}
    setting, given = {s.name: default for s, default in rule.defaults.items()}, set[Symbol]()
    for name, value in arguments.items():
        held = {**TUPLES, **rule.tuples}.get(name, ())
        if held and not (isinstance(value, list | tuple) and len(value) == len(held)):
            raise Unanswerable(f"{name}={value!r} does not give {', '.join(s.name for s in held)}.")
        values = (
            zip(held, value, strict=True) if held and len(held) == len(value) else [(known.get(name), value)]
        )
        for symbol, number in values:
            if symbol is None:
                raise unknown(f"hyperparameter of {rule}", name, known)
            if type(number) not in (int, float) or number not in rule.domain(symbol):
                raise Unanswerable(f"{symbol.name}={number!r} is not in {rule.domain(symbol)}.")
            if symbol in given:
                raise Unanswerable(f"{symbol.name} is given twice: {setting[symbol.name]:g} and {number:g}.")
            given.add(symbol)
            setting[symbol.name] = float(number)
    return setting


def _answered(first: Party, second: Party, gradients: str) -> Answer:
    """The first rule that the second's options choose and with which it does the same; or why none does."""
    choices = list(second.side.choices) if second.side else [second.text]
    said = [line for party in (first, second) for line in _said(party)]
    every = {spec: _fed(first.rule, find_rule(spec), gradients) for spec in choices}
    known = dict[str, list[Found]]()
    for spec, (one, other) in every.items():
        known[spec] = settings(one, other, _at(first, one))
        found = cases(known[spec])
        place = _place(found, first.setting)
        if place is not None:
            return _with(
                Answer(
                    Translation(str(one), str(other), found, rounding=rounding(one, other)),
                    first.text,
                    second.text,
                    said,
                    first.setting,
                    place,
                    second_rule=spec,
                ),
                second,
            )
    own = choices[0]  # that of the second's rule as it is
    one, other = every[own]
    whole = translated(one, other, _at(first, one), known[own])
    return Answer(whole, first.text, second.text, said, first.setting)


def _at(first: Party, rule: Rule) -> dict[Symbol, float] | None:
    """How the first rule is set, if it is; what stands for any number is 1."""
    setting = first.setting
    return {s: setting.get(s.name, d) for s, d in rule.defaults.items()} if setting else None


def _fed(first: Rule, second: Rule, gradients: str) -> tuple[Rule, Rule]:
    return on_other_gradients(first, second, gradients) if gradients else (first, second)


def _place(found: list[Case], setting: Mapping[str, float]) -> int | None:
    """The number of the first case that applies: at the setting, or in general where there is none."""
    fits = (
        n
        for n, c in enumerate(found)
        if (c.applies({**setting, "c": 1.0}) if setting else not (c.zero or c.begun))
    )
    return next(fits, None)


def _said(party: Party) -> list[str]:
    if party.side is None:
        return []
    once = f" once {party.side.once}" if party.side.once else ""
    if party.side.claimed:
        return [f"{party.text} does not follow {party.side.claimed}: it follows {party.side.words}{once}."]
    return [f"{party.text} follows {party.side.words}{once}."] if once else []


def _with(answer: Answer, second: Party) -> Answer:
    """The answer with the numbers of the case that applies, and with what else is to be seen to."""
    if not answer.setting or answer.case is None:
        return answer
    values = answer.translation.cases[answer.case].values(answer.setting)
    differs = [*_defaults(values, second), *_unknown(second)]
    return replace(answer, values=values, differs=differs)


def _defaults(values: Mapping[str, float], second: Party) -> list[str]:
    own = second.side.setting if second.side else {}
    return [
        f"{name} is {own[name]:g} by default in {second.text}, and must be {value:.6g}."
        for name, value in values.items()
        if name in own and own[name] != value
    ]


def _unknown(second: Party) -> list[str]:
    if second.side is None or not second.side.unknown:
        return []
    return [
        f"{second.text} has arguments without counterpart, left as they are: {', '.join(second.side.unknown)}."
    ]
