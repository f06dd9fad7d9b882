"""Schedule-free AdamW: an average of the iterates takes the schedule's place."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, ForeachOptimizer, Hyper, ParamsT


class AdamWScheduleFree(ForeachOptimizer):
    """Schedule-free AdamW as its authors' code: the parameters are y while training, and the average x after `eval()`.

    `train()` goes back to y. The iterate of step t has the weight t^r·(the largest lr so far)^weight_lr_power.

    Source: arXiv 2405.15682, algorithm 1. Raises ValueError if an argument is negative or a beta is outside [0, 1), and
    RuntimeError from a step between `eval()` and `train()`.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2.5e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        warmup_steps: int = 0,
        r: float = 0.0,
        weight_lr_power: float = 2.0,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            warmup_steps=warmup_steps,
            r=r,
            weight_lr_power=weight_lr_power,
            maximize=maximize,
            train_mode=True,
        )

    def update(self, b: Bucket, h: Hyper) -> None:
        """A step of z along g / (√v̂ + eps) + wd·y, and of y towards z and along it."""
        if not h.train_mode:
            raise RuntimeError("the parameters are the average: call train() before the next step")
        beta1, beta2 = h.betas
        z, v = b.state("z", b.params), b.state("exp_avg_sq")
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, b.grads, b.grads, 1 - beta2)  # v_t = β2 v_{t−1} + (1 − β2) g²
        denominator = torch._foreach_sqrt(v)
        torch._foreach_div_(denominator, (1 - beta2**b.step) ** 0.5)
        torch._foreach_add_(denominator, h.eps)
        u = torch._foreach_div(b.grads, denominator)
        torch._foreach_add_(u, b.params, alpha=h.weight_decay)
        lr = h.lr * min(1.0, b.step / max(1, h.warmup_steps))
        c = self.share(b, h, lr)
        torch._foreach_lerp_(b.params, z, c)
        torch._foreach_add_(b.params, u, alpha=-lr * (1 - beta1 * (1 - c)))  # y_t = (1 − c) y + c z − …
        torch._foreach_add_(z, u, alpha=-lr)

    def share(self, b: Bucket, h: Hyper, lr: float) -> float:
        """The share c of this step's iterate in the average."""
        largest = max(b.number("lr_max", 0.0), lr)
        weight = b.step**h.r * largest**h.weight_lr_power
        total = b.number("weight_sum", 0.0) + weight
        b.keep("lr_max", largest)
        b.keep("weight_sum", total)
        return float(weight / total) if total else 0.0

    def eval(self) -> None:
        """Let the parameters be x, the average."""
        self._become(False, lambda beta1: 1 - 1 / beta1)

    def train(self) -> None:
        """Let the parameters be y, where gradients are taken."""
        self._become(True, lambda beta1: 1 - beta1)

    @torch.no_grad()
    def _become(self, training: bool, towards_z: Callable[[float], float]) -> None:
        """With y = (1 − β1) z + β1 x, each of x and y is an interpolation of the other and z."""
        for group in (g for g in self.param_groups if g["train_mode"] is not training):
            group["train_mode"] = training
            for p in (p for p in group["params"] if "z" in self.state[p]):
                z = self.state[p]["z"]
                p.copy_(torch.lerp(p.to(z.dtype), z, towards_z(group["betas"][0])))
