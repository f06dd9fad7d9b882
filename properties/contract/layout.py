"""Where the elements of a parameter and of its gradient lie in memory changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract, of_each_tensor
from lawful.properties.contract.following import followed, same_bits
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block


def transposed(x0: Tensor) -> Tensor:
    """Rows as columns in memory."""
    return x0.clone().mT.contiguous().mT


def strided(x0: Tensor) -> Tensor:
    """Every second element of a longer tensor."""
    return torch.stack([x0, torch.zeros_like(x0)], -1)[..., 0]


def a_view(x0: Tensor) -> Tensor:
    """The middle of a longer tensor."""
    gap = x0.new_zeros(1)
    return torch.cat([gap, x0.reshape(-1), gap])[1:-1].view(x0.shape)


@contract(over=paths, applies=of_each_tensor)
def layout(bench: Bench) -> Messages:
    """Transposed and strided parameters and views of other tensors are updated in place, to the same values as
    contiguous ones, and nothing around them changes.
    """
    scenario = bench.scenario(bench.hyper())
    for block in {b.x0.shape: b for b in bench.blocks(scenario)}.values():
        (expected,) = bench.trajectories(scenario, [block])
        for laid in (transposed, strided, a_view) if block.x0.ndim >= 2 else (strided, a_view):
            name = laid.__name__.replace("_", " ")
            with bench.may_refuse(f"a parameter that is {name}"):
                if wrong := _laid_out(bench, block, laid, expected):
                    yield f"{block.name}, {name}: {wrong}"


def _laid_out(bench: Bench, block: Block, laid: Callable[[Tensor], Tensor], expected: list[Tensor]) -> str:
    """What is wrong with a parameter in this layout, or ""."""
    scenario = bench.scenario(bench.hyper())
    run = bench.run(scenario, [block], laid=laid)
    p = run.parameters[0]
    memory, stride, place = _memory(p), p.stride(), p.storage_offset()
    around, seen = memory.clone(), followed(run, range(1, STEPS + 1))[0]
    inside = torch.as_strided(memory, p.shape, stride, place)
    if not same_bits(inside, p.detach()) or p.untyped_storage().data_ptr() != memory.data_ptr():
        return "the parameter is no longer where it was in memory"
    if not same_bits(memory, torch.as_strided_scatter(around, inside, p.shape, stride, place)):
        return "memory beside the parameter is written to"
    k = bench.departs(scenario, block, seen, expected)
    return f"it is not where a contiguous one would be, from step {k} on" if k else ""


def expanded(gradient: Tensor) -> Tensor:
    """One number for all elements, as a sum leaves it; what lies behind it in memory is 0."""
    behind = torch.zeros_like(gradient.reshape(-1))
    behind[0] = gradient.reshape(-1)[0]
    return behind.as_strided(gradient.shape, (0,) * gradient.ndim)


@dataclass
class Sloped(Run):
    """A run whose gradients are laid out in memory in some way."""

    layout: Callable[[Tensor], Tensor] = Tensor.clone

    def feed(self, step: int) -> None:
        """Gives every parameter its gradient of a step, from 1."""
        for p, block in zip(self.parameters, self.blocks, strict=True):
            p.grad = self.layout(block.gradients[step - 1].to(p.device))


@contract(over=paths, applies=of_each_tensor)
def gradient_layout(bench: Bench) -> Messages:
    """Gradients that lie otherwise in memory than their parameter, transposed, strided or one number for all elements,
    as `torch.autograd.grad` gives them, lead where contiguous ones do."""
    scenario = bench.scenario(bench.hyper())
    for block in {b.x0.shape: b for b in bench.blocks(scenario) if b.x0.ndim}.values():
        for laid in (transposed, strided, expanded) if block.x0.ndim > 1 else (strided, expanded):
            same = replace(block, gradients=torch.stack([laid(g).contiguous() for g in block.gradients]))
            (expected,) = bench.trajectories(scenario, [same])
            with bench.may_refuse(f"a gradient that is {laid.__name__}"):
                run = bench.run(scenario, [same], kind=partial(Sloped, layout=laid))
                if k := bench.departs(scenario, same, followed(run, range(1, STEPS + 1))[0], expected):
                    yield (
                        f"{block.name}, with a gradient that is {laid.__name__}, is not where a contiguous one leads, "
                        f"from step {k} on"
                    )


def _memory(p: Tensor) -> Tensor:
    """All of the memory that a parameter is a view of."""
    return torch.empty(0, dtype=p.dtype, device=p.device).set_(p.untyped_storage())


@contract(over=paths, applies=of_each_tensor, anywhere=True)
def empty_parameter(bench: Bench) -> Messages:
    """A parameter without elements is passed over, wherever it stands, and changes nothing for the others."""
    scenario = bench.scenario(bench.hyper())
    block = bench.blocks(scenario)[0]
    shape = (0, *block.x0.shape[1:])
    nothing = Block("an empty one", 0, block.x0.new_zeros(shape), block.gradients.new_zeros((STEPS, *shape)))
    for place, order in ((1, [nothing, block]), (0, [block, nothing])):
        with bench.may_refuse("a parameter without elements"):
            values = bench.trajectories(scenario, order)[place]
            if k := bench.departs_from_alone(scenario, block, values):
                yield f"beside an empty parameter, {block.name} is not where it would be alone, from step {k} on"
                return


@contract(over=paths, applies=of_each_tensor, anywhere=True)
def mixed_dtypes(bench: Bench) -> Messages:
    """In a group of float64, float32 and bfloat16 parameters, each goes where it would go alone."""
    scenario = bench.scenario(bench.hyper())
    three = [_in(bench, dtype) for dtype in ("float64", "float32", "bfloat16")]
    for order in (three, three[::-1]):
        with bench.may_refuse("a group of several dtypes"):
            for block, values in zip(order, bench.trajectories(scenario, order), strict=True):
                if k := bench.departs_from_alone(scenario, block, values):
                    first = order[0].name.removeprefix("the ")
                    yield f"behind a {first}, {block.name} is not where it would be alone, from step {k} on"


def _in(bench: Bench, dtype: str) -> Block:
    other = replace(bench, way=replace(bench.way, dtype=dtype))
    return replace(other.blocks(other.scenario(bench.hyper()))[0], name=f"the {dtype} parameter")
