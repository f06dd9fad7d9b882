"""Options and hyperparameters do something."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from torch import Tensor

from lawful.properties.contract.bench import Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import copied, followed, same_bits
from lawful.properties.contract.way import options
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.scenarios.strategies import Draw

STEPS = 10
SCALES = ((-1.0, 0.5), (-10.0, -6.0))
"""Base-10 exponents of ordinary gradients, and of such as are of the order of eps."""

SCHEDULE = {4: 2.0, 7: 0.25}
"""Some options show only where the learning rate rises and falls."""


@dataclass(frozen=True)
class Variant:
    """What is said to the constructor: conventions, and hyperparameters by name."""

    options: Mapping[str, Any] = field(default_factory=dict)
    pins: Mapping[str, float] = field(default_factory=dict)


@contract(anywhere=True)
def every_option(bench: Bench) -> Messages:
    """No option and no hyperparameter is ignored: each changes some trajectory."""
    candidate, source = bench.candidate, Draw(bench.candidate, (1, 1))
    for option, values in candidate.options.values.items():
        if _ignored(bench, [Variant({option: value}) for value in values]):
            yield f"{candidate.options.names[option]} changes nothing"
    for symbol, name in candidate.binding.free.items():
        values = source.values(bench.rule, symbol)
        if _ignored(bench, [Variant(pins={symbol.name: value}) for value in values]):
            yield f"{name} changes nothing" if name == symbol.name else f"{symbol} in {name} changes nothing"


def _ignored(bench: Bench, variants: list[Variant]) -> bool:
    """Whether all variants lead to the same place, whatever the other options are; not if there are not two of them."""
    compared = False
    for way, scale in product(options(bench.candidate), SCALES):
        first: list[Tensor] | None = None
        for variant in variants:
            end = _end(bench, way.options, scale, variant)
            if first is not None and end is not None:
                compared = True
                if not _same(first, end):
                    return False
            first = first or end
    return compared


def _end(
    bench: Bench, chosen: Mapping[str, Any], scale: tuple[float, float], variant: Variant
) -> list[Tensor] | None:
    """Parameters and state in the end; None if the variant is refused."""
    there = replace(bench, way=replace(bench.way, options={**chosen, **variant.options}))
    scenario = there.scenario(there.hyper(**variant.pins), steps=STEPS, schedule=SCHEDULE)
    scenario = replace(scenario, scale=scale)
    try:
        run = there.run(scenario, there.blocks(scenario))
        followed(run, range(1, STEPS + 1))
    except (RefusedError, RaisedError):
        return None
    states = [run.optimizer.state.get(p, {}) for p in run.parameters]
    return copied([*run.parameters, *(v for s in states for v in s.values() if isinstance(v, Tensor))])


def _same(a: list[Tensor], b: list[Tensor]) -> bool:
    return len(a) == len(b) and all(map(same_bits, a, b))
