"""What groups hold is changed before any step, the first included; forms that are one while it stays are all right."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from examples.moving import Group, Plain
from lawful.verify.evidence import Evidence, Verdict
from lawful.verify.language.families import find_rule
from lawful.verify.language.forms import Form


class RunningProducts(Plain):
    """βᵗ as a product that is kept: another number once β has changed, and no worse."""

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        s["one"], s["two"] = s.get("one", 1.0) * beta1, s.get("two", 1.0) * beta2
        return 1 - s["one"], 1 - s["two"]


class CorrectedAverages(Plain):
    """Keeps m̂ and v̂ themselves, as averages with weights that begin at 1."""

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        if not s:
            s.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        s["step"] += 1
        one, two = ((1 - beta) / (1 - beta ** s["step"]) for beta in h["betas"])
        grad = self.decayed(-p.grad if h["maximize"] else p.grad, p, h)  # type: ignore[operator]
        s["m"].mul_(1 - one).add_(grad, alpha=one)
        s["v"].mul_(1 - two).addcmul_(grad, grad, value=two)
        second = s["v"]
        if h["amsgrad"]:
            raw = s["v"] * (1 - h["betas"][1] ** s["step"])
            s["top"] = torch.maximum(s.get("top", raw), raw)
            second = s["top"] / (1 - h["betas"][1] ** s["step"])
        p.addcdiv_(s["m"], second.sqrt().add_(h["eps"]), value=-float(h["lr"]))


class CorrectedOnceMore(CorrectedAverages):
    """Corrects them again."""

    def decayed(self, grad: Tensor, p: Tensor, h: Group) -> Tensor:
        return super().decayed(grad, p, h) / (1 - h["betas"][0] ** self.state[p]["step"])


class SumsOfWeights(Plain):
    """QHAdam's way: keeps m̂ and v̂, and of the weights in them the sums 1 + β + β² + …"""

    first = 0.0

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        if not s:
            s.update(m=torch.zeros_like(p), v=torch.zeros_like(p), one=self.first, two=self.first)
        s["one"], s["two"] = (
            1 + beta * s[name] for beta, name in zip(h["betas"], ("one", "two"), strict=True)
        )
        grad = self.decayed(-p.grad if h["maximize"] else p.grad, p, h)  # type: ignore[operator]
        s["m"].mul_(1 - 1 / s["one"]).add_(grad, alpha=1 / s["one"])
        s["v"].mul_(1 - 1 / s["two"]).addcmul_(grad, grad, value=1 / s["two"])
        second = s["v"]
        if h["amsgrad"]:
            raw = s["v"] * s["two"] * (1 - h["betas"][1])
            s["top"] = torch.maximum(s.get("top", raw), raw)
            second = s["top"] / (s["two"] * (1 - h["betas"][1]))
        p.addcdiv_(s["m"], second.sqrt().add_(h["eps"]), value=-float(h["lr"]))


class SumsOfOneWeightMore(SumsOfWeights):
    """Counts a gradient that was not there."""

    first = 1.0


class SumsOfSquares(torch.optim.Optimizer):
    """RMSprop that keeps the decaying sum, of which the average is (1 − alpha) times."""

    def __init__(self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8) -> None:
        super().__init__(params, dict(lr=lr, alpha=alpha, eps=eps))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            alpha = self.alpha(group)
            for p in (p for p in group["params"] if p.grad is not None):
                total = self.state[p].setdefault("total", torch.zeros_like(p))
                total.mul_(alpha).addcmul_(p.grad, p.grad)
                p.addcdiv_(
                    p.grad, ((1 - alpha) * total).sqrt_().add_(group["eps"]), value=-float(group["lr"])
                )

    def alpha(self, group: Group) -> float:
        return float(group["alpha"])


class SumsOfTheFirstAlpha(SumsOfSquares):
    def alpha(self, group: Group) -> float:
        return float(self.defaults["alpha"]) if group is not self.param_groups[0] else self.kept(group)

    def kept(self, group: Group) -> float:
        return float(group.setdefault("first_alpha", group["alpha"]))


class ReadOnce(Plain):
    """Copies a key when it first steps."""

    key = "weight_decay"

    def read(self, group: Group) -> Group:
        return {**group, self.key: group.setdefault(f"first_{self.key}", group[self.key])}


class EpsOnce(ReadOnce):
    key = "eps"


class BetasOnce(ReadOnce):
    key = "betas"


class MaximizeOnce(ReadOnce):
    key = "maximize"


class AStepLate(Plain):
    """Uses the decay that was there in the step before."""

    def read(self, group: Group) -> Group:
        now, late = group["weight_decay"], group.get("late", group["weight_decay"])
        group["late"] = now
        return {**group, "weight_decay": late}


class AsConstructed(Plain):
    """Asks what it was constructed with: wrong only where a key is changed before the first step, or later."""

    def read(self, group: Group) -> Group:
        return {**group, "eps": self.defaults["eps"] if len(self.param_groups) == 1 else group["eps"]}


class OptionsOfTheFirstGroup(Plain):
    def read(self, group: Group) -> Group:
        return {**group, "amsgrad": self.param_groups[0]["amsgrad"]}


class SkipsAtZero(Plain):
    """Does nothing at all while lr is 0: its state stands still."""

    def read(self, group: Group) -> Group:
        return {**group, "skip": not group["lr"]}

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        if not h["skip"]:
            super().move(p, s, h)


class RatioOfRates(Plain):
    """Measures lr by the first one: NaN after a warm-up from 0."""

    def read(self, group: Group) -> Group:
        first = group.setdefault("first", torch.tensor(float(group["lr"]), dtype=torch.float64))
        return {**group, "lr": float(first * (torch.tensor(float(group["lr"]), dtype=torch.float64) / first))}


def asked(cls: type, rule: str = "adam", dtype: torch.dtype = torch.float64) -> Evidence:
    return conformance(cls, rule, dtype).evidence()


@pytest.mark.parametrize(
    ("cls", "rule"),
    [
        (Plain, "adam"),
        (RunningProducts, "adam"),
        (CorrectedAverages, "adam"),
        (SumsOfWeights, "adam"),
        (SumsOfSquares, "rmsprop"),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_right_ones_are_lawful(cls: type, rule: str, dtype: torch.dtype) -> None:
    assert asked(cls, rule, dtype).verdict is Verdict.LAWFUL


def test_a_form_of_its_own_is_said() -> None:
    assert any("running products" in note for note in asked(RunningProducts).notes)
    assert any("already corrected" in note for note in asked(CorrectedAverages).notes)
    assert any("running sums" in note for note in asked(SumsOfWeights).notes)
    assert not any("it keeps" in note for note in asked(Plain).notes)


@pytest.mark.parametrize(
    "cls",
    [ReadOnce, EpsOnce, BetasOnce, MaximizeOnce, AStepLate, AsConstructed, OptionsOfTheFirstGroup, SkipsAtZero,
     RatioOfRates, CorrectedOnceMore, SumsOfOneWeightMore],
)  # fmt: skip
def test_their_neighbours_are_refused(cls: type) -> None:
    assert asked(cls).verdict is Verdict.UNLAWFUL


def test_a_form_of_its_own_excuses_nothing_else() -> None:
    assert asked(SumsOfTheFirstAlpha, "rmsprop").verdict is Verdict.UNLAWFUL


def test_a_form_is_written_once() -> None:
    """A run asks for it at every step, and sympy takes long over rules of many cases."""
    form = Form(running="products")
    assert form.of(find_rule("adam")) is form.of(find_rule("adam")) is not form.of(find_rule("nadam"))
