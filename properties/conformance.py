"""Conformance: every step of a candidate stays within the error budget of the rule that it claims.

The verdict is on the formula. What loses digits, or overflows, where the rule need not is told beside it and is no
reason to call a candidate unlawful (`lawful.properties.counterexamples.weighing`); what the second oracle does not
confirm is inconclusive. Parameters in float64 are held to the arithmetic that is really used
(`lawful.properties.runs.arithmetic`), which is said where it is not float64.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from lawful.properties.checks import Journal, Property
from lawful.properties.counterexamples.explaining import explained
from lawful.properties.counterexamples.rerun import Rerun
from lawful.properties.counterexamples.telling import departed, doubted, grants, narrower, signs_of, told
from lawful.properties.counterexamples.weighing import weighed
from lawful.properties.outputs import departure
from lawful.properties.runs.arithmetic import LITTLE, arithmetic, held_near_one, one_sided
from lawful.properties.runs.judging import Tally, format_of
from lawful.properties.runs.narrow import OWN, Arithmetic
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.runs.summary import exercised, in_words, refusal_notes
from lawful.properties.runs.watching import Suspicion, Watch
from lawful.properties.scenarios.drawing import PROFILES, Place, Profile, asked
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import plan
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Finding, Question, Severity, Verdict
from lawful.verify.language.forms import PLAIN, forms, remembered


@dataclass
class Conformance:
    """The check of one candidate on one path, dtype and device.

    Args:
        candidate: with the rule that it claims.
        path: constructor arguments that choose the way to run.
        dtype: of the parameters that are judged.
        device: where they live.
        profile: how much is drawn.
        seed: of what is drawn.
        journal: told what is being tried.
        shrinking: whether a finding is told of the smallest case that shows it, or as it was seen.
        raised: whether the first scenario raised already; what runs there and raises elsewhere is off its rule.
        arithmetic: what is narrower than the dtype; found by asking the candidate unless it is given.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    dtype: torch.dtype
    device: str
    profile: Profile
    seed: int
    journal: Journal
    shrinking: bool = False
    arithmetic: Arithmetic | None = None
    tally: Tally = field(default_factory=Tally)
    seen: list[Scenario] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    finding: Finding | None = None
    failing: Scenario | None = None
    raised: bool = False
    beside: dict[Question, Finding] = field(default_factory=dict)
    doubts: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Asks which arithmetic is really used."""
        if self.arithmetic is None:
            self.arithmetic = arithmetic(self.candidate, self.path, self.dtype, self.device)

    def evidence(self) -> Evidence:
        """Runs until the first finding, or until everything that the profile asks for is done."""
        scenarios = asked(self.candidate, self.profile, self.seed, self.low, self.place)
        try:
            self._run(next(scenarios))
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
        while self.finding is None and (scenario := next(scenarios, None)):
            self._try(scenario)
        return self._in_less() or self._conclusion()

    @property
    def low(self) -> bool:
        """Whether the format is too narrow for extreme scales."""
        return self.dtype is torch.float16

    @property
    def place(self) -> Place:
        """Which of the checks of a candidate this is."""
        name = next(name for name, path in self.candidate.paths.items() if path == self.path)
        return Place.among(self.candidate, name, str(self.dtype).removeprefix("torch."))

    def rerun(self) -> Rerun:
        """For smaller counterexamples, with about as many steps as the check itself may take."""
        sources = plan(self.candidate, self.profile.steps, self.low, far=False) if self.shrinking else []
        steps = sum(source.steps[1] for source in sources)
        return Rerun(self.candidate, self.path, self.dtype, self.device, steps)

    def watch(self, scenario: Scenario) -> Watch:
        """The candidate on a scenario, in the arithmetic that it uses."""
        assert self.arithmetic is not None
        fmt = self.arithmetic.of(format_of(self.dtype, self.path, self.device))
        seen = self.arithmetic.seen(scenario)
        return Watch(self.candidate, self.path, self.dtype, self.device, seen, fmt)

    def _try(self, scenario: Scenario) -> None:
        try:
            self._run(scenario)
        except RefusedError as refusal:
            self.refusals.append(str(refusal))

    def _run(self, scenario: Scenario) -> None:
        self.journal(scenario.words)
        try:
            watch = self.watch(scenario)
            self._look(watch)
        except RaisedError as error:
            details = in_words(self.candidate, self.path, scenario, self.dtype)
            self.finding = Finding(f"{error}.", details=details)
            self.raised = not self.seen
        self.seen.append(scenario)

    def _look(self, watch: Watch) -> None:
        """Judges a scenario; lanes that leave the format's range on the candidate's way alone have no verdict."""
        question = None
        try:
            found = first_departure(watch)
            if found is not None and (other := followed(watch)) is not None:
                self.notes.append(f"what groups hold is changed in mid-run: it keeps {other.form}")
                watch, found = other, None
            question = self._considered(watch, found)
        finally:
            self.tally.absorb(watch.tally.within() if question is Question.RANGE else watch.tally)

    def _considered(self, watch: Watch, found: Suspicion | Finding | None) -> Question | None:
        """What is found is told as what it is; what that is."""
        if found is None:
            return None
        if isinstance(found, Finding):
            self.finding = found
            return Question.FORMULA
        departure = departed(watch, found)
        if not departure.confirmed:
            self.doubts.append(doubted(watch.rule, found, departure, departure.ratio))
            return None
        weight = weighed(watch, found.sight.start is not None)
        if weight.question is None:
            self.doubts.append(doubted(watch.rule, found, departure, weight.ratio))
        elif weight.question is Question.FORMULA:
            self.journal(f"shrinking: {found.where}")
            self.finding, self.failing = (
                told(self.rerun(), watch.rule, found, departure, weight),
                watch.scenario,
            )
        elif weight.question not in self.beside:
            self.beside[weight.question] = told(self.rerun(), watch.rule, found, departure, weight)
        return weight.question

    def _in_less(self) -> Evidence | None:
        """The evidence, if all that is found is that scalars which change are kept in float32, or in the 16 bits of the
        parameters; or, for parameters in float32, hyperparameters near 1 from which they are computed.

        What is lost of the first has no one sign, and is more than a hundredth of what may be lost.
        """
        assert self.arithmetic is not None
        if self.failing is None or self.arithmetic.narrow or not self._explicit(self.failing):
            return None
        kept = self.dtype if torch.finfo(self.dtype).bits == 16 else torch.float32
        moving = replace(self.arithmetic, moving=True, kept=kept)
        if self._fits(moving) and not self._one_sided() and (found := self._in(moving)):
            return found
        near_one = replace(held_near_one(self.candidate), flushed=self.arithmetic.flushed, kept=kept)
        return self._in(near_one) if self.dtype is not torch.float64 and self._fits(near_one) else None

    def _explicit(self, scenario: Scenario) -> bool:
        """Whether it leaves its rule with its defaults handed over too: they are not what is wrong."""
        return (
            not scenario.defaults
            or first_departure(self.watch(replace(scenario, defaults=False))) is not None
        )

    def _fits(self, arithmetic: Arithmetic) -> bool:
        """Whether another arithmetic explains what was found, up to where it raises, if it does; one in which a step
        may be lost, or be twice as long, explains nothing."""
        assert self.failing is not None
        other = replace(self, arithmetic=arithmetic)
        try:
            found = first_departure(other.watch(self.failing))
        except RaisedError:
            found = None
        return found is None and grants(other.watch(self.failing), self.watch(self.failing)) < 1

    def _in(self, arithmetic: Arithmetic) -> Evidence | None:
        """The evidence in another arithmetic, if that explains everything that does not raise."""
        other = replace(
            self, arithmetic=arithmetic, tally=Tally(), seen=[], refusals=[], beside={}, doubts=[]
        )
        other.finding = other.failing = None
        found = other.evidence()
        raises = other.finding is not None and other.failing is None
        return found if found.worst > LITTLE and (raises or found.verdict is Verdict.LAWFUL) else None

    def _one_sided(self) -> bool:
        """Whether first steps are too long, or too short, in all scenarios alike."""
        drawn = asked(self.candidate, self.profile, self.seed, self.low)
        return one_sided(sign for scenario in drawn for sign in self._signs(scenario))

    def _signs(self, scenario: Scenario) -> list[float]:
        try:
            return signs_of(self.watch(scenario))
        except (RefusedError, RaisedError):
            return []

    def named(self, evidence: Evidence) -> Evidence:
        """With the finding told as the convention or slip that it is."""
        if self.failing is None or self.finding not in evidence.findings:
            return evidence
        cause = explained(self.candidate, self.failing.options, self.path, self.device)
        told = [replace(f, cause=cause) if f == self.finding else f for f in evidence.findings]
        return replace(evidence, findings=told)

    def _conclusion(self) -> Evidence:
        decided = self.tally.comparisons - self.tally.no_verdict
        verdict = Verdict.LAWFUL if decided and not self.doubts else Verdict.INCONCLUSIVE
        verdict = Verdict.UNLAWFUL if self.finding else verdict
        verdict = Verdict.CRASHED if self.raised else verdict
        return self.tally.evidence(
            verdict,
            scenarios=len(self.seen),
            exercised=exercised(self.seen),
            notes=[*dict.fromkeys(self.notes), *refusal_notes(self.refusals)],
            arithmetic="" if self.finding or self.arithmetic == OWN else str(self.arithmetic),
            off=[
                f"{n} is {self.candidate.arguments[n]!r} ({d!r} by default)"
                for n, d in self.candidate.off.items()
            ],
            findings=[*([self.finding] if self.finding else []), *self.doubts[:1], *self._beside()],
        )

    def _beside(self) -> list[Finding]:
        assert self.arithmetic is not None
        if self.finding:  # in which arithmetic a formula is computed that is not known, cannot be told
            return [*self.beside.values()]
        said = narrower(self.candidate, self.path, self.dtype, self.device, self.arithmetic, self.seed)
        return [*self.beside.values(), *([said] if said else [])]


def follows_its_rule(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Every step stays within the error budget of the rule that the candidate claims."""
    path, dtype = candidate.paths[check.path], getattr(torch, check.dtype)
    profile = PROFILES[settings.profile]
    conformance = Conformance(
        candidate, path, dtype, check.device, profile, settings.seed, journal, shrinking=True
    )
    return conformance.named(conformance.evidence())


conformance = Property(
    "conformance",
    "Every step stays within the error budget of the rule.",
    follows_its_rule,
    everywhere=True,
    severity=Severity.CORE,
)


def first_departure(watch: Watch) -> Suspicion | Finding | None:
    """The first step and the worst lane at which the candidate leaves the budget, if it does; or a state that does.

    Where the budget of a whole trajectory has become infinite for many lanes, as it does when a gradient depends on the
    parameter through L2, the scenario is run again one step at a time, if the candidate's state can be read.
    """
    for sight in watch.along():
        if found := watch.suspicion(sight) or departure(watch.rule, sight, watch.tally):
            return found
    if watch.leaps if watch.scenario.judged else watch.readable:
        return watch.first(watch.one_by_one())
    return None


def followed(watch: Watch) -> Watch | None:
    """Where what state is multiplied by is changed in mid-run: the candidate watched in the form of the rule that it
    follows, of those that are one where that stays; None if it follows none of them.
    """
    if not watch.scenario.changed & remembered(watch.rule):
        return None
    others = (replace(watch, form=form, tally=Tally()) for form in forms(watch.rule) if form != PLAIN)
    return next((other for other in others if first_departure(other) is None), None)
