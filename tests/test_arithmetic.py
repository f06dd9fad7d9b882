"""Laws are held to the arithmetic that a candidate really uses: what conformance grants, they grant."""

from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from examples.moving import Group, Plain
from lawful.properties.checks import properties
from lawful.properties.runs.arithmetic import arithmetic
from lawful.properties.runs.narrow import Arithmetic
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Verdict

LAWS = (
    "first_step_of_adam",
    "constant_gradients_move_adam_by_lr",
    "alternating_gradients_move_adam_less",
    "linear_decay_is_the_mean_of_the_run",
    "gradients_have_a_unit",
)


class SingleCorrections(Plain):
    """The powers of the betas are float32 numbers."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return tuple(float(1 - torch.tensor(b, dtype=torch.float32) ** t) for b in (beta1, beta2))  # type: ignore[return-value]


class Leaning(Plain):
    """Off by as little, and always to the same side: a constant that is wrong."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return (1 - beta1**t) * (1 + 2e-8), 1 - beta2**t


class Single(Plain):
    """Computes in float32, whatever the parameter."""

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        assert p.grad is not None
        w = p.detach().float()
        w.grad = p.grad.float()
        super().move(w, s, h)
        p.copy_(w)


class KeepsInSingle(Plain):
    """Computes in the parameter's format with a learning rate and an eps that were float32 numbers."""

    def read(self, group: Group) -> Group:
        return {**group, **{name: float(torch.tensor(group[name])) for name in ("lr", "eps")}}


class AddsSingle(Plain):
    """Computes steps in float32, and adds them to the parameter in its own format."""

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        assert p.grad is not None
        step = torch.zeros_like(p, dtype=torch.float32)
        step.grad = self.decayed(-p.grad if h["maximize"] else p.grad, p, h).float()
        super().move(step, s, {**h, "weight_decay": 0.0, "maximize": False})
        p.add_(step.to(p.dtype))


class AddsShort(AddsSingle):
    """Likewise, steps that are too short, by what float32 loses ten times."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return (1 - beta1**t) * (1 + 1e-5), 1 - beta2**t


class SingleAndShort(Single):
    """Likewise, with a first step that is too short."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return (1 - beta1**t) * (1.001 if t == 1 else 1.0), 1 - beta2**t


def judged(cls: type, law: str) -> Verdict:
    candidate = Candidate.of(cls, "adam")
    check = Check(law, "adam", cls.__name__, next(iter(candidate.paths)), "float64")
    return properties()[law].run(candidate, check, Settings(), lambda entry: None).verdict


def used(cls: type) -> Arithmetic:
    candidate = Candidate.of(cls, "adam")
    return arithmetic(candidate, next(iter(candidate.paths.values())), torch.float64, "cpu")


def test_what_is_narrower_is_found() -> None:
    assert used(Plain) == Arithmetic()
    assert used(SingleCorrections) == Arithmetic(moving=True)
    assert used(Single).single
    assert used(AddsSingle).apart and not used(AddsSingle).single
    assert {s.name for s in used(KeepsInSingle).rounded} == {"lr", "eps"}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("cls", [SingleCorrections, Single, KeepsInSingle, AddsSingle])
def test_laws_hold_in_it(cls: type, law: str) -> None:
    assert judged(cls, law) is Verdict.LAWFUL


def test_a_wrong_constant_is_no_arithmetic() -> None:
    assert used(Leaning) == Arithmetic()
    assert judged(Leaning, "first_step_of_adam") is Verdict.UNLAWFUL


def test_a_wrong_step_is_seen_through_it() -> None:
    assert judged(SingleAndShort, "first_step_of_adam") is Verdict.UNLAWFUL


def test_steps_in_float32_have_a_budget_of_their_own() -> None:
    """Not that of a weight in float32, which is a thousand times as wide."""
    right, short = (
        conformance(Candidate.of(cls, "adam"), dtype=torch.float64).evidence()
        for cls in (AddsSingle, AddsShort)
    )
    assert right.verdict is Verdict.LAWFUL and right.arithmetic == "with steps computed in float32"
    assert short.verdict is Verdict.UNLAWFUL
