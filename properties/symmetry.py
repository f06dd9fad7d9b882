"""Symmetries seen on a candidate: changed inputs give the changed path, to the last bit where rounding allows it.

Powers of two and signs commute with rounding, so that a single different bit shows a constant that the rule does not
know. Elements in another place need not be rounded alike: a kernel may treat the end of a vector in another way. Only
on torch's plain paths, which do not, is their agreement bit for bit; elsewhere the error budgets decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sympy import Symbol

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.predictions import together
from lawful.properties.runs.arithmetic import granted
from lawful.properties.runs.judging import of_rule
from lawful.properties.runs.lanes import radius
from lawful.properties.runs.running import RefusedError
from lawful.properties.runs.taken import TakenRun
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.provers.algebra.symmetry import Covariance
from lawful.verify.theory.law import laws
from lawful.verify.theory.symmetries import Symmetry

SHAPE, STEPS = (13, 11), 12
"""A matrix with more elements than two SIMD widths hold, and a tail."""

SAME_EVERYWHERE = ("loop", "foreach")
"""Paths that round an element alike wherever it is."""

Array = NDArray[Any]
Hyper = Mapping[Symbol, float]


class UnsayableError(Exception):
    """A constructor lacks an argument that the symmetry needs."""


@dataclass(frozen=True)
class Inputs:
    """A first weight, gradients and hyperparameters."""

    x0: Array
    gradients: Sequence[Array]
    hyper: Hyper

    def path(self, candidate: Candidate, way: Mapping[str, Any]) -> list[Array]:
        """The candidate's weights after each step; where it refuses float64, in the widest format that it takes."""
        options = candidate.options.plain
        block = Block(
            "the matrix", 0, torch.from_numpy(self.x0.copy()), torch.from_numpy(np.array(self.gradients))
        )
        scenario = Scenario(options, (self.hyper,), len(self.gradients), (0.0, 0.0))
        run = TakenRun(candidate, way, scenario, [block])
        return [run.wide().numpy() for _ in run.steps()]

    def budgets(self, candidate: Candidate, way: Mapping[str, Any]) -> list[Array]:
        """How far correct weights may be from the rule's, after each step in the arithmetic that is really used."""
        rule, fmt = candidate.rule(candidate.options.plain), granted(candidate, way, torch.float64, "cpu")
        oracle, hyper = Oracle(rule, fmt), of_rule(rule, self.hyper, torch.float64)
        state, found = oracle.start(torch.from_numpy(self.x0.copy()), hyper), []
        for gradient in self.gradients:
            state = oracle.step(state, torch.from_numpy(gradient.copy()), hyper)
            found.append(radius(state).expand(self.x0.shape).numpy())
        return found


@dataclass(frozen=True)
class Trial:
    """A candidate, before and after a change of its inputs."""

    law: Symmetry
    candidate: Candidate
    before: Inputs
    after: Inputs

    @property
    def rule(self) -> Rule:
        """What the candidate claims."""
        return self.candidate.rule(self.candidate.options.plain)

    def on(self, name: str, way: Mapping[str, Any]) -> Evidence:
        """Both paths, compared in one way to run, if the candidate can run so."""
        try:
            path, seen = (inputs.path(self.candidate, way) for inputs in (self.before, self.after))
        except RefusedError as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"{name}: refused: {refusal}"])
        if np.array_equal(path[-1], self.before.x0):
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"{name}: the candidate does not move"])
        expected = [self.law.change.weight(x) for x in path]
        change = self.law.change
        in_place = not change.moves or (name in SAME_EVERYWHERE and self.rule.scope == "lane")
        if change.exact and in_place:
            return self._judged(
                name, [np.where(a == b, 0.0, np.inf) for a, b in zip(seen, expected, strict=True)]
            )
        return self._judged(name, list(self._ratios(way, seen, expected)))

    def _ratios(self, way: Mapping[str, Any], seen: list[Array], expected: list[Array]) -> Any:
        """Deviations in units of both budgets."""
        both = zip(
            *(inputs.budgets(self.candidate, way) for inputs in (self.before, self.after)), strict=True
        )
        for a, b, (before, after) in zip(seen, expected, both, strict=True):
            gap = abs(a - b)
            budget = abs(self.law.change.difference(before)) + after + 2.0**-52 * abs(b)
            yield np.divide(gap, budget, out=np.zeros_like(gap), where=gap != 0)

    def _judged(self, name: str, ratios: list[Array]) -> Evidence:
        count = sum(r.size for r in ratios)
        for step, ratio in enumerate(ratios, start=1):
            if wrong := int(np.count_nonzero(~(ratio <= 1))):
                finding = Finding(
                    f"after step {step}, {wrong} of {ratio.size} weights are not what the change of the inputs makes "
                    f"of them ({name}).",
                    path=name,
                )
                return Evidence(Verdict.UNLAWFUL, np.inf, comparisons=count, scenarios=1, findings=[finding])
        worst = max(float(r.max()) for r in ratios)
        return Evidence(Verdict.LAWFUL, worst, comparisons=count, scenarios=1)


def inputs(hyper: Hyper, seed: int) -> Inputs:
    """Weights and gradients of order 1; the weights with so few digits that adding 1 is exact."""
    random = np.random.Generator(np.random.PCG64(seed))
    x0 = np.round(random.standard_normal(SHAPE) * 2**20) / 2**20
    return Inputs(x0, list(random.standard_normal((STEPS, *SHAPE))), hyper)


def changed(before: Inputs, law: Symmetry, found: Covariance) -> Inputs:
    """The same after the law's change."""
    change = law.change
    hyper = {s: change.hyper(value, found.degrees.get(s, 0)) for s, value in before.hyper.items()}
    hyper |= {lr_0: hyper[lr]} if lr_0 in hyper else {}
    gradients = [np.ascontiguousarray(change.gradient(g)) for g in before.gradients]
    return Inputs(np.ascontiguousarray(change.weight(before.x0)), gradients, hyper)


def generic(candidate: Candidate, rule: Rule, found: Covariance) -> dict[Symbol, float]:
    """Values at which every term shows, but for what must be 0 and what cannot be said.

    Raises:
        UnsayableError: the constructor has no word for something that must be 0, or must change.
    """
    own = candidate.defaults(rule)
    hyper = {s: 0.0 if s in found.off else rule.domain(s).values[0] for s in rule.defaults}
    for s in hyper.keys() - candidate.binding.free.keys() - {lr_0}:
        hyper[s] = own[s]
        if hyper[s] != 0 and (s in found.off or s in found.degrees):
            raise UnsayableError(f"{s} is {hyper[s]:g}, which the constructor cannot change")
    return hyper | ({lr_0: hyper[lr]} if lr_0 in hyper else {})


def test_of(law: Symmetry) -> Property:
    """The property that a candidate has the symmetry of its rule."""

    def seen(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
        rule = candidate.rule(candidate.options.plain)
        found = law.how(rule)
        if isinstance(found, str):
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"{rule} lacks it: {found}"])
        try:
            before = inputs(generic(candidate, rule, found), settings.seed)
            trial = Trial(law, candidate, before, changed(before, law, found))
            return together([trial.on(name, way) for name, way in _plain_ways(candidate)])
        except UnsayableError as reason:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[str(reason)])

    applies = lambda rule: isinstance(law.how(rule), Covariance)  # noqa: E731
    return Property(law.name, law.statement, seen, applies=applies, on=on_cpu, severity=Severity.CORE)


def _plain_ways(candidate: Candidate) -> list[tuple[str, Mapping[str, Any]]]:
    """The ways to run that keep their scalars in double precision."""
    return [(n, way) for n, way in candidate.paths.items() if n not in ("capturable", "differentiable")]


symmetries = tuple(test_of(law) for law in laws().values() if isinstance(law, Symmetry))
