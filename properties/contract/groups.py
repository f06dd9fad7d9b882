"""Parameter groups: each has its own hyperparameters, and may come late."""

from dataclasses import replace

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract, of_each_tensor
from lawful.properties.contract.following import followed, never_raising
from lawful.properties.contract.way import paths
from lawful.properties.scenarios.strategies import Draw, tied


@contract(over=paths, applies=of_each_tensor)
def groups(bench: Bench) -> Messages:
    """Each group's own hyperparameters are used, whatever the first group's are."""
    first, source = bench.hyper(), Draw(bench.candidate, (1, 1), generic=True)
    for symbol, name in bench.candidate.binding.free.items():
        others = [v for v in source.values(bench.rule, symbol) if v != first[symbol]]
        if not others or symbol in bench.candidate.shared(bench.rule):
            continue
        _, second = tied([first, {**first, symbol: others[0]}], bench.rule, bench.candidate)
        scenario = bench.scenario(first, second)
        blocks = bench.blocks(scenario)
        pair = blocks[:2]
        for block, values in zip(pair, bench.trajectories(scenario, pair), strict=True):
            if k := bench.departs_from_alone(scenario, block, values):
                yield (
                    f"{symbol}={first[symbol]:g} in the first group and {others[0]:g} in the second ({name}): "
                    f"{block.name} is not where it would be alone, from step {k} on"
                )


@contract(over=paths, applies=of_each_tensor)
def late_group(bench: Bench) -> Messages:
    """A group that is added after some steps begins as if it were alone, and the others go on."""
    late = 4
    scenario = bench.scenario(bench.hyper(), bench.hyper())
    blocks = bench.blocks(scenario)
    early, new = ([b for b in blocks if b.group == group] for group in (0, 1))
    run = bench.run(replace(scenario, hypers=scenario.hypers[:1]), early)
    before = followed(run, range(1, late))
    run.blocks, added = [*early, *new], [run.parameter(block) for block in new]
    run.parameters += added
    with never_raising(f"add_param_group after {late - 1} steps"):
        run.optimizer.add_param_group({"params": added})
    after = followed(run, range(late, STEPS + 1))
    for block, values, more in zip(run.blocks, [*before, *([] for _ in new)], after, strict=True):
        steps = range(1 if values else late, STEPS + 1)
        if k := bench.departs_from_alone(scenario, block, [*values, *more], steps):
            yield (
                f"add_param_group after {late - 1} steps: {block.name} is not where it would be alone, "
                f"from its own step {k} on"
            )
            return
