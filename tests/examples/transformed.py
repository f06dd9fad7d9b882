"""Small optimizers under a transformation, each beside a neighbour that it must not be taken for."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

Held = dict[str, Any]


class Base(torch.optim.Optimizer):
    """SGD; what an implementation does to gradient, step and weight is a method."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                state = self.state[p]
                state["step"] = state.get("step", 0) + 1
                self.move(p, p.grad, state, group)

    def move(self, p: Tensor, g: Tensor, s: Held, h: Held) -> None:
        p.sub_(h["lr"] * self.direction(self.fed(g, p, s, h), p, s, h))

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g

    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g


class Slow(Base):
    begins = 0

    def __init__(self, params: Any, lr: float = 1e-3, k: int = 5, la_alpha: float = 0.5) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, k=k, la_alpha=la_alpha))

    def move(self, p: Tensor, g: Tensor, s: Held, h: Held) -> None:
        s.setdefault("slow", p.clone())
        super().move(p, g, s, h)
        if s["step"] % h["k"] == self.begins:
            s["slow"].lerp_(p, h["la_alpha"])
            p.copy_(s["slow"])


class SlowAStepLate(Slow):
    begins = 1


class SlowFromTheFirstMeeting(Slow):
    def move(self, p: Tensor, g: Tensor, s: Held, h: Held) -> None:
        Base.move(self, p, g, s, h)
        if s["step"] % h["k"] == 0:
            s["slow"] = torch.lerp(s["slow"], p, h["la_alpha"]) if "slow" in s else p.clone()
            p.copy_(s["slow"])


class ClippedEach(Base):
    def __init__(self, params: Any, lr: float = 1e-3, max_norm: float = 1.0) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, max_norm=max_norm))

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        norm = g.norm()
        return g * (h["max_norm"] / norm) if norm > h["max_norm"] else g


class ClippedByValue(ClippedEach):
    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g.clamp(-h["max_norm"], h["max_norm"])


class ClippedByLargest(ClippedEach):
    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g * (h["max_norm"] / g.abs().max()).clamp(max=1.0) if g.numel() else g


class Centred(Base):
    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g - g.mean(-1, keepdim=True) if g.dim() > 1 else g


class CentredByColumns(Base):
    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g - g.mean(0, keepdim=True) if g.dim() > 1 else g


class Amplified(Base):
    def __init__(
        self, params: Any, lr: float = 1e-3, grokfast_alpha: float = 0.98, grokfast_lamb: float = 2.0
    ) -> None:
        held = dict(lr=lr, grokfast_alpha=grokfast_alpha, grokfast_lamb=grokfast_lamb)
        torch.optim.Optimizer.__init__(self, params, held)

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        alpha = h["grokfast_alpha"]
        s["slow"] = g.clone() if self.first(s) else alpha * s["slow"] + (1 - alpha) * g
        return g + h["grokfast_lamb"] * s["slow"]

    def first(self, s: Held) -> bool:
        return "slow" not in s


class AmplifiedFromZero(Amplified):
    def first(self, s: Held) -> bool:
        if "slow" not in s:
            s["slow"] = torch.zeros(())
        return False


class WarmedUp(Base):
    late = 0

    def __init__(self, params: Any, lr: float = 1e-3, warmup_steps: int = 0) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, warmup_steps=warmup_steps))

    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g * min(1.0, (s["step"] - self.late) / max(1, h["warmup_steps"]))


class WarmedUpFromZero(WarmedUp):
    late = 1


class Momentum(Base):
    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.9) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, momentum=momentum))

    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        s["b"] = g.clone() if "b" not in s else h["momentum"] * s["b"] + g
        return self.taken(s["b"], g, h)

    def taken(self, b: Tensor, g: Tensor, h: Held) -> Tensor:
        return b.sign()


class SignOfGradient(Momentum):
    def taken(self, b: Tensor, g: Tensor, h: Held) -> Tensor:
        return g.sign()


class Careful(Momentum):
    def taken(self, b: Tensor, g: Tensor, h: Held) -> Tensor:
        mask = (b * g > 0).to(g)
        return b * mask * (mask.numel() / (mask.sum() + 1))


class CarefulUnscaled(Momentum):
    def taken(self, b: Tensor, g: Tensor, h: Held) -> Tensor:
        return b * (b * g > 0)


class Gathers(Base):
    count = 0

    def __init__(self, params: Any, lr: float = 1e-3, accumulation_steps: int = 2) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, accumulation_steps=accumulation_steps))

    def move(self, p: Tensor, g: Tensor, s: Held, h: Held) -> None:
        s["sum"] = s.get("sum", torch.zeros_like(p)) + g
        if s["step"] % h["accumulation_steps"] == 0:
            p.sub_(h["lr"] * s["sum"] / self.divisor(h))
            s["sum"] = torch.zeros_like(p)

    def divisor(self, h: Held) -> float:
        return float(h["accumulation_steps"])


class GathersTheSum(Gathers):
    def divisor(self, h: Held) -> float:
        return 1.0


class RowsBounded(Base):
    def __init__(self, params: Any, lr: float = 1e-3, agc_clip: float = 1e-2, agc_eps: float = 1e-3) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, agc_clip=agc_clip, agc_eps=agc_eps))

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        most, norm = h["agc_clip"] * self.unit(p).clamp(min=h["agc_eps"]), self.unit(g)
        return torch.where(norm > most, g * (most / norm.clamp(min=1e-30)), g)

    def unit(self, e: Tensor) -> Tensor:
        return e.norm(dim=-1, keepdim=True) if e.dim() > 1 else e.norm()


class TensorsBounded(RowsBounded):
    def unit(self, e: Tensor) -> Tensor:
        return e.norm()


class NormsRemembered(Base):
    def __init__(self, params: Any, lr: float = 1e-3, adanorm_r: float = 0.95) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, adanorm_r=adanorm_r))

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        norm, r = g.norm(), h["adanorm_r"]
        s["e"] = r * s.get("e", torch.zeros_like(norm)) + (1 - r) * norm
        return self.lengthened(g, s["e"], norm)

    def lengthened(self, g: Tensor, e: Tensor, norm: Tensor) -> Tensor:
        return g * (e / norm) if e > norm > 0 else g


class NormsImposed(NormsRemembered):
    def lengthened(self, g: Tensor, e: Tensor, norm: Tensor) -> Tensor:
        return g * (e / norm) if norm > 0 else g


class Trusting(Base):
    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        length, norm = p.norm(), g.norm()
        return g * (length / norm) if length > 0 and norm > 0 else g


class TrustingSquares(Base):
    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        return g * (p.norm() / g.norm()).square() if p.norm() > 0 and g.norm() > 0 else g


class Averages(Base):
    """Keeps an average under the rule's name for it."""

    rate = 0.0

    def __init__(self, params: Any, lr: float = 1e-3, ema_decay: float = 0.999) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, ema_decay=ema_decay))

    def move(self, p: Tensor, g: Tensor, s: Held, h: Held) -> None:
        s.setdefault("ema", p.clone())
        super().move(p, g, s, h)
        s["ema"].mul_(h["ema_decay"]).add_(p, alpha=1 - h["ema_decay"] + self.rate)


class AveragesTooMuch(Averages):
    rate = 0.01


class WithTheGradient(Base):
    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, momentum=momentum))

    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        s["b"] = h["momentum"] * s["b"] + g if "b" in s else g.clone()
        return self.turned(s["b"], g)

    def turned(self, b: Tensor, g: Tensor) -> Tensor:
        return b.abs() * g.sign()


class WithTheBuffer(WithTheGradient):
    def turned(self, b: Tensor, g: Tensor) -> Tensor:
        return g.abs() * b.sign()


class Layered(Base):
    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        weight_decay: float = 0.0,
        trust_coeff: float = 1e-3,
        eps: float = 1e-8,
    ) -> None:
        held = dict(lr=lr, weight_decay=weight_decay, trust_coeff=trust_coeff, eps=eps)
        torch.optim.Optimizer.__init__(self, params, held)

    def fed(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        length, norm, decayed = p.norm(), g.norm(), g + h["weight_decay"] * p
        if length == 0 or norm == 0:
            return decayed
        return decayed * h["trust_coeff"] * length / self.below(g, p, h)

    def below(self, g: Tensor, p: Tensor, h: Held) -> Tensor:
        return g.norm() + h["weight_decay"] * p.norm() + h["eps"]


class LayeredByTheWhole(Layered):
    def below(self, g: Tensor, p: Tensor, h: Held) -> Tensor:
        return (g + h["weight_decay"] * p).norm() + h["eps"]


class Optimistic(Base):
    def __init__(self, params: Any, lr: float = 1e-3, beta: float = 1.0) -> None:
        torch.optim.Optimizer.__init__(self, params, dict(lr=lr, beta=beta))

    def direction(self, g: Tensor, p: Tensor, s: Held, h: Held) -> Tensor:
        change, s["last"] = g - self.last(g, s), g.clone()
        return g + h["beta"] * change

    def last(self, g: Tensor, s: Held) -> Tensor:
        return s.get("last", g)


class OptimisticFromZero(Optimistic):
    def last(self, g: Tensor, s: Held) -> Tensor:
        return s.get("last", torch.zeros_like(g))
