"""NaN and random numbers, noticed where no rule is claimed."""

from typing import Any

import pytest
import torch
from torch import Tensor

from examples.contract import Plain
from lawful.properties.checks import Settings, plan_for, run
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import UNCLAIMED, Evidence, Verdict


class Signs(Plain):
    """A step of lr down each gradient, in words that subclasses replace."""

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        return g.sign()


class Divided(Signs):
    """0/0 where the gradient is 0."""

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        return g / g.abs()


class Underflowing(Signs):
    """0/0 there, where the format takes eps for 0."""

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        return g / (g.abs() + 1e-8)


class Shaken(Signs):
    """Draws a random number for every weight."""

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        return super().averaged(p, g, group) * (1 + 0.1 * torch.rand_like(p))


def asked(cls: type, name: str) -> Evidence:
    settings = Settings("quick", only=(name,))
    candidate = Candidate.of(cls, UNCLAIMED)
    (check,) = plan_for(candidate, UNCLAIMED, cls.__name__, settings)
    return run(candidate, check, settings)


@pytest.mark.parametrize("cls", [Divided, Underflowing])
def test_what_is_not_finite_is_told(cls: type) -> None:
    assert any("in float16, makes NaN" in finding.message for finding in asked(cls, "finite").findings)


def test_it_is_wrong_unless_the_format_forces_it() -> None:
    verdicts = [asked(cls, "finite").verdict for cls in (Signs, Underflowing, Divided)]
    assert verdicts == [Verdict.LAWFUL, Verdict.LAWFUL, Verdict.UNLAWFUL]


class Counted(Signs):
    """Counts its steps in state that is of no parameter, as MADGRAD does."""

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        self.state["steps"] = self.state.get("steps", torch.tensor([0])) + 1
        return super().averaged(p, g, group)


@pytest.mark.parametrize("name", ["randomness", "memory"])
def test_state_may_be_of_no_parameter(name: str) -> None:
    settings = Settings("quick", only=(name,))
    candidate = Candidate.of(Counted, "sgd")
    found = [run(candidate, check, settings) for check in plan_for(candidate, "sgd", "Counted", settings)]
    assert found and all(one.verdict is not Verdict.CRASHED for one in found)


class Rateless(torch.optim.Optimizer):
    """Has no learning rate, under any name."""

    def __init__(self, params: Any, length: float = 0.5, eps: float = 1e-8) -> None:
        super().__init__(params, dict(length=length, eps=eps))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                p.sub_(group["length"] * p.grad / (p.grad.abs() + group["eps"]))


@pytest.mark.parametrize("name", ["arguments", "every-option", "scheduled-rate", "rate-as-a-tensor"])
def test_there_may_be_no_learning_rate(name: str) -> None:
    assert asked(Rateless, name).verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)


class Configured(torch.optim.Optimizer):
    """Has its learning rate from an object, and then from its groups."""

    def __init__(self, params: Any, config: Any = None) -> None:
        self.config = config or {"lr": 0.1}
        super().__init__(params, dict(lr=self.config["lr"]))

    def rate(self, group: dict[str, Any]) -> Any:
        return group["lr"]

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                p.sub_(self.rate(group) * p.grad)


class ConfiguredForGood(Configured):
    """Always asks the object."""

    def rate(self, group: dict[str, Any]) -> Any:
        return self.config["lr"]


@pytest.mark.parametrize(("cls", "found"), [(Configured, "lawful"), (ConfiguredForGood, "unlawful")])
def test_a_learning_rate_without_a_word_is_set_where_groups_hold_it(cls: type, found: str) -> None:
    assert asked(cls, "scheduled-rate").verdict.value == found


class Together(torch.optim.Optimizer):
    """Divides all gradients by the mean of their sizes, where that is above 1."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, dict(lr=lr))

    def divisors(self, gradients: list[Tensor]) -> list[Any]:
        sizes = [g.double().pow(2).sum().div(max(g.numel(), 1)).sqrt() for g in gradients]
        return [max(1.0, float(sum(sizes) / len(sizes)))] * len(gradients)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        there = [
            (p, group["lr"]) for group in self.param_groups for p in group["params"] if p.grad is not None
        ]
        for (p, rate), by in zip(there, self.divisors([p.grad for p, _ in there]), strict=True):
            p.sub_(rate * p.grad / by)


class Unit(Together):
    """Takes steps of one length, after which a tensor may be where it began."""

    def divisors(self, gradients: list[Tensor]) -> list[Any]:
        return [g.norm() or 1.0 for g in gradients]


class Misread(Unit):
    """Reads a gradient's memory from its beginning."""

    def divisors(self, gradients: list[Tensor]) -> list[Any]:
        return [g.as_strided((g.numel(),), (1,)).norm() or 1.0 for g in gradients]


def test_what_looks_at_all_tensors_owes_nothing_to_each() -> None:
    settings = Settings("quick", only=("groups", "idle", "late-group", "empty-parameter"))
    together, each = (
        plan_for(Candidate.of(cls, UNCLAIMED), UNCLAIMED, "", settings) for cls in (Together, Unit)
    )
    assert not together and len(each) == len(settings.only)


@pytest.mark.parametrize(("cls", "found"), [(Unit, "lawful"), (Misread, "unlawful")])
def test_a_tensor_that_is_back_where_it_began_has_had_its_way(cls: type, found: str) -> None:
    assert asked(cls, "gradient-layout").verdict.value == found


def test_random_numbers_are_noticed() -> None:
    drawn, none = (asked(cls, "randomness") for cls in (Shaken, Signs))
    assert drawn.verdict is none.verdict is Verdict.NOT_APPLICABLE
    assert any("draws random numbers" in note for note in drawn.notes)
    assert none.notes == ["no step draws random numbers"]
