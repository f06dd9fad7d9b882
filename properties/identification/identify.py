"""Which rule and which conventions an implementation really follows.

Rules in plain float64 are sorted by how much of the candidate's steps they leave unexplained, of the first step before
the others; the oracle with its budget judges those that leave next to nothing, and the nearest of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch

from lawful.properties.identification.comparing import compared, leans, narrower, unexplained
from lawful.properties.identification.probes import Probe, Subject, spoken_of
from lawful.properties.runs.arithmetic import LITTLE
from lawful.properties.runs.narrow import OWN, Arithmetic
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import refuse_if_out_of_scope
from lawful.verify.language.family import Family
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule
from lawful.verify.language.tensors import Kept, NewtonSchulzInBfloat16
from lawful.verify.oracle.quick import Array
from lawful.verify.variants.identity import Identity, Match
from lawful.verify.variants.mutants import UNANALYSED, Mutant, mutants
from lawful.verify.variants.sameness import Sameness, sameness
from lawful.verify.variants.variants import Variant, ranked, variants

CLOSE = 1e-3
"""The unexplained share up to which a rule is judged."""

SINGLE = 1e-6
"""The unexplained share up to which something may be kept in float32 in a step that is right otherwise."""

DIGITS = 9
"""Of the unexplained share; of rules alike so far, the plainest comes first."""

SIEVED, LEAST, MOST = 24, 2, 12
"""How many rules the first step leaves; how many are judged at least; how many the first run leaves, and are judged."""

PATIENCE = 3.0
"""Seconds of this process for the slips of one rule."""


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
        return len(_storage(rule)), changed, len(variant.options), len(rule.state), len(variant.spec)

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
    """

    subject: Subject
    probes: Sequence[Probe]
    notes: list[str] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)

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
        """(unexplained share, rule) of those that the first run leaves, the nearest first."""
        begun = _first(self._sorted(proposals, self.probes[:1], steps=1), SIEVED)
        return self._sorted(_first(self._sorted(begun, self.probes[:1]), MOST), self.probes)

    def close(self, proposals: Iterable[Proposal]) -> list[Proposal]:
        """The rules that leave next to nothing unexplained in the first run."""
        begun = (p for share, p in self._sorted(proposals, self.probes[:1], steps=1) if share < CLOSE)
        return [proposal for share, proposal in self._sorted(begun, self.probes[:1]) if share < CLOSE]

    def _sorted(
        self, proposals: Iterable[Proposal], probes: Sequence[Probe], steps: int | None = None
    ) -> list[tuple[float, Proposal]]:
        end = None if steps is None else steps + 1

        def share(proposal: Proposal) -> float:
            try:
                runs = spoken_of(probes, proposal.variant)
                of = [unexplained(r.seen[:end], proposal.predicted(r, steps), r.dtype) for r in runs]
                return float(np.mean(of))
            except UNANALYSED:  # no rule whose steps are numbers
                return 1.0

        found = [(share(proposal), proposal) for proposal in proposals]
        return sorted(found, key=lambda pair: (round(pair[0], DIGITS), pair[1].plainness))

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
        rule, variant = proposal.rule, proposal.variant
        try:
            tally = compared(self.subject, self.probes, variant, rule, used, share > CLOSE)
            worst, decided = tally.worst, 1.0 - tally.no_verdict / max(tally.comparisons, 1)
        except UNANALYSED:
            worst, decided = np.inf, 1.0
        return Match(variant.spec, proposal.words, worst, share, decided, proposal.change)

    def _leans(self, proposal: Proposal, used: Arithmetic) -> bool:
        """Whether what scalars in float32 are to explain has one sign."""
        scalars = used.moving and not used.rounded
        return scalars and leans(self.subject, self.probes, proposal.variant, proposal.rule)

    def same(self, one: Proposal, other: Proposal) -> str:
        """How two rules are known to be one for this class, in which what its constructor lacks is a number."""
        if _storage(one.rule) != _storage(other.rule):
            return "state in fewer bits, whose budget is wider"
        found = sameness(*(self.probes[0].without_what_lacks(p.variant) for p in (one, other)))
        return "not told apart by these runs" if found is Sameness.NONE else str(found)


def _storage(rule: Rule) -> set[Any]:
    """In what fewer bits a rule keeps something."""
    return {
        e.func for after in (rule.x, *rule.state.values()) for e in after.atoms(Kept, NewtonSchulzInBfloat16)
    }


def _first(ranking: Sequence[tuple[float, Proposal]], most: int) -> Iterator[Proposal]:
    """The nearest so many, and all others that leave next to nothing unexplained."""
    return (p for place, (share, p) in enumerate(ranking) if share < CLOSE or place < most)


Search = Callable[[Inquiry, Sequence[Variant], str], list[tuple[Match, Proposal]]]
"""(runs, the nearest rules, the class's name) → more rules beside what was seen."""


def identified(
    subject: Subject,
    target: str = "",
    slips: bool = True,
    beyond: Search = lambda runs, near, name: [],
    far: bool = True,
) -> Identity:
    """Which rule and which conventions a class follows; `target` is what it is called.

    In the widest format in which it can be run; in float32 too, where it is right to six digits and no further, or
    takes float64 and gives float32.
    `beyond`: what is tried where no rule fits. `slips`: whether rules with one change are tried where none fits. `far`:
    whether rules are looked at that leave more than next to nothing unexplained.

    Raises:
        Unanswerable: an unknown argument, a learning rate that cannot be set, a class that no rule can describe, or
            that refuses every run.
    """
    refuse_if_out_of_scope(subject.cls.__name__)
    start, families = perf_counter(), ranked(subject.cls.__name__)
    paths, members = subject.candidate().settable().paths, variants(families)
    subject = replace(subject, path=subject.path or next(iter(paths.values())))
    formats = _formats(subject, families)
    for inquiry, dtype in formats:
        proposals = map(Proposal, members)
        ranking = inquiry.nearest(proposals if far else inquiry.close(proposals))
        found = inquiry.best(ranking)
        if not any(match.fits for match, _ in found):
            found += beyond(inquiry, [p.variant for _, p in ranking], subject.cls.__name__)
            found.sort(key=lambda pair: (not pair[0].fits, pair[0].unexplained))
        if dtype is not torch.float64 or not inquiry.narrow(found):
            break
    if slips and not any(match.fits for match, _ in found):
        near = _near(found, families, normal(subject.cls.__name__))
        found = [*filter(None, [slipped(inquiry, near)]), *found]
    return replace(
        _concluded(inquiry, found),
        target=target or subject.cls.__name__,
        searched=len(members),
        dtype=str(dtype).removeprefix("torch."),
        notes=[*inquiry.notes, *(inquiry.used[m.rule] for m, _ in found[:1] if m.rule in inquiry.used)],
        seconds=perf_counter() - start,
    )


FORMATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def _formats(subject: Subject, families: Sequence[Family]) -> Iterator[tuple[Inquiry, torch.dtype]]:
    """The class's runs in each format in which it can be run, the widest first.

    Raises:
        Unanswerable: there is none.
    """
    refused: list[Unanswerable] = []
    for dtype in FORMATS:
        try:
            one = replace(subject, dtype=dtype)
            notes = [f"{str(FORMATS[0]).removeprefix('torch.')} is refused"] if refused else []
            yield Inquiry(one, one.probes(_varied(subject, families)), notes), dtype
        except Unanswerable as error:
            refused.append(error)
    if len(refused) == len(FORMATS):
        raise refused[0]


def _varied(subject: Subject, families: Sequence[Family]) -> list[Family]:
    """Whose hyperparameters are varied: those of the rule that a class's name claims; or of all, the likeliest last."""
    claimed = [f for f in families if normal(f.name) == normal(subject.cls.__name__)]
    return claimed or [*reversed(families)]


def slipped(inquiry: Inquiry, near: Iterable[Variant]) -> tuple[Match, Proposal] | None:
    """The first of the rules that fits with one change; each gets `PATIENCE`."""
    for variant in near:
        changed = _in_time(Proposal(variant, mutant) for mutant in mutants(variant.rule))
        close = inquiry.close(changed)
        if close and (found := next((pair for pair in inquiry.matches(close) if pair[0].fits), None)):
            return found
    return None


def _in_time(proposals: Iterator[Proposal]) -> Iterator[Proposal]:
    end = process_time() + PATIENCE
    return takewhile(lambda proposal: process_time() < end, proposals)


def _near(found: Sequence[tuple[Match, Proposal]], families: Sequence[Family], claimed: str) -> list[Variant]:
    """What to change: the bare rule that a class's name claims, that of the nearest, the nearest themselves."""
    near = [proposal.variant for _, proposal in found[:LEAST]]
    bare = [f for f in (families[0], near[0].family) if f is near[0].family or normal(f.name) == claimed]
    every = [*(Variant(f, {}) for f in bare), *near]
    return list({v.spec: v for v in every}.values())


def _concluded(inquiry: Inquiry, found: Sequence[tuple[Match, Proposal]]) -> Identity:
    fits = sorted((pair for pair in found if pair[0].fits), key=lambda pair: pair[1].plainness)
    same = {match.rule: str(inquiry.same(fits[0][1], proposal)) for match, proposal in fits[1:]}
    return Identity(
        "", [match for match, _ in fits], same, next((m for m, _ in found if m.worst > 1.0), None), 0
    )
