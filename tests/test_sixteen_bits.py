"""Parameters in 16 bits whose scalars are in 16 bits too: declared, with a budget of its own, and no excuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from lawful.properties.runs.narrow import Arithmetic
from lawful.verify.evidence import Verdict
from lawful.verify.language.symbols import beta1, beta2
from lawful.verify.oracle.formats import FORMATS


class Stepped(torch.optim.Optimizer):
    """Steps each parameter by a function of its own."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        super().__init__(params, {"lr": lr, "betas": betas})

    def step(self, closure: Callable[[], Any] | None = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    state = self.state[p]
                    state["t"] = state.get("t", 0) + 1
                    p.detach().sub_(self.moved(p.detach(), p.grad, state, group["lr"], *group["betas"]))

    def moved(self, x: Tensor, g: Tensor, state: dict[str, Any], lr: float, b1: float, b2: float) -> Tensor:
        raise NotImplementedError


def averaged(state: dict[str, Any], name: str, value: Tensor, beta: float) -> Tensor:
    held: Tensor = state.setdefault(name, torch.zeros_like(value))
    return held.add_((value - held) * (1 - beta))


class Low(Stepped):
    """Adam with ε̂ = 10⁻⁸, whose bias corrections are computed in the parameter's format, as those of Keras are."""

    def moved(self, x: Tensor, g: Tensor, state: dict[str, Any], lr: float, b1: float, b2: float) -> Tensor:
        m, v = averaged(state, "m", g, b1), averaged(state, "v", g * g, b2)
        c1, c2 = (1 - torch.tensor(b, dtype=x.dtype) ** state["t"] for b in (b1, b2))
        return self.rate(lr, c1, c2) * m / (v.sqrt() + 1e-8)

    def rate(self, lr: float, c1: Tensor, c2: Tensor) -> Tensor:
        return lr * c2.sqrt() / c1


class Uncorrected(Low):
    """The same without the second correction."""

    def rate(self, lr: float, c1: Tensor, c2: Tensor) -> Tensor:
        return lr / c1


class LowLion(Stepped):
    """Lion whose betas are in the parameter's format, if they are below 1 there."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        super().__init__(params, lr, betas)

    def moved(self, x: Tensor, g: Tensor, state: dict[str, Any], lr: float, b1: float, b2: float) -> Tensor:
        m = state.setdefault("m", torch.zeros_like(x))
        one, two = (low if (low := float(torch.tensor(b, dtype=x.dtype))) < 1 else b for b in (b1, b2))
        step = lr * (one * m + (1 - one) * g).sign()
        m.copy_(two * m + (1 - two) * g)
        return step


def test_corrections_in_float16_are_declared() -> None:
    evidence = conformance(Low, 'adam(eps="hat")', torch.float16).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence.findings
    assert evidence.arithmetic == "with what changes from step to step kept in float16"


def test_betas_in_bfloat16_are_declared() -> None:
    evidence = conformance(LowLion, "lion", torch.bfloat16).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence.findings
    assert evidence.arithmetic == "with beta1 and beta2 kept in bfloat16"


@pytest.mark.parametrize("kind, dtype", [(Low, torch.bfloat16), (Uncorrected, torch.float16)])
def test_a_step_that_is_lost_is_no_arithmetic(kind: type, dtype: torch.dtype) -> None:
    """0.999 is 1 in bfloat16, with which the weights do not move; and what is left out is no rounding."""
    evidence = conformance(kind, 'adam(eps="hat")', dtype).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL and not evidence.arithmetic, evidence


def test_what_leaves_its_domain_is_not_kept_there() -> None:
    low = Arithmetic(rounded=frozenset((beta1, beta2)), kept=torch.bfloat16)
    assert low.held({beta1: 0.9, beta2: 0.999}) == {beta1: 0.8984375, beta2: 0.999}
    assert low.of(FORMATS[torch.bfloat16]) == FORMATS[torch.bfloat16]
    assert Arithmetic(moving=True, kept=torch.bfloat16).of(FORMATS[torch.bfloat16]).intermediate == 2.0**-8
