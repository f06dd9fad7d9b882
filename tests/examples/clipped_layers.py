"""Optimizers that look at each tensor and at all of them: LAMB on gradients clipped by the norm over all, and slips."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


def every(optimizer: Optimizer) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]


class ClippedLamb(Optimizer):
    """LAMB whose gradients are first made no longer than max_norm, all together."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-6,
        weight_decay: float = 0.0, max_norm: float = 1.0,
    ) -> None:  # fmt: skip
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "max_norm": max_norm}
        super().__init__(params, defaults)

    def length(self, tensors: list[Tensor]) -> Tensor:
        """Of all gradients."""
        return torch.stack([p.grad.double().square().sum() for p in tensors]).sum().sqrt()  # type: ignore[union-attr]

    def ratio(self, p: Tensor, update: Tensor) -> Tensor:
        """Of one tensor."""
        weight, step = p.norm(), update.norm()
        return torch.where((weight > 0) & (step > 0), weight / step, torch.ones_like(weight))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        norm = self.length(every(self))
        for group in self.param_groups:
            share = group["max_norm"] / norm if norm > group["max_norm"] else torch.ones(())
            for p in group["params"]:
                if p.grad is not None:
                    self.move(p, p.grad * share.to(p.dtype), group)

    def move(self, p: Tensor, g: Tensor, h: dict[str, Any]) -> None:
        state, (beta1, beta2) = self.state[p], h["betas"]
        if not state:
            state.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        state["step"] += 1
        m, v = state["m"].lerp_(g, 1 - beta1), state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = (v / (1 - beta2 ** state["step"])).sqrt() + h["eps"]
        update = m / (1 - beta1 ** state["step"]) / root + h["weight_decay"] * p
        p.sub_(h["lr"] * self.ratio(p, update) * update)


class ClippedEach(ClippedLamb):
    """A slip: the norm is that of the largest tensor."""

    def length(self, tensors: list[Tensor]) -> Tensor:
        return torch.stack([p.grad.double().norm() for p in tensors]).max()  # type: ignore[union-attr]


class RatioOfAll(ClippedLamb):
    """A slip: the ratio is that of all weights to the step of one tensor."""

    def ratio(self, p: Tensor, update: Tensor) -> Tensor:
        weight = torch.stack([q.norm() for q in every(self)]).norm()
        return torch.where(
            (weight > 0) & (update.norm() > 0), weight / update.norm(), torch.ones_like(weight)
        )


class AdaGC(Optimizer):
    """SGD on gradients each no longer than usual; in the first steps, all together no longer than lambda_abs."""

    def __init__(
        self, params: Any, lr: float = 1e-3, beta: float = 0.98, lambda_abs: float = 1.0, lambda_rel: float = 1.05,
        warmup_steps: int = 100,
    ) -> None:  # fmt: skip
        defaults = {"lr": lr, "beta": beta, "lambda_abs": lambda_abs, "lambda_rel": lambda_rel}
        super().__init__(params, {**defaults, "warmup_steps": warmup_steps})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        norm = torch.stack([p.grad.norm() for p in every(self)]).norm()  # type: ignore[union-attr]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.move(p, p.grad, norm, self.state[p], group)

    def move(self, p: Tensor, g: Tensor, norm: Tensor, s: dict[str, Any], h: dict[str, Any]) -> None:
        s["t"] = s.get("t", 0) + 1
        early = self.early(s["t"], h["warmup_steps"])
        length, most = (norm, h["lambda_abs"]) if early else self.late(g.norm(), s["gamma"], h)
        clipped = g * (most / length) if length > most else g
        usual = s.get("gamma", clipped.norm())
        s["gamma"] = self.usual(usual, clipped.norm(), g.norm(), h["beta"], early)
        self.go(p, clipped, s, h)

    def go(self, p: Tensor, g: Tensor, s: dict[str, Any], h: dict[str, Any]) -> None:
        p.sub_(h["lr"] * g)

    def late(self, norm: Tensor, usual: Tensor, h: dict[str, Any]) -> tuple[Tensor, Tensor]:
        return norm, h["lambda_rel"] * usual

    def early(self, step: int, steps: int) -> bool:
        return step < steps

    def usual(self, before: Tensor, now: Tensor, raw: Tensor, beta: float, early: bool) -> Tensor:
        return torch.minimum(before, now) if early else beta * before + (1 - beta) * now


class AdaGCLate(AdaGC):
    """A slip: one step more is an early one."""

    def early(self, step: int, steps: int) -> bool:
        return step <= steps


class AdaGCOfRaw(AdaGC):
    """A slip: what is usual is the gradient before it is clipped."""

    def usual(self, before: Tensor, now: Tensor, raw: Tensor, beta: float, early: bool) -> Tensor:
        return torch.minimum(before, now) if early else beta * before + (1 - beta) * raw


class AdaGCOfLast(AdaGC):
    """A slip: early on the last is kept, and not the least."""

    def usual(self, before: Tensor, now: Tensor, raw: Tensor, beta: float, early: bool) -> Tensor:
        return now if early else beta * before + (1 - beta) * now


class AdaGCFloored(AdaGC):
    """Adagrad instead of SGD; later on no norm counts as less than eps, and no usual one."""

    def __init__(
        self, params: Any, lr: float = 1e-3, beta: float = 0.98, lambda_abs: float = 1.0, lambda_rel: float = 1.05,
        warmup_steps: int = 100, eps: float = 1e-10,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, beta, lambda_abs, lambda_rel, warmup_steps)
        for group in self.param_groups:
            group.setdefault("eps", eps)

    def go(self, p: Tensor, g: Tensor, s: dict[str, Any], h: dict[str, Any]) -> None:
        s["sum"] = s.get("sum", torch.zeros_like(g)) + g * g
        p.sub_(h["lr"] * g / (s["sum"].sqrt() + h["eps"]))

    def late(self, norm: Tensor, usual: Tensor, h: dict[str, Any]) -> tuple[Tensor, Tensor]:
        return norm.clamp_min(h["eps"]), h["lambda_rel"] * usual.clamp_min(h["eps"])


class AdaGCDecayed(AdaGC):
    """Every gradient has the decay of its weight added before any of them is clipped."""

    def __init__(
        self, params: Any, lr: float = 1e-3, beta: float = 0.98, lambda_abs: float = 1.0, lambda_rel: float = 1.05,
        warmup_steps: int = 100, weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, beta, lambda_abs, lambda_rel, warmup_steps)
        for group in self.param_groups:
            group.setdefault("weight_decay", weight_decay)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        pairs = [(p, h) for h in self.param_groups for p in h["params"] if p.grad is not None]
        decayed = [(p.grad + h["weight_decay"] * p).to(p.dtype) for p, h in pairs]
        norms = self.norms([p.grad for p, _ in pairs], decayed)
        for (p, h), g, norm in zip(pairs, decayed, norms, strict=True):
            self.move(p, g, norm, self.state[p], h)

    def norms(self, raw: list[Tensor], decayed: list[Tensor]) -> list[Tensor]:
        """That over all parameters, by which each is clipped at first."""
        return [torch.stack([g.norm() for g in decayed]).norm()] * len(decayed)


class AdaGCDecayedInTurn(AdaGCDecayed):
    """A slip, as in pytorch_optimizer 4.1.0: the norm is taken for each tensor anew, while later ones are not yet
    decayed."""

    def norms(self, raw: list[Tensor], decayed: list[Tensor]) -> list[Tensor]:
        mixed = [[*decayed[: k + 1], *raw[k + 1 :]] for k in range(len(raw))]
        return [torch.stack([g.norm() for g in some]).norm() for some in mixed]


class EachByItsNorm(torch.optim.SGD):
    """SGD on gradients clipped each by its own norm, where all should be by that of all."""

    def __init__(self, params: Any, lr: float = 1e-3, max_norm: float = 1.0) -> None:
        super().__init__(params, lr)
        for group in self.param_groups:
            group["max_norm"] = max_norm

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None and p.grad.norm() > group["max_norm"]:
                    p.grad = p.grad * (group["max_norm"] / p.grad.norm())
        super().step()
