"""From a rule to vectors: numbers that every format holds, what the rule makes of them, and how far off is right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isnan
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.identification.adequacy import ideal
from lawful.properties.runs.judging import Part, of_rule, trajectory
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import Draw, allowed, tied
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr
from lawful.verify.oracle import quick
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.variants.mutants import UNANALYSED, mutants
from lawful.verify.variants.variants import Variant, members

Array = np.ndarray[Any, Any]

STEPS = 6
SHAPES = {"lane": (8,), "tensor": (4, 3), "optimizer": (8,)}
"""What one tensor is, for a rule that takes each element alone and for one that looks at more."""

NEAREST = 3
"""How many members of the family, and how many mutants, stand beside each scenario as wrong."""

PLAIN = 8.0
"""How many budgets a wrong neighbour leaves in the format in which it is told: its own rounding does not matter."""

RATES = {3: 0.5, 4: 0.0, 5: 2.0}
"""Step → factor of the learning rate from then on."""


@dataclass(frozen=True)
class Wrong:
    """What a rule near this one makes of the same numbers.

    Attributes:
        what: the difference, in words.
        formats: in which it must be told from the rule.
        values: after each step, of each element.
    """

    what: str
    formats: list[str]
    values: list[list[float]]


@dataclass(frozen=True)
class Vector:
    """One tensor, driven by a rule.

    Attributes:
        name: the scenario's.
        shape: of the tensor, whose elements are listed with the last dimension first to vary.
        hyperparameters: the rule's word → value.
        set: step, from 1 → what is set before it.
        first: the tensor before the first step.
        gradients: of each step.
        expected: the rule's exact values after each step, as the nearest doubles.
        budget: format → how far a right implementation in it may be from these.
        wrong: neighbours that must be refused.
    """

    name: str
    shape: list[int]
    hyperparameters: dict[str, float]
    set: dict[int, dict[str, float]]
    first: list[float]
    gradients: list[list[float]]
    expected: list[list[float]]
    budget: dict[str, list[list[float]]]
    wrong: list[Wrong] = field(default_factory=list)


def vectors(spec: str) -> list[Vector]:
    """The vectors of a rule, always the same.

    Raises:
        Unanswerable: the text names no rule, or one whose values no budget holds.
    """
    family, conventions = find_family(spec)
    rule = family(**conventions)
    beside = _neighbours(Variant(family, conventions))
    scenarios = _scenarios(Candidate(ideal(rule), family, conventions), rule)
    found = [vector for given in scenarios if (vector := _vector(given, beside))]
    if not found:
        raise Unanswerable(f"{spec} has no vectors: there is no budget for its values, or no exact value.")
    return found


# ------------------------------------------------------------------------------------------- what is given
@dataclass(frozen=True)
class Given:
    """A scenario's numbers, which every format holds."""

    name: str
    rule: Rule
    scenario: Scenario
    x0: Tensor
    gradients: Tensor

    @cached_property
    def hypers(self) -> list[dict[Symbol, float]]:
        """The rule's hyperparameters in each step."""
        return [of_rule(self.rule, self.scenario.hyper_at(0, k), torch.float64) for k in range(1, STEPS + 1)]

    @cached_property
    def exact(self) -> Array:
        """The rule's values, to the nearest double.

        Raises:
            ArithmeticError: the second oracle has none.
        """
        slopes = self.gradients.tolist()
        balls = exact_trajectory(self.rule, self.x0.tolist(), slopes, self.hypers)
        return np.array([[float(v.mid()) for v in np.ravel(ball)] for ball in balls])

    def budget(self, dtype: torch.dtype) -> Array:
        """How far from these a right implementation may be, the rounding of `exact` to doubles included."""
        part = Part(0, dtype, (0,), self.x0.to(dtype), self.gradients.to(dtype))
        states = trajectory(Oracle(self.rule, FORMATS[dtype]), part, self.scenario)
        spread = [torch.as_tensor(s.x.radius).expand(self.x0.shape).reshape(-1).numpy() for s in states]
        total: Array = np.nextafter(np.stack(spread) + np.spacing(np.abs(self.exact)), inf)
        return total


def _scenarios(candidate: Candidate, rule: Rule) -> Iterator[Given]:
    """Every term, with other numbers, at the defaults; a rate that changes; zeros; gradients of all sizes."""
    source = Draw(candidate, (1, 1), generic=True)
    values = {s: [v for v in source.values(rule, s) if not isnan(v)] for s in rule.defaults}
    generic, other = ({s: found[min(i, len(found) - 1)] for s, found in values.items()} for i in (0, 1))
    yield _given("every term", candidate, rule, generic, 1)
    yield _given("other hyperparameters", candidate, rule, other, 2)
    if not any(map(isnan, rule.defaults.values())):
        yield _given("the defaults", candidate, rule, dict(rule.defaults), 3)
    if lr in rule.defaults:
        yield _given("a rate that changes, and is 0 for a while", candidate, rule, generic, 4, RATES)
    zeros = _given("gradients of zero", candidate, rule, generic, 5)
    zeros.gradients[[0, 3]] = 0.0
    zeros.gradients[:, ..., 0] = 0.0
    yield zeros
    sizes = _given("gradients of all sizes", candidate, rule, generic, 6)
    sizes.gradients.mul_(2.0 ** torch.arange(-8, 4, 2, dtype=torch.float64).reshape(-1, *[1] * sizes.x0.ndim))
    yield sizes


def _given(
    name: str, candidate: Candidate, rule: Rule, hyper: dict[Symbol, float], seed: int,
    rates: Mapping[int, float] = MappingProxyType({}),
) -> Given:  # fmt: skip
    chosen = tied([allowed(candidate, {}, hyper)], rule, candidate)
    shape = (STEPS + 1, *SHAPES[rule.scope])
    numbers = torch.tensor(list(_short(seed, int(np.prod(shape)))), dtype=torch.float64).reshape(shape)
    scenario = Scenario({}, chosen, STEPS, (0.0, 0.0), dict(rates))
    return Given(name, rule, scenario, numbers[0], numbers[1:])


def _short(seed: int, count: int) -> Iterator[float]:
    """Numbers of six binary digits between 1/16 and 2 in size, by a generator that depends on no library."""
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        bits = state >> 33
        yield (1 - 2 * (bits & 1)) * (32 + (bits >> 1) % 32) / 32 * 2.0 ** -((bits >> 6) % 5)


# ------------------------------------------------------------------------------------------- what follows
@dataclass(frozen=True)
class Neighbour:
    """A rule that is another: a member of the family, or a mutant, opened into lines."""

    what: str
    rule: Rule
    lines: Mapping[Symbol, Any] = field(default_factory=dict)

    def values(self, given: Given) -> Array | None:
        """What it makes of a scenario's numbers; None where it makes nothing finite."""
        try:
            found = quick.path(self.rule, given.x0.numpy(), given.gradients.numpy(), given.hypers, self.lines)
        except UNANALYSED:
            return None
        return found.reshape(STEPS, -1) if np.isfinite(found).all() else None


def _neighbours(own: Variant) -> tuple[list[Neighbour], list[Neighbour]]:
    """The other members of the family that have the same hyperparameters, and the mutants."""
    rule = own.rule
    others = (
        member
        for member in members(own.family)
        if member.rule.mathematics != rule.mathematics and member.rule.hyperparameters == rule.hyperparameters
    )
    return (
        [Neighbour(member.beside(own), member.rule) for member in others],
        [Neighbour(mutant.words, mutant.open, mutant.lines) for mutant in mutants(rule)],
    )


def _vector(given: Given, beside: Sequence[Sequence[Neighbour]]) -> Vector | None:
    """The vector of a scenario; None where it has no exact value, or no budget in any format."""
    try:
        exact = given.exact
    except ArithmeticError:
        return None
    budgets = {str(dtype).removeprefix("torch."): given.budget(dtype) for dtype in FORMATS}
    finite = {name: budget for name, budget in budgets.items() if np.isfinite(budget).all()}
    wrong = [each for kind in beside for each in _nearest(given, finite, kind)]
    return Vector(
        given.name,
        list(given.x0.shape),
        {s.name: value for s, value in given.scenario.hyper_at(0, 0).items() if s in given.rule.defaults},
        {k: {lr.name: given.scenario.hyper_at(0, k)[lr]} for k in given.scenario.schedule},
        given.x0.reshape(-1).tolist(),
        given.gradients.reshape(STEPS, -1).tolist(),
        exact.tolist(),
        {name: budget.tolist() for name, budget in finite.items()},
        wrong,
    ) if finite else None  # fmt: skip


def _nearest(given: Given, budgets: Mapping[str, Array], neighbours: Sequence[Neighbour]) -> list[Wrong]:
    """Those that are nearest to the rule, of those that make something plainly else of the numbers in some format."""
    found: list[tuple[float, Wrong]] = []
    for neighbour in neighbours:
        if (values := neighbour.values(given)) is not None:
            off = np.abs(values - given.exact)
            with np.errstate(over="ignore"):
                away = {name: float((off / budget).max()) for name, budget in budgets.items()}
            if told := [name for name in budgets if away[name] > PLAIN]:
                found.append((away[told[0]], Wrong(neighbour.what, told, values.tolist())))
    return [wrong for _, wrong in sorted(found, key=lambda pair: pair[0])[:NEAREST]]
