"""Parameters without a gradient, and parameters that others write to."""

import torch
from torch import Tensor

from lawful.properties.contract.bench import Bench
from lawful.properties.contract.contract import Messages, contract, of_each_tensor
from lawful.properties.contract.following import copied, followed, same_bits
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block

STEPS = 8


def absent(blocks: list[Block]) -> dict[int, set[int]]:
    """Step → which tensors have no gradient: all; one that begins late; a group, and the one behind it; all but one;
    the last of a group, the first of one.
    """
    everything = set(range(len(blocks)))
    group = {i for i in everything if blocks[i].group == 0}
    behind = everything - group
    late, last, first = {min(group)}, {max(group)}, {min(behind, default=0)}
    return dict(enumerate((everything, late, group, behind, everything - first, last, first), 1))


@contract(over=paths, applies=of_each_tensor, anywhere=True)
def idle(bench: Bench) -> Messages:
    """A parameter without a gradient does not move; later it goes on as if those steps had not been, and so do the
    parameters beside it and the groups behind, each with its own hyperparameters.
    """
    scenario = bench.scenario(steps=STEPS)
    blocks = bench.blocks(scenario, beside=True)
    run, without = bench.run(scenario, blocks), absent(blocks)
    seen: list[dict[int, Tensor]] = [{} for _ in blocks]
    for step in range(1, STEPS + 1):
        idling, before = without.get(step, set()), copied(run.parameters)
        _step(run, step, idling)
        for i, p in enumerate(run.parameters):
            if i not in idling:
                seen[i][step] = p.detach().clone()
            elif not same_bits(p.detach(), before[i]):
                yield f"{blocks[i].name} moves at step {step}, where it has no gradient"
                return
    if bench.rule.counts == "group":
        bench.notes.append(
            "the rule counts a group's steps: what an idle parameter goes on with is left open"
        )
        return
    for block, values in zip(blocks, seen, strict=True):
        if k := bench.departs_from_alone(scenario, block, list(values.values()), values):
            yield (
                f"{block.name} has gradients at steps {', '.join(map(str, values))}, and after {list(values)[k - 1]} "
                f"is not where it would be alone after {k} steps"
            )
            return


def _step(run: Run, step: int, idling: set[int]) -> None:
    run.feed(step)
    for i in idling:
        run.parameters[i].grad = None
    run.step(step)


@contract(over=paths, anywhere=True)
def set_from_outside(bench: Bench) -> Messages:
    """A parameter that is set from outside between steps, in place or in other memory, goes on from there."""
    half = 3
    scenario = bench.scenario(*bench.alike())
    blocks = bench.blocks(scenario)
    run = bench.run(scenario, blocks)
    followed(run, range(1, half + 1))
    with torch.no_grad():
        for i, p in enumerate(run.parameters):
            if i % 2:
                p.data = p + FAR  # as model.to and torch.nn.utils.vector_to_parameters do
            else:
                p.add_(FAR)
    there = copied(run.parameters)
    followed(run, [half + 1])
    for block, p, value in zip(blocks, run.parameters, there, strict=True):
        *_, before, deaf = bench.states(scenario, block)[: half + 1]
        from_there = bench.stepped(scenario, block, before, value)
        seen = p.detach().cpu().to(torch.float64)
        if ((seen - deaf.x.mid).abs() < (seen - from_there.x.mid).abs()).any():
            yield f"{block.name} is set from outside after step {half}, and step {half + 1} goes on from where it was"
            return
        still, moved = same_bits(p.detach(), value), (from_there.x.mid - value.cpu().to(torch.float64)).abs()
        if still and (moved > torch.as_tensor(from_there.x.radius)).any():
            yield f"{block.name} is set from outside after step {half}, and step {half + 1} does not move it"
            return


FAR = 1000.0
"""Far from where steps lead, so that it is plain from where a step went on."""
