"""One side of a translation: a target, the rule that it follows, and its hyperparameters in its constructor's words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from math import inf, isnan
from typing import Any

from lawful.properties.identification.answering import answered_at_once, asked
from lawful.properties.translation.built import refuse_unless_built
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.places import name_of, place_of
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.families import find_family, find_rule
from lawful.verify.variants.variants import Variant

MOST = 12
"""How many choices of a constructor's options are considered."""


@dataclass(frozen=True)
class Side:
    """A target as a translation sees it.

    Attributes:
        target: as the user wrote it.
        rule: what it follows as it is set, as `find_rule` reads it.
        words: the same in words.
        claimed: the rule that its name claims, where it follows another; "" else.
        choices: the rules that its options choose → the arguments that say so; `rule` first.
        setting: hyperparameter → its value as it is set.
        arguments: hyperparameter → the constructor's argument; those that it lacks are absent.
        unknown: arguments of which the rule says nothing.
        once: what must be set for it to follow the rule: `clip is None`; "" for nothing.
    """

    target: str
    rule: str
    words: str
    claimed: str
    choices: dict[str, dict[str, Any]]
    setting: dict[str, float]
    arguments: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    once: str = ""


def side(target: str, arguments: Mapping[str, Any], names: Mapping[str, str], seed: int) -> Side:
    """What a target follows, and how it is set.

    Raises:
        Unanswerable: an unknown target or argument, one that follows no rule that is known, or arguments that its
            constructor refuses.
    """
    if arguments.get("maximize") in (True, 1):
        raise Unanswerable(
            f"{target} with maximize=True goes up its gradients: ask without it, and set it in both or in neither."
        )
    claim = claimed(_class_name(target))
    found = answered_at_once(asked(target, arguments, names, seed), target, claim)
    if not found.fits:
        near = f"; the nearest is {found.nearest.rule}" if found.nearest else ""
        raise Unanswerable(f"{target} follows no rule that is known, so there is nothing to translate{near}.")
    arguments = {**arguments, **relief(found.once)}
    match = next((m for m in found.fits if find_family(m.rule)[0].name == claim), found.fits[0])
    candidate = Candidate.of(target, match.rule, arguments, names)
    rule, choices = find_rule(match.rule), _choices(target, match.rule, arguments, names)
    setting = {s.name: value for s, value in candidate.defaults(rule).items()}
    if arguments:
        said = ", ".join(f"{name}={_written(value)}" for name, value in arguments.items())
        refuse_unless_built(target, match.rule, arguments, setting, said)
    return Side(
        target,
        match.rule,
        match.words,
        claim if claim != UNCLAIMED and another(claim, match.rule, candidate.options.names) else "",
        {rule: relief(found.once) | said for rule, said in choices.items()},
        setting,
        {s.name: name for s, name in candidate.binding.names.items()},
        [name for name in candidate.unexplored if name not in relief(found.once)],
        found.once,
    )


RELIEFS = {"None": None, "∞": inf, "False": False}


def relief(once: str) -> dict[str, Any]:
    """The argument that a rule is followed with: `{"clip": 0.0}` of `clip is 0.0`."""
    name, _, value = once.partition(" is ")
    return {name: RELIEFS[value] if value in RELIEFS else float(value)} if name else {}


def another(claim: str, rule: str, options: Collection[str]) -> bool:
    """Whether a rule is not what a name claims, by more than what its constructor's options choose."""
    family, conventions = find_family(rule)
    return family.name != claim or bool(conventions.keys() - {*options})


def _class_name(target: str) -> str:
    return name_of(target).partition("(")[0]


def _choices(
    target: str, rule: str, arguments: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The rules that a constructor's options choose beside the one that it follows as it is set."""
    family, conventions = find_family(rule)
    open_ = Candidate.of(target, family.name, arguments, names)
    options = {o: v for o, v in open_.options.values.items() if o != "maximize"}
    found: dict[str, dict[str, Any]] = {
        rule: open_.options.arguments({o: conventions[o] for o in options if o in conventions})
    }
    for values in islice(product(*options.values()), MOST):
        chosen = dict(zip(options, values, strict=True))
        differing = {n: v for n, v in {**conventions, **chosen}.items() if v != family.conventions[n][0]}
        found.setdefault(Variant(family, differing).spec, open_.options.arguments(chosen))
    return found


def call(target: str, rule: str, chosen: Mapping[str, Any], setting: Mapping[str, float]) -> str:
    """The constructor's call with this setting, to paste.

    Args:
        target: whose constructor.
        rule: that it then follows.
        chosen: arguments that choose the rule's conventions.
        setting: hyperparameter → value.

    Raises:
        Unanswerable: it has no argument for something that is not as it is without, or refuses it.
    """
    candidate = Candidate.of(target, rule)
    hyper = {s: setting[s.name] for s in candidate.binding.rule.defaults if s.name in setting}
    for symbol, value in hyper.items():
        if symbol not in candidate.binding.names and value != candidate.binding.rule.defaults[symbol]:
            raise Unanswerable(
                f"{target} has no argument for {symbol.name}, which would have to be {value:g}."
            )
    bound = candidate.binding.group({s: hyper.get(s, d) for s, d in candidate.binding.rule.defaults.items()})
    other = {n: v for n, v in chosen.items() if v != candidate.constructor.default(n)}
    said = (f"{name}={_written(value)}" for name, value in {**bound, **other}.items())
    written = f"{_constructor(target)}({', '.join(filter(None, [candidate.adapter.given, *said]))})"
    refuse_unless_built(target, rule, chosen, setting, written)
    return written


def _constructor(target: str) -> str:
    place = place_of(target)
    return name_of(target) if not place or place.endswith(".py") else f"{place}.{name_of(target)}"


def _written(value: Any) -> str:
    """A value as Python writes it, without what rounding added."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    if isinstance(value, float):
        return "None" if isnan(value) else repr(float(f"{value:.15g}"))
    return repr(value)
