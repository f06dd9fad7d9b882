"""Where a norm is 0 the branch that divides by it is not taken: what overflows in it is not felt, and a NaN is told."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from sympy import Expr

from examples.asking import conformance
from lawful.properties.scenarios.drawing import Profile
from lawful.verify.evidence import Verdict
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x
from lawful.verify.language.tensors import IfPositive, Norm
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle

RATIO = Norm(x) / Norm(g)
CHOICE = IfPositive(Norm(g), RATIO, 1)
BRIEF = Profile(1, 1, (4, 6), far=False)


def radius(expr: Expr, slope: float) -> float:
    rule, hyper = Rule("choice", expr, {}, {lr: 1.0}, Source("a test")), {lr: 1.0}
    oracle, weight = Oracle(rule, FORMATS[torch.float64]), torch.ones(2, 3, dtype=torch.float64)
    after = oracle.step(oracle.start(weight, hyper), torch.full_like(weight, slope), hyper)
    return float(torch.as_tensor(after.x.radius).max())


def test_a_branch_that_is_not_taken_is_not_felt() -> None:
    assert 0 < radius(CHOICE, 0.0) < 1e-15
    assert 0 < radius(CHOICE, 1.0) < 1e-14


def test_what_is_used_elsewhere_is_felt() -> None:
    assert radius(CHOICE + lr * RATIO, 0.0) == torch.inf
    assert radius(lr * RATIO + CHOICE, 0.0) == torch.inf


def test_a_branch_that_may_be_taken_is_felt() -> None:
    third = Norm(g / 3) - Norm(g) / 3
    assert radius(IfPositive(third, 1 / third, 1), 1.0) == torch.inf


class Fromage(torch.optim.Optimizer):
    """As published: the gradient itself where a norm is 0."""

    def __init__(self, params: Any, lr: float = 1e-2) -> None:
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    trust = p.norm() / p.grad.norm() if self.divides(p, p.grad) else 1.0
                    p.sub_(group["lr"] * trust * p.grad).div_((1 + group["lr"] ** 2) ** 0.5)

    def divides(self, p: torch.Tensor, slope: torch.Tensor) -> bool:
        return bool(p.norm() > 0 and slope.norm() > 0)


class FromageOfNothing(Fromage):
    """A slip: a gradient of 0 makes NaN of weights that are not."""

    def divides(self, p: torch.Tensor, slope: torch.Tensor) -> bool:
        return bool(p.norm() > 0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_one_that_looks_at_both_norms_is_lawful(dtype: torch.dtype) -> None:
    assert conformance(Fromage, "fromage", dtype, BRIEF).evidence().verdict is Verdict.LAWFUL


def test_one_that_looks_at_the_weights_alone_is_not() -> None:
    found = conformance(FromageOfNothing, "fromage", torch.float64, BRIEF).evidence()
    assert found.verdict is Verdict.UNLAWFUL
