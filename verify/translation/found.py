"""Settings with their conditions: when the second rule does what the first does, each with its proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations

import numpy as np
from sympy import Expr, Integer, Mul, Symbol, fraction, together

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import DOMAINS, lr, lr_0, t
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.proof import Proof
from lawful.verify.translation.fitting import allowed, same, solutions
from lawful.verify.translation.proving import equivalence, holds, proved
from lawful.verify.translation.question import Place, Question
from lawful.verify.translation.rewriting import above, begins, begun, deciding, positive
from lawful.verify.translation.settings import Formulas, settings
from lawful.verify.translation.states import states

MOST, LARGE = 2, 30.0
"""How many hyperparameters may have to be 0; how large weights are where something may be bounded by their norm."""


@dataclass(frozen=True)
class Found:
    """A setting with which the second rule does what the first does.

    Attributes:
        zero: hyperparameters of the first that must be 0 for it.
        above: those that must not be 0.
        setting: hyperparameter of the second → what it must be.
        states: state of the second → what it is in terms of the first's; itself where absent.
        proof: of it, while the learning rate is constant.
        scheduled: whether it holds while the learning rate follows a schedule.
        following: of the second's hyperparameters, those that must then be set anew at each step.
        begun: whether it holds once both have begun, the second with the first's state.
    """

    zero: frozenset[Symbol]
    above: frozenset[Symbol]
    setting: Formulas
    states: Mapping[Symbol, Expr]
    proof: Proof
    scheduled: bool = False
    following: tuple[Symbol, ...] = ()
    begun: bool = False

    @property
    def needed(self) -> tuple[Expr, ...]:
        """What must be positive besides, for the setting to be where the second rule's may be."""
        found = (part for symbol, e in self.setting.items() for part in _doubtful(symbol, e))
        return tuple(dict.fromkeys(part for part in found if part not in self.above))


def _doubtful(symbol: Symbol, expr: Expr) -> Iterator[Expr]:
    """The factors of a setting that may be 0 or negative where that is not allowed."""
    if expr == symbol:
        return
    top, bottom = fraction(together(expr))
    for part, below in (
        *((p, False) for p in Mul.make_args(top)),
        *((p, True) for p in Mul.make_args(bottom)),
    ):
        base = part.base if part.is_Pow else part
        harmless = base.is_nonnegative and not (below or symbol.is_positive)
        if not (base.is_number or base.is_positive or harmless or _below_1(1 - base)):
            yield base


def _below_1(expr: Expr) -> bool:
    """Whether an expression is a hyperparameter that is always below 1, or its power to the step."""
    base = expr.base if expr.is_Pow and expr.exp == t else expr
    return base in DOMAINS and DOMAINS[base].high <= 1


def unconditional(first: Rule, second: Rule) -> Found | None:
    """A setting for every setting of the first rule, or for every one in which something is not 0."""
    return where(first, second, frozenset())


def conditional(
    first: Rule,
    second: Rule,
    among: frozenset[Symbol] = frozenset(),
    known: frozenset[Symbol] = frozenset(),
    refused: frozenset[Symbol] | None = None,
) -> Iterator[Found]:
    """Settings where some hyperparameters of the first are 0, as few as may be.

    Args:
        first, second: the rules.
        among: those that may be; any without.
        known: those that are 0 anyway.
        refused: those at which, all others above it, there is none; where fewer are 0 there is none either, unless
            that decides a case.
    """
    able = [s for s in first.defaults if may_be_zero(first, s) and s not in known]
    decides, held = _decide(first, second), list[frozenset[Symbol]]()
    lost = cache(partial(_lost, Question.of(first, second)))
    for more in _few([s for s in able if s in among or not among]):
        if any(before <= more for before in held) or excluded(first, second, more, refused):
            continue
        if all(map(lost, _ends(known | more, frozenset(able) - decides))):
            continue
        if (found := where(first, second, more | known)) is not None:
            held.append(more)
            yield found


def _few(symbols: Sequence[Symbol]) -> Iterator[frozenset[Symbol]]:
    """One or two of these."""
    yield from (frozenset(z) for count in range(1, MOST + 1) for z in combinations(symbols, count))


def _ends(zero: frozenset[Symbol], able: frozenset[Symbol]) -> Iterator[frozenset[Symbol]]:
    """These and all that may be 0 besides, or all but one of which: there a setting may leave its domain."""
    yield zero | able
    yield from (zero | able - {s} for s in sorted(able - zero, key=str))


def _lost(question: Question, zero: frozenset[Symbol]) -> bool:
    """Whether, where these are 0, no setting is near, though the first rule is defined; nor is one where fewer are."""
    place = replace(question.points(zero)[0], weight=LARGE)
    return bool(np.isfinite(place.wanted).all()) and next(solutions(place), None) is None


def excluded(first: Rule, second: Rule, zero: frozenset[Symbol], refused: frozenset[Symbol] | None) -> bool:
    """Whether what holds where these are 0 would hold where it is known that nothing does; `refused` as above."""
    if refused is None or not zero <= refused:
        return False
    return not (refused - zero) & _decide(first, second)


def _decide(first: Rule, second: Rule) -> frozenset[Symbol]:
    """What decides a case of one or the other by whether it is 0."""
    return deciding(first) | deciding(second)


def carried_over(first: Rule, second: Rule) -> Iterator[Found]:
    """A setting with which the second rule goes on as the first does, from the first's state, once that has begun."""
    apart = any(first.initial(s) != second.initial(s) for s in second.state)
    if second.state.keys() <= first.state.keys() and (apart or begins(first) or begins(second)):
        if (found := where(begun(first, first), begun(second, first), frozenset())) is not None:
            setting = {s: e for s, e in found.setting.items() if s in second.defaults}
            yield replace(found, setting=setting, begun=True)


def may_be_zero(rule: Rule, symbol: Symbol) -> bool:
    """Whether 0 is in a hyperparameter's domain."""
    return not symbol.is_integer and 0.0 in rule.domain(symbol)


def where(first: Rule, second: Rule, zero: frozenset[Symbol]) -> Found | None:
    """A setting where these hyperparameters of the first are 0, and the others are not."""
    question = Question.of(first, second)
    places = question.points(zero)
    ends = _at_ends(question, zero)
    for setting in settings(places):
        if not all(_goes_on_to(end, setting) for end in ends):
            continue
        meaning = states(places, question.second.replace(dict(setting)))
        if meaning is None:
            continue
        for found in _proofs(question, zero, setting, meaning):
            return _along_schedules(first, second, found)
    return None


def _at_ends(question: Question, zero: frozenset[Symbol]) -> list[Place]:
    """Where all is 0 that may be and decides no case: what does the same everywhere does so there."""
    decides = _decide(question.first, question.second)
    more = {s for s in question.first.defaults if may_be_zero(question.first, s) and s not in decides}
    return [replace(place, weight=LARGE) for place in question.points(zero | more)]


def _goes_on_to(end: Place, setting: Formulas) -> bool:
    """Whether a setting does the same there, unless it or what it should do is nowhere."""
    numbers = {s: end.value(e) for s, e in setting.items()}
    if not (
        np.isfinite([*numbers.values()]).all() and allowed(end, numbers) and np.isfinite(end.wanted).all()
    ):
        return True
    return same(end, numbers)


def _proofs(
    question: Question, zero: frozenset[Symbol], setting: Formulas, meaning: Formulas
) -> Iterator[Found]:
    """The setting with its proof: as it is, or where nothing is 0 that decides a case."""
    law = _law(question, zero, frozenset(), setting, meaning)
    decides = (deciding(law.left) | deciding(law.right)) & frozenset(question.first.defaults)
    for positive_ in dict.fromkeys((frozenset[Symbol](), decides - zero)):
        proof = proved(_law(question, zero, positive_, setting, meaning))
        if proof.proved and proof.confirmed and proof.refused:
            yield Found(zero, positive_, setting, meaning, proof)
            return


def _law(
    question: Question,
    zero: frozenset[Symbol],
    positive_: frozenset[Symbol],
    setting: Formulas,
    meaning: Formulas,
    varying: Sequence[Symbol] = (),
) -> Equivalence:
    """What is claimed, where some hyperparameters are 0 and others are not."""
    known = positive(positive_)
    gone = {s: Integer(0) for s in question.first.defaults if s in zero}
    first = above(question.first.replace(gone), positive_)
    said = ({s: e.xreplace(known) for s, e in formulas.items()} for formulas in (setting, meaning))
    return equivalence(Question(first, question.second), *said, varying=varying)


def _along_schedules(first: Rule, second: Rule, found: Found) -> Found:
    """Whether it goes on to hold where the learning rate changes; what was set when it began stays, or follows it."""
    if lr not in first.defaults or lr not in found.setting:
        return found
    start = {lr_0: found.setting[lr].xreplace({lr: lr_0})} if lr_0 in second.defaults else {}
    kept = {s: e if s == lr else e.xreplace({lr: lr_0}) for s, e in found.setting.items()}
    moved = tuple(s for s, e in found.setting.items() if s != lr and lr in e.free_symbols)
    for setting, following in ((kept, ()), (found.setting, moved)):
        law = _law(
            Question(first, second), found.zero, found.above, {**setting, **start}, found.states, (lr,)
        )
        if holds(law):
            return replace(found, scheduled=True, following=following)
    return found
