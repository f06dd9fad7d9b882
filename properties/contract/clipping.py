"""Clips by the norm of gradients that an optimizer does itself."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import followed
from lawful.properties.scenarios.scenarios import Block
from lawful.verify.candidates.unclaimed import parted

LONGER = (4.0, 0.25, 16.0, 2.0, 0.5, 8.0)
"""How many times the largest norm the gradients of each step are long."""


@contract(of=lambda candidate: bool(candidate.norms))
def clipped_norm(bench: Bench) -> Messages:
    """A largest norm of gradients is that of all parameters together, as in torch's `clip_grad_norm_`."""
    scenario = bench.scenario()
    for name, most in bench.candidate.norms.items():
        long = _lengthened(bench.blocks(scenario), [most * times for times in LONGER])
        short = [_times(block, [min(1.0, 1 / times) for times in LONGER]) for block in long]
        clipped = followed(bench.run(scenario, long, {name: most}), range(1, STEPS + 1))
        for block, seen, expected in zip(long, clipped, bench.trajectories(scenario, short), strict=True):
            if parted(seen, expected, block.x0.to(seen[0])):
                yield f"with {name} = {most:g}, {block.name} is not where it is once all gradients are clipped together"
                return


def _lengthened(blocks: Sequence[Block], lengths: Sequence[float]) -> list[Block]:
    """The blocks, with gradients that have these norms together, one for each step."""
    norms = (
        torch.stack([b.gradients.double().reshape(STEPS, -1).norm(dim=1) for b in blocks])
        .norm(dim=0)
        .tolist()
    )
    factors = [length / norm for length, norm in zip(lengths, norms, strict=True)]
    return [_times(block, factors) for block in blocks]


def _times(block: Block, factors: Sequence[float]) -> Block:
    """A block with the gradients of each step multiplied."""
    each = torch.tensor(factors, dtype=torch.float64).reshape(-1, *[1] * block.x0.ndim)
    return replace(block, gradients=(block.gradients.double() * each).to(block.gradients.dtype))
