"""More of the field, as authors' codes and ports have it, in few lines each (see `field`)."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from examples.field import ademamix, average


def accsgd(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    keep = 1 - h.xi * h.small_const**2 / h.kappa
    s.far = keep * getattr(s, "far", s.x0) + (1 - keep) * (p - h.lr * h.kappa / h.small_const * g)
    share = h.small_const / (h.small_const + 1 - keep)
    p.copy_(share * (p - h.lr * g) + (1 - share) * s.far)


def aggmo(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    s.bufs = [beta * b + g for beta, b in zip(h.betas, getattr(s, "bufs", [s.zero] * 3), strict=True)]
    p.sub_(h.lr * sum(s.bufs) / 3)


def pid(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    if h.momentum == 0:
        p.sub_(h.lr * g)
        return
    s.total = h.momentum * s.total + (1 - h.dampening) * g if s.t > 1 else g
    s.change = h.momentum * s.change + (1 - h.momentum) * (g - s.before) if s.t > 1 else s.zero
    s.before = g if s.t > 1 else s.zero
    p.sub_(h.lr * (g + h.integral * s.total + h.derivative * s.change))


def msvag(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    left = 1 - h.beta**s.t
    m, v = average(s, "m", h.beta, g) / left, average(s, "v", h.beta, g**2) / left
    rho = min(0.9999, (1 - h.beta ** (2 * s.t)) * (1 - h.beta) ** 2 / ((1 - h.beta**2) * left**2))
    noise = rho * (v - m**2) / (1 - rho)
    p.sub_(h.lr * m * torch.nan_to_num(m**2 / (noise + m**2), nan=0.0).clamp(0, 1))


def kate(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    s.squares = getattr(s, "squares", 0) + g**2 + h.eps
    s.weights = getattr(s, "weights", 0) + h.delta * g**2 + g**2 / s.squares
    p.sub_(h.lr * s.weights.sqrt() * g / s.squares)


def focus(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m, mean = average(s, "m", beta1, g), average(s, "mean", beta2, p.clone()) / (1 - beta2**s.t)
    p.sub_(h.lr * h.weight_decay * mean)
    p.sub_(h.lr * (m.sign() + h.gamma * (p - mean).sign()))


def srmm(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    share = (s.t % h.memory_length + 1) ** -h.beta
    slope = average(s, "slope", 1 - share, g)
    s.mean = (1 - share) * getattr(s, "mean", s.zero) + share * p - h.lr * slope
    p.copy_(s.mean)


def fromage(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    there = p.norm() > 0 and g.norm() > 0
    p.sub_(h.lr * g * (p.norm() / g.norm() if there else 1.0))
    p.div_((1 + h.lr**2) ** 0.5)


def adasmooth(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2) = g + h.weight_decay * p, h.betas
    change = p - getattr(s, "before", s.x0)
    s.moved, s.ways = getattr(s, "moved", 0) + change, getattr(s, "ways", 0) + change.abs()
    c = (beta2 - beta1) * s.moved.abs() / (s.ways + h.eps) + 1 - beta2
    s.v = (1 - c**2) * getattr(s, "v", 0) + c**2 * g**2
    s.before = p.clone()
    p.sub_(h.lr * g / (s.v + h.eps).sqrt())


def ano(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    m, v = average(s, "m", beta1, g), getattr(s, "v", s.zero)
    s.v = beta2 * v + (1 - beta2) * (g**2 - v).sign() * g**2
    p.sub_(h.lr * g.abs() * m.sign() / ((s.v / (1 - beta2**s.t)).sqrt() + h.eps))


def adamg(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g, (beta1, beta2, beta3) = g + h.weight_decay * p, h.betas
    v = average(s, "v", beta2, g**2)
    m = average(s, "m", beta1, average(s, "r", beta3, h.p * v**h.q) * g)
    root = (v / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(min(h.lr, s.t**-0.5) * m / (1 - beta1**s.t) / root)


def exadam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g**2)
    d1 = 1 + beta2**s.t * v / (v + h.eps)
    d2 = 1 + beta1**s.t * m**2 / (m**2 + h.eps)
    root = (d2 * v / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr * d1 * (m + g) / (1 - beta1**s.t) / root)


def dog(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    g = g + h.weight_decay * p
    s.far = max(getattr(s, "far", h.reps_rel * (1 + s.x0.norm())), (p - s.x0).norm())
    s.total = getattr(s, "total", h.eps) + (g**2).sum()
    p.sub_(h.lr * s.far / s.total.sqrt() * g)


def dadaptsgd(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    s.first, s.d = getattr(s, "first", g.norm()), getattr(s, "d", h.d0)
    g, rate, before = g + h.weight_decay * p, s.d * h.lr / s.first, getattr(s, "s", s.zero)
    s.r = getattr(s, "r", 0.0) + rate * (g * before).sum()
    s.s = before + rate * g
    if s.s.norm() > 0:
        s.d = max(s.d, 2 * s.r / s.s.norm())
        p.copy_(h.momentum * p + (1 - h.momentum) * (s.x0 - s.s))


def signum(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(h.lr * average(s, "b", h.momentum, g).sign())


def stableadamw(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m, v = average(s, "m", beta1, g) / (1 - beta1**s.t), average(s, "v", beta2, g**2) / (1 - beta2**s.t)
    rate = h.lr / max(1.0, float((g**2 / v.clamp_min(h.eps**2)).mean().sqrt()))
    p.mul_(1 - rate * h.weight_decay)
    p.sub_(rate * m / (v.sqrt() + h.eps))


def a2grad(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    k = s.t - 1
    s.mean = getattr(s, "mean", s.zero) + (g - getattr(s, "mean", s.zero)) / s.t
    s.off = getattr(s, "off", 0.0) + ((g - s.mean) ** 2).sum()
    step = g / (2 * h.lips / (k + 1) + h.beta * s.off.sqrt())
    s.far = getattr(s, "far", s.x0) - step
    share, before = 2 / (k + 3), 2 / (k + 2) if k else 1
    p.copy_((1 - share) * p + share * s.far - (1 - share) * before * step)


def simplifiedademamix(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    s.sum = beta1 * getattr(s, "sum", s.zero) + g
    root = (average(s, "v", beta2, g**2) / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr * (s.sum + h.alpha * g) / root)


def sgd_schedulefree(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    rate = h.lr * min(1.0, s.t / max(1.0, h.warmup_steps))
    u, s.top = g + h.weight_decay * p, max(getattr(s, "top", 0.0), rate)
    weight = s.t**h.r * s.top**h.weight_lr_power
    s.total = getattr(s, "total", 0.0) + weight
    c, z = weight / s.total if s.total else 0.0, getattr(s, "z", s.x0)
    p.copy_((1 - c) * p + c * z - rate * (1 - h.momentum * (1 - c)) * u)
    s.z = z - rate * u


def bcos(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    p.mul_(1 - h.lr * h.weight_decay)
    old = getattr(s, "m", g.clone())
    share = (1 - h.beta) ** 2
    v = (1 - share) * old**2 + share * g**2
    s.m = h.beta * old + (1 - h.beta) * g
    p.sub_(h.lr * s.m / (v.sqrt() + h.eps))


def mirrormadgrad(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    rate = h.lr + h.eps if h.lr else 0.0
    grad = g + h.weight_decay * p
    s.v = ((s.t - 1) / s.t) ** 0.5 * getattr(s, "v", s.zero) + grad**2
    s.z = getattr(s, "z", s.x0) - rate * s.t ** (1 / 3) * grad / (s.v ** (1 / 3) + h.eps)
    p.copy_(h.momentum * p + (1 - h.momentum) * s.z)


def adapnm(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    mine, other = ("odd", "even") if s.t % 2 else ("even", "odd")
    m = (1 + beta3) * average(s, mine, beta1**2, g) - beta3 * getattr(s, other, s.zero)
    s.top = torch.maximum(getattr(s, "top", s.zero), average(s, "v", beta2, g * g))
    root = (s.top / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr / (1 - beta1**s.t) * m / ((1 + beta3) ** 2 + beta3**2) ** 0.5 / root)


def adan_without_first(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = (1 - beta for beta in h.betas)
    if s.t == 1:
        s.m = s.c = s.v = s.zero
    else:
        change = g - s.before
        m, c = average(s, "m", beta1, g), average(s, "c", beta2, change)
        v = average(s, "v", beta3, (g + beta2 * change) ** 2)
        root = (v / (1 - beta3**s.t)).sqrt() + h.eps
        p.sub_(h.lr * (m / (1 - beta1**s.t) + beta2 * c / (1 - beta2**s.t)) / root)
    s.before = g.clone()
    p.div_(1 + h.lr * h.weight_decay)


def adopt_by_calls(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    if s.t == 1:
        s.v = g**2
        return
    bound = s.t**0.25
    m = average(s, "m", beta1, (g / s.v.sqrt().clamp_min(h.eps)).clamp(-bound, bound))
    p.sub_(h.lr * m)
    average(s, "v", beta2, g**2)


def adopt_by_power(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    if s.t == 1:
        s.v = g**2
        return
    bound = (s.t - 1) ** h.clip_exp
    m = average(s, "m", beta1, (g / s.v.sqrt().clamp_min(h.eps)).clamp(-bound, bound))
    p.sub_(h.lr * m)
    average(s, "v", beta2, g**2)


def padded_adam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad**2)
    root = ((v + h.padding) / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr / (1 - beta1**s.t) * m / root)


def adam_padded_late(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad**2)
    root = (v / (1 - beta2**s.t) + h.padding).sqrt() + h.eps
    p.sub_(h.lr / (1 - beta1**s.t) * m / root)


def clipped_padded_adam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    padded_adam(p, g.clamp(-h.max_norm, h.max_norm), s, SimpleNamespace(**vars(h), padding=1e-15))


def floored_adam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad**2)
    root = (v / (1 - beta2**s.t)).sqrt().clamp_min(h.eps)
    p.sub_(h.lr / (1 - beta1**s.t) * m / root)


def ademamix_warmed(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    alpha, length = h.alpha, h.t_alpha_beta3
    if length is not None:
        share, low, high = s.t / length, math.log(beta1), math.log(beta3)
        beta3 = min(math.exp(low * high / ((1 - share) * high + share * low)), beta3)
        alpha = min(s.t * alpha / length, alpha)
    ademamix(p, g, s, SimpleNamespace(**{**vars(h), "alpha": alpha, "betas": (beta1, beta2, beta3)}))


def ademamix_of_its_authors(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    def life(beta: float) -> float:
        return math.log(0.5) / math.log(beta + 1e-8) - 1

    beta1, beta2, beta3 = h.betas
    alpha = h.alpha
    if h.beta3_warmup is not None and s.t < h.beta3_warmup:
        share = s.t / h.beta3_warmup
        beta3 = 0.5 ** (1 / ((1 - share) * life(beta1) + share * life(beta3) + 1))
    if h.alpha_warmup is not None and s.t < h.alpha_warmup:
        alpha = s.t / h.alpha_warmup * alpha
    ademamix(p, g, s, SimpleNamespace(**{**vars(h), "alpha": alpha, "betas": (beta1, beta2, beta3)}))
