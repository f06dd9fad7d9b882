"""What users hang onto a step: closures and hooks."""

from typing import Any

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, followed, same_bits
from lawful.properties.runs.running import Run

IDLING = {2: range(1), 4: range(99), 5: range(1, 2)}
"""Step → the parameters of which its closure makes no gradient: the first, all, the second."""


@contract()
def closure(bench: Bench) -> Messages:
    """A closure is called once, with gradients enabled; its value is returned, and the step uses its gradients, of
    all parameters, of some or of none.
    """
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    run, enabled = bench.run(scenario, blocks), list[bool]()
    losses: list[float] = []

    def loss() -> Tensor:
        enabled.append(torch.is_grad_enabled())
        with torch.enable_grad():  # whether it was or not: what the step does then is another question
            for p in run.parameters:
                p.grad = None
            gradients = [
                block.gradients[step - 1].to(p.device)
                for p, block in zip(run.parameters, blocks, strict=True)
            ]
            parts = [(p * g).sum() for p, g in zip(run.parameters, gradients, strict=True)]
            used = [part for i, part in enumerate(parts) if i not in IDLING.get(step, ())]
            value = torch.stack([torch.ones_like(parts[0]), *used]).sum()
            if used:
                torch.autograd.backward(value)
        losses.append(float(value))
        return value

    seen: list[list[Tensor]] = [[] for _ in blocks]
    with bench.may_refuse("a closure"):
        for step in range(1, STEPS + 1):
            for p in run.parameters:
                p.grad = torch.ones_like(p)
            returned = run.step(step, loss)
            if wrong := _wrong(returned, enabled, losses, step):
                yield wrong
                return
            for values, p in zip(seen, run.parameters, strict=True):
                values.append(p.detach().clone())
        for block, values, expected in zip(blocks, seen, _without(bench.run(scenario, blocks)), strict=True):
            if k := bench.departs(scenario, block, values, expected):
                yield f"with a closure, {block.name} is not where its gradients lead, from step {k} on"
                return


def _without(run: Run) -> list[list[Tensor]]:
    """The values of each parameter after each step with the same gradients, set from outside."""
    rows = []
    for step in range(1, STEPS + 1):
        run.feed(step)
        for i, p in enumerate(run.parameters):
            p.grad = None if i in IDLING.get(step, ()) else p.grad
        run.step(step)
        rows.append(copied(run.parameters))
    return [list(values) for values in zip(*rows, strict=True)]


def _wrong(returned: object, enabled: list[bool], losses: list[float], step: int) -> str:
    if len(enabled) != step:
        return f"step {step} calls the closure {len(enabled) - step + 1} times"
    if not enabled[-1]:
        return f"step {step} calls the closure with gradients disabled: backward fails in it"
    if not isinstance(returned, Tensor | float) or not same_bits(
        torch.tensor(losses[-1]), torch.tensor(float(returned))
    ):
        return f"step {step} does not return the closure's value {losses[-1]!r}, but {returned!r}"
    return ""


@contract()
def hooks(bench: Bench) -> Messages:
    """Hooks that are registered for before and after a step are called, once a step, until they are removed."""
    scenario = bench.scenario()
    run = bench.run(scenario, bench.blocks(scenario))
    calls: list[str] = []
    handles: list[Any] = []
    for when in ("pre", "post"):
        register = getattr(run.optimizer, f"register_step_{when}_hook", None)
        if register is None:
            raise NotOwedError("it takes no hooks")
        handles.append(register(lambda optimizer, args, kwargs, when=when: calls.append(when)))
    followed(run, (1, 2))
    if calls != ["pre", "post"] * 2:
        yield f"in two steps, hooks before and after a step are called in the order {calls}"
        return
    for handle in handles:
        handle.remove()
    followed(run, [3])
    if calls[4:]:
        yield f"hooks that were removed are called in the order {calls[4:]}"
