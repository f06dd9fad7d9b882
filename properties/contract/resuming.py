"""Training that stops and goes on: from a state_dict, from a copy."""

import copy
import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lawful.properties.contract.bench import STEPS, Bench
from lawful.properties.contract.contract import Messages, contract
from lawful.properties.contract.following import followed, never_raising, same_bits
from lawful.properties.contract.way import Way, in_dtypes, options, paths, plainly
from lawful.properties.runs.running import Run
from lawful.verify.candidates.candidate import Candidate

HALF = STEPS // 2


def handed_over(state: Any) -> Any:
    """As it is."""
    return state


def saved(state: Any) -> Any:
    """Through torch.save and torch.load."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def _begun(bench: Bench) -> tuple[Run, Run, list[list[Tensor]]]:
    """A run in the middle; one that is at the end; where that has gone from the middle on."""
    scenario = bench.scenario()
    blocks = bench.blocks(scenario)
    whole, run = (bench.run(scenario, blocks) for _ in range(2))
    values = followed(whole, range(1, STEPS + 1))
    followed(run, range(1, HALF + 1))
    return run, whole, [each[HALF:] for each in values]


def _elsewhere(run: Run, rest: list[list[Tensor]]) -> str:
    """Which tensor goes elsewhere than the uninterrupted run, and from which step on; "" for none."""
    for block, seen, expected in zip(
        run.blocks, followed(run, range(HALF + 1, STEPS + 1)), rest, strict=True
    ):
        for step, (a, b) in enumerate(zip(seen, expected, strict=True), HALF + 1):
            if not same_bits(a, b):
                return f"{block.name} is not where the uninterrupted run is at step {step}"
    return ""


def _apart(run: Run) -> dict[str, list[Tensor]]:
    """What an optimizer keeps beside its state, of a parameter's shape: attributes' names, and the tensors."""
    shapes, own = {p.shape for p in run.parameters}, {id(p) for p in run.parameters}
    named = {name: _tensors(value) for name, value in vars(run.optimizer).items() if name not in KNOWN}
    found = {
        name: [t for t in each if t.shape in shapes and id(t) not in own] for name, each in named.items()
    }
    return {name: tensors for name, tensors in found.items() if tensors}


KNOWN = ("state", "param_groups", "defaults")
"""The attributes that state_dict speaks of."""


def _tensors(value: Any) -> list[Tensor]:
    """A tensor, or those in a list, a tuple or a dict."""
    values = value.values() if isinstance(value, dict) else value
    members = values if isinstance(value, (list, tuple, dict)) else [value]
    return [member for member in members if isinstance(member, Tensor)]


def _forgotten(resumed: Run, whole: Run) -> str:
    """What is kept beside the state and is not what an uninterrupted run keeps; "" for nothing."""
    kept = _apart(resumed)
    for name, tensors in _apart(whole).items():
        if len(tensors) != len(kept.get(name, ())) or not all(map(same_bits, tensors, kept[name])):
            return f"what it keeps in {name!r} is not what the uninterrupted run keeps there"
    return ""


def _everywhere(candidate: Candidate) -> list[Way]:
    others = in_dtypes(plainly, "float64", "bfloat16")(candidate)
    return [*paths(candidate), *options(candidate)[1:], *others]


@contract(over=_everywhere, anywhere=True)
def resume(bench: Bench) -> Messages:
    """A fresh optimizer that loads a state_dict in mid-run continues bit for bit, through torch.save too, and so does
    what it keeps of the parameters' shape beside its state, as an average.
    """
    for name, through in (("load_state_dict", handed_over), ("torch.save", saved)):
        run, whole, rest = _begun(bench)
        with never_raising(f"state_dict through {name}"):
            state = through(run.optimizer.state_dict())
        here = [replace(b, x0=p.detach()) for b, p in zip(run.blocks, run.parameters, strict=True)]
        fresh = bench.run(run.scenario, here)
        with never_raising("load_state_dict"):
            fresh.optimizer.load_state_dict(state)
        if wrong := _elsewhere(fresh, rest) or _forgotten(fresh, whole):
            yield f"after {HALF} steps and {name}, {wrong}"
            return


@contract(over=_everywhere)
def duplicate(bench: Bench) -> Messages:
    """A deepcopy or a pickle of parameters and optimizer in mid-run continues bit for bit, and so does the original."""
    for name, through in (("deepcopy", _copied), ("pickle", _pickled(bench))):
        run, _, rest = _begun(bench)
        twin = copy.copy(run)
        with never_raising(name):
            twin.parameters, twin.optimizer = through((run.parameters, run.optimizer))
        for whose, one in (("the copy's", twin), ("the original's", run)):
            if wrong := _elsewhere(one, rest):
                yield f"after {HALF} steps and {name}, {whose} {wrong}"
                return


def _copied(everything: Any) -> Any:
    return copy.deepcopy(everything)


def _pickled(bench: Bench) -> Callable[[Any], Any]:
    """Through pickle, unless the class itself cannot be found by name again."""
    try:
        pickle.dumps(bench.candidate.cls)
    except (pickle.PicklingError, AttributeError) as error:
        bench.notes.append(f"not pickled: {error}")
        return _copied
    return lambda everything: pickle.loads(pickle.dumps(everything))
