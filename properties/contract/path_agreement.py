"""All paths of an implementation lead to the same place."""

from dataclasses import replace

from lawful.properties.contract.bench import Bench, NotOwedError
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import same_bits
from lawful.properties.contract.way import in_dtypes, options, plainly


@contract(over=lambda candidate: [*options(candidate), *in_dtypes(plainly, "float64")(candidate)])
def paths_agree(bench: Bench) -> Messages:
    """All paths lead to the same place: bit for bit, or no further apart than rounding explains in another order."""
    first, *others = bench.candidate.paths
    if not others:
        raise NotOwedError("there is one path")
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    expected = bench.trajectories(scenario, blocks)
    for path in others:
        other = replace(bench, way=replace(bench.way, path=path))
        with bench.may_refuse(f"the path {path}"):
            seen = other.trajectories(scenario, blocks)
            for block, a, b in zip(blocks, seen, expected, strict=True):
                if k := other.departs(scenario, block, a, b):
                    yield f"{path} leads {block.name} elsewhere than {first}, from step {k} on"
                    return
            if not all(map(same_bits, (v[-1] for v in seen), (v[-1] for v in expected))):
                bench.notes.append(f"{path} and {first} differ in bits, by no more than rounding explains")
