"""An Adam of which single lines can be replaced."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

Group = dict[str, Any]


class Plain(torch.optim.Optimizer):
    """Adam with L2 that reads its groups in every step."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        held = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize
        )
        super().__init__(params, held)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            held = self.read(group)
            for p in (p for p in group["params"] if p.grad is not None):
                self.move(p, self.state[p], held)

    def read(self, group: Group) -> Group:
        return group

    def move(self, p: Tensor, s: dict[str, Any], h: Group) -> None:
        if not s:
            s.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        s["step"] += 1
        (beta1, beta2), t = h["betas"], s["step"]
        grad = self.decayed(-p.grad if h["maximize"] else p.grad, p, h)  # type: ignore[operator]
        s["m"].mul_(beta1).add_(grad, alpha=1 - beta1)
        s["v"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        second = s["v"]
        if h["amsgrad"]:
            second = s["top"] = torch.maximum(s.get("top", s["v"]), s["v"])
        one, two = self.corrections(s, beta1, beta2, t)
        root = (second / two).sqrt()
        p.addcdiv_(s["m"], root.add_(h["eps"]), value=-float(h["lr"]) / one)

    def decayed(self, grad: Tensor, p: Tensor, h: Group) -> Tensor:
        return grad.add(p, alpha=h["weight_decay"])

    def corrections(self, s: dict[str, Any], beta1: float, beta2: float, t: int) -> tuple[float, float]:
        return 1 - beta1**t, 1 - beta2**t
