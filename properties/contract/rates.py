"""The learning rate: set by hand, by a scheduler, as a tensor."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, never_raising, same_bits
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import Run
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.symbols import lr

FACTORS = {2: 0.5, 3: 0.0, 4: 0.25, 5: 2.0}
"""Step → factor of the learning rate from then on."""

RATE = 2.0**-4
"""A learning rate that every format holds exactly."""


@contract(over=paths)
def scheduled_rate(bench: Bench) -> Messages:
    """A learning rate that a scheduler sets, 0 included, is the one set by hand, and is left as it was set."""
    scenario = bench.scenario(*bench.hypers(lr=RATE), schedule=FACTORS)
    blocks = bench.blocks(scenario)
    by_hand, by_scheduler = bench.run(scenario, blocks), bench.run(scenario, blocks)
    if not isinstance(by_scheduler.optimizer, torch.optim.Optimizer):
        raise NotOwedError("schedulers take nothing but a torch.optim.Optimizer")
    own = [group.get("lr") for group in by_hand.optimizer.param_groups]
    worded = lr in bench.candidate.binding.free
    if not worded and None in own:
        raise NotOwedError("it has no learning rate")
    with never_raising("putting torch's LambdaLR on it"):
        scheduler = LambdaLR(by_scheduler.optimizer, lambda done: _factor(done + 1))
    hand: list[list[Tensor]] = []
    scheduled: list[list[Tensor]] = []
    for step in range(1, STEPS + 1):
        by_hand.change(step)
        for group, rate in zip(by_hand.optimizer.param_groups, [] if worded else own, strict=False):
            group["lr"] = rate * _factor(step)  # of which the constructor says nothing
        for run, values in ((by_hand, hand), (by_scheduler, scheduled)):
            before = [group.get("lr") for group in run.optimizer.param_groups]
            run.feed(step)
            run.step(step)
            values.append(copied(run.parameters))
            after = [group.get("lr") for group in run.optimizer.param_groups]
            if after != before:
                yield f"step {step} writes {after[0]!r} into group['lr'], where {before[0]!r} was set"
                return
        scheduler.step()
    for block, a, b in zip(blocks, zip(*scheduled, strict=True), zip(*hand, strict=True), strict=True):
        if k := bench.departs(scenario, block, a, b):
            yield f"a scheduler leads {block.name} elsewhere than the same learning rates set by hand, from step {k} on"
            return
    if bench.rule.name == UNCLAIMED:  # else where it should lead is asked of the rule
        kept = bench.trajectories(replace(scenario, schedule={}), blocks)
        last = zip(scheduled[-1], kept, strict=True)
        if all(same_bits(now, values[-1]) for now, values in last):
            yield "a learning rate that is set in the groups changes nothing"


def _factor(step: int) -> float:
    return next((FACTORS[s] for s in sorted(FACTORS, reverse=True) if s <= step), 1.0)


@contract(over=paths)
def rate_as_a_tensor(bench: Bench) -> Messages:
    """A learning rate given as a tensor is the number in it, is not written to, and may be refilled in mid-run."""
    name = bench.candidate.binding.free.get(lr)
    if name is None:
        raise NotOwedError("the constructor takes no learning rate")
    half = STEPS // 2
    scenario = bench.scenario(bench.hyper(lr=RATE), schedule={half: 0.5})
    blocks, rate = bench.blocks(scenario), torch.tensor(RATE)
    with bench.may_refuse("a learning rate as a tensor"):
        run, seen = bench.run(scenario, blocks, {name: rate}), []
        for step in range(1, STEPS + 1):
            if step == half:
                _halve(run, {name, "lr"})
            run.feed(step)
            run.step(step)
            seen.append(copied(run.parameters))
        if rate.item() not in (RATE, RATE / 2):
            yield f"the tensor that was given as {name} holds {rate.item():g}, where {RATE:g} was given"
        expected = bench.trajectories(scenario, blocks)
        fmt = bench.format(blocks[0]).tensor_scalars()
        for block, values, numbers in zip(blocks, zip(*seen, strict=True), expected, strict=True):
            if k := bench.departs(scenario, block, values, numbers, fmt):
                yield f"{name} as a tensor leads {block.name} elsewhere than as a number, from step {k} on"
                return


def _halve(run: Run, names: set[str]) -> None:
    """As users do, under each of the names that a group has: in place where it holds a tensor."""
    for group in run.optimizer.param_groups:
        rates = {name: group[name] for name in names & group.keys()}
        for tensor in {id(r): r for r in rates.values() if isinstance(r, Tensor)}.values():
            tensor.mul_(0.5)
        group.update({name: r * 0.5 for name, r in rates.items() if not isinstance(r, Tensor)})
