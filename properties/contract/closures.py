"""What users hang onto a step: closures and hooks."""

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import followed


@contract()
def closure(bench: Bench) -> Messages:
    """A closure is called once, with gradients enabled; its value is returned, and the step uses its gradients."""
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
            value = torch.stack([(p * g).sum() for p, g in zip(run.parameters, gradients, strict=True)]).sum()
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
        for block, values, expected in zip(blocks, seen, bench.trajectories(scenario, blocks), strict=True):
            if k := bench.departs(scenario, block, values, expected):
                yield f"with a closure, {block.name} is not where its gradients lead, from step {k} on"
                return


def _wrong(returned: object, enabled: list[bool], losses: list[float], step: int) -> str:
    if len(enabled) != step:
        return f"step {step} calls the closure {len(enabled) - step + 1} times"
    if not enabled[-1]:
        return f"step {step} calls the closure with gradients disabled: backward fails in it"
    if not isinstance(returned, Tensor | float) or float(returned) != losses[-1]:
        return f"step {step} does not return the closure's value {losses[-1]!r}, but {returned!r}"
    return ""


@contract()
def hooks(bench: Bench) -> Messages:
    """Hooks that are registered for before and after a step are called, once a step."""
    scenario = bench.scenario()
    run = bench.run(scenario, bench.blocks(scenario))
    calls: list[str] = []
    for when in ("pre", "post"):
        register = getattr(run.optimizer, f"register_step_{when}_hook", None)
        if register is None:
            raise NotOwedError("it takes no hooks")
        register(lambda optimizer, args, kwargs, when=when: calls.append(when))
    followed(run, (1, 2))
    if calls != ["pre", "post"] * 2:
        yield f"in two steps, hooks before and after a step are called in the order {calls}"
