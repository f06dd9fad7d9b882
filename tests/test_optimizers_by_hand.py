"""The reference optimizers against values worked out by hand, and what their constructors refuse."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from lawful.optimizers import ADOPT, SGD, SGDW, Lion, RMSprop, available


def trajectory(optimizer: Optimizer, x: Tensor, grads: list[list[F]]) -> Iterator[list[F]]:
    for g in grads:
        x.grad = torch.tensor([float(value) for value in g], dtype=x.dtype)
        optimizer.step()
        yield [F(value) for value in x.tolist()]


@pytest.mark.parametrize("clip", [True, False])
def test_adopt_by_hand(clip: bool) -> None:
    """Dyadic numbers throughout, so that float64 is exact.

    Left: v = 1, 25; c = 7 (clipped to 1), −1/2. Right: v = 0, 2⁻⁷ and so max(√v, eps) = 1/4; c = 1/2, 0.
    """
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = ADOPT([x], lr=0.125, betas=(0.75, 0.5), eps=0.25, clip=clip)
    grads = [[F(1), F(0)], [F(7), F(1, 8)], [F(-5, 2), F(0)]]
    c1 = F(1) if clip else F(7)
    m1 = [c1 / 4, F(1, 8)]
    m2 = [m1[0] * F(3, 4) - F(1, 8), F(3, 32)]
    x1 = [1 - m / 8 for m in m1]
    x2 = [x - m / 8 for x, m in zip(x1, m2, strict=True)]
    assert list(trajectory(optimizer, x, grads)) == [[1, 1], x1, x2]
    assert optimizer.state[x]["exp_avg_sq"].tolist() == [25 / 2 + 25 / 8, 2**-8]


@pytest.mark.parametrize(
    ("decouple", "second_gradient", "v0", "x1"),
    [(True, F(6), F(1), F(15, 16) - F(1, 32)), (False, F(-1, 2), F(9, 4), F(1))],
)
def test_adopt_decay_by_hand(decouple: bool, second_gradient: F, v0: F, x1: F) -> None:
    """Neither decay moves the weight in the first call; L2 enters v_0 = (1 + 1/2)², and cancels −1/2."""
    x = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = ADOPT([x], lr=0.125, betas=(0.75, 0.5), weight_decay=0.5, decouple=decouple)
    steps = trajectory(optimizer, x, [[F(1)], [second_gradient]])
    assert next(steps) == [1]
    assert F(optimizer.state[x]["exp_avg_sq"].item()) == v0
    assert next(steps) == [x1]


def test_lion_by_hand() -> None:
    """m = 0, 1/2, 1/8; the directions are sign(1), sign(−1/4) and sign(0) = 0."""
    x = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = Lion([x], lr=0.25, betas=(0.5, 0.75), weight_decay=0.5)
    steps = trajectory(optimizer, x, [[F(2)], [F(-1)], [F(-1, 8)]])
    assert list(steps) == [[F(5, 8)], [F(51, 64)], [F(357, 512)]]


def test_sgdw_decays_the_old_weight_outside_the_momentum() -> None:
    x = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = SGDW([x], lr=0.5, momentum=0.5, weight_decay=0.5)
    steps = trajectory(optimizer, x, [[F(1)], [F(0)]])
    assert list(steps) == [[F(1, 4)], [F(1, 4) * F(3, 4) - F(1, 4)]]


def test_centred_rmsprop_survives_a_constant_gradient() -> None:
    x = torch.ones(1000, requires_grad=True)
    optimizer = RMSprop([x], centered=True, alpha=0.5)
    x.grad = torch.linspace(0.1, 3, 1000)
    for _ in range(60):
        optimizer.step()
    assert x.isfinite().all()


def test_counter_set_by_hand_is_believed() -> None:
    x = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = ADOPT([x], lr=1.0, betas=(0.0, 0.5))
    x.grad = torch.ones(1, dtype=torch.float64)
    optimizer.step()
    for step in (2**40, torch.tensor(2.0**20)):
        optimizer.state[x]["step"] = step
        x.grad.fill_(2.0**12)
        optimizer.state[x]["exp_avg_sq"].fill_(1.0)
        x.data.zero_()
        optimizer.step()
        assert x.item() == -(float(step) ** 0.25)
        assert optimizer.state[x]["step"] == int(step) + 1


BAD: list[dict[str, Any]] = [
    {"lr": -1.0},
    {"lr": float("nan")},
    {"lr": torch.ones(2)},
    {"weight_decay": -0.1},
    {"eps": -1e-8},
    {"betas": (1.0, 0.9)},
    {"betas": (0.9, -0.1)},
    {"betas": (0.9,)},
    {"alpha": 1.0},
    {"momentum": -0.5},
]


@pytest.mark.parametrize("name", available())
@pytest.mark.parametrize("bad", BAD, ids=str)
def test_senseless_values_and_misspelt_keywords_are_refused(name: str, bad: dict[str, Any]) -> None:
    x, cls = torch.ones(1, 1, requires_grad=True), available()[name]
    (keyword, value), optimizer = *bad.items(), cls([x])
    if isinstance(optimizer.defaults.get(keyword), tuple) and not isinstance(value, tuple):
        pytest.skip(f"{keyword} is a pair here")
    if keyword not in optimizer.defaults:
        with pytest.raises(TypeError, match=keyword):
            cls([x], **bad)
        return
    with pytest.raises(ValueError, match=keyword) as refusal:
        cls([x], **bad)
    assert repr(value) in str(refusal.value)
    with pytest.raises(ValueError, match=keyword):
        cls([{"params": [x], keyword: optimizer.defaults[keyword]}], **bad)
    with pytest.raises(ValueError, match=keyword):
        optimizer.add_param_group({"params": [torch.ones(1, 1, requires_grad=True)], **bad})
    assert len(optimizer.param_groups) == 1


def test_nesterov_needs_undampened_momentum() -> None:
    x = torch.ones(1, requires_grad=True)
    for options in ({"momentum": 0.0}, {"momentum": 0.9, "dampening": 0.5}):
        with pytest.raises(ValueError, match="nesterov needs momentum"):
            SGD([x], nesterov=True, **options)
