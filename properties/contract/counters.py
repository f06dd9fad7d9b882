"""Counters of steps, found in the state by value: what follows long training, without training for long."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Any

import torch
from torch import Tensor

from lawful.properties.contract.bench import Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import followed, never_raising
from lawful.properties.contract.resuming import saved
from lawful.properties.contract.way import in_dtypes, plainly
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario

FEW = 4
"""After how many steps counters are told from other numbers."""

LIMITS = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24}
"""Dtype → the number from which adding 1 changes nothing in it."""


@dataclass
class Place:
    """Where a number is kept: in the state of a parameter or in a group."""

    holder: MutableMapping[str, Any]
    key: str

    def read(self) -> float:
        """The number."""
        return float(self.holder[self.key])

    @property
    def most(self) -> float:
        """The largest number that the type holds in which it is kept."""
        kept = self.holder[self.key]
        whole = isinstance(kept, Tensor) and not kept.is_floating_point()
        return torch.iinfo(kept.dtype).max if whole else inf

    def write(self, value: int) -> None:
        """Sets it, in the type in which it is kept."""
        kept = self.holder[self.key]
        if isinstance(kept, Tensor):
            kept.fill_(value)
        else:
            self.holder[self.key] = type(kept)(value)


def places(optimizer: Any) -> Iterator[Place]:
    """Every place of one number."""
    for holder in (*optimizer.state.values(), *optimizer.param_groups):
        if isinstance(holder, MutableMapping):
            yield from (Place(holder, key) for key, value in holder.items() if _is_number(value))


def _is_number(value: Any) -> bool:
    one = isinstance(value, Tensor) and value.ndim == 0 and not value.is_complex()
    return one or (isinstance(value, int | float) and not isinstance(value, bool))


@contract(over=in_dtypes(plainly, *LIMITS))
def counter(bench: Bench) -> Messages:
    """Steps are counted past what the parameter's dtype can count, or their own, as long as the rule looks at them, and
    after load_state_dict too. In float32, as torch does, they may be counted up to 2²⁴.
    """
    generic = bench.hyper()
    hyper = {s: value or generic[s] for s, value in bench.usual().items()}
    scenario = bench.scenario(hyper, steps=FEW + 1)
    block = bench.blocks(scenario)[0]
    run = bench.run(scenario, [block])
    rising = _rising(run)
    fresh = bench.run(scenario, [replace(block, x0=run.parameters[0].detach())])
    with never_raising("load_state_dict"):
        fresh.optimizer.load_state_dict(saved(run.optimizer.state_dict()))
    for one, how in ((run, ""), (fresh, "load_state_dict and ")):
        counters = [place for place in places(one.optimizer) if place.key in rising]
        limit = int(min([LIMITS[bench.way.dtype], *(place.most for place in counters)]))
        for place in counters:
            place.write(limit)
        followed(one, [FEW + 1])
        wrong = [place for place in counters if place.read() != limit + 1]
        if not wrong or not _looks_at_steps(bench, scenario, block, limit):
            continue
        said = f"after {how}{limit} steps, the counter {wrong[0].key!r} goes to {wrong[0].read():.0f}, not {limit + 1}"
        if bench.dtype is torch.float32 and wrong[0].read() == limit:
            bench.notes.append(f"{said}: it is kept in float32, as torch's own are")
        else:
            yield said
            return


def _rising(run: Run) -> set[str]:
    """The keys of numbers that rise by 1 with each of a few steps."""
    counts: list[list[float]] = []
    for step in range(1, FEW + 1):
        followed(run, [step])
        counts.append([place.read() for place in places(run.optimizer)])
    if len({len(row) for row in counts}) != 1:
        raise NotOwedError("other numbers are kept after each step: none is known to count them")
    rising = [all(b - a == 1 for a, b in pairwise(column)) for column in zip(*counts, strict=True)]
    found = {place.key for place, rises in zip(places(run.optimizer), rising, strict=True) if rises}
    if not found:
        raise NotOwedError("no counter of steps was found in the state")
    return found


def _looks_at_steps(bench: Bench, scenario: Scenario, block: Block, limit: int) -> bool:
    """Whether the rule's next step is another one after this many steps than after four times as many."""
    state = bench.states(scenario, block)[FEW - 1]
    early, late = (bench.stepped(scenario, block, state, block.x0, t).x for t in (limit, 4 * limit))
    apart = torch.as_tensor(early.mid - late.mid).abs()
    return bool((apart > torch.as_tensor(early.radius + late.radius)).any())
