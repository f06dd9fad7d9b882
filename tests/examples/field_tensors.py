"""Rules that look at whole tensors, and conventions of libraries, in few lines each (see `examples.field`)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from examples.field import average


def adam_mini(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, (g * g).mean())
    p.sub_(h.lr * m / (1 - beta1**s.t) / ((v / (1 - beta2**s.t)).sqrt() + h.eps))


def adam_mini_by_rows(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    square = (g * g).mean(-1, keepdim=True) if g.dim() > 1 else (g * g).mean()
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, square)
    p.sub_(h.lr * m / (1 - beta1**s.t) / ((v / (1 - beta2**s.t)).sqrt() + h.eps))


def fadam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    f = average(s, "f", beta2 * (1 - beta2 ** (s.t - 1)) / (1 - beta2**s.t), g * g)
    size = (g * g).mean().sqrt()
    least = torch.clamp_max(h.eps_2 * size, h.eps) if size > 0 else torch.as_tensor(h.eps, dtype=p.dtype)
    n, d = (a / (f**h.p + least ** (2 * h.p)) for a in (g, p))
    m = average(s, "m", beta1, n / torch.clamp_min((n * n).mean().sqrt() / h.clip, 1.0))
    p.sub_(h.lr * (m + h.weight_decay * d / torch.clamp_min((d * d).mean().sqrt() / h.clip, 1.0)))


def aida(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2) = g + h.weight_decay * p, h.betas
    m = average(s, "m", beta1, g)
    a, b = m, g
    for _ in range(2):
        inner = (a * b).sum()
        a, b = a * inner / ((a * a).sum() + h.xi), b * inner / ((b * b).sum() + h.xi)
    s.v = beta2 * getattr(s, "v", s.zero) + (1 - beta2) * (a - b) ** 2 + h.eps
    p.sub_(h.lr * m / (1 - beta1**s.t) * (1 - beta2**s.t) ** 0.5 / (s.v.sqrt() + h.eps))


def amos(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    size = h.lr * ((2 / p.shape[1]) ** 0.5 if p.dim() > 1 else 0.5)
    square, spent = (g * g).mean(), getattr(s, "spent", torch.zeros_like(g.sum()))
    s.v = h.beta * getattr(s, "v", 0.0) + (1 - h.beta) * square
    seen = (s.v + h.eps) / (1 - h.beta**s.t)
    gamma = h.lr**2 * square / seen / (1 + h.c_coef * h.lr**0.5 * spent).sqrt()
    u = (size * g / seen.sqrt() + (gamma - h.extra_l2) / 2 * p) / (1 + h.d_coef * size**0.5 * spent)
    s.spent = spent + gamma * (1 + spent)
    p.sub_(average(s, "m", h.momentum, u))


def tam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    b = getattr(s, "b", s.zero)
    alike = (b / b.norm().clamp_min(1e-12) * (g / g.norm().clamp_min(1e-12))).sum()
    s.b = h.momentum * b + ((1 + average(s, "s", h.decay_rate, alike)) / 2 + h.eps) * g
    p.mul_(1 - h.lr * h.weight_decay).sub_(h.lr * s.b)


def tam_of_products(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    b = getattr(s, "b", g)
    column = {"dim": 0, "keepdim": True}
    alike = b / b.norm(**column).clamp_min(1e-12) * (g / g.norm(**column).clamp_min(1e-12))
    s.b = h.momentum * b + ((1 + average(s, "s", h.decay_rate, alike)) / 2 + h.eps) * g
    p.mul_(1 - h.lr * h.weight_decay).sub_(h.lr * s.b)


def adatam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    m, (beta1, beta2) = getattr(s, "m", s.zero), h.betas
    alike = (m / m.norm().clamp_min(1e-12) * (g / g.norm().clamp_min(1e-12))).sum()
    s.m = beta1 * m + ((1 + average(s, "s", h.decay_rate, alike)) / 2 + h.eps) * g
    p.mul_(1 - h.lr * h.weight_decay).sub_(h.lr * s.m / (average(s, "v", beta2, g * g).sqrt() + h.eps))


def sophia(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m = average(s, "m", beta1, g)
    if (s.t - 1) % h.update_period == 0:
        average(s, "h", beta2, g * g)
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(h.lr * (m / (h.rho * s.h + h.eps)).clamp(-1, 1))


def mars_by_rank(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    matrix, before = p.dim() > 1, getattr(s, "before", s.zero)
    s.before = g.clone()
    beta1, beta2 = h.betas if matrix else h.betas_1d
    rate = h.lr if matrix else h.lr * h.lr_1d / h.lr_0
    c = g + h.gamma * beta1 / (1 - beta1) * (g - before) if matrix else g
    c = c / max(1.0, float(c.norm())) if matrix else c
    m, v = average(s, "m", beta1, c), average(s, "v", beta2, c * c)
    p.mul_(1 - rate * (h.weight_decay if matrix else h.weight_decay_1d))
    p.sub_(rate * m / (1 - beta1**s.t) / ((v / (1 - beta2**s.t)).sqrt() + h.eps))


# -------------------------------------------------------------------------------------------------------- of libraries'
def lamb_apart(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    u = average(s, "m", beta1, g) / (average(s, "v", beta2, g * g).sqrt() + h.eps)
    there = p.norm() > 0 and u.norm() > 0
    ratio = p.norm().clamp_max(10) / (u.norm() + h.eps) if there else 1.0
    p.sub_(h.lr / (1 - beta1**s.t) * ratio * u)


def lars_of_matrices(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    if p.dim() > 1:
        length = g.norm() + h.weight_decay * p.norm()
        ratio = h.trust_coefficient * p.norm() / length if p.norm() > 0 and length > 0 else 1.0
        g = ratio * (g + h.weight_decay * p)
    s.b = h.momentum * s.b + (1 - h.dampening) * g if hasattr(s, "b") and h.momentum else g.clone()
    p.sub_(h.lr * s.b)


def laprop_of_old_weights(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    v = average(s, "v", beta2, g * g) / (1 - beta2**s.t)
    m = average(s, "m", beta1, g / (v.sqrt() + h.eps)) / (1 - beta1**s.t)
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(h.lr * m)


def adopt_corrected(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2) = g + h.weight_decay * p, h.betas
    if s.t > 1:
        root = (s.v / (1 - beta2 ** (s.t - 1))).sqrt().clamp_min(h.eps)
        p.sub_(h.lr * average(s, "m", beta1, g / root) / (1 - beta1 ** (s.t - 1)))
    average(s, "v", beta2, g * g)


def rmsprop_corrected(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta2 = h.betas[1]
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(h.lr * g / ((average(s, "v", beta2, g * g) / (1 - beta2**s.t)).sqrt() + h.eps))


def schedulefree_by_present_rates(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    rate = h.lr * min(1.0, s.t / max(1.0, h.warmup_steps))
    weight = s.t**h.r * rate**h.weight_lr_power
    s.total, z = getattr(s, "total", 0.0) + weight, getattr(s, "z", s.x0)
    c = weight / s.total if s.total else 0.0
    u = g / ((average(s, "v", beta2, g * g) / (1 - beta2**s.t)).sqrt() + h.eps) + h.weight_decay * p
    p.copy_((1 - c) * p + c * z - rate * (1 - beta1 * (1 - c)) * u)
    s.z = z - rate * u


def sm3(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    if p.dim() > 1:
        sums = torch.minimum(getattr(s, "R", s.zero), getattr(s, "C", s.zero)) + g * g
        s.R, s.C = sums.amax(1, keepdim=True), sums.amax(0, keepdim=True)
    else:
        sums = s.v = getattr(s, "v", s.zero) + g * g
    p.sub_(h.lr * average(s, "b", h.momentum, g / (sums + h.eps).sqrt()))


def sm3_of_squares(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    if p.dim() > 1:
        s.R = getattr(s, "R", 0.0) + (g * g).amax(1, keepdim=True)
        s.C = getattr(s, "C", 0.0) + (g * g).amax(0, keepdim=True)
        sums = torch.minimum(s.R, s.C)
    else:
        sums = s.v = getattr(s, "v", s.zero) + g * g
    p.sub_(h.lr * average(s, "b", h.momentum, g / (sums + h.eps).sqrt()))


def swats(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2) = g + h.weight_decay * p, h.betas
    if rate := getattr(s, "rate", None):
        s.b = beta1 * getattr(s, "b", s.zero) + g
        p.sub_((1 - beta1) * rate * s.b)
        return
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    step = h.lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t) * m / (v.sqrt() + h.eps)
    p.sub_(step)
    if along := (step * g).sum():
        ratio = (step * step).sum() / along
        s.found = beta2 * getattr(s, "found", 0.0) + (1 - beta2) * ratio
        mean = s.found / (1 - beta2**s.t)
        s.rate = mean if s.t > 1 and abs(mean - ratio) < h.eps else None


def dualadam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2) = g + h.weight_decay * p, h.betas
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    step, root = m / (1 - beta1**s.t), (v / (1 - beta2**s.t)).sqrt() + h.eps
    left = max(0.0, 1 - s.t * h.switch_rate)
    share = left if left >= h.switch_rate else 0.0
    p.sub_(h.lr * step * ((1 - share) / root + share * root))


def vsgd(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    p.mul_(1 - h.lr * h.weight_decay)
    shape = s.shape = getattr(s, "shape", 2 * h.ps + 1 + 1e-4)
    prior, noise = 2 * h.ps, 2 * h.ghattg * h.ps
    b, c, before = getattr(s, "b", s.zero + prior), getattr(s, "c", s.zero + noise), getattr(s, "mu", s.zero)
    own, other = (x / (shape - 1 if s.t == 1 else shape) for x in (b, c))
    s.mu = (other * before + own * g) / (own + other)
    square = s.mu**2 + own * other / (own + other)
    first, second = s.t**-h.tau1, s.t**-h.tau2
    s.b = (1 - first) * b + first * (prior + square - 2 * s.mu * before + before**2)
    s.c = (1 - second) * c + second * (noise + square - 2 * g * s.mu + g**2)
    p.sub_(h.lr * s.mu / (square.sqrt() + h.eps))
