"""The answer "no": one setting of the first rule, and small experiments on which every setting of the second fails.

The experiments are equations for the second's hyperparameters. Each unknown is forced in turn by an equation that is
linear in it, every case is followed, and each ends with an equation that cannot hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from math import isfinite, log2
from time import process_time

from flint import arb
from sympy import Expr, Integer, Rational, Symbol, nsimplify, solve

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.translation.equations import States
from lawful.verify.translation.experiments import Course, unknowns
from lawful.verify.translation.further import done, further, hangs_on_step, turn
from lawful.verify.translation.inputs import Experiment, of
from lawful.verify.translation.question import Question
from lawful.verify.translation.replay import Replay, replayed
from lawful.verify.translation.search import Branch, GaveUp, Search

PATIENCE, ROUNDS, MOST = 30.0, (7.0, 12.0), 4
"""Seconds of this process; for each setting of the first rule, at first and where that was not enough; and settings."""

HALF = Rational(1, 2)


@dataclass(frozen=True)
class Impossible:
    """That no setting of the second rule does what the first does.

    Attributes:
        setting: of the first rule, at which that is so.
        experiments: that cannot all be met.
        lines: how that is known, case by case.
        check: what came of the second check.
        asked: whether that is the setting that was asked about, or the same are 0 in it.
        of: the rules of which it was shown, by name, where it follows from that.
    """

    setting: Mapping[Symbol, Expr]
    experiments: list[str]
    lines: list[str]
    check: Replay
    asked: bool = False
    of: tuple[str, str] | None = None


def impossible(
    question: Question, but: Sequence[frozenset[Symbol]], at: Mapping[Symbol, float] | None = None
) -> Impossible | str:
    """A witness that no setting does the same; or why none was found.

    Args:
        question: of which rules.
        but: hyperparameters of the first that are not all 0 at the witness, for there some setting does.
        at: a setting of the first, at which it is shown if it can be, and else where the same are 0.
    """
    end, reason = process_time() + PATIENCE, "no experiment contradicts every setting"
    left = list(islice(_settings(question.first, but, at), MOST))
    for each in ROUNDS:
        again = list[tuple[Mapping[Symbol, Expr], bool]]()
        for setting, asked in left:
            try:
                found = _tried(question, setting, min(process_time() + each, end), at is not None)
            except GaveUp as why:
                reason, again = str(why), [*again, (setting, asked)]
            else:
                if isinstance(found, Impossible):
                    return replace(found, asked=asked)
                reason = found
            if process_time() > end - 1:
                return reason
        left = again
    return reason


def _tried(
    question: Question, setting: Mapping[Symbol, Expr], deadline: float, sized: bool
) -> Impossible | str:
    """A witness at a setting of the first rule, or why there is none.

    Raises:
        GaveUp: it took too long.
    """
    due, begun = _due(question, setting), _begun(question, setting)
    search = Search(question.second, due, question.unknown, deadline)
    if not search.closes(Branch(begun, {}, (), tuple(due))):
        most = max((len(e.gradients) for e in due), default=0)
        return f"{len(due)} experiments of up to {most} steps do not contradict every setting"
    sizes = _sizes(begun, setting) if sized else {}
    check = replayed(question.first, setting, question.second, search.claims, sizes)
    if not (check.confirmed and check.refused):
        return check.words
    return Impossible(setting, [*dict.fromkeys(search.used)], [*_meanings(begun), *search.lines], check)


def _settings(
    rule: Rule, but: Sequence[frozenset[Symbol]], at: Mapping[Symbol, float] | None
) -> Iterator[tuple[Mapping[Symbol, Expr], bool]]:
    """Settings at which it may be shown, and whether they are what was asked about."""
    if at is not None:
        zero = frozenset(s for s in rule.defaults if at[s] == 0)
        if all(isfinite(at[s]) for s in rule.defaults):
            yield {s: Rational(repr(at[s])) for s in rule.defaults}, True
        yield simple(rule, zero), True
    for zero in _zeros(rule, but):
        yield simple(rule, zero), False


def _zeros(rule: Rule, but: Sequence[frozenset[Symbol]]) -> list[frozenset[Symbol]]:
    """Which hyperparameters may be 0, as many as may be first: what is 0 does not stand in the way.

    But those last with which the rule has no step where the gradient is 0, which tells so much, or no eps, unless it
    has so much else to tell.
    """
    able = [s for s in rule.defaults if not s.is_integer and 0.0 in rule.domain(s)]
    every = (frozenset(z) for count in range(len(able), -1, -1) for z in combinations(able, count))
    left = [zero for zero in every if not any(known <= zero for known in but)]
    return sorted(
        left,
        key=lambda zero: (
            not _rests(rule, zero),
            any(s.name.startswith("eps") for s in zero) and not hangs_on_step(rule),
        ),
    )


def _rests(rule: Rule, zero: frozenset[Symbol]) -> bool:
    """Whether the rule has a step on a gradient of 0, and in some step moves."""
    setting = simple(rule, zero)
    count = max(turn(rule, setting), 1)
    still, moved = (done(Course(rule, setting, {}), of(0, *(0,) * (count - 1), last)) for last in (0, 1))
    return still is not None and moved is not None and moved[-1][x] != 0


def simple(rule: Rule, zero: frozenset[Symbol]) -> dict[Symbol, Expr]:
    """A setting in simple numbers at which these are 0."""
    return {s: Integer(0) if s in zero else _usual(rule, s) for s in rule.defaults}


def _usual(rule: Rule, symbol: Symbol) -> Expr:
    """A simple number in a hyperparameter's domain."""
    domain = rule.domain(symbol)
    if symbol.is_integer:
        return Integer(int(domain.values[0]))
    simple = (HALF, Rational(3, 4), Integer(1), Integer(-1), nsimplify(domain.values[0], rational=True))
    average = (
        Rational(15, 16) if hangs_on_step(rule) else Rational(3, 4)
    )  # with which it soon goes on otherwise
    liked = (average, *simple) if symbol.name in ("beta2", "alpha") else simple
    liked = (Integer(1), *simple) if symbol.name.startswith("eps") else liked
    return next(v for v in liked if float(v) in domain)


def _due(question: Question, setting: Mapping[Symbol, Expr]) -> dict[Experiment, States]:
    """Experiment → what the first rule does there, where it is defined."""
    course = Course(question.first, setting, {})
    return {e: states for e in further(question.first, course) if (states := done(course, e)) is not None}


def _begun(question: Question, setting: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The second rule's hyperparameters as unknowns; how often something is done is as by default."""
    second = question.second
    counted = {s: Integer(int(d)) for s, d in second.defaults.items() if s.is_integer}
    same = {s: v for s, v in setting.items() if s.is_integer and s in counted}
    others = {s: v for s, v in setting.items() if s not in second.defaults}
    return {**others, **unknowns(second, question.unknown), **counted, **same}


def _sizes(begun: Mapping[Symbol, Expr], setting: Mapping[Symbol, Expr]) -> dict[Symbol, arb]:
    """Unknown → the power of 2 near what it would be at the first rule's value."""
    found = dict[Symbol, arb]()
    for symbol, e in begun.items():
        for y in e.free_symbols if setting.get(symbol, 0) != 0 else ():
            for value in solve(e - setting[symbol], y):
                found[y] = arb(2) ** round(log2(value)) if value > 0 else arb(1)
    return found


def _meanings(begun: Mapping[Symbol, Expr]) -> list[str]:
    """What the unknowns stand for that are no hyperparameters themselves."""
    said = {s: e for s, e in begun.items() if not (e.is_Symbol or e.is_number)}
    return [
        f"{plain(s)}' is {plain(e)} with {plain(min(e.free_symbols, key=str))} ≥ 0." for s, e in said.items()
    ]
