"""Long runs, long vectors and hyperparameters at the ends of what people use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from examples.moving import Group, Plain
from lawful.properties.scenarios.drawing import PROFILES
from lawful.properties.scenarios.scenarios import SIZES
from lawful.verify.evidence import Evidence, Verdict


class LateCorrections(Plain):
    """Takes the corrections for 1 from some step on."""

    last = 199

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return super().corrections(s, beta1, beta2, t) if t <= self.last else (1.0, 1.0)


class CorrectedUpTo1500(LateCorrections):
    last = 1500


class Wrapping(Plain):
    """Counts in 8 bits."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return super().corrections(s, beta1, beta2, t % 256 or 256)


class ClampedBeta(Plain):
    def read(self, group: Group) -> Group:
        beta1, beta2 = group["betas"]
        return {**group, "betas": (beta1, min(beta2, 0.99995))}


class FlooredEps(Plain):
    def read(self, group: Group) -> Group:
        return {**group, "eps": max(group["eps"], 1e-20)}


class NoDecayInLongOnes(Plain):
    longest = 99_999

    def decayed(self, grad: Tensor, p: Tensor, h: Group) -> Tensor:
        return super().decayed(grad, p, h) if p.numel() <= self.longest else grad


class NoDecayAbove64K(NoDecayInLongOnes):
    longest = 65_536


class NoDecayInWideOnes(Plain):
    """Matrices of more columns than 1,024 do not decay."""

    def decayed(self, grad: Tensor, p: Tensor, h: Group) -> Tensor:
        return grad if p.dim() == 2 and p.shape[1] > 1024 else super().decayed(grad, p, h)


class LastElementLeft(Plain):
    """The tail of a vector longer than 4,096 is not moved."""

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        last = p.reshape(-1)[-1].clone() if p.numel() > 4096 else None
        super().move(p, s, h)
        if last is not None:
            p.reshape(-1)[-1] = last


def asked(cls: type, dtype: torch.dtype = torch.float32) -> Evidence:
    return conformance(cls, "adam", dtype, PROFILES["default"]).evidence()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_the_right_one_is_lawful(dtype: torch.dtype) -> None:
    assert asked(Plain, dtype).verdict is Verdict.LAWFUL


@pytest.mark.parametrize(
    "cls",
    [LateCorrections, CorrectedUpTo1500, Wrapping, ClampedBeta, FlooredEps, NoDecayInLongOnes, NoDecayAbove64K,
     NoDecayInWideOnes, LastElementLeft],
)  # fmt: skip
def test_its_neighbours_are_refused(cls: type) -> None:
    assert asked(cls, torch.float64 if cls is FlooredEps else torch.float32).verdict is Verdict.UNLAWFUL


def test_a_finding_in_long_vectors_tells_of_one_as_long() -> None:
    (finding,) = (
        conformance(NoDecayInLongOnes, "adam", profile=PROFILES["default"], shrinking=True)
        .evidence()
        .findings
    )
    assert finding.counterexample is not None and finding.counterexample.elements in SIZES
    assert finding.counterexample.alone


def test_a_finding_in_wide_matrices_tells_of_one_as_wide() -> None:
    check = conformance(NoDecayInWideOnes, "adam", profile=PROFILES["default"], shrinking=True)
    (finding,) = check.evidence().findings
    assert finding.counterexample is not None and finding.counterexample.alone
    assert np.shape(finding.counterexample.whole.x0) == (1, 8192)
