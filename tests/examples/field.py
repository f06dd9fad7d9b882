"""What authors' codes of rules of the field do, in few lines each, and what makes an optimizer of such lines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

Move = Callable[[Tensor, Tensor, Any, Any], None]
"""(parameter, its gradient, its state, hyperparameters): one step, in place. `state.t` is the step from 1."""


def optimizer(move: Move, together: bool = False, **defaults: Any) -> type[Optimizer]:
    """A class whose constructor takes these hyperparameters and which steps by this function: parameter by parameter,
    or with all of them as one vector, whose lanes decay as their groups have it."""

    class Written(Optimizer):
        def __init__(self, params: Any, **given: Any) -> None:
            super().__init__(params, {**defaults, **given})
            for group in self.param_groups:
                group["lr_0"] = group["lr"]

        @torch.no_grad()
        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            there = [(p, group) for group in self.param_groups for p in group["params"] if p.grad is not None]
            if together:
                whole = torch.cat([p.reshape(-1) for p, _ in there])
                decays = torch.cat(
                    [torch.full_like(p.reshape(-1), group["weight_decay"]) for p, group in there]
                )
                slopes = torch.cat([p.grad.reshape(-1) for p, _ in there])
                self.move(whole, slopes, there[0][0], {**there[0][1], "weight_decay": decays})
                parts = whole.split([p.numel() for p, _ in there])
                for (p, _), part in zip(there, parts, strict=True):
                    p.copy_(part.view_as(p))
            for p, group in () if together else there:
                self.move(p, p.grad, p, group)

        def move(self, p: Tensor, g: Tensor, key: Tensor, group: dict[str, Any]) -> None:
            if not self.state[key]:
                self.state[key]["kept"] = SimpleNamespace(
                    t=0, zero=torch.zeros_like(p), x0=p.detach().clone()
                )
            kept = self.state[key]["kept"]
            kept.t += 1
            move(p, g, kept, SimpleNamespace(**group))

    kinds = inspect.Parameter
    named = [kinds(n, kinds.KEYWORD_ONLY, default=v) for n, v in defaults.items()]
    first = [kinds(n, kinds.POSITIONAL_OR_KEYWORD) for n in ("self", "params")]
    Written.__init__.__signature__ = inspect.Signature([*first, *named])  # type: ignore[attr-defined]
    return Written


def slipped(move: Move, slip: str) -> Move:
    """The function with one piece of its text replaced: `old -> new`."""
    old, new = slip.split(" -> ")
    source = "\n".join(inspect.getsource(function) for function in (average, projected, move))
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {move.__name__}"
    there: dict[str, Any] = {**globals(), **move.__globals__}
    exec(source.replace(old, new), there)
    return there[move.__name__]  # type: ignore[no-any-return]


def average(s: Any, name: str, beta: float, new: Tensor) -> Tensor:
    """β·what was kept + (1 − β)·new, kept under this name."""
    found = getattr(s, name, s.zero) * beta + (1 - beta) * new
    setattr(s, name, found)
    return found


def projected(p: Tensor, g: Tensor, u: Tensor, h: Any) -> tuple[Tensor, float]:
    """A step without what it has along the weight, and what decay is multiplied by, as in AdamP."""
    for rows in (p, p.reshape(1, -1)) if p.dim() > 1 else ():
        slopes, steps = g.reshape(rows.shape), u.reshape(rows.shape)
        lengths = (a.norm(dim=1).clamp_min(h.eps) for a in (rows, slopes))
        cosines = (rows * slopes).sum(1).abs() / torch.stack([*lengths]).prod(0)
        if cosines.max() < h.delta / rows.shape[1] ** 0.5:
            units = rows / (rows.norm(dim=1, keepdim=True) + h.eps)
            return (steps - units * (units * steps).sum(1, keepdim=True)).reshape(p.shape), h.wd_ratio
    return u, 1.0


# ----------------------------------------------------------------------------------------------------------- of Adam's
def ademamix(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    m, slow, v = average(s, "m", beta1, g), average(s, "slow", beta3, g), average(s, "v", beta2, g * g)
    root = (v / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr * ((m / (1 - beta1**s.t) + h.alpha * slow) / root + h.weight_decay * p))


def adan(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    change = g - getattr(s, "before", g)
    s.before = g.clone()
    m, c = average(s, "m", beta1, g), average(s, "c", beta2, change)
    v = average(s, "v", beta3, (g + beta2 * change) ** 2)
    root = (v / (1 - beta3**s.t)).sqrt() + h.eps
    p.sub_(h.lr * (m / (1 - beta1**s.t) + beta2 * c / (1 - beta2**s.t)) / root)
    p.div_(1 + h.lr * h.weight_decay)


def qhadam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    (beta1, beta2), (nu1, nu2) = h.betas, h.nus
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad**2)
    first = (1 - nu1) * grad + nu1 * m / (1 - beta1**s.t)
    second = (1 - nu2) * grad**2 + nu2 * v / (1 - beta2**s.t)
    p.sub_(h.lr * first / (second.sqrt() + h.eps))


def laprop(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    v = average(s, "v", beta2, g * g)
    m = average(s, "m", beta1, h.lr * g / ((v / (1 - beta2**s.t)).sqrt() + h.eps))
    s.rate = getattr(s, "rate", 0.0) * beta1 + (1 - beta1) * h.lr
    p.sub_(m * (h.lr / s.rate if h.lr else 0.0))
    p.sub_(h.weight_decay * p)


def yogi(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    start = torch.full_like(p, h.initial_accumulator)
    grad = g + h.weight_decay * p
    square = grad * grad
    s.m = beta1 * getattr(s, "m", start) + (1 - beta1) * grad
    v = getattr(s, "v", start)
    s.v = v - (1 - beta2) * (v - square).sign() * square
    p.sub_(h.lr * s.m / (1 - beta1**s.t) / ((s.v / (1 - beta2**s.t)).sqrt() + h.eps))


def adabound(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad * grad)
    rate = h.lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t) / (v.sqrt() + h.eps)
    final = h.final_lr * h.lr / h.lr_0
    low, high = final * (1 - 1 / (h.gamma * s.t + 1)), final * (1 + 1 / (h.gamma * s.t))
    p.sub_(rate.clamp(low, high) * m)


def adamod(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2, beta3 = h.betas
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    rate = h.lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t) / (v.sqrt() + h.eps)
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(torch.minimum(rate, average(s, "rate", beta3, rate)) * m)


def adamc(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    p.mul_(1 - h.lr**2 / h.lr_0 * h.weight_decay)
    p.sub_(h.lr * m / (1 - beta1**s.t) / ((v / (1 - beta2**s.t)).sqrt() + h.eps))


def mars(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    c = g + h.gamma * beta1 / (1 - beta1) * (g - getattr(s, "before", s.zero))
    s.before = g.clone()
    c = c / max(1.0, float(c.norm()))
    m, v = average(s, "m", beta1, c), average(s, "v", beta2, c * c)
    root = (v / (1 - beta2**s.t)).sqrt() + h.eps
    p.sub_(h.lr * (h.weight_decay * p + m / (1 - beta1**s.t) / root))


def novograd(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    square, v = (g * g).sum(), getattr(s, "v", None)
    s.v = beta2 * v + (1 - beta2) * square if v is not None and v > 0 else square
    s.m = beta1 * getattr(s, "m", s.zero) + g / (s.v.sqrt() + h.eps) + h.weight_decay * p
    p.sub_(h.lr * s.m)


def padam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad * grad)
    s.top = torch.maximum(getattr(s, "top", v), v)
    rate = h.lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t)
    p.sub_(rate * m / (s.top.sqrt() + h.eps) ** (2 * h.partial))


def diffgrad(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    grad = g + h.weight_decay * p
    m, v = average(s, "m", beta1, grad), average(s, "v", beta2, grad * grad)
    friction = torch.sigmoid((getattr(s, "before", s.zero) - grad).abs())
    s.before = grad
    rate = h.lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t)
    p.sub_(rate * friction * m / (v.sqrt() + h.eps))


def adam_atan2(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    p.mul_(1 - h.lr * h.weight_decay)
    p.sub_(h.lr * h.a * torch.atan2(m / (1 - beta1**s.t), h.b * (v / (1 - beta2**s.t)).sqrt()))


def adamp(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    m, v = average(s, "m", beta1, g), average(s, "v", beta2, g * g)
    u, ratio = projected(p, g, m / ((v / (1 - beta2**s.t)).sqrt() + h.eps), h)
    p.mul_(1 - h.lr * h.weight_decay * ratio)
    p.sub_(h.lr / (1 - beta1**s.t) * u)


def prodigy(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    if not h.lr:
        return
    (beta1, beta2), d = h.betas, getattr(s, "d", h.d0)
    s.r = beta2**0.5 * getattr(s, "r", 0.0) + d / h.d0 * d * h.lr * (g * (s.x0 - p)).sum()
    s.s = beta2**0.5 * getattr(s, "s", s.zero) + d / h.d0 * d * h.lr * g
    m, v = average(s, "m", beta1, d * g), average(s, "v", beta2, (d * g) ** 2)
    if size := s.s.abs().sum():
        s.d = max(d, h.d_coef * s.r / size)
        p.mul_(1 - d * h.lr * h.weight_decay)
        p.sub_(d * h.lr * m / (v.sqrt() + s.d * h.eps))


def dadaptadam(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    if not h.lr:
        return
    (beta1, beta2), d = h.betas, getattr(s, "d", h.d0)
    grad, fade = g + h.weight_decay * p, beta2**0.5
    gained = (grad * getattr(s, "s", s.zero) / (getattr(s, "v", s.zero).sqrt() + h.eps)).sum()
    s.r = fade * getattr(s, "r", 0.0) + (1 - fade) * d * h.lr * gained
    m, v = average(s, "m", beta1, d * h.lr * grad), average(s, "v", beta2, grad * grad)
    if size := average(s, "s", fade, d * h.lr * grad).abs().sum():
        s.d = max(d, s.r / ((1 - fade) * size))
        p.sub_(m / (v.sqrt() + h.eps))


def dadaptlion(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    (beta1, beta2), d = h.betas, getattr(s, "d", h.d0)
    rate, fade, m = d * h.lr, beta2**0.5, getattr(s, "m", s.zero)
    u = (beta1 * m + (1 - beta1) * g).sign()
    s.m = beta2 * m + (1 - beta2) * rate * g
    s.r = fade * getattr(s, "r", 0.0) + (1 - fade) * rate * (u * getattr(s, "s", s.zero)).sum()
    p.mul_(1 - rate * h.weight_decay).sub_(rate * u)
    if size := average(s, "s", fade, rate * u).abs().sum():
        s.d = max(d, s.r / ((1 - fade) * size))


# ------------------------------------------------------------------------------------------------------------ of SGD's
def sgdp(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    s.b = h.momentum * getattr(s, "b", s.zero) + (1 - h.dampening) * g
    u, ratio = projected(p, g, s.b, h)
    p.mul_(1 - h.lr * h.weight_decay * ratio / (1 - h.momentum))
    p.sub_(h.lr * u)


def madgrad(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    rate = (h.lr + h.eps if h.lr else 0.0) * s.t**0.5
    grad = g + h.weight_decay * p
    s.s = getattr(s, "s", s.zero) + rate * grad
    s.v = getattr(s, "v", s.zero) + rate * grad * grad
    z = s.x0 - s.s / (s.v ** (1 / 3) + h.eps)
    p.mul_(h.momentum).add_(z, alpha=1 - h.momentum)


def qhm(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    grad = g + h.weight_decay * p
    b = average(s, "b", h.momentum, grad)
    p.sub_(h.lr * (h.nu * b + (1 - h.nu) * grad))


def pnm(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    beta1, beta2 = h.betas
    p.mul_(1 - h.lr * h.weight_decay)
    mine, other = ("odd", "even") if s.t % 2 else ("even", "odd")
    m = average(s, mine, beta1**2, g)
    noise = ((1 + beta2) ** 2 + beta2**2) ** 0.5
    p.sub_(h.lr / noise * ((1 + beta2) * m - beta2 * getattr(s, other, s.zero)))


def tiger(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    rate = h.lr * p.norm() / p.numel() ** 0.5
    p.sub_(rate * (average(s, "m", h.beta, g).sign() + h.weight_decay * p))


def ldog(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    grad = g + h.weight_decay * p
    s.r = max(getattr(s, "r", h.reps_rel * (1 + s.x0.norm())), (p - s.x0).norm())
    s.total = getattr(s, "total", h.eps) + (grad * grad).sum()
    p.sub_(h.lr * s.r / s.total.sqrt() * grad)


def ftrl(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    n, z = getattr(s, "n", s.zero), getattr(s, "z", s.zero)
    s.n = n + g * g
    s.z = z + g - (s.n.sqrt() - n.sqrt()) / h.lr * p
    kept = (s.z.sign() * h.lambda_1 - s.z) / ((h.beta + s.n.sqrt()) / h.lr + h.lambda_2)
    p.copy_(torch.where(s.z.abs() <= h.lambda_1, 0.0, kept))
