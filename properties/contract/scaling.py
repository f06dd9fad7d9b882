"""Mixed precision: losses are scaled by torch's GradScaler, whose work an optimizer may do itself."""

from typing import Any

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, same_bits
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import Run

OVERFLOWS = (1, 4)
"""Before which steps there is one with an infinite gradient."""

UNSCALED = (3, 4)
"""Before which steps users unscale the gradients themselves, as they do who clip them."""


class Scaled(Run):
    """A run whose gradients are scaled, and whose steps are made by a GradScaler."""

    def __post_init__(self) -> None:
        """Constructs optimizer and scaler; a scale that is a power of two costs no digits."""
        super().__post_init__()
        self.scaler = torch.amp.GradScaler(torch.device(self.device).type, init_scale=2.0**6)
        self._one = torch.ones((), device=self.device)

    def slope(self, gradient: Tensor) -> Tensor:
        """The gradient of the scaled loss."""
        return gradient * self.scaler.scale(self._one)

    def driven(self) -> Any:
        """The scaler's step, which halves the scale after an overflow."""
        returned = self.scaler.step(self.optimizer)
        self.scaler.update()
        return returned


@contract(over=paths)
def grad_scaler(bench: Bench) -> Messages:
    """Under torch's GradScaler steps are what they are without it, whether it undoes the scale or the optimizer or the
    user does, and a step with an infinite gradient, the first one too, is skipped as if it had not been.
    """
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    run = bench.run(scenario, blocks, kind=Scaled)
    assert isinstance(run, Scaled)
    seen: list[list[Tensor]] = []
    for step in range(1, STEPS + 1):
        if step in OVERFLOWS and not _skips(run, step):
            yield f"a step with an infinite gradient, before step {step}, is made: parameters move"
            return
        run.feed(step)
        if step in UNSCALED:
            run.scaler.unscale_(run.optimizer)
        run.step(step)
        seen.append(copied(run.parameters))
    expected = bench.trajectories(scenario, blocks)
    for block, a, b in zip(blocks, zip(*seen, strict=True), expected, strict=True):
        if k := bench.departs(scenario, block, a, b):
            yield f"under GradScaler, {block.name} is not where it would be without it, from step {k} on"
            return


def _skips(run: Scaled, step: int) -> bool:
    """Whether nothing moves where one gradient is infinite."""
    before = copied(run.parameters)
    run.feed(step)
    grad = run.parameters[-1].grad
    assert grad is not None
    kept = grad._values() if grad.is_sparse else grad  # of a sparse one, in place
    kept.view(-1)[-1] = torch.inf
    run.step(step)
    return all(map(same_bits, before, copied(run.parameters)))
