"""What Optax has of the field, in few lines each (see `field`)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from examples.field import average


def acprop(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    known = getattr(s, "var", s.zero)
    step = g / ((known / (1 - beta2 ** (s.t - 1))).sqrt() + h.eps) if s.t > 1 else g
    around = average(s, "m", beta1, g)
    s.var = beta2 * known + (1 - beta2) * (g - around) ** 2 + h.eps
    p.sub_(h.lr * step + h.lr * h.weight_decay * p)


def acprop_of_optax(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    known, around = getattr(s, "var", s.zero), getattr(s, "m", s.zero)
    corrected = known / (1 - beta2 ** (s.t - 1)) if s.t > 1 else s.zero + 1
    step = g / (corrected.sqrt() + h.eps)
    s.var = beta2 * known + (1 - beta2) * (g - around) ** 2 + h.eps_root
    average(s, "m", beta1, g)
    p.sub_(h.lr * step + h.lr * h.weight_decay * p)


def dowg(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    s.far = max(getattr(s, "far", h.eps), ((p - s.x0) ** 2).sum())
    s.total = getattr(s, "total", 0.0) + s.far * (g**2).sum()
    p.sub_(h.lr * s.far * g / (s.total.sqrt() + h.eps))


def cocob(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = h.lr * (g + h.weight_decay * p)
    s.largest = torch.maximum(getattr(s, "largest", s.zero + h.eps), g.abs())
    s.all = getattr(s, "all", s.zero) + g.abs()
    s.won = (getattr(s, "won", s.zero) - g * (p - s.x0)).clamp(min=0)
    s.sum = getattr(s, "sum", s.zero) - g
    share = s.sum / (s.largest * torch.maximum(s.all + s.largest, h.alpha * s.largest))
    p.copy_(s.x0 + share * (s.largest + s.won))


def adan(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    change = g - s.before if s.t > 1 else s.zero
    s.before = g.clone()
    m, d = average(s, "m", beta1, g) / (1 - beta1**s.t), average(s, "d", beta2, change) / (1 - beta2**s.t)
    v = average(s, "v", beta3, (g + (1 - beta2) * change) ** 2) / (1 - beta3**s.t)
    p.sub_(h.lr * (m + (1 - beta2) * d) / (v.sqrt() + h.eps) + h.lr * h.weight_decay * p)
