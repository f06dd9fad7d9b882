"""The search for a contradiction: what experiments say of unknown hyperparameters, until nothing is left.

An equation that determines an unknown is followed, the most telling first; where it depends on the sign of something
which case applies, each is. Where neither leads on, it ends without one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, groupby
from time import process_time

from sympy import Expr, Integer, S, Symbol, nsimplify

from lawful.verify.language.domain import Domain
from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.translation.claims import Claim
from lawful.verify.translation.elimination import Way, sign_of, tidy, ways
from lawful.verify.translation.equations import Equation, States, Telling, compact, defined, equations
from lawful.verify.translation.experiments import (
    ANY,
    RISING,
    Course,
    Signs,
    Undecided,
    bared,
    signs,
)
from lawful.verify.translation.inputs import Experiment
from lawful.verify.translation.pairs import together
from lawful.verify.translation.powers import by_step
from lawful.verify.translation.quotients import factored

DEPTH, ENOUGH, LONG = 24, 6, 32
"""How many things may be assumed one after the other; how many equations are compared that tell something; and of how
many operations a value is that makes everything after it long."""

known_ways = lru_cache(maxsize=4096)(ways)


class GaveUp(Exception):  # an answer, not an error
    """It is not shown; the message says why."""


@dataclass(frozen=True)
class Branch:
    """What is known in a case.

    Attributes:
        sought: hyperparameter of the second rule → number, or expression in the unknowns that are left.
        granted: expression → the signs that it may have.
        said: equations that hold.
        unheard: experiments of which it is not known yet which case applies.
        depth: how many things were assumed.
    """

    sought: Mapping[Symbol, Expr]
    granted: Mapping[Expr, Signs]
    said: tuple[Equation, ...]
    unheard: tuple[Experiment, ...]
    depth: int = 0

    def told(self, heard: Mapping[Experiment, Sequence[Equation]]) -> "Branch":
        """With what these experiments say."""
        unheard = tuple(e for e in self.unheard if e not in heard)
        return replace(self, said=(*self.said, *chain.from_iterable(heard.values())), unheard=unheard)

    def where(self, symbol: Symbol, value: Expr) -> "Branch":
        """With a value for an unknown."""
        known = {symbol: value}
        sought = {s: tidy(put(e, known)) for s, e in {**self.sought, symbol: symbol}.items()}
        said = (
            replace(e, gap=compact(put(e.gap, known))) if symbol in e.gap.free_symbols else e
            for e in self.said
        )
        granted = _granted((put(e, known), case) for e, case in self.granted.items())
        return replace(self, sought=sought, granted=granted, said=tuple(said), depth=self.depth + 1)

    def case(self, condition: Expr, case: Signs) -> "Branch":
        """Where an expression has one of these signs."""
        return replace(self, granted={**self.granted, condition: case}, depth=self.depth + 1)


def _granted(pairs: Iterator[tuple[Expr, Signs]]) -> dict[Expr, Signs]:
    found: dict[Expr, Signs] = {}
    for expr, case in pairs:
        turned, bare = bared(expr) if defined(expr) else (1, expr)
        found[bare] = found.get(bare, ANY) & frozenset(turned * s for s in case)
    return found


@dataclass
class Search:
    """A search for a contradiction at one setting of the first rule.

    Args:
        second: the rule whose hyperparameters are sought.
        due: experiment → what the first rule does.
        unknown: the hyperparameters that are sought.
        deadline: in seconds of this process.
    """

    second: Rule
    due: Mapping[Experiment, States]
    unknown: Sequence[Symbol]
    deadline: float
    lines: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    powers: set[Symbol] = field(default_factory=set)

    def closes(self, branch: Branch) -> bool:
        """Whether no values of the unknowns meet all experiments."""
        self._in_time(branch.depth)
        if (outside := self._cannot_be(branch)) is not None:
            self._say(branch, outside)
            return True
        branch, best, conditions = self._heard(branch)
        if best is not None:
            told, found = best
            said = "; ".join(map(str, told))
            self.used += [str(equation.experiment) for equation in told]
            self.claims.append(_claim(branch, told, found, self.powers))
            if not found:
                self._say(branch, f"{said}: it cannot")
            return all(self._follow(branch, said, way) for way in found)
        return bool(conditions) and self._cases(branch, min(conditions, key=_plainness))

    def _cannot_be(self, branch: Branch) -> str | None:
        """A hyperparameter outside its domain, or a sign that an expression cannot have."""
        known = {s: branch.sought[s] for s in self.unknown if branch.sought[s].is_number}
        for symbol, e in known.items():
            if defined(e) and not _within(self.second.domain(symbol), e):
                return f"{symbol}' = {plain(e)} cannot be"
        for e, case in branch.granted.items():
            if defined(e) and not signs(e, {}) & case:
                return f"{plain(e)} cannot be {_told(case)}"
        return None

    def _heard(self, branch: Branch) -> tuple[Branch, Telling | None, list[Undecided]]:
        """Experiments are heard, shorter ones first, until one tells something.

        Returns:
            the branch with their equations; the equation that tells most; of what it depends which case applies.
        """
        course = Course(self.second, branch.sought, branch.granted, self.powers)
        best, conditions = self._telling(branch.said), list[Undecided]()
        for _, group in groupby(branch.unheard, key=lambda e: len(e.gradients)):
            if best is not None or any(len(why.condition.free_symbols) < 2 for why in conditions):
                break
            heard, undecided = dict[Experiment, list[Equation]](), list[Undecided]()
            for experiment in group:
                self._in_time()
                try:
                    heard[experiment] = equations(course, experiment, self.due[experiment])
                except Undecided as why:
                    undecided.append(why)
            branch, conditions = branch.told(heard), conditions or undecided
            best = self._telling(branch.said)
        if best is None or _worth(best[1])[0] > len(best[1]):
            best = min(
                filter(None, (best, together(branch.said))), key=lambda one: _worth(one[1]), default=None
            )
        return branch, best, conditions

    def _telling(self, said: Iterable[Equation]) -> Telling | None:
        """An equation that cannot hold, or else the one that leaves the fewest and plainest ways, of a few."""
        best, looked = None, 0
        for equation in sorted(said, key=lambda e: e.gap.count_ops()):
            self._in_time()
            if (found := known_ways(equation.gap)) is None:
                continue
            if best is None or _worth(found) < _worth(best[1]):
                best = [equation], found
            looked += 1
            if (len(found) < 2 and all(value.is_number for _, value in found)) or looked == ENOUGH:
                return best
        return best

    def _follow(self, branch: Branch, said: str, way: Way) -> bool:
        """Whether nothing is left once an unknown has a value."""
        symbol, value = way
        if symbol is None:
            self._say(branch, f"{said}: no value that is allowed does it")
            return True
        self._say(branch, f"{said}: {plain(symbol)} = {plain(value)}")
        known = branch.where(symbol, value)
        return self.closes(self._anew(known) if self._open(branch) and not self._open(known) else known)

    def _open(self, branch: Branch) -> bool:
        """Whether something hangs on the step and on an unknown, and stands for itself."""
        within = {s for e in by_step(self.second) for s in e.free_symbols}
        return any(branch.sought[s].free_symbols for s in within & branch.sought.keys())

    def _anew(self, branch: Branch) -> Branch:
        """The branch before anything is heard: what stood for itself is known now."""
        return replace(branch, said=(), unheard=tuple(self.due))

    def _cases(self, branch: Branch, undecided: Undecided) -> bool:
        """Whether nothing is left whatever the sign of an expression is."""
        condition = undecided.condition
        for case in undecided.cases:
            self._say(branch, f"where {plain(condition)} {_told(case)}", ":")
            if not all(self.closes(left) for left in _narrowed(branch, condition, case)):
                return False
        return True

    def _in_time(self, depth: int = 0) -> None:
        if process_time() > self.deadline or depth > DEPTH:
            raise GaveUp(f"the elimination was given up after {len(self.lines)} steps")

    def _say(self, branch: Branch, line: str, end: str = ".") -> None:
        self.lines.append(f"{'  ' * branch.depth}{line}{end}")


def _narrowed(branch: Branch, condition: Expr, case: Signs) -> list[Branch]:
    """The branch where an expression has one of these signs; an unknown that it bounds is another that nothing does."""
    if (bound := _bound(condition)) is None:
        return [branch.case(condition, case)]
    symbol, end = bound
    z = Symbol(
        f"{symbol}_", **({"positive": True} if symbol.is_positive or 0 not in case else {"nonnegative": True})
    )
    over = end * (1 + z) if end != 0 else z
    parts = {1: over, -1: end * z / (1 + z), 0: end}
    wanted = (case - {0}) if case == RISING and symbol.is_nonnegative else case
    return [branch.where(symbol, parts[sign]) for sign in sorted(wanted, reverse=True)]


def _bound(condition: Expr) -> tuple[Symbol, Expr] | None:
    """An unknown that a linear condition bounds by something positive, and that bound."""
    for symbol in sorted(condition.free_symbols, key=str):
        if not symbol.is_nonnegative:
            continue
        slope = condition.diff(symbol)
        if symbol in slope.free_symbols or sign_of(slope) != 1:
            continue
        end = factored(-condition.xreplace({symbol: Integer(0)}) / slope)
        if end == 0 or sign_of(end) == 1:
            return symbol, end
    return None


def _claim(branch: Branch, told: Sequence[Equation], found: list[Way], powers: Iterable[Symbol]) -> Claim:
    unknown = frozenset[Symbol]().union(*(e.gap.free_symbols for e in told))
    steps = [(e.experiment, e.step) for e in told]
    sought = {**{z: z for z in powers}, **branch.sought}
    return Claim(steps, sought, branch.granted, unknown, found)


def _plainness(undecided: Undecided) -> tuple[int, int, int]:
    condition = undecided.condition
    return len(condition.free_symbols), condition.count_ops(), len(undecided.cases)


def _worth(found: list[Way]) -> tuple[int, int, int]:
    """Few ways first, of which a long one counts as several; then those to numbers, then those to what is short."""
    values = [value for _, value in found]
    lengths = [v.count_ops() for v in values]
    return sum(1 + length // LONG for length in lengths), sum(not v.is_number for v in values), sum(lengths)


def _told(case: Signs) -> str:
    words = {
        (1,): "> 0",
        (-1,): "< 0",
        (0,): "= 0",
        (0, 1): "≥ 0",
        (-1, 0): "≤ 0",
        (-1, 1): "≠ 0",
        (): "of any sign that is left",
    }
    return words[tuple(sorted(case))]


def _within(domain: Domain, number: Expr) -> bool:
    """Whether a number may lie in a domain: it does not if it is seen to be outside."""
    low, high = (nsimplify(end, rational=True) for end in (domain.low, domain.high))
    below = number <= low if domain.open_low else number < low
    return S.true not in (below, number >= high)
