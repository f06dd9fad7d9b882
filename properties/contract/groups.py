"""Parameter groups: each has its own hyperparameters, from step to step, and may come late."""

from dataclasses import replace

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract, of_each_tensor
from lawful.properties.contract.following import followed, never_raising
from lawful.properties.contract.way import paths
from lawful.properties.runs.running import Run, changed
from lawful.properties.scenarios.moving import held, movable
from lawful.properties.scenarios.scenarios import Scenario
from lawful.properties.scenarios.strategies import Draw, tied
from lawful.verify.candidates.candidate import Candidate

MOST = 3
"""How many groups there are, each with a value of its own where there are so many values."""

MIDDLE = 4
"""The step before which groups exchange what they hold, or one is added."""


class Exchanged(Run):
    """A run whose two groups exchange their hyperparameters in mid-run."""

    def change(self, step: int) -> None:
        """Gives each group what it has of the other's."""
        for index, group in self.numbered_groups() if step == MIDDLE else ():
            own = exchanging(self.candidate, self.scenario, index)
            moved = changed(self.candidate, own, 0, step)
            group.update({name: value for name, value in moved.items() if name in group})


def exchanging(candidate: Candidate, scenario: Scenario, group: int) -> Scenario:
    """What one of two groups sees that exchange their hyperparameters in mid-run: those that may be changed there."""
    mine, other = scenario.hypers[group], scenario.hypers[1 - group]
    symbols = movable(held(candidate), candidate.rule(scenario.options))
    return replace(scenario, hypers=(mine,), moves={MIDDLE: {s: other[s] for s in symbols}})


@contract(over=paths, applies=of_each_tensor)
def groups(bench: Bench) -> Messages:
    """Each group's own hyperparameters are used, whatever the first group's are, and where they change."""
    first, source = bench.hyper(), Draw(bench.candidate, (1, 1), generic=True)
    for symbol, name in bench.candidate.binding.free.items():
        others = [v for v in source.values(bench.rule, symbol) if v != first[symbol]]
        if not others or symbol in bench.candidate.shared(bench.rule):
            continue
        held = [first[symbol], *others][:MOST]
        hypers = tied([{**first, symbol: value} for value in held], bench.rule, bench.candidate)
        scenario = bench.scenario(*hypers)
        each = bench.blocks(scenario)[: len(held)]
        for block, values in zip(each, bench.trajectories(scenario, each), strict=True):
            if k := bench.departs_from_alone(scenario, block, values):
                yield (
                    f"{symbol} ({name}) is {', '.join(f'{value:g}' for value in held)} in the groups: "
                    f"{block.name} is not where it would be alone, from step {k} on"
                )
    yield from _exchanged(bench)


def _exchanged(bench: Bench) -> Messages:
    scenario = bench.scenario()
    if len(scenario.hypers) < 2:
        return
    pair = bench.blocks(scenario)[:2]
    run = bench.run(scenario, pair, kind=Exchanged)
    for block, values in zip(pair, followed(run, range(1, STEPS + 1)), strict=True):
        own, lonely = exchanging(bench.candidate, scenario, block.group), replace(block, group=0)
        (expected,) = bench.trajectories(own, [lonely])
        if k := bench.departs(own, lonely, values, expected):
            yield (
                f"two groups exchange their hyperparameters before step {MIDDLE}: {block.name} is not where it would "
                f"be alone, from step {k} on"
            )


@contract(over=paths, applies=of_each_tensor)
def late_group(bench: Bench) -> Messages:
    """A group that is added after some steps begins as if it were alone, and the others go on."""
    scenario = bench.scenario(bench.hyper(), bench.hyper())
    blocks = bench.blocks(scenario)
    early, new = ([b for b in blocks if b.group == group] for group in (0, 1))
    run = bench.run(replace(scenario, hypers=scenario.hypers[:1]), early)
    before = followed(run, range(1, MIDDLE))
    run.blocks, added = [*early, *new], [run.parameter(block) for block in new]
    run.parameters += added
    with never_raising(f"add_param_group after {MIDDLE - 1} steps"):
        run.optimizer.add_param_group({"params": added})
    after = followed(run, range(MIDDLE, STEPS + 1))
    for block, values, more in zip(run.blocks, [*before, *([] for _ in new)], after, strict=True):
        steps = range(1 if values else MIDDLE, STEPS + 1)
        if k := bench.departs_from_alone(scenario, block, [*values, *more], steps):
            yield (
                f"add_param_group after {MIDDLE - 1} steps: {block.name} is not where it would be alone, "
                f"from its own step {k} on"
            )
            return
