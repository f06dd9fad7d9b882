"""SGD with a clip inside, on by default, of which the rule knows nothing; and neighbours whose argument is no clip."""

from typing import Any

import torch


class ByNorm(torch.optim.SGD):
    """Clips all gradients together, as `torch.nn.utils.clip_grad_norm_`."""

    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.0, max_grad_norm: float = 1.0
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum)
        self.most = max_grad_norm

    def step(self, closure: Any = None) -> Any:
        given = [p for group in self.param_groups for p in group["params"] if p.grad is not None]
        kept = [p.grad for p in given]
        if self.most > 0:
            for p, factor in zip(given, self.factors([p.grad for p in given]), strict=True):
                p.grad = p.grad * factor  # type: ignore[operator]
        loss = super().step(closure)
        for p, grad in zip(given, kept, strict=True):
            p.grad = grad
        return loss

    def factors(self, grads: list[Any]) -> list[float]:
        norm = torch.stack([g.double().norm() for g in grads]).norm().item() if grads else 0.0
        return [min(1.0, self.most / (norm + 1e-6))] * len(grads)


class EachByItself(ByNorm):
    """Clips each tensor by its own norm."""

    def factors(self, grads: list[Any]) -> list[float]:
        return [min(1.0, self.most / (g.double().norm().item() + 1e-6)) for g in grads]


class AlwaysOne(ByNorm):
    """Makes every gradient so long, short ones too."""

    def factors(self, grads: list[Any]) -> list[float]:
        norm = torch.stack([g.double().norm() for g in grads]).norm().item() if grads else 0.0
        return [self.most / (norm + 1e-6)] * len(grads)


class WrongAnyhow(ByNorm):
    """Goes too far, whether it clips or not."""

    def factors(self, grads: list[Any]) -> list[float]:
        return [1.01 * factor for factor in super().factors(grads)]

    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            group["lr"] *= 1.01
        loss = super().step(closure)
        for group in self.param_groups:
            group["lr"] /= 1.01
        return loss
