"""What happens to one tensor must not hang on those beside it; and next to nothing is not nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance, evidence_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict

Rates = tuple[float, float]


class Zipped(torch.optim.Optimizer):
    """SGD with decay, which puts each tensor beside its own rates."""

    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        for p, (lr, decay) in self.pairs():
            if self.moves(p.grad):
                p -= lr * (p.grad + decay * p)

    def moves(self, gradient: Tensor) -> bool:
        return True

    def every(self) -> list[tuple[Tensor, Rates]]:
        return [(p, (g["lr"], g["weight_decay"])) for g in self.param_groups for p in g["params"]]

    def pairs(self) -> Any:
        return [(p, rates) for p, rates in self.every() if p.grad is not None]


class ZippedTooSoon(Zipped):
    """Drops what has no gradient from one of two lists."""

    def pairs(self) -> Any:
        every = self.every()
        return zip([p for p, _ in every if p.grad is not None], [rates for _, rates in every], strict=False)


class KeepsMemory(Zipped):
    """Writes where parameters lay when they were handed over."""

    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)
        self.there = {p: p.data for p, _ in self.every()}

    def pairs(self) -> Any:
        for p, rates in super().pairs():
            there = self.there[p]
            there.grad = p.grad
            yield there, rates


class LeavesOutFaint(Zipped):
    """Does nothing for a tensor whose gradient is next to nothing."""

    def moves(self, gradient: Tensor) -> bool:
        return bool(gradient.norm() > 1e-12) or not gradient.any()


class ByShape(torch.optim.Optimizer):
    """Adagrad with lr/t; tensors of one shape that have made equally many steps share what a count is needed for."""

    def __init__(self, params: Any, lr: float = 1e-2, lr_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "lr_decay": lr_decay})

    def key(self, p: Tensor, count: int) -> Any:
        return p.shape, p.dtype, count

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        for group in self.param_groups:
            rates: dict[Any, float] = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                state["step"] = state.get("step", 0) + 1
                state["sum"] = state.get("sum", torch.zeros_like(p)) + p.grad**2
                own = group["lr"] / (1 + (state["step"] - 1) * group["lr_decay"])
                rate = rates.setdefault(self.key(p, state["step"]), own)
                p -= rate * p.grad / (state["sum"].sqrt() + 1e-10)


class ByShapeAlone(ByShape):
    """Takes the first one's count for all of its shape."""

    def key(self, p: Tensor, count: int) -> Any:
        return p.shape, p.dtype


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [(Zipped, ZippedTooSoon, 'sgd(decay="l2")'), (ByShape, ByShapeAlone, "adagrad")],
)
def test_idle_tensors_shift_nothing_for_those_beside_and_behind_them(
    right: type, wrong: type, rule: str
) -> None:
    assert evidence_of(Candidate.of(right, rule), "idle").verdict is Verdict.LAWFUL
    found = evidence_of(Candidate.of(wrong, rule), "idle")
    assert found.verdict is Verdict.UNLAWFUL and "is not where it would be alone" in found.findings[0].message


def test_a_parameter_whose_memory_is_another_is_followed_there() -> None:
    rule = 'sgd(decay="l2")'
    assert evidence_of(Candidate.of(Zipped, rule), "set-from-outside").verdict is Verdict.LAWFUL
    found = evidence_of(Candidate.of(KeepsMemory, rule), "set-from-outside")
    assert found.verdict is Verdict.UNLAWFUL and "step 4 does not move it" in found.findings[0].message


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_a_gradient_that_is_next_to_nothing_is_one(dtype: torch.dtype) -> None:
    assert conformance(Zipped, 'sgd(decay="l2")', dtype).evidence().verdict is Verdict.LAWFUL
    assert conformance(LeavesOutFaint, 'sgd(decay="l2")', dtype).evidence().verdict is Verdict.UNLAWFUL
