"""What tests share: implementations on lanes, compared with the oracle in both modes, and the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Tally
from lawful.verify.front.cli import main
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State

os.environ["LAWFUL_CACHE"] = ""  # what a test has broken on purpose is kept for nobody

Values = dict[Symbol, Tensor]
"""The parameter and the state."""

Hyper = Mapping[Symbol, float]
Implementation = Callable[[Values, Tensor, int, Hyper], Values]
"""(values, gradient, t from 1, hyperparameters) → values after the step, in the values' own dtype."""


@dataclass
class Comparison:
    """Ratios of deviation to budget: one step at a time from the implementation's own state, and along trajectories."""

    one_step: Tally = field(default_factory=Tally)
    trajectory: Tally = field(default_factory=Tally)
    state: Tally = field(default_factory=Tally)
    """One step of the state."""

    @property
    def worst(self) -> float:
        return max(t.worst for t in (self.one_step, self.trajectory, self.state))

    @property
    def count(self) -> int:
        return sum(t.comparisons for t in (self.one_step, self.trajectory, self.state))

    @property
    def vacuous(self) -> float:
        """The share of comparisons without verdict."""
        return sum(t.no_verdict for t in (self.one_step, self.trajectory, self.state)) / self.count


@dataclass
class Bench:
    """Lanes on which implementations of one rule run beside the oracle, all with the same values and gradients."""

    rule: Rule
    hyper: Hyper
    x0: Tensor
    gradients: Tensor

    def compare(self, *implementations: Implementation) -> Comparison:
        """All implementations at every step, each lane of each one a comparison."""
        oracle, result = Oracle(self.rule, FORMATS[self.x0.dtype]), Comparison()
        path = start = oracle.start(self.x0)
        seen = [
            {s: torch.as_tensor(b.mid).to(self.x0.dtype) for s, b in {x: start.x, **start.slots}.items()}
            for _ in implementations
        ]
        for now, gradient in enumerate(self.gradients):
            expected = oracle.step(self._here(oracle, now, seen), gradient.expand(len(seen), -1), self.hyper)
            path = oracle.step(path, gradient, self.hyper)
            seen = [
                step(s, gradient, now + 1, self.hyper) for step, s in zip(implementations, seen, strict=True)
            ]
            result.one_step.add(expected.x, self._stacked(seen, x))
            result.trajectory.add(path.x, self._stacked(seen, x))
            for symbol in oracle.read(self.hyper):
                result.state.add(expected.slots[symbol], self._stacked(seen, symbol))
        return result

    def _here(self, oracle: Oracle, now: int, seen: Sequence[Values]) -> State:
        balls: dict[Symbol, Ball] = {s: oracle.ball(self._stacked(seen, s)) for s in seen[0]}
        return State(now, balls.pop(x), balls)

    def _stacked(self, seen: Sequence[Values], symbol: Symbol) -> Tensor:
        return torch.stack([s[symbol] for s in seen]).to(torch.float64)


@dataclass
class Library:
    """An optimizer of a library as an implementation.

    Args:
        make: from a list of one parameter, lr, betas and the other hyperparameters to the optimizer.
        keys: symbol → key under which the optimizer keeps it.
    """

    make: Callable[..., torch.optim.Optimizer]
    keys: Mapping[Symbol, str]

    def __call__(self, s: Values, g: Tensor, t: int, h: Hyper) -> Values:
        if t == 1:
            self._p = s[x].clone().requires_grad_()
            self._optimizer = self.make([self._p], **_arguments(h))
        self._p.grad = g.clone()
        self._optimizer.step()
        state = self._optimizer.state[self._p]
        return {x: self._p.detach().clone(), **{k: state[name].clone() for k, name in self.keys.items()}}


def _arguments(hyper: Hyper) -> dict[str, Any]:
    named = {s.name: value for s, value in hyper.items()}
    betas = (named.pop("beta1"), named.pop("beta2")) if "beta1" in named else None
    return {**named, **({"betas": betas} if betas else {})}


@pytest.fixture
def library() -> type[Library]:
    return Library


@dataclass(frozen=True)
class Lanes:
    """First values and gradients.

    Args:
        dtype: of both.
        scales: base-10 exponents between which a lane's gradients lie.
        count: how many lanes.
        steps: how many steps.
        seed: of everything.
        start: base-10 exponents of the first values; every third lane starts at 0, and all where there are none.
    """

    dtype: torch.dtype
    scales: tuple[float, float] = (-3.0, 3.0)
    count: int = 93
    steps: int = 8
    seed: int = 0
    start: tuple[float, float] | None = (-3.0, 1.0)

    def drawn(self) -> tuple[Tensor, Tensor]:
        """(first values, gradients): noise, constant, alternating, sparse, heavy-tailed, zero or subnormal."""
        random = torch.Generator().manual_seed(self.seed)
        noise = torch.randn(self.steps, self.count, generator=random, dtype=torch.float64)
        uniform = torch.rand(self.steps, self.count, generator=random, dtype=torch.float64)
        kinds = torch.stack([
            noise,
            noise[:1].expand_as(noise),
            (1 + 1e-3 * noise) * (-1.0) ** torch.arange(self.steps)[:, None],
            noise * (uniform < 0.2),
            noise.sign() * 10.0 ** (8 * uniform - 4),
            noise * 0.0,
        ])  # fmt: skip
        lane = torch.arange(self.count)
        gradients = kinds.permute(2, 0, 1)[lane, (lane // 3) % len(kinds)].T * 10.0 ** self._between(
            self.scales, uniform[0]
        )
        gradients = torch.nan_to_num(gradients.to(self.dtype))
        smallest = torch.finfo(self.dtype).smallest_normal * torch.finfo(self.dtype).eps
        gradients[:, 6::31] = (torch.round(3 * noise[:, 6::31]).to(torch.float64) * smallest).to(self.dtype)
        x0 = noise[1] * (0.0 if self.start is None else 10.0 ** self._between(self.start, uniform[1]))
        x0[::3] = 0.0
        return x0.to(self.dtype), gradients

    def _between(self, ends: tuple[float, float], uniform: Tensor) -> Tensor:
        return ends[0] + (ends[1] - ends[0]) * uniform


@pytest.fixture
def lanes() -> type[Lanes]:
    return Lanes


@pytest.fixture
def bench() -> Callable[[Rule, Hyper, Lanes], Bench]:
    """(rule, hyperparameters, lanes) → a bench."""
    return lambda rule, hyper, drawn: Bench(
        rule, {s: float(hyper[s]) for s in rule.hyperparameters}, *drawn.drawn()
    )


@pytest.fixture
def lawful(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., CompletedProcess[str]]:
    """The command line in a folder, through its entry point in this process: all questions share one fork server."""

    def ended(folder: Path, *words: str) -> CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setattr("sys.argv", ["lawful", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return CompletedProcess(words, int(end.value.code or 0), *capfd.readouterr())

    return ended
