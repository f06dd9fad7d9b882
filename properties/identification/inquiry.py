"""A class's runs, against which rules are held: by what they leave unexplained first, then by the oracle."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lawful.properties.identification.comparing import (
    compared,
    leans,
    narrower,
    unexplained,
    unexplained_by_each,
)
from lawful.properties.identification.foretelling import Probe, spoken_of
from lawful.properties.identification.probes import Subject
from lawful.properties.runs.arithmetic import LITTLE
from lawful.properties.runs.narrow import OWN, Arithmetic
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.quick import Array
from lawful.verify.variants.identity import Match
from lawful.verify.variants.mutants import UNANALYSED, Mutant
from lawful.verify.variants.sameness import Sameness, sameness
from lawful.verify.variants.variants import Variant

CLOSE = 1e-3
"""The unexplained share up to which a rule is judged."""

SINGLE = 1e-6
"""The unexplained share up to which something may be kept in float32 in a step that is right otherwise."""

DIGITS = 9
"""Of the unexplained share; of rules alike so far, the plainest comes first."""

SIEVED, LEAST, MOST = 24, 2, 12
"""How many rules the first step leaves; how many are judged at least; how many the first run leaves, and are judged."""

ALIKE = 5
"""How many of one family may be among these."""


@dataclass(frozen=True)
class Proposal:
    """A rule that an implementation may follow: a member of a family, or one changed at one place."""

    variant: Variant
    mutant: Mutant | None = None

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.mutant.rule if self.mutant else self.variant.rule

    @property
    def change(self) -> str:
        """What is changed, in words; "" for nothing."""
        return f"but {self.mutant.words}" if self.mutant else ""

    @property
    def words(self) -> str:
        """It in words."""
        return f"like {self.variant.words}, {self.change}" if self.mutant else self.variant.words

    @cached_property
    def plainness(self) -> tuple[int, ...]:
        """The less, the sooner it is named: budget, change, conventions, state, name; of rules that fit alike."""
        rule, variant = self.variant.rule, self.variant
        changed = self.mutant is not None
        return len(rule.storage), changed, len(variant.options), len(rule.state), len(variant.spec)

    def predicted(self, probe: Probe, steps: int | None = None) -> Array:
        """What it says of a run, or of its first steps."""
        return probe.predicted(self.variant, self.mutant, steps)


@dataclass
class Inquiry:
    """A class's runs, against which rules are held.

    Args:
        subject: the class, in the format in which it was run.
        probes: the runs.
        notes: what the reader should know of them.
        used: rule → the arithmetic in which it fits, in words, where that is narrower than the format.
        compared: how many rules were.
        known: of each rule that was judged, by what it comes to for this class and in which arithmetic: how far off it
            is, and the share that was decided.
    """

    subject: Subject
    probes: Sequence[Probe]
    notes: list[str] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    compared: int = 0
    known: dict[tuple[object, Arithmetic], tuple[float, float]] = field(default_factory=dict)

    def narrow(self, found: Sequence[tuple[Match, Proposal]]) -> bool:
        """Whether something is kept in float32, as it seems: nothing fits, but one rule to six digits; or all weights
        that were seen after the first step are such numbers."""
        if any(match.fits for match, _ in found):
            return False
        with np.errstate(over="ignore"):
            seen = ((p.seen[1:], p.seen[1:].astype(np.float32)) for p in self.probes)
            single = all(np.array_equal(*pair, equal_nan=True) for pair in seen)
        return single or any(match.unexplained <= SINGLE for match, _ in found)

    def nearest(self, proposals: Iterable[Proposal]) -> list[tuple[float, Proposal]]:
        """(unexplained share, rule) of those that the first run leaves, the nearest first, without those that come to
        one that was judged before."""
        started = self._started(p for p in proposals if not self._was_judged(p))
        self.compared += len(started)
        begun = _first(started, SIEVED)
        return self._sorted(_first(self._sorted(begun, self.probes[:1]), MOST), self.probes)

    def close(self, proposals: Iterable[Proposal]) -> list[Proposal]:
        """The rules that leave next to nothing unexplained in the first run."""
        begun = (p for share, p in self._started(proposals) if share < CLOSE)
        return [proposal for share, proposal in self._sorted(begun, self.probes[:1]) if share < CLOSE]

    def _started(self, proposals: Iterable[Proposal]) -> list[tuple[float, Proposal]]:
        """Rules by what they leave unexplained of the first run's first step, the nearest first."""
        probe = self.probes[0]
        begun = [(proposal, _begun(proposal, probe)) for proposal in proposals]
        if not begun:
            return []
        shares = unexplained_by_each(probe.seen[:2], np.stack([path for _, path in begun]), probe.dtype)
        return _ordered(zip(shares.tolist(), (proposal for proposal, _ in begun), strict=True))

    def _sorted(self, proposals: Iterable[Proposal], probes: Sequence[Probe]) -> list[tuple[float, Proposal]]:
        """Rules by what they leave unexplained of these runs, the nearest first."""

        def share(proposal: Proposal) -> float:
            try:
                runs = spoken_of(probes, proposal.variant)
                return float(np.mean([unexplained(r.seen, proposal.predicted(r), r.dtype) for r in runs]))
            except UNANALYSED:  # no rule whose steps are numbers
                return 1.0

        return _ordered((share(proposal), proposal) for proposal in proposals)

    def matches(self, proposals: Iterable[Proposal]) -> list[tuple[Match, Proposal]]:
        """The nearest of these rules beside what was seen (see `best`)."""
        return self.best(self.nearest(proposals))

    def best(self, ranking: Sequence[tuple[float, Proposal]]) -> list[tuple[Match, Proposal]]:
        """The nearest rules beside what was seen: all that leave next to nothing, and one that leaves more."""
        found: list[tuple[Match, Proposal]] = []
        for share, proposal in ranking[:MOST]:
            if share > CLOSE and len(found) >= LEAST and any(match.worst > 1.0 for match, _ in found):
                break
            found.append((self.judged(share, proposal), proposal))
        return found

    def judged(self, share: float, proposal: Proposal) -> Match:
        """A rule beside what was seen, by the oracle and its budget; in the arithmetic that is really used, if that is
        narrower than the format and explains what the format does not."""
        found, variant = self._judged(share, proposal, OWN), proposal.variant
        if found.worst <= 1.0 or proposal.mutant is not None or np.isinf(found.worst):
            return found
        for used in narrower(self.subject, variant, share, SINGLE):
            other = self._judged(share, proposal, used)
            if other.fits and other.worst > LITTLE and not self._leans(proposal, used):
                self.used[other.rule] = str(used)
                return other
        return found

    def _judged(self, share: float, proposal: Proposal, used: Arithmetic) -> Match:
        """A rule judged; what comes to the same for this class is judged once."""
        alike = self._alike(proposal), used
        if alike not in self.known:
            self.known[alike] = self._weighed(proposal, used)
        worst, decided = self.known[alike]
        return Match(proposal.variant.spec, proposal.words, worst, share, decided, proposal.change)

    def _weighed(self, proposal: Proposal, used: Arithmetic) -> tuple[float, float]:
        """How far off a rule is, and the share of comparisons that has a verdict: in one run where state is kept in
        fewer bits of a rule that fits, for what its wider budget explains is known, and whether it has one is not."""
        bare = proposal.rule.storage and self.known.get((self._alike(proposal, stored=False), used))
        probes = self.probes[:1] if bare and bare[0] <= 1.0 else self.probes
        try:
            tally = compared(self.subject, probes, proposal.variant, proposal.rule, used)
        except UNANALYSED:
            return np.inf, 1.0
        return tally.worst, 1.0 - tally.no_verdict / max(tally.comparisons, 1)

    def _alike(self, proposal: Proposal, stored: bool = True) -> object:
        if proposal.mutant:
            return proposal.variant.spec, proposal.rule.mathematics
        return self.probes[0].alike(proposal.variant, stored)

    def _was_judged(self, proposal: Proposal) -> bool:
        return bool(self.known) and (self._alike(proposal), OWN) in self.known

    def _leans(self, proposal: Proposal, used: Arithmetic) -> bool:
        """Whether what scalars in float32 are to explain has one sign."""
        scalars = used.moving and not used.rounded
        return scalars and leans(self.subject, self.probes, proposal.variant, proposal.rule)

    def same(self, one: Proposal, other: Proposal) -> str:
        """How two rules are known to be one for this class, in which what its constructor lacks is a number."""
        if one.rule.storage != other.rule.storage:
            return "state in fewer bits, whose budget is wider"
        found = sameness(*(self.probes[0].without_what_lacks(p.variant) for p in (one, other)))
        return "not told apart by these runs" if found is Sameness.NONE else str(found)


def _begun(proposal: Proposal, probe: Probe) -> Array:
    """The weights of a run before and after its first step under a rule; no numbers where there are none."""
    try:
        return proposal.predicted(probe, 1)
    except UNANALYSED:
        return np.full_like(probe.seen[:2], np.nan)


def _ordered(pairs: Iterable[tuple[float, Proposal]]) -> list[tuple[float, Proposal]]:
    """The nearest first; of those that are alike so far the plainest."""
    found = [*pairs]
    alike = Counter(round(share, DIGITS) for share, _ in found)

    def place(pair: tuple[float, Proposal]) -> tuple[float, tuple[int, ...]]:
        rounded = round(pair[0], DIGITS)
        return rounded, pair[1].plainness if alike[rounded] > 1 else ()

    return sorted(found, key=place)


def _first(ranking: Sequence[tuple[float, Proposal]], most: int) -> Iterator[Proposal]:
    """The nearest so many, few of a family, and all others that leave next to nothing unexplained."""
    taken = Counter[str]()
    for share, proposal in ranking:
        name = proposal.variant.family.name
        if share < CLOSE or (taken.total() < most and taken[name] < ALIKE):
            taken[name] += 1
            yield proposal
