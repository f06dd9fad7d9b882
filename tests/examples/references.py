"""The reference optimizers with options that show, and how they run on given gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from lawful.optimizers import available

SHAPES = [(7,), (7,), (3, 5), (), (0,), (2, 3, 4), (67,)]
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((n, {"lr": 0.05, "weight_decay": 0.1}) for n in available() if n not in ("rprop", "muon")),
    ("adagrad", {"lr": 0.05, "lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("radam", {"lr": 0.05, "betas": (0.8, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("nadam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("adabelief", {"lr": 0.05, "weight_decay": 0.1, "weight_decouple": False}),
    ("asgd", {"lr": 0.05, "lambd": 0.1, "t0": 2.0}),
    ("rprop", {"lr": 0.05}),
    ("adamwschedulefree", {"lr": 0.05, "warmup_steps": 3, "r": 1.0, "weight_decay": 0.1}),
    ("sgd", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"lr": 0.05, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    ("sgdw", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    ("adamw", {"lr": 0.05, "amsgrad": True}),
    ("adopt", {"lr": 0.05, "weight_decay": 0.1, "decouple": True}),
    ("adopt", {"lr": 0.05, "clip": False}),
    ("rmsprop", {"lr": 0.05, "centered": True, "momentum": 0.5}),
    ("adam8bit", {"lr": 0.05, "weight_decay": 0.1, "min_8bit_size": 1, "block_size": 16}),
]


def name_of(case: object) -> str:
    return ",".join(f"{k}={v}" for k, v in case.items()) if isinstance(case, dict) else str(case)


def draws(shapes: list[Any], steps: int, dtype: torch.dtype = torch.float32) -> list[list[Tensor]]:
    """Gradients that do not depend on the parameters: `steps` lists of one tensor for each shape."""
    generator = torch.Generator().manual_seed(0)
    return [[torch.randn(s, generator=generator, dtype=dtype) for s in shapes] for _ in range(steps)]


def leaves(tensors: list[Tensor]) -> list[Tensor]:
    return [t.detach().clone().requires_grad_() for t in tensors]


def feed(optimizer: Optimizer, params: list[Tensor], grads: list[list[Tensor | None]] | Any) -> None:
    for row in grads:
        for p, g in zip(params, row, strict=True):
            p.grad = None if g is None else g.clone()
        optimizer.step()


def run(
    name: str, options: dict[str, Any], start: list[Tensor], grads: list[list[Tensor]] | Any
) -> list[Tensor]:
    params = leaves(start)
    feed(available()[name](params, **options), params, grads)
    return params


def assert_same(left: list[Tensor], right: list[Tensor]) -> None:
    for a, b in zip(left, right, strict=True):
        assert not a.isnan().any()
        torch.testing.assert_close(a.detach(), b.detach(), rtol=0, atol=0)


def start_and_grads(steps: int = 6, dtype: torch.dtype = torch.float32) -> tuple[list[Tensor], Any]:
    start, *grads = draws(SHAPES, steps + 1, dtype)
    return start, grads
