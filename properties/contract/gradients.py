"""Gradients belong to the user: they are read, and neither changed nor kept."""

from dataclasses import replace

from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, followed, never_raising, same_bits
from lawful.properties.contract.way import paths, paths_and_options
from lawful.properties.runs.running import Run


@contract(over=paths_and_options, anywhere=True)
def gradients_kept(bench: Bench) -> Messages:
    """`step` does not change `p.grad`, and refilling it in place changes nothing that was stored."""
    first, *second = bench.hypers()
    scenario = bench.scenario(first, *(bench.hyper(1, weight_decay=0.0) for _ in second))
    blocks = bench.blocks(scenario)  # without decay there is less reason to make a copy
    run, seen = bench.run(scenario, blocks), list[list[Tensor]]()
    for step in range(1, STEPS + 1):
        followed(run, [step])
        seen.append(copied(run.parameters))
        for p, block in zip(run.parameters, blocks, strict=True):
            if not _holds(p, block.gradients[step - 1]):
                yield f"step {step} changes p.grad of {block.name}"
                return
    expected = _with_fresh_gradients(bench.run(scenario, blocks))
    for block, values, fresh in zip(
        blocks, zip(*seen, strict=True), zip(*expected, strict=True), strict=True
    ):
        if k := bench.departs(scenario, block, values, fresh):
            yield f"p.grad of {block.name} is refilled in place before step {k}: what was stored changes"
            return


def _holds(p: Tensor, gradient: Tensor) -> bool:
    return p.grad is not None and same_bits(p.grad.to_dense(), gradient.to(p.device))


def _with_fresh_gradients(run: Run) -> list[list[Tensor]]:
    """The values after each step, where every step's gradients are new tensors."""
    seen = []
    for step in range(1, STEPS + 1):
        for p in run.parameters:
            p.grad = None
        followed(run, [step])
        seen.append(copied(run.parameters))
    return seen


@contract(over=paths)
def zero_grad(bench: Bench) -> Messages:
    """`zero_grad` sets gradients to None, or to 0 in place with `set_to_none=False`; training goes on either way."""
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    expected = bench.trajectories(scenario, blocks)
    for to_none in (True, False):
        run, seen = bench.run(scenario, blocks), []
        for step in range(1, STEPS + 1):
            run.feed(step)
            run.step(step)
            seen.append(copied(run.parameters))
            places = _places(run.parameters)
            with never_raising(f"zero_grad(set_to_none={to_none})"):
                run.optimizer.zero_grad(set_to_none=to_none)
            if not (_gone(run.parameters) if to_none else _zero(run.parameters, places)):
                left = "None" if to_none else "the same tensors at 0"
                yield f"zero_grad(set_to_none={to_none}) leaves gradients that are not {left}"
                return
        for block, values, whole in zip(blocks, zip(*seen, strict=True), expected, strict=True):
            if k := bench.departs(scenario, block, values, whole):
                yield f"with zero_grad(set_to_none={to_none}), {block.name} is elsewhere after step {k}"
                return


def _gone(parameters: list[Tensor]) -> bool:
    return all(p.grad is None for p in parameters)


def _places(parameters: list[Tensor]) -> list[int]:
    """Where gradients are in memory; sparse ones have no place of their own."""
    return [p.grad.data_ptr() for p in parameters if p.grad is not None and not p.grad.is_sparse]


def _zero(parameters: list[Tensor], places: list[int]) -> bool:
    still = _places(parameters) == places
    return still and not any(bool(p.grad.to_dense().any()) for p in parameters if p.grad is not None)


@contract(over=paths_and_options, anywhere=True)
def maximize(bench: Bench) -> Messages:
    """`maximize` is the same as negated gradients; decay still shrinks."""
    if "maximize" not in bench.candidate.options.names or True not in bench.candidate.options.choices(
        "maximize"
    ):
        raise NotOwedError("the constructor has no maximize")
    scenario = bench.scenario()
    up = replace(scenario, options={**scenario.options, "maximize": True})
    down = replace(scenario, options={**scenario.options, "maximize": False})
    blocks = bench.blocks(scenario)
    negated = [replace(block, gradients=-block.gradients) for block in blocks]
    ascents, descents = bench.trajectories(up, blocks), bench.trajectories(down, negated)
    for block, a, b in zip(blocks, ascents, descents, strict=True):
        if k := bench.departs(scenario, block, a, b):
            yield f"maximize=True leads {block.name} elsewhere than negated gradients do, from step {k} on"
            return
