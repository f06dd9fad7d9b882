"""The arithmetic that a candidate really uses, found by asking it.

Numbers that are too small for the format's full precision stand still where nothing moves them; if they become 0, they
are flushed. For float64 a number is changed by less than float32 can hold. If not one bit of what comes out changes,
where the rule says that it must, then the candidate does not see the change: it computes in float32, or keeps that
hyperparameter in float32. If it sees them all and is off by what scalars lose in float32, now to one side and now to
the other, then what changes from step to step is kept there. If steps from 0 are numbers that float32 holds, where the
rule's are not, then steps are computed there, and added to the weight in float64. Where float64 is refused, float32 is
all that there is. For 16 bits, equal weights get equal gradients. If they part, results are rounded at random.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Tally, format_of, of_rule, side
from lawful.properties.runs.narrow import OWN, Arithmetic
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.runs.taken import nearest_taken
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import Block, Scenario, shapes_of
from lawful.properties.scenarios.strategies import Draw, allowed, tied, turned
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.symbols import g, lr
from lawful.verify.oracle.formats import Format, single
from lawful.verify.oracle.oracle import Oracle

UNSEEN = 1.0 + 2.0**-30
"""By what a number is changed: what float64 holds and float32 does not."""

MANY = 8
"""So many roundings have the same sign with a probability below 1 %."""

LITTLE = 0.01
"""A share of what float32 may lose that is less than what it does lose."""


def one_sided(signs: Iterable[float]) -> bool:
    """Whether first steps are too long, or too short, in all of many cases alike: no rounding does that. No more are
    looked at once one differs.
    """
    seen: list[float] = []
    for sign in signs:
        seen.append(sign)
        if sign != seen[0]:
            return False
    return len(seen) >= MANY


NEAR_ONE = 0.9
"""Values from here to 1 are other numbers in float32, and 1 less them is by far."""


def held_near_one(candidate: Candidate) -> Arithmetic:
    """The arithmetic in which the hyperparameters that come near 1 are kept in float32, beside parameters that are."""
    rule = candidate.rule(candidate.options.plain)
    near = (s for s in rule.defaults if any(NEAR_ONE < v < 1 for v in rule.domain(s).values))
    return Arithmetic(rounded=frozenset(near) & candidate.binding.free.keys())


FOUND: dict[tuple[type, str], tuple[Candidate, Arithmetic]] = {}
"""What has been found, with the candidate, so that nothing else gets the addresses that its text contains."""


def granted(candidate: Candidate, path: Mapping[str, Any], dtype: torch.dtype, device: str) -> Format:
    """The format of a path, in the arithmetic that is really used."""
    return arithmetic(candidate, path, dtype, device).of(format_of(dtype, path, device))


def arithmetic(candidate: Candidate, path: Mapping[str, Any], dtype: torch.dtype, device: str) -> Arithmetic:
    """What a candidate uses for parameters of a dtype on a path; where it refuses them, what it uses instead."""
    key = candidate.cls, repr((candidate, path, dtype, device))
    if key not in FOUND:
        try:
            found = _found(candidate, path, dtype, device)
        except (RefusedError, RaisedError):
            found = _instead(candidate, dtype)
        FOUND[key] = candidate, found
    return FOUND[key][1]


def _instead(candidate: Candidate, dtype: torch.dtype) -> Arithmetic:
    """Where float64 is refused and float32 is not: that, at hyperparameters which it holds."""
    if dtype is not torch.float64 or nearest_taken(candidate, dtype) is not torch.float32:
        return OWN
    return Arithmetic(single=True, rounded=frozenset(s for s in candidate.binding.free if not s.is_integer))


def _found(candidate: Candidate, path: Mapping[str, Any], dtype: torch.dtype, device: str) -> Arithmetic:
    probe, narrow = Probe(candidate, path, device), dtype not in (torch.float64, torch.float32)
    found = probe.arithmetic() if dtype is torch.float64 else OWN
    # float32 has no number for what is subnormal in float64
    flushed = not found.single and probe.flushes(dtype)
    return replace(found, flushed=flushed, chance=narrow and _parts(candidate, path, dtype, device))


def _parts(candidate: Candidate, path: Mapping[str, Any], dtype: torch.dtype, device: str) -> bool:
    """Whether equal weights with equal gradients part, in one step at the defaults."""
    scenario = replace(default_scenario(candidate, 0), steps=1)
    fewest, _ = candidate.rule(scenario.options).dimensions
    shape = (1,) * (fewest - 1) + EQUAL
    ones = torch.ones(shape, dtype=dtype)
    run = Run(candidate, path, scenario, [Block("equal weights", 0, ones, ones[None])], device)
    for _ in run.steps():
        values = run.parameters[0].detach().reshape(-1)
        first = values[:1].expand_as(values)  # all NaN is one value too, and no chance
        return not torch.allclose(values, first, rtol=0, atol=0, equal_nan=True)
    return False


EQUAL = (256,)
"""So many equal weights go the same way by chance with a probability below 1e-9, if each way has one of 8 % or more."""


@dataclass
class Probe:
    """A candidate run on numbers that float32 holds, and on others that it does not.

    Args:
        candidate: with its rule.
        path: constructor arguments that choose the way to run.
        device: where the parameters live.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    device: str
    scenario: Scenario = field(init=False)
    block: Block = field(init=False)

    def __post_init__(self) -> None:
        """The numbers that float32 holds, where every term of the rule shows."""
        options = self.candidate.options.plain
        rule = self.candidate.rule(options)
        source = Draw(self.candidate, (1, 1), generic=True)
        drawn = {s: single(source.values(rule, s)[0]) for s in rule.defaults}
        hyper = tied([allowed(self.candidate, options, drawn)], rule, self.candidate)[0]
        self.scenario = Scenario(options, (hyper,), 3, (0.0, 0.0))
        random, shape = np.random.Generator(np.random.PCG64(1)), shapes_of(rule).first[-2]
        x0, slopes = (torch.from_numpy(random.standard_normal((*n, *shape))) for n in ((), (3,)))
        x0.reshape(-1)[::2] = 0.0
        self.block = Block("the probe", 0, x0.float().double(), slopes.float().double())

    def arithmetic(self) -> Arithmetic:
        """What is not seen of a change that the rule sees."""
        base = self._seen(self.scenario, self.block)
        unseen = [each for each in self._changed() if torch.equal(base, self._seen(each[1], each[2]))]
        rounded = frozenset(symbol for symbol, scenario, block in unseen if self._matters(scenario, block))
        found = Arithmetic(g in rounded, rounded - {g})
        if self._steps_in_single():
            return Arithmetic(rounded=found.rounded, apart=True)
        return replace(found, moving=not rounded and self._loses_scalars(base))

    def _steps_in_single(self) -> bool:
        """Whether steps from 0 are numbers of float32, with a rate that moves no digit, and other weights are not, nor
        the rule's own steps."""
        (hyper,) = self.scenario.hypers
        rate = {lr: 2.0**-5} if lr in self.candidate.binding.free else {}
        scenario = replace(self.scenario, hypers=({**hyper, **rate},), steps=1)
        block = replace(self.block, gradients=self.block.gradients[:1])
        (seen,), own = self._seen(scenario, block), format_of(torch.float64, self.path, self.device)
        expected = torch.as_tensor(self._path(scenario, block, own)[0].mid).expand(seen.shape)
        from_0 = block.x0 == 0
        wide = (seen[~from_0], expected[from_0])
        return _in_single(seen[from_0]) and not any(map(_in_single, wide))

    def _loses_scalars(self, base: Tensor) -> bool:
        """Whether a run is off its rule by no more, and no hundred times less, than scalars lose in float32."""
        own = format_of(torch.float64, self.path, self.device)
        if self._off(base, self.scenario, own) <= 1:
            return False
        if not LITTLE < self._off(base, self.scenario, own.tensor_scalars()) <= 1:
            return False
        first = (replace(self.scenario, hypers=(hyper,), steps=1) for hyper in self._hypers(MANY))
        return not one_sided(self._side(scenario, own) for scenario in first)

    def _hypers(self, count: int) -> Iterator[Mapping[Symbol, float]]:
        """Hyperparameters that differ in all that may."""
        (hyper,), options = self.scenario.hypers, self.candidate.options.plain
        rule = self.candidate.rule(options)
        source = Draw(self.candidate, (1, 1), generic=True)
        for turn in range(count):
            drawn = {s: turned(source.values(rule, s), turn)[0] for s in hyper}
            yield tied([allowed(self.candidate, options, drawn)], rule, self.candidate)[0]

    def _side(self, scenario: Scenario, fmt: Format) -> float:
        """1 where the first step is too long, −1 where it is too short, in the middle lane; 0 where it is right."""
        block = replace(self.block, gradients=self.block.gradients[:1])
        (seen,), (ball,) = self._seen(scenario, block), self._path(scenario, block, fmt)
        mid, loss = (torch.as_tensor(v) for v in (ball.mid, ball.radius))
        return side((seen - mid) * torch.sign(mid - block.x0), (seen - mid).abs() > loss)

    def _off(self, seen: Tensor, scenario: Scenario, fmt: Format) -> float:
        """How far a run is off its rule, in budgets of a format."""
        path = self._path(scenario, self.block, fmt)
        return max(float(Tally().add(ball, x).max()) for x, ball in zip(seen, path, strict=True))

    def flushes(self, dtype: torch.dtype) -> bool:
        """Whether subnormal weights are 0 after a step without gradients, where the rule says that they are not."""
        x0 = torch.full_like(self.block.x0, torch.finfo(dtype).tiny / 4, dtype=dtype)
        block = replace(self.block, x0=x0, gradients=torch.zeros(1, *x0.shape, dtype=dtype))
        scenario = replace(self.scenario, steps=1)
        if bool(self._seen(scenario, block).any()):
            return False
        expected = self._path(scenario, block, format_of(dtype, self.path, self.device))[0]
        return bool((torch.as_tensor(expected.mid).abs() > torch.as_tensor(expected.radius)).all())

    def _changed(self) -> Iterator[tuple[Symbol, Scenario, Block]]:
        """One number changed at a time: the second gradient, each hyperparameter."""
        slopes = self.block.gradients.clone()
        slopes[1] *= UNSEEN
        yield g, self.scenario, replace(self.block, gradients=slopes)
        (hyper,) = self.scenario.hypers
        for symbol in {s for s in self.candidate.binding.free & hyper.keys() if not s.is_integer}:
            changed = {**hyper, symbol: hyper[symbol] * UNSEEN}
            yield symbol, replace(self.scenario, hypers=(changed,)), self.block

    def _seen(self, scenario: Scenario, block: Block) -> Tensor:
        run = Run(self.candidate, self.path, scenario, [block], self.device)
        return torch.stack([run.parameters[0].detach().cpu().clone() for _ in run.steps()])

    def _matters(self, scenario: Scenario, block: Block) -> bool:
        """Whether the rule moves a weight by the change, and by more than arithmetic in float64 may."""
        fmt = format_of(torch.float64, self.path, self.device)
        one, other = self._path(self.scenario, self.block, fmt), self._path(scenario, block, fmt)
        return any(
            bool((torch.as_tensor(a.mid - b.mid).abs() > 4 * torch.as_tensor(a.radius)).any())
            for a, b in zip(one, other, strict=True)
        )

    def _path(self, scenario: Scenario, block: Block, fmt: Format) -> list[Any]:
        rule = self.candidate.rule(scenario.options)
        oracle = Oracle(rule, fmt)
        steps = range(1, scenario.steps + 1)
        hypers = [of_rule(rule, scenario.hyper_at(0, k), fmt.dtype) for k in steps]
        state, found = oracle.start(block.x0, hypers[0]), []
        for slope, hyper in zip(block.gradients, hypers, strict=True):
            state = oracle.step(state, slope, hyper)
            found.append(state.x)
        return found


def _in_single(values: Tensor) -> bool:
    """Whether float32 holds all of these numbers."""
    return bool((values.float().double() == values).all())
