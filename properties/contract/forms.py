"""Other forms of parameters and gradients: complex, sparse."""

from dataclasses import replace

import torch

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied
from lawful.verify.evidence import Severity


@contract(applies=lambda rule: rule.scope == "lane", severity=Severity.EXTRA)
def complex_parameters(bench: Bench) -> Messages:
    """A complex parameter is the pair of reals that it consists of, or is refused."""
    scenario = bench.scenario(bench.hyper())
    block = next(b for b in bench.blocks(scenario) if b.x0.numel() % 2 == 0)
    x0, gradients = block.x0.reshape(-1, 2), block.gradients.reshape(STEPS, -1, 2)
    pairs = replace(block, x0=x0, gradients=gradients)
    numbers = replace(block, x0=torch.view_as_complex(x0), gradients=torch.view_as_complex(gradients))
    with bench.may_refuse("a complex parameter"):
        (seen,) = bench.trajectories(scenario, [numbers])
        (expected,) = bench.trajectories(scenario, [pairs])
        if k := bench.departs(scenario, pairs, [torch.view_as_real(z) for z in seen], expected):
            yield f"a complex parameter is not where its real and imaginary parts would be, from step {k} on"


@contract(severity=Severity.EXTRA)
def sparse_gradients(bench: Bench) -> Messages:
    """An uncoalesced sparse gradient is the dense one that it stands for, or is refused."""
    for pins in ({}, {"weight_decay": 0.0}, {"weight_decay": 0.0, "momentum": 0.0}):
        scenario = bench.scenario(bench.hyper(**pins))
        block = next(b for b in bench.blocks(scenario) if b.x0.ndim >= 1)
        sparse = [_uncoalesced(g) for g in block.gradients.to(bench.device)]
        dense = replace(block, gradients=torch.stack([s.to_dense() for s in sparse]).cpu())
        with bench.may_refuse("a sparse gradient"):
            run, seen = bench.run(scenario, [block]), []
            for step, gradient in enumerate(sparse, 1):
                run.parameters[0].grad = gradient
                run.step(step)
                seen += copied(run.parameters)
            (expected,) = bench.trajectories(scenario, [dense])
            if k := bench.departs(scenario, dense, seen, expected):
                yield f"with sparse gradients, {block.name} is not where dense ones lead, from step {k} on"
                return


def _uncoalesced(gradient: torch.Tensor) -> torch.Tensor:
    """Rows 1 and 3 of a gradient, the first in two halves."""
    rows = gradient[[1, 3, 1]] / 2
    indices = torch.tensor([[1, 3, 1]], device=gradient.device)
    return torch.sparse_coo_tensor(indices, rows, gradient.shape, check_invariants=False)
