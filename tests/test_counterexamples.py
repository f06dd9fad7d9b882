"""Counterexamples are small, fail in just what they hold, and their scripts say the same."""

from __future__ import annotations

import math
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from examples.asking import conformance
from lawful.properties.counterexamples.cases import Case
from lawful.properties.counterexamples.counterexamples import again
from lawful.properties.counterexamples.rerun import PLENTY, Rerun
from lawful.properties.counterexamples.simpler import short, weight
from lawful.properties.scenarios.defaults import default_scenario
from lawful.reports.script import script
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Counterexample

NEIGHBOURS = '''
import torch


class Plain(torch.optim.Optimizer):
    """SGD with decay and momentum; what a neighbour gets wrong is a method."""

    def __init__(self, params, lr=0.1, momentum=0.0, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    def slope(self, p, group):
        return p.grad + group["weight_decay"] * p

    def move(self, p, b, group):
        p.sub_(group["lr"] * b)

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                slope, state = self.slope(p, group), self.state[p]
                state["b"] = group["momentum"] * state["b"] + slope if "b" in state else slope
                self.move(p, state["b"], group)


class TooLong(Plain):
    def move(self, p, b, group):
        p.sub_(1.01 * group["lr"] * b)


class DecayUnscaled(Plain):
    def slope(self, p, group):
        return p.grad + group["weight_decay"]


class Forgetful(Plain):
    """Loses its buffer at the fourth step."""

    def move(self, p, b, group):
        super().move(p, b, group)
        self.state[p]["t"] = self.state[p].get("t", 0) + 1
        if self.state[p]["t"] == 3:
            self.state[p]["b"] = 0 * b


class Shared(Plain):
    """The rate falls with every tensor, not with every step."""

    def move(self, p, b, group):
        seen = group["seen"] = group.get("seen", 0) + 1
        p.sub_(group["lr"] * b / (1 if seen <= 1 else 2))


class Blocks(Plain):
    """Leaves the whole blocks of long tensors where they are."""

    def move(self, p, b, group):
        body = p.numel() // 16 * 16
        p.view(-1)[body:].sub_(group["lr"] * b.view(-1)[body:])


class OtherGroup(Plain):
    """Decays every group as the first."""

    def slope(self, p, group):
        return p.grad + self.param_groups[0]["weight_decay"] * p


class Poisoned(Plain):
    def move(self, p, b, group):
        p.sub_(group["lr"] * b)
        p[b > 0.3] = float("nan")


class GlobalNorms(torch.optim.Optimizer):
    """LARS with one rate for all tensors."""

    def __init__(self, params, lr=1.0, momentum=0.9, weight_decay=0.0, trust_coefficient=1e-3):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eta=trust_coefficient))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            own = group["params"]
            x, g = (torch.sqrt(sum((t * t).sum() for t in ts)) for ts in (own, [p.grad for p in own]))
            decay = group["weight_decay"]
            rate = group["eta"] * x / (g + decay * x) if x > 0 and g > 0 else 1.0
            for p in own:
                slope, b = rate * group["lr"] * (p.grad + decay * p), self.state[p].get("b")
                self.state[p]["b"] = slope if b is None else group["momentum"] * b + slope
                p.sub_(self.state[p]["b"])
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("counterexamples")
    (place / "neighbours.py").write_text(NEIGHBOURS)
    return place


def found(folder: Path, name: str, dtype: torch.dtype = torch.float32, rule: str = "sgd") -> Counterexample:
    check = conformance(f"{folder / 'neighbours.py'}:{name}", rule, dtype, shrinking=True)
    (finding,) = check.evidence().findings
    assert finding.counterexample is not None
    return finding.counterexample


def ran(folder: Path, check: Check, example: Counterexample, capsys: Any) -> list[str]:
    """What the script of a counterexample prints."""
    check = replace(check, target=f"{folder / 'neighbours.py'}:{check.target}")
    (folder / "case.py").write_text(script(check, example))
    runpy.run_path(str(folder / "case.py"))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("name", "constructor", "x0", "gradients", "company"),
    [
        ("TooLong", {}, 0.0, [1.0], (0, 1, 0)),
        ("DecayUnscaled", {"weight_decay": 0.3}, 0.0, [0.0], (0, 1, 0)),
        ("Forgetful", {"momentum": 0.5}, 0.0, [0.0, 0.0, 1.0, 0.0], (0, 1, 0)),
        ("Shared", {}, 0.0, [1.0], (1, 1, 0)),
        ("Blocks", {}, 0.0, [1.0], (0, 16, 0)),
        ("Poisoned", {}, 0.0, [1.0], (0, 1, 0)),
    ],
)
def test_the_smallest_case_is_found_and_its_script_shows_it(
    folder: Path, capsys: Any, name: str, constructor: Any, x0: float, gradients: Any, company: Any
) -> None:
    example = found(folder, name)
    assert example.alone and example.confirmed and example.ratio > 1
    assert (example.before, example.elements, example.after) == company
    assert (example.x0, example.gradients, example.schedule) == (x0, gradients, {})
    assert example.constructor.keys() == constructor.keys()
    assert (
        ran(folder, Check("conformance", "sgd", name), example, capsys)[0]
        == f"step {example.step} gives {example.seen}"
    )
    right = again(Candidate.of(f"{folder / 'neighbours.py'}:Plain", "sgd"), example, torch.float32, "cpu")
    assert abs(right - example.expected) <= example.budget, "the right one has it too"


def test_a_rule_that_looks_at_tensors_has_a_small_one_beside_another(folder: Path, capsys: Any) -> None:
    example = found(folder, "GlobalNorms", torch.float64, "lars")
    assert example.alone and example.before + example.after == 1 and example.whole is not None
    assert torch.tensor(example.whole.x0).numel() <= 2 and example.step == 1
    check = Check("conformance", "lars", "GlobalNorms", dtype="float64")
    assert ran(folder, check, example, capsys)[0] == f"step 1 gives {example.seen}"


def test_what_needs_its_scenario_is_kept_and_says_so(folder: Path, capsys: Any) -> None:
    """The second group's decay is not seen in a tensor by itself, so nothing is claimed of one."""
    example = found(folder, "OtherGroup")
    assert not example.alone and "second group" in example.found and example.ratio > 1
    lines = ran(folder, Check("conformance", "sgd", "OtherGroup"), example, capsys)
    assert lines[0] != f"step {example.step} gives {example.seen}"
    assert lines[-1] == f"among other tensors it was {example.seen}"


def test_shrinking_is_deterministic(folder: Path) -> None:
    assert found(folder, "Shared") == found(folder, "Shared")


@pytest.mark.parametrize(
    ("value", "dtype", "decimal", "digits"),
    [
        (0.10000000149011612, torch.float32, 0.1, 3), (0.1, torch.float64, 0.1, 3), (0.0, torch.float16, 0.0, 0),
        (1 / 3, torch.float64, 1 / 3, 18), (2.0, torch.bfloat16, 2.0, 1), (-1.0, torch.float32, -1.0, 2),
        (math.inf, torch.float16, math.inf, 3),
    ],
)  # fmt: skip
def test_numbers_are_told_by_their_shortest_decimal(
    value: float, dtype: torch.dtype, decimal: float, digits: int
) -> None:
    assert short(value, dtype) == decimal and weight(value, dtype) == digits
    assert torch.tensor(short(value, dtype), dtype=dtype) == torch.tensor(value, dtype=dtype)


@pytest.mark.parametrize(("elements", "left"), [(1, 97), (PLENTY, 97), (PLENTY + 1, 94)])
def test_a_step_of_many_elements_counts_as_several(elements: int, left: int) -> None:
    """Else a finding in a large tensor would take as much time as a whole check has."""
    candidate = Candidate.of(torch.optim.SGD, "sgd")
    rerun = Rerun(candidate, candidate.plainest, torch.float32, "cpu", 100)
    lane = torch.ones(()), torch.ones(3)
    assert not rerun.departures([Case(default_scenario(candidate, 0), *lane, elements=elements)])
    assert rerun.allowance == left
