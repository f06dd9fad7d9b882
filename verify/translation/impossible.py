"""The answer "no": one setting of the first rule, and small experiments on which every setting of the second fails.

The experiments are equations for the second's hyperparameters. Each unknown is forced in turn by an equation that is
linear in it, every case is followed, and each ends with an equation that cannot hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from time import process_time

from sympy import Expr, Integer, Poly, PolynomialError, Rational, Symbol, nsimplify, sign

from lawful.verify.language.domain import Domain
from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import g, x
from lawful.verify.language.tensors import NewtonSchulz
from lawful.verify.translation.elimination import Way, tidy, ways
from lawful.verify.translation.experiments import Course, Experiment, Undecided, experiments, unknowns
from lawful.verify.translation.question import Question

PATIENCE, EACH = 6.0, 3.0
"""Seconds of this process; for each setting of the first rule."""

DEPTH = 14
HALF = Rational(1, 2)


@dataclass(frozen=True)
class Impossible:
    """That no setting of the second rule does what the first does.

    Attributes:
        setting: of the first rule, at which that is so.
        experiments: that cannot all be met.
        lines: how that is known, case by case.
    """

    setting: Mapping[Symbol, Expr]
    experiments: list[str]
    lines: list[str]


class GaveUp(Exception):  # an answer, not an error
    """It is not shown; the message says why."""


def impossible(question: Question, but: Sequence[frozenset[Symbol]]) -> Impossible | str:
    """A witness that no setting does the same; or why none was found.

    Args:
        question: of which rules.
        but: hyperparameters of the first that are not all 0 at the witness, for there some setting does.
    """
    end, reason = process_time() + PATIENCE, "no experiment contradicts every setting"
    for zero in _zeros(question.first, but):
        setting = simple(question.first, zero)
        search = Search(question, setting, min(process_time() + EACH, end))
        try:
            if search.closes(search.begun, {}):
                return Impossible(setting, [*dict.fromkeys(search.used)], [*search.meanings, *search.lines])
        except GaveUp as why:
            reason = str(why)
    return reason


def _zeros(rule: Rule, but: Sequence[frozenset[Symbol]]) -> list[frozenset[Symbol]]:
    """Which hyperparameters may be 0, as many as may be first: what is 0 does not stand in the way.

    But those last with which the rule has no step where the gradient is 0, which tells so much.
    """
    able = [s for s in rule.defaults if not s.is_integer and 0.0 in rule.domain(s)]
    every = (frozenset(z) for count in range(len(able), -1, -1) for z in combinations(able, count))
    left = [zero for zero in every if not any(known <= zero for known in but)]
    return sorted(left, key=lambda zero: not _rests(rule, zero))


def _rests(rule: Rule, zero: frozenset[Symbol]) -> bool:
    """Whether the rule has a step on a gradient of 0."""
    return _done(Course(rule, simple(rule, zero), {}), Experiment(Integer(0), (Integer(0),))) is not None


def simple(rule: Rule, zero: frozenset[Symbol]) -> dict[Symbol, Expr]:
    """A setting in simple numbers at which these are 0."""
    return {s: Integer(0) if s in zero else _usual(rule, s) for s in rule.defaults}


def _usual(rule: Rule, symbol: Symbol) -> Expr:
    """A simple number in a hyperparameter's domain."""
    domain = rule.domain(symbol)
    if symbol.is_integer:
        return Integer(int(domain.values[0]))
    simple = (HALF, Rational(3, 4), Integer(1), nsimplify(domain.values[0], rational=True))
    liked = (Rational(3, 4), *simple) if symbol.name in ("beta2", "alpha") else simple
    liked = (Integer(1), *simple) if symbol.name.startswith("eps") else liked
    return next(v for v in liked if float(v) in domain)


@dataclass
class Search:
    """A search for a contradiction at one setting of the first rule.

    Args:
        question: of which rules.
        setting: of the first.
        deadline: in seconds of this process.
    """

    question: Question
    setting: Mapping[Symbol, Expr]
    deadline: float
    lines: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """What the first rule does is worked out once."""
        course = Course(self.question.first, self.setting, {})
        tried = [*experiments(), *_standing_still(self.question.first, course)]
        self._wanted = [(e, w) for e in tried if (w := _done(course, e)) is not None]

    @property
    def begun(self) -> dict[Symbol, Expr]:
        """The second rule's hyperparameters as unknowns; how often something is done is as by default."""
        second = self.question.second
        counted = {s: Integer(int(d)) for s, d in second.defaults.items() if s.is_integer}
        same = {s: v for s, v in self.setting.items() if s.is_integer and s in counted}
        others = {s: v for s, v in self.setting.items() if s not in second.defaults}
        return {**others, **unknowns(second, self.question.unknown), **counted, **same}

    @property
    def meanings(self) -> list[str]:
        """What the unknowns stand for that are no hyperparameters themselves."""
        begun = {s: e for s, e in self.begun.items() if not (e.is_Symbol or e.is_number)}
        return [
            f"{plain(s)}' is {plain(e)} with {plain(e.free_symbols.copy().pop())} ≥ 0."
            for s, e in begun.items()
        ]

    def closes(self, sought: Mapping[Symbol, Expr], granted: Mapping[Expr, int], depth: int = 0) -> bool:
        """Whether no values of the unknowns meet all experiments."""
        if process_time() > self.deadline or depth > DEPTH:
            raise GaveUp("the search took too long")
        if (outside := self._outside(sought)) is not None:
            self.lines.append(f"{'  ' * depth}{outside}' = {plain(sought[outside])} cannot be.")
            return True
        course, undecided = Course(self.question.second, sought, granted), None
        for experiment, due in self._wanted:
            try:
                gaps = _gaps(course, experiment, due)
            except Undecided as why:
                undecided = undecided or why
                continue
            for step, gap in enumerate(gaps, start=1):
                if (found := self._ways(gap)) is not None:
                    said = f"{experiment}, step {step}"
                    if not found:
                        self._say(depth, said, "it cannot")
                    return all(self._follow(way, said, sought, granted, depth) for way in found)
        return undecided is not None and self._cases(undecided.condition, sought, granted, depth)

    def _outside(self, sought: Mapping[Symbol, Expr]) -> Symbol | None:
        """A hyperparameter that has a value outside its domain, as where what was divided by has become 0."""
        second = self.question.second
        known = {s: sought[s] for s in self.question.unknown if sought[s].is_number and sought[s].is_finite}
        return next((s for s, e in known.items() if not _within(second.domain(s), e)), None)

    def _ways(self, gap: Expr) -> list[Way] | None:
        """What makes an equation hold, [] if nothing does; None if it says nothing that can be used."""
        if process_time() > self.deadline:
            raise GaveUp("the search took too long")
        return ways(gap)

    def _follow(
        self, way: Way, said: str, sought: Mapping[Symbol, Expr], granted: Mapping[Expr, int], depth: int
    ) -> bool:
        """Whether nothing is left once an unknown has a value."""
        symbol, value = way
        if symbol is None:
            self._say(depth, said, "no value that is allowed does it")
            return True
        self._say(depth, said, f"{_told(symbol, value)}")
        known = {s: tidy(put(e, {symbol: value})) for s, e in sought.items()}
        return self.closes(known, {put(e, {symbol: value}): s for e, s in granted.items()}, depth + 1)

    def _cases(
        self, condition: Expr, sought: Mapping[Symbol, Expr], granted: Mapping[Expr, int], depth: int
    ) -> bool:
        """Whether nothing is left whatever the sign of an expression is."""
        for sign_ in (1,) if condition.is_nonnegative else (1, -1):
            self.lines.append(f"{'  ' * depth}where {plain(condition)} {'>' if sign_ > 0 else '<'} 0:")
            known = (
                {condition: Symbol(condition.name, positive=True)}
                if condition.is_Symbol and sign_ > 0
                else {}
            )
            left = {s: put(e, known) for s, e in sought.items()}
            if not self.closes(left, {**granted, condition: sign_}, depth + 1):
                return False
        if (found := self._ways(condition)) is None:
            return False
        self.lines.append(f"{'  ' * depth}where {plain(condition)} = 0:")
        return all(self._follow(way, "then", sought, granted, depth + 1) for way in found)

    def _say(self, depth: int, experiment: str, line: str) -> None:
        if experiment != "then":
            self.used.append(experiment.partition(", step")[0])
        self.lines.append(f"{'  ' * depth}{experiment}: {line}.")


def _told(symbol: Symbol, value: Expr) -> str:
    return f"{plain(symbol)} = {plain(value)}"


def _within(domain: Domain, number: Expr) -> bool:
    """Whether a number lies in a domain."""
    low, high = (nsimplify(end, rational=True) for end in (domain.low, domain.high))
    above = number > low if domain.open_low else number >= low
    return bool(above) and bool(number < high)


def _gaps(course: Course, experiment: Experiment, due: Sequence[Mapping[Symbol, Expr]]) -> list[Expr]:
    """By how much each step differs from what it should be, from where it should be; what must be 0.

    Raises:
        Undecided: see `Course.steps`.
    """
    try:
        seen = course.steps(experiment, [w[x] for w in due[1:]])
    except (PolynomialError, NotImplementedError, ZeroDivisionError):
        return []
    moved = (after[x] - before[x] for before, after in pairwise(due))
    return [a - b for a, b in zip(seen, moved, strict=True)]


def _done(course: Course, experiment: Experiment) -> list[Mapping[Symbol, Expr]] | None:
    """What the first rule does, if it is defined there."""
    try:
        found = course.states(experiment)
    except (Undecided, ZeroDivisionError, NotImplementedError):
        return None
    return None if any(not w[x].is_finite for w in found) else found


def _standing_still(rule: Rule, course: Course) -> Iterator[Experiment]:
    """Of a rule that takes signs: gradients with a last one that makes it stand still."""
    inside = [e.args[0] for e in rule.x.atoms(sign, NewtonSchulz)]
    for gradients in ((1,), (2,), (1, -1), (1, -2), (1, 1)) if inside else ():
        state = course.states(Experiment(Integer(0), tuple(map(Integer, gradients))))[-1]
        poly = Poly(put(inside[0], {**course.setting, **state}), g)
        if poly.degree() == 1:
            yield Experiment(Integer(0), (*map(Integer, gradients), -poly.nth(0) / poly.nth(1)))
