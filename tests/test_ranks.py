"""What is done otherwise with tensors of some shapes is found, and shown with the smallest of such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from examples.asking import conformance, evidence_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict


class SGD(torch.optim.Optimizer):
    """Decays all weights alike."""

    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * (p.grad + (group["weight_decay"] * p if self.decays(p) else 0))

    def decays(self, p: Tensor) -> bool:
        return True


class NoMatrices(SGD):
    def decays(self, p: Tensor) -> bool:
        return p.dim() != 2


class NoColumns(SGD):
    def decays(self, p: Tensor) -> bool:
        return not (p.dim() == 2 and p.shape[1] == 1)


class NoConvolutions(SGD):
    def decays(self, p: Tensor) -> bool:
        return p.dim() != 4


class NoSquares(SGD):
    def decays(self, p: Tensor) -> bool:
        return not (p.dim() == 2 and p.shape[0] == p.shape[1] > 1)


WRONG = {
    NoMatrices: (1, 1), NoColumns: (1, 1), NoConvolutions: (1, 1, 1, 1), NoSquares: (5, 5),
}  # fmt: skip
"""Class → the shape that shows it."""


def test_what_decays_all_alike_is_lawful() -> None:
    assert conformance(Candidate.of(SGD, "sgd"), dtype=torch.float32).evidence().verdict is Verdict.LAWFUL


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_is_shown_with_a_small_tensor(wrong: type) -> None:
    evidence = conformance(Candidate.of(wrong, "sgd"), dtype=torch.float32, shrinking=True).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    example = evidence.findings[0].counterexample
    assert example is not None and example.alone and example.whole is not None
    assert np.shape(example.whole.x0) == WRONG[wrong]


class Halves(torch.optim.SGD):
    """Matrices with momentum, and all else without, in no rule's name."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.9) -> None:
        super().__init__(params, lr=lr, momentum=momentum)

    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() != 2:
                    self.state[p].pop("momentum_buffer", None)
        return super().step(closure)


def test_an_argument_for_matrices_alone_does_something() -> None:
    assert evidence_of(Candidate.of(Halves), "every-option").verdict is Verdict.LAWFUL


def test_small_steps_in_16_bits_are_no_fault() -> None:
    candidate = Candidate.of(SGD)
    assert evidence_of(candidate, "first-steps", dtype="bfloat16").verdict is Verdict.LAWFUL


class Still(SGD):
    def step(self, closure: Any = None) -> None:
        return None


def test_standing_still_is_one() -> None:
    assert evidence_of(Candidate.of(Still), "first-steps").verdict is Verdict.UNLAWFUL


class Divides(SGD):
    """0/0 in float16 alone, where 1e-8 is 0."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * p.grad / (p.grad.abs() + 1e-8)


def test_what_is_no_number_in_16_bits_alone_is_told_by_finite() -> None:
    candidate = Candidate.of(Divides)
    assert evidence_of(candidate, "first-steps", dtype="float16").verdict is Verdict.LAWFUL
    assert evidence_of(candidate, "finite").findings
