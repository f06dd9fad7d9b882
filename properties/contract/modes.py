"""Optimizers that have a mode for training and one for evaluation."""

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, deviation, followed, same_bits
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario

ROUNDINGS = 8
"""Of two interpolations between the parameter and what is kept beside it: each rounds a difference, a product and a
sum, none larger than the two parameters together."""


@contract()
def train_and_eval(bench: Bench) -> Messages:
    """`eval` and `train` restore each other's values, training does not depend on how often they are switched, and what
    is handed out for evaluation is what the rule says, or an average that is kept.
    """
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
    yield from _evaluated(bench)


def _evaluated(bench: Bench) -> Messages:
    """What evaluation is handed is what the rule says; where it says nothing, averages are not kept in vain."""
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    run = bench.run(scenario, blocks)
    trained = followed(run, range(1, STEPS + 1))
    run.optimizer.eval()
    if bench.rule.evaluated is None:
        if all(same_bits(p.detach(), values[-1]) for p, values in zip(run.parameters, trained, strict=True)):
            yield from (
                f"eval changes nothing, though {name!r} keeps an average" for name in _averages(run, trained)
            )
        return
    for block, p, values in zip(blocks, run.parameters, trained, strict=True):
        if not _follows(bench, scenario, block, values):
            bench.notes.append(
                f"it does not follow {bench.rule} in training, so evaluation is not held against it"
            )
            return
        ball = bench.evaluated(scenario, block)
        ratio = deviation(p, torch.as_tensor(ball.mid), torch.as_tensor(ball.radius).expand(p.shape))
        bench.ratios.append(ratio)
        if ratio > 1:
            yield f"in evaluation after step {STEPS}, {block.name} is not what {bench.rule} hands out there"
            return


def _follows(bench: Bench, scenario: Scenario, block: Block, trained: list[Tensor]) -> bool:
    """Whether a tensor is where the rule says after every step."""
    balls = (state.x for state in bench.states(scenario, block))
    return all(
        deviation(seen, torch.as_tensor(ball.mid), torch.as_tensor(ball.radius).expand(seen.shape)) <= 1
        for seen, ball in zip(trained, balls, strict=True)
    )


def _averages(run: Run, trained: list[list[Tensor]]) -> list[str]:
    """The names of state that is, in every parameter, between the least and the largest value that it has had, but not
    the last one.
    """
    states = [run.optimizer.state.get(p, {}) for p in run.parameters]
    return [
        name
        for name, first in states[0].items()
        if isinstance(first, Tensor)
        and all(
            _between(state[name], torch.stack([block.x0.to(run.device), *values]))
            for block, state, values in zip(run.blocks, states, trained, strict=True)
        )
    ]


def _between(kept: Tensor, values: Tensor) -> bool:
    if kept.shape != values.shape[1:] or same_bits(kept, values[-1]):
        return False
    least, most, lost = (
        values.amin(0),
        values.amax(0),
        ROUNDINGS * torch.finfo(values.dtype).eps * values.abs().amax(0),
    )
    return bool(((kept >= least - lost) & (kept <= most + lost)).all())


def _switched(mode: object, parameters: list[Tensor]) -> list[Tensor] | None:
    """The values in a mode; None if asking for it twice is not the same as once."""
    assert callable(mode)
    mode()
    once = copied(parameters)
    mode()
    return once if all(map(same_bits, once, copied(parameters))) else None
