"""Random numbers in a step: they decide between the two neighbours of the rule's value, and without bias.

Stochastic rounding is a convention of the run: a 16-bit weight becomes one of the two numbers around the rule's value,
the nearer one more often, so that its mean is that value. Many equal weights with equal gradients make one step; how
many of them go up is held against the binomial distribution. A candidate that rounds without bias is called unlawful
with a probability below FALSE_ALARM, and always or never, for the random numbers are the same in every run. Where no
rule is claimed there is nothing to round, and that they are drawn is all that is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lawful.properties.checks import Journal, Property
from lawful.properties.runs.judging import Part, format_of, trajectory
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.properties.settings import DTYPES, Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.surroundings import drawn
from lawful.verify.evidence import UNCLAIMED, Check, Evidence, Finding, Verdict
from lawful.verify.oracle.oracle import Oracle

COUNT = 4096
"""How many equal weights."""

FALSE_ALARM = 1e-9
"""The probability that any of the weights' sums is as unlikely as what is called biased, in one check."""

STARTS = tuple(1.0 + k / 128 for k in range(16))
"""Weights of both 16-bit formats."""

NARROW = ("bfloat16", "float16")


@dataclass(frozen=True)
class Toss:
    """A group of equal weights after one step.

    Attributes:
        exact: the rule's value.
        low, high: its neighbours in the format.
        loss: how far a step computed in float32 and a sum of few terms may be off, as a share of their distance.
        seen: what became of the weights.
    """

    exact: float
    low: float
    high: float
    loss: float
    seen: Tensor

    @property
    def share(self) -> float:
        """Of the weights that should go up."""
        return (self.exact - self.low) / (self.high - self.low)

    @property
    def tells(self) -> bool:
        """Whether chance is seen in it: each neighbour has one."""
        return 0.05 + self.loss < self.share < 0.95 - self.loss

    @property
    def ups(self) -> int:
        """How many went up."""
        return int((self.seen == self.high).sum())

    @property
    def strays(self) -> float | None:
        """A weight that is neither neighbour."""
        odd = self.seen[(self.seen != self.low) & (self.seen != self.high)]
        return float(odd[0]) if odd.numel() else None

    @property
    def chance(self) -> float:
        """The probability of so many, or so few, if there is no bias."""
        from scipy.stats import binom  # a second to import, and hardly any candidate draws random numbers

        n, k = self.seen.numel(), self.ups
        many = binom.sf(k - 1, n, min(self.share + self.loss, 1.0))
        few = binom.cdf(k, n, max(self.share - self.loss, 0.0))
        return float(min(1.0, 2 * min(many, few)))


def is_unbiased(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Looks on every path and in every format whether a step draws random numbers, and what they decide."""
    findings, notes, asked = list[Finding](), list[str](), 0
    for path in candidate.paths:
        for dtype in DTYPES:
            journal(f"randomness, {path} in {dtype}")
            try:
                tosses, drew = tossed(candidate, path, dtype, check.device)
            except (RefusedError, RaisedError):
                continue
            notes += [f"a step draws random numbers ({path}, {dtype})"] if drew else []
            if (drew or _parted(tosses)) and dtype in NARROW and candidate.rule({}).scope == "lane":
                asked += candidate.family.name != UNCLAIMED
                findings += [Finding(f"{said} ({path}, {dtype}).") for said in _told(tosses)]
    if not asked:
        return Evidence(Verdict.NOT_APPLICABLE, notes=notes or ["no step draws random numbers"])
    verdict = Verdict.UNLAWFUL if findings else Verdict.LAWFUL
    return Evidence(verdict, comparisons=asked * COUNT, scenarios=asked, notes=notes, findings=findings)


def _differs(value: object) -> bool:
    """Whether state of equal weights does."""
    return isinstance(value, Tensor) and value.numel() > 1 and bool((value != value.reshape(-1)[0]).any())


def _parted(tosses: list[Toss]) -> bool:
    return any(bool((toss.seen != toss.seen[0]).any()) for toss in tosses)


def _told(tosses: list[Toss]) -> Iterator[str]:
    """What is wrong with them, if anything is."""
    telling = [toss for toss in tosses if toss.tells]
    if telling and not _parted(tosses):
        yield f"draws random numbers that decide nothing: {COUNT} equal weights become the same"
        return
    for toss in telling:
        if (odd := toss.strays) is not None:
            yield f"a weight becomes {odd!r}, which is no neighbour of {toss.exact!r}"
            return
    for toss in telling:
        if toss.chance < FALSE_ALARM / len(STARTS):
            went, should = toss.ups / COUNT, toss.share
            yield f"rounds with a bias: {went:.1%} of equal weights go up, where {should:.1%} have the rule's mean"
            return


def tossed(candidate: Candidate, path: str, dtype: str, device: str) -> tuple[list[Toss], bool]:
    """Equal weights after one step at the defaults; whether random numbers were drawn."""
    scenario = replace(default_scenario(candidate, 0), steps=1)
    kind, count = getattr(torch, dtype), COUNT if dtype in NARROW else 1
    starts = torch.tensor(STARTS, dtype=kind)
    blocks = [
        Block("equal weights", 0, s.expand(count).clone(), torch.ones(1, count, dtype=kind)) for s in starts
    ]
    run = Run(candidate, candidate.paths[path], scenario, blocks, device)
    for _ in run.steps():
        break
    drew, seen = drawn(), [p.detach().cpu().double() for p in run.parameters]
    states = [run.optimizer.state.get(p, {}) for p in run.parameters]
    if any(_differs(value) for state in states for value in state.values()):
        return [], drew  # what is drawn shows in the state
    if candidate.family.name == UNCLAIMED or dtype not in NARROW:
        return [], drew
    if not (drew or any(bool((s != s[0]).any()) for s in seen)):
        return [], drew
    return list(map(_toss, starts, *_exact(candidate, scenario, starts, device), seen)), drew


def _exact(
    candidate: Candidate, scenario: Scenario, starts: Tensor, device: str
) -> tuple[list[float], list[float]]:
    """The rule's values, and what computing the step in float32 may lose."""
    rule = candidate.rule(scenario.options)
    oracle = Oracle(rule, format_of(torch.float32, {}, device))
    part = Part(0, torch.float32, (0,), starts.float(), torch.ones(1, len(starts)))
    state = trajectory(oracle, part, scenario)[0]
    mid, radius = (torch.as_tensor(v).expand(len(starts)).tolist() for v in (state.x.mid, state.x.radius))
    return mid, radius


def _toss(start: Tensor, exact: float, loss: float, seen: Tensor) -> Toss:
    near = torch.tensor(exact, dtype=start.dtype)
    past = float(near) > exact
    ends = torch.tensor(-torch.inf if past else torch.inf, dtype=start.dtype)
    other = torch.nextafter(near, ends)
    low, high = sorted((float(near), float(other)))
    return Toss(exact, low, high, loss / (high - low), seen)


randomness = Property(
    "randomness",
    "Random numbers that a step draws decide between the two neighbours of the rule's value, without bias.",
    is_unbiased,
    dtype="bfloat16",
    ruleless=True,
)
