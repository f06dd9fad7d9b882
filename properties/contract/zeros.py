"""Gradients that are zero."""

from dataclasses import replace

import torch

from lawful.properties.contract.bench import Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import same_bits
from lawful.properties.contract.way import in_dtypes, paths
from lawful.properties.settings import DTYPES


@contract(over=in_dtypes(paths, *DTYPES), anywhere=True)
def zero_gradients(bench: Bench) -> Messages:
    """Where all gradients are 0 there is no NaN unless the format forces it, and no move except decay."""
    scenario = bench.scenario(bench.usual(weight_decay=0.0))
    blocks = [replace(b, gradients=torch.zeros_like(b.gradients)) for b in bench.blocks(scenario)]
    for block, seen in zip(blocks, bench.trajectories(scenario, blocks), strict=True):
        if all(same_bits(values, block.x0.to(bench.device)) for values in seen):
            continue
        expected = [torch.as_tensor(s.x.mid).to(block.x0.dtype) for s in bench.states(scenario, block)]
        if k := bench.departs(scenario, block, seen, expected):
            said = "is NaN" if seen[k - 1].isnan().any() else "moves"
            yield f"with zero gradients and no decay, {block.name} {said} at step {k}"
            return
