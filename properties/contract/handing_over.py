"""Handing over: parameters come in every form in which models give them away, and in any order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from typing import Any

import torch
from torch import Tensor

from lawful.properties.contract.bench import Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import followed
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import RaisedError, RefusedError, Run, UnusualError
from lawful.properties.scenarios.scenarios import Block

STEPS = 3

Group = dict[str, Any]
Form = Callable[[list[Group]], Any]
"""Groups of lists → what is handed over in their place."""

NAMES = ("embedding.weight", "layers.0.norm.weight", "layers.0.bias", "layers.0.linear.weight", "head.weight")
"""As models call their parameters; some are told apart by users, none by a rule."""


def named(tensors: Iterable[Tensor]) -> Iterator[tuple[str, Tensor]]:
    """The pairs of `named_parameters`."""
    return ((f"{i}.{name}", p) for i, (name, p) in enumerate(zip(cycle(NAMES), tensors, strict=False)))


def _all(groups: list[Group]) -> list[Tensor]:
    return [p for group in groups for p in group["params"]]


def _inside(groups: list[Group], form: Callable[[list[Tensor]], Any]) -> list[Group]:
    return [{**group, "params": form(group["params"])} for group in groups]


PLAIN: dict[str, Form] = {
    "a list": _all,
    "a generator": lambda groups: (p for p in _all(groups)),
    "groups with generators inside": lambda groups: _inside(groups, lambda tensors: (p for p in tensors)),
}
"""What every optimizer takes: nobody writes a list where there is `model.parameters()`."""

SINGLE: dict[str, Form] = {
    "groups of one tensor": lambda groups: [
        {**group, "params": p} for group in groups for p in group["params"]
    ]
}


def _pairs(groups: list[Group]) -> list[Group]:
    return _inside(groups, lambda tensors: list(named(tensors)))


NAMED: dict[str, Form] = {
    "pairs of a name and a tensor": lambda groups: named(_all(groups)),
    "groups of pairs of a name and a tensor": _pairs,
}
EMPTY: dict[str, Form] = {
    "groups, some of them empty": lambda groups: [{"params": []}, *groups, {"params": []}]
}


@dataclass
class HandedOver(Run):
    """A run that is handed its parameters in another form."""

    form: Form = _all

    def constructed(self, groups: list[Group]) -> Any:
        """The optimizer of these groups, in the other form."""
        return super().constructed(self.form(groups))


@contract(over=paths)
def handed_over(bench: Bench) -> Messages:
    """Parameters go to the same place, be they handed over as a list, a generator, pairs of a name and a tensor, or
    groups of these with empty ones between them.
    """
    scenario = bench.scenario(bench.hyper(), steps=STEPS)
    blocks = bench.blocks(scenario)
    expected = bench.trajectories(scenario, blocks)
    # a constructor does the same on every path with what it is given; a step may not, with nothing
    for name, form in EMPTY.items() if bench.way.shown else (PLAIN | SINGLE | _named(bench) | EMPTY).items():
        try:
            run = bench.run(scenario, blocks, kind=partial(HandedOver, form=form))
            seen = followed(run, range(1, STEPS + 1))
        except (RefusedError, RaisedError) as error:
            if name in PLAIN or not isinstance(error, RefusedError | UnusualError):
                yield f"handed over as {name}: {error}"
            else:
                bench.notes.append(f"handed over as {name}, it is refused: {error}")
            continue
        for block, a, b in zip(blocks, seen, expected, strict=True):
            if k := bench.departs(scenario, block, a, b):
                yield f"handed over as {name}, {block.name} is elsewhere after step {k}"
                break


def _named(bench: Bench) -> dict[str, Form]:
    """The forms with names, which `torch.optim.Optimizer` promises to take."""
    return NAMED if issubclass(bench.candidate.cls, torch.optim.Optimizer) else {}


@contract(over=paths, anywhere=True)
def order_and_names(bench: Bench) -> Messages:
    """Equal parameters with equal gradients move equally, wherever they stand and whatever their names are."""
    count = bench.candidate.groups
    scenario = bench.scenario(*[bench.hyper()] * count, steps=STEPS)
    first, *others = (replace(block, group=0) for block in bench.blocks(scenario))
    once = [first, *others]
    blocks = [*once, *reversed(once), replace(first, group=count - 1)]
    names = {} if bench.way.shown else {name: form for name, form in _named(bench).items() if form is _pairs}
    for name, form in {"groups": lambda groups: groups, **names}.items():
        with bench.may_refuse(f"what is handed over as {name}"):
            seen = followed(
                bench.run(scenario, blocks, kind=partial(HandedOver, form=form)), range(1, STEPS + 1)
            )
            for i, block in enumerate(blocks):
                if k := bench.departs(scenario, block, seen[i], seen[_twin(blocks, block)]):
                    yield (
                        f"handed over as {name}, parameter {i + 1} of {len(blocks)} is not where an equal one with "
                        f"equal gradients is, from step {k} on"
                    )
                    return


def _twin(blocks: list[Block], block: Block) -> int:
    """The first that is equal."""
    return next(i for i, other in enumerate(blocks) if other.x0 is block.x0)
