"""What is simpler than a case: fewer steps, a smaller tensor, plainer settings, plainer numbers; and by how much.

Simplifications come in batches of cases of one scenario, which can be run together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import copysign, frexp, isfinite
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.counterexamples.cases import Case
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import allowed, tied
from lawful.verify.candidates.candidate import Candidate

Batches = Iterator[Sequence[Case]]
MANY = 24
"""Up to how many numbers of a case, or steps, are simplified one by one."""


def size(case: Case, candidate: Candidate) -> tuple[int, ...]:
    """What is to become less: steps, elements, settings that must be told, then the digits of all numbers."""
    digits = sum(weight(value, case.x0.dtype) for value in _numbers(case).tolist())
    return case.steps, case.x0.numel(), _telling(case.scenario, candidate), digits


def _telling(scenario: Scenario, candidate: Candidate) -> int:
    plain = default_scenario(candidate, 0)
    options = sum(bool(value != plain.options[name]) for name, value in scenario.options.items())
    own = {s: v for s, v in scenario.hypers[0].items() if v != plain.hypers[0][s] and v == v}
    moved = [change for moves in scenario.moves.values() for change in moves.items()]
    numbers = [float(value) for what, value in moved if isinstance(what, Symbol)]
    told = [*own.values(), *scenario.schedule.values(), *numbers]
    return options + len(moved) - len(numbers) + sum(1 + _weight(value) for value in told)


# ------------------------------------------------------------------------------------------ numbers
@lru_cache(maxsize=4096)
def short(value: float, dtype: torch.dtype) -> float:
    """The shortest decimal that is this number in a dtype."""
    for digits in range(1, 17 if isfinite(value) else 1):
        decimal = _rounded(value, digits)
        if torch.tensor(decimal, dtype=dtype).item() == value:
            return decimal
    return value


def weight(value: float, dtype: torch.dtype) -> int:
    """How much there is to read in a number; nothing in 0."""
    return len(repr(short(value, dtype)).removesuffix(".0")) if value else 0


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _power(value: float) -> float:
    """The nearest power of two below, with the number's sign."""
    return copysign(2.0 ** (frexp(value)[1] - 1), value) if value else 0.0


PLAINER: tuple[Callable[[float], float], ...] = (
    lambda value: 0.0,
    lambda value: 1.0 if value else 0.0,
    lambda value: copysign(1.0, value) if value else 0.0,
    lambda value: _rounded(value, 1),
    _power,
    lambda value: _rounded(value, 2),
    lambda value: _rounded(value, 3),
)


def plainer_numbers(case: Case, candidate: Candidate) -> Batches:
    """All numbers made plain in the same way, or, of a few, one of them."""
    numbers = _numbers(case)
    everything = [numbers.clone().apply_(lambda v, f=plain: f(v) if isfinite(v) else v) for plain in PLAINER]
    single = [
        numbers.index_put((torch.tensor(i),), value)
        for i in range(len(numbers) if len(numbers) <= MANY else 0)
        for value in {float(plain[i]): plain[i] for plain in everything}.values()
    ]
    yield [_with(case, changed) for changed in (*everything, *single) if not changed.equal(numbers)]


def _numbers(case: Case) -> Tensor:
    """First value and gradients, one after the other, in float64."""
    return torch.cat([case.x0.reshape(-1), case.gradients.reshape(-1)]).to(torch.float64)


def _with(case: Case, numbers: Tensor) -> Case:
    values, first = numbers.to(case.x0.dtype), case.x0.numel()
    x0, gradients = values[:first].reshape(case.x0.shape), values[first:].reshape(case.gradients.shape)
    return replace(case, x0=x0, gradients=gradients)


# ------------------------------------------------------------------------------------------ steps and elements
def shorter(case: Case, candidate: Candidate) -> Batches:
    """The last steps alone, or all but one; then the last steps with what is left of the schedule."""
    steps, gradients = case.steps, case.gradients
    lasts = [k for k in range(1, steps) if k < 8 or k & (k - 1) == 0]
    without = [i for i in range(steps) if steps <= MANY]
    rest = [torch.cat([gradients[:i], gradients[i + 1 :]]) for i in without if steps > 1]
    yield [replace(case, gradients=kept) for kept in (*(gradients[-k:] for k in lasts), *rest)]
    for k in lasts if case.scenario.changes else ():
        yield [replace(case, scenario=_last(case.scenario, steps, k), gradients=gradients[-k:])]


def _last(scenario: Scenario, steps: int, kept: int) -> Scenario:
    """With what is left of all changes in the last steps."""
    schedule = {max(1, step - steps + kept): rate for step, rate in sorted(scenario.schedule.items())}
    moves: dict[int, dict[Symbol | str, Any]] = {}
    for step, moved in sorted(scenario.moves.items()):
        moves.setdefault(max(1, step - steps + kept), {}).update(moved)
    return replace(scenario, schedule=schedule, moves=moves)


def narrower(case: Case, candidate: Candidate) -> Batches:
    """Fewer rows or columns of a whole tensor; of several, fewer, or fewer elements of one."""
    if case.pieces:
        yield [case.cut(sizes) for sizes in _fewer(case.pieces)]
        return
    yield [
        replace(
            case, x0=case.x0.narrow(dim, start, kept), gradients=case.gradients.narrow(dim + 1, start, kept)
        )
        for dim, length in enumerate(case.x0.shape)
        for kept in sorted({1, length // 2, length - 1} - {0, length})
        for start in {0: 0, length - kept: 0}
    ]


def _fewer(sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """One of several sizes made smaller; one is always left."""
    for i, size in enumerate(sizes):
        for kept in sorted({0, 1, size // 2, size - 1} - {size}):
            if any((*sizes[:i], kept, *sizes[i + 1 :])):
                yield (*sizes[:i], kept, *sizes[i + 1 :])


# ------------------------------------------------------------------------------------------ settings
def plainer_settings(case: Case, candidate: Candidate) -> Batches:
    """The candidate's own defaults; else those of some settings, no schedule, or shorter values."""
    scenario, plain = case.scenario, default_scenario(candidate, 0)
    still = replace(scenario, schedule={}, moves={})
    yield [replace(case, scenario=replace(still, options=plain.options, hypers=plain.hypers))]
    yield [replace(case, scenario=still)]
    for fewer in _fewer_moves(scenario):
        yield [replace(case, scenario=fewer)]
    for option, value in plain.options.items():
        yield [replace(case, scenario=_changed(candidate, scenario, {option: value}, {}))]
    rule = candidate.rule(scenario.options)
    for symbol in candidate.binding.free:
        for value in (plain.hypers[0][symbol], *sorted(rule.domain(symbol).values, key=_weight)):
            yield [replace(case, scenario=_changed(candidate, scenario, {}, {symbol: value}))]


def _fewer_moves(scenario: Scenario) -> Iterator[Scenario]:
    """Without one of the keys that are changed; without the changes before one of the steps."""
    for key in dict.fromkeys(key for moved in scenario.moves.values() for key in moved):
        rest = {k: {n: v for n, v in moved.items() if n != key} for k, moved in scenario.moves.items()}
        yield replace(scenario, moves={k: moved for k, moved in rest.items() if moved})
    for step in scenario.moves:
        yield replace(scenario, moves={k: moved for k, moved in scenario.moves.items() if k != step})


def _changed(
    candidate: Candidate, scenario: Scenario, options: Mapping[str, Any], hyper: Mapping[Symbol, float]
) -> Scenario:
    chosen = {**scenario.options, **options}
    values = allowed(candidate, chosen, {**scenario.hypers[0], **hyper})
    return replace(scenario, options=chosen, hypers=tied([values], candidate.rule(chosen), candidate))


def _weight(value: float) -> int:
    return weight(value, torch.float64)
