"""What an optimizer keeps beside its state is lost where it is resumed, and that is found; a scratch tensor is not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from examples.contract import Plain
from lawful.properties.checks import run
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence


class Averages(Plain):
    """Keeps an average of each parameter in an attribute."""

    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)
        self.averages = [p.detach().clone() for group in self.param_groups for p in group["params"]]

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        loss = super().step(closure)
        for average, p in zip(self.averages, self.parameters(), strict=True):
            average.lerp_(p, 0.1)
        return loss

    def parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]


class AveragesByParameter(Averages):
    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)
        self.averages = dict(zip(self.parameters(), self.averages, strict=True))  # type: ignore[assignment]

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        loss = Plain.step(self, closure)
        for p, average in self.averages.items():  # type: ignore[attr-defined]
            average.lerp_(p, 0.1)
        return loss


class SavesThem(Averages):
    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "averages": [average.clone() for average in self.averages]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.averages = state_dict["averages"]
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "averages"})


class HasScratch(Plain):
    """A tensor that is written anew in every step."""

    scratch: Tensor

    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        self.scratch = g * group["lr"]
        super().update(p, g, group)


def resumed(cls: type) -> Evidence:
    return run(Candidate.of(cls, "sgd"), Check("resume", "sgd", cls.__name__), Settings(only=("resume",)))


@pytest.mark.parametrize("cls", [Averages, AveragesByParameter])
def test_an_average_that_state_dict_does_not_know_is_lost(cls: type) -> None:
    messages = [finding.message for finding in resumed(cls).findings]
    assert any("what it keeps in 'averages' is not what the uninterrupted run keeps" in m for m in messages)


@pytest.mark.parametrize("cls", [SavesThem, HasScratch])
def test_what_is_saved_or_written_anew_is_not(cls: type) -> None:
    evidence = resumed(cls)
    assert evidence.verdict == "lawful", evidence.findings
