"""Optimizers that have a mode for training and one for evaluation."""

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, followed, same_bits

ROUNDINGS = 8
"""Of two interpolations between the parameter and what is kept beside it: each rounds a difference, a product and a
sum, none larger than the two parameters together."""


@contract()
def train_and_eval(bench: Bench) -> Messages:
    """`eval` and `train` restore each other's values, and training does not depend on how often they are switched."""
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    run = bench.run(scenario, blocks)
    if not all(callable(getattr(run.optimizer, mode, None)) for mode in ("train", "eval")):
        raise NotOwedError("it has no modes")
    drift = [torch.zeros_like(p) for p in run.parameters]
    for step in range(1, STEPS + 1):
        followed(run, [step])
        trained = copied(run.parameters)
        evaluated = _switched(run.optimizer.eval, run.parameters)
        restored = _switched(run.optimizer.train, run.parameters)
        if evaluated is None or restored is None:
            yield f"after step {step}, the same mode twice is not the same as once"
            return
        for block, lost, y, x, again in zip(blocks, drift, trained, evaluated, restored, strict=True):
            lost += ROUNDINGS * torch.finfo(bench.dtype).eps * (x.abs() + y.abs())
            if ((again - y).abs() > lost).any():
                yield f"after step {step}, eval and train do not restore {block.name}"
                return
    for block, values, p, lost in zip(
        blocks, bench.trajectories(scenario, blocks), run.parameters, drift, strict=True
    ):
        budget = 2 * torch.as_tensor(bench.states(scenario, block)[-1].x.radius).reshape(p.shape)
        if ((p.detach().cpu() - values[-1].cpu()).abs() > budget + lost.cpu()).any():
            yield f"with eval and train between steps, {block.name} is elsewhere after step {STEPS}"
            return


def _switched(mode: object, parameters: list[Tensor]) -> list[Tensor] | None:
    """The values in a mode; None if asking for it twice is not the same as once."""
    assert callable(mode)
    mode()
    once = copied(parameters)
    mode()
    return once if all(map(same_bits, once, copied(parameters))) else None
