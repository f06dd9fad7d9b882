"""Optimizers of nobody's framework: objects that step torch's tensors, as courses write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.reports.script import script
from lawful.verify.candidates.adapters.objects import maker, takes
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe
from lawful.verify.evidence import Check, Verdict

COURSE = '''
import torch


class SGD:
    """Without torch.optim."""

    def __init__(self, params, lr=0.001):
        self.params, self.lr = list(params), lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is not None:
                self.move(p)

    def move(self, p):
        p -= self.lr * p.grad


class TooLong(SGD):
    def move(self, p):
        p -= 1.001 * self.lr * p.grad


class KeepsTheFirstRate(SGD):
    def __init__(self, params, lr=0.001):
        super().__init__(params, lr)
        self.first = lr

    def move(self, p):
        p -= self.first * p.grad


class Momentum(SGD):
    def __init__(self, params, lr=0.001, momentum=0.0):
        super().__init__(params, lr)
        self.momentum, self.buffers = momentum, {}

    def move(self, p):
        self.buffers[p] = self.momentum * self.buffers.get(p, 0) + p.grad
        p -= self.lr * self.buffers[p]


class WantsMore:
    def __init__(self, params, model):
        self.model = model

    def step(self):
        pass
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    file = tmp_path / "course.py"
    file.write_text(COURSE)
    return file


def asked(course: Path, name: str, check: str = "conformance") -> Verdict:
    candidate = Candidate.of(f"{course}:{name}", "sgd")
    if check == "conformance":
        return conformance(candidate, dtype=torch.float64).evidence().verdict
    return evidence_of(candidate, check).verdict


@pytest.mark.parametrize("name", ["SGD", "Momentum"])
@pytest.mark.parametrize("check", ["conformance", "resume", "idle", "set-from-outside", "order-and-names"])
def test_a_right_one_is_lawful(course: Path, name: str, check: str) -> None:
    assert asked(course, name, check) is Verdict.LAWFUL


@pytest.mark.parametrize("name", ["TooLong", "KeepsTheFirstRate"])
def test_a_wrong_one_is_refused(course: Path, name: str) -> None:
    assert asked(course, name) is Verdict.UNLAWFUL


def test_what_is_shown_of_it_needs_torch_alone(course: Path) -> None:
    target = f"{course}:TooLong"
    evidence = conformance(Candidate.of(target, "sgd"), dtype=torch.float64, shrinking=True).evidence()
    example = evidence.findings[0].counterexample
    assert example is not None
    check = Check("conformance", "sgd", target, path="default", dtype="float64")
    shows = course.parent / "shows.py"
    shows.write_text(script(check, example, describe(target)))
    done = subprocess.run([sys.executable, shows], capture_output=True, text=True, check=True)
    assert float(done.stdout.split("gives ")[1].split()[0]) == pytest.approx(example.seen, rel=1e-12)


def test_which_classes_are_such(course: Path) -> None:
    module: dict[str, Any] = {}
    exec(COURSE, module)
    assert takes(module["SGD"]) and takes(module["Momentum"])
    others = torch.optim.SGD, torch.optim.lr_scheduler.StepLR, module["WantsMore"], torch.nn.Linear, len
    assert not any(map(takes, others))
    assert maker(module["Momentum"]).settable == {"lr", "momentum"}


def test_optimizers_of_torch_are_not_made_to_find_out() -> None:
    class Untouched(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            return super().step(closure)

    assert not takes(Untouched) and not hasattr(Untouched.step, "hooked")
