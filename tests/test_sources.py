"""A rule says which code it was checked against; where that departs from the paper, there is a convention for it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from examples.asking import conformance
from lawful.optimizers import LARS, AdaBelief, AdamWR, CautiousAdamW, RAdam
from lawful.optimizers.radam import rectification
from lawful.properties.scenarios.drawing import Profile
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import rules
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule, Source


def accounted(source: Source) -> bool:
    """Whether a source says what it was checked against, or that it was not."""
    return bool(source.checked) or "from memory" in source.where or "derived here" in source.where


def written(family: Family, convention: str, value: Any) -> Rule | None:
    """The rule with one convention; None where that is known with others alone."""
    try:
        return family(**{convention: value})
    except Unanswerable:
        return None


@pytest.mark.parametrize("family", rules().values(), ids=lambda family: family.name)
def test_every_rule_says_what_it_was_checked_against(family: Family) -> None:
    for convention, values in family.conventions.items():
        known = [rule for value in values if (rule := written(family, convention, value))]
        assert known and all(accounted(rule.source) for rule in known), convention
    assert accounted(family().source)


def test_a_source_prints_what_it_was_checked_against() -> None:
    source = Source("arXiv:0000.00000", "Algorithm 1", checked="owner/name@0123456")
    assert str(source) == "arXiv:0000.00000, Algorithm 1; checked against owner/name@0123456"
    assert accounted(source) and not accounted(Source("arXiv:0000.00000", "Algorithm 1"))


# ------------------------------------------------------------------- what the authors' code does, one tensor at a time
class Written(Optimizer):
    """Calls `move(p, g, state, group)`, in which `state["t"]` is the step from 1."""

    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 0.0, **more: Any) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, **more})
        for group in self.param_groups:
            group["lr_0"] = group["lr"]

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                self.move(p, p.grad, state, group)

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise NotImplementedError


class WithMoments(Written):
    """Averages the gradient before it moves, and what `square` makes of it and of that average."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: Any = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, betas=betas, eps=eps)

    def square(self, g: Tensor, m: Tensor, eps: float) -> Tensor:
        return g * g

    def moments(
        self, g: Tensor, state: dict[str, Any], group: dict[str, Any]
    ) -> tuple[Tensor, Tensor, float, float]:
        """The two averages after this step, and their bias corrections."""
        (beta1, beta2), t = group["betas"], state["t"]
        m = state["m"] = state.get("m", torch.zeros_like(g)) * beta1 + (1 - beta1) * g
        v = state.get("v", torch.zeros_like(g)) * beta2 + (1 - beta2) * self.square(g, m, group["eps"])
        state["v"] = v + self.added(group["eps"])
        return m, state["v"], 1 - beta1**t, 1 - beta2**t

    def added(self, eps: float) -> float:
        return 0.0


class RectifiedAdaBelief(WithMoments):
    """adabelief-pytorch as it comes: RAdam's rectification of AdaBelief's denominator."""

    def square(self, g: Tensor, m: Tensor, eps: float) -> Tensor:
        return (g - m) ** 2

    def added(self, eps: float) -> float:
        return eps

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        p.mul_(1 - group["lr"] * group["weight_decay"])
        m, s, bc1, bc2 = self.moments(g, state, group)
        r = rectification(state["t"], group["betas"][1])
        if r is None:
            p.sub_(group["lr"] / bc1 * m)
        else:
            p.sub_(group["lr"] * r * bc2**0.5 / bc1 * m / (s.sqrt() + group["eps"]))


class RestingRAdam(WithMoments):
    """The authors' RAdam as it comes: nothing moves and nothing decays before it adapts."""

    decays_early = False

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        m, v, bc1, bc2 = self.moments(g, state, group)
        r = rectification(state["t"], group["betas"][1])
        if r is not None or self.decays_early:
            p.mul_(1 - group["lr"] * group["weight_decay"])
        if r is not None:
            p.sub_(group["lr"] * r * bc2**0.5 / bc1 * m / (v.sqrt() + group["eps"]))


class DecayingRAdam(RestingRAdam):
    """Rests, but decays."""

    decays_early = True


class CautiousByTheMean(WithMoments):
    """The loop of the authors' cautious AdamW: a mask over its mean, and epsilon hat."""

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        p.mul_(1 - group["lr"] * group["weight_decay"])
        m, v, bc1, bc2 = self.moments(g, state, group)
        mask = (m.sign() * g > 0).to(g.dtype)
        mask = mask / mask.mean().clamp(min=1e-3)
        p.sub_(group["lr"] * bc2**0.5 / bc1 * mask * m / (v.sqrt() + group["eps"]))


class AdamWRWithEpsilonHat(WithMoments):
    """The authors' AdamW: the schedule's multiplier on the decay, and Adam's epsilon hat."""

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        m, v, bc1, bc2 = self.moments(g, state, group)
        multiplier = group["lr"] / group["lr_0"] if group["lr_0"] else 0.0
        p.mul_(1 - multiplier * group["weight_decay"])
        p.sub_(group["lr"] * bc2**0.5 / bc1 * m / (v.sqrt() + group["eps"]))


class LARSOfNVCaffe(Written):
    """LARS of its authors' framework: a ratio of weight and gradient alone, and decay beside the buffer."""

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        trust_coefficient: float = 1e-3,
    ) -> None:
        super().__init__(params, lr, weight_decay, momentum=momentum, trust_coefficient=trust_coefficient)

    def move(self, p: Tensor, g: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        weight, slope = p.norm(), g.norm()
        local = group["lr"]
        if weight > 0 and slope > 0:
            local = local * (1 - group["momentum"]) * group["trust_coefficient"] * weight / slope
        state["b"] = group["momentum"] * state.get("b", torch.zeros_like(p)) + local * g
        p.sub_(state["b"] + local * group["weight_decay"] * p)


def lawful(cls: type, rule: str) -> bool:
    return conformance(cls, rule, torch.float64, Profile(2, 2, (6, 9))).evidence().verdict.value == "lawful"


@pytest.mark.parametrize(
    ("cls", "form", "refused"),
    [
        (RectifiedAdaBelief, "adabelief(rectify=True)", "adabelief"),
        (RestingRAdam, 'radam(early="nothing", decouple=True)', "radam(decouple=True)"),
        (
            CautiousByTheMean,
            'cautious_adamw(mask_scale="mean", eps="hat")',
            'cautious_adamw(mask_scale="mean")',
        ),
        (AdamWRWithEpsilonHat, 'adamwr(eps="hat")', "adamwr"),
        (LARSOfNVCaffe, 'lars(form="nvcaffe")', "lars"),
    ],
)
def test_the_form_of_the_authors_code_is_a_convention(cls: type, form: str, refused: str) -> None:
    assert lawful(cls, form) and not lawful(cls, refused)


@pytest.mark.parametrize(
    ("cls", "form"),
    [
        (AdaBelief, "adabelief(rectify=True)"),
        (RAdam, 'radam(early="nothing", decouple=True)'),
        (DecayingRAdam, 'radam(early="nothing", decouple=True)'),
        (CautiousAdamW, 'cautious_adamw(eps="hat")'),
        (CautiousByTheMean, 'cautious_adamw(eps="hat")'),
        (AdamWR, 'adamwr(eps="hat")'),
        (LARS, 'lars(form="nvcaffe")'),
    ],
)
def test_the_form_is_told_from_its_neighbours(cls: type, form: str) -> None:
    assert not lawful(cls, form)
