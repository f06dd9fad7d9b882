"""Optimizers that each break one promise of the contract, the one that keeps them all, and neighbours that do."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class Plain(torch.optim.Optimizer):
    """SGD with momentum, which keeps the contract."""

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        maximize: bool = False,
    ) -> None:
        if lr < 0:
            raise ValueError(f"lr is {lr}")
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, maximize=maximize))

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        loss = self.evaluated(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, self.gradient(p, group), group)
        return loss

    def evaluated(self, closure: Callable[[], Any] | None) -> Any:
        if closure is None:
            return None
        with torch.enable_grad():
            return closure()

    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        g = p.grad.to_dense() if p.grad.is_sparse else p.grad  # type: ignore[union-attr]
        return (-g if group["maximize"] else g) + group["weight_decay"] * p

    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        p.sub_(self.averaged(p, g, group) * group["lr"])

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        if group["momentum"] == 0:
            return g
        state = self.state[p]
        state["b"] = g.clone() if "b" not in state else state["b"] * group["momentum"] + g
        return state["b"]  # type: ignore[no-any-return]


class TakesMissingForZero(Plain):
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        return super().step(closure)


class StopsAtMissing(Plain):
    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        loss = self.evaluated(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    return loss
                self.update(p, self.gradient(p, group), group)
        return loss


class StacksGradients(Plain):
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        for group in self.param_groups:
            torch._foreach_norm([p.grad for p in group["params"]])
        return super().step(closure)


class KeepsMaster(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        master = self.state[p].setdefault("master", p.detach().clone())
        super().update(master, g, group)
        p.copy_(master)


class UsesFirstGroup(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g, {**group, "momentum": self.param_groups[0]["momentum"]})


class PreparesInConstructor(Plain):
    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)
        self.buffers = {p: torch.zeros_like(p) for group in self.param_groups for p in group["params"]}

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        self.buffers[p] = self.buffers[p] * group["momentum"] + g
        return self.buffers[p]


class DecaysInGradient(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        assert p.grad is not None
        return -p.grad if group["maximize"] else p.grad.add_(p, alpha=group["weight_decay"])


class KeepsGradient(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        assert p.grad is not None
        return p.grad

    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        state = self.state[p]
        state["b"] = g if "b" not in state else state["b"] * group["momentum"] + g
        return state["b"]  # type: ignore[no-any-return]


class ZeroesNothing(Plain):
    def zero_grad(self, set_to_none: bool = True) -> None:
        pass


class AscendsOnDecay(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        g = super().gradient(p, {**group, "maximize": False})
        return -g if group["maximize"] else g


class Rebinds(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        p.data = p.data - self.averaged(p, g, group) * group["lr"]


class Flattens(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        p.reshape(-1).sub_(self.averaged(p, g, group).reshape(-1) * group["lr"])


class DividesBySize(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g, {**group, "scale": 1 / p.numel()})


class ComputesInTheFirstDtype(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        return super().gradient(p, group).to(group["params"][0].dtype).to(p.dtype)


class TakesRealPart(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g.real if g.is_complex() else g, group)


class OverwritesDuplicates(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        if p.grad is None or not p.grad.is_sparse:
            return super().gradient(p, group)
        dense = torch.zeros_like(p)
        dense[p.grad._indices()[0]] = p.grad._values()
        return dense + group["weight_decay"] * p


class WritesRate(Plain):
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        loss = super().step(closure)
        self.param_groups[0]["lr"] *= 0.5
        return loss


class ScalesTensorInPlace(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        rate = group["lr"]
        rate *= 2
        super().update(p, g, {**group, "lr": rate / 2})


class ForgetsGradientMode(Plain):
    def evaluated(self, closure: Callable[[], Any] | None) -> Any:
        return None if closure is None else closure()


class CallsTwice(Plain):
    def evaluated(self, closure: Callable[[], Any] | None) -> Any:
        super().evaluated(closure)
        return super().evaluated(closure)


class ReturnsNothing(Plain):
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        super().step(closure)


class IgnoresHooks(Plain):
    def register_step_post_hook(self, hook: Any) -> Any:
        return None


class KeepsStateApart(PreparesInConstructor):
    pass


class HasAnAttribute(Plain):
    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)
        self.scale = 1.0

    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g * self.scale, group)


class Normalises(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g / g.norm() * g.norm(), group)


class ForgetsToRestore(Plain):
    @torch.no_grad()
    def eval(self) -> None:
        for p in self.param_groups[0]["params"]:
            self.state[p].setdefault("y", p.detach().clone())
            p.zero_()

    @torch.no_grad()
    def train(self) -> None:
        for p in self.param_groups[0]["params"]:
            if "y" in self.state[p]:
                p.copy_(self.state[p].pop("y") * 1.001)


class Restores(ForgetsToRestore):
    @torch.no_grad()
    def train(self) -> None:
        for p in self.param_groups[0]["params"]:
            if "y" in self.state[p]:
                p.copy_(self.state[p].pop("y"))


class HasMomentum(Plain):
    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)


class TakesAnything(Plain):
    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, **kwargs: Any) -> None:
        if momentum < 0:
            raise ValueError(f"momentum is {momentum}")
        super().__init__(params, abs(lr), momentum)


class LooksAtNothing(Plain):
    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0) -> None:
        super().__init__(params, 0.0, momentum)
        for group in self.param_groups:
            group["lr"] = lr if group["lr"] == 0.0 else group["lr"]


class IgnoresMomentum(Plain):
    def averaged(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> Tensor:
        return g


class OtherWhenForeach(Plain):
    def __init__(self, params: Any, lr: float = 1e-3, foreach: bool | None = None) -> None:
        super().__init__(params, lr)
        self.defaults["foreach"] = foreach
        for group in self.param_groups:
            group["foreach"] = foreach

    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g * (1.001 if group["foreach"] else 1.0), group)


class CountsInItsDtype(torch.optim.Adam):
    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        super().__init__(params, lr, foreach=False)

    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        loss = super().step(closure)
        for p, state in self.state.items():
            state["step"] = state["step"].to(p.dtype)
        return loss


class Refuses(Plain):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        if p.is_complex() or (p.grad is not None and p.grad.is_sparse):
            raise NotImplementedError("neither complex nor sparse")
        return super().gradient(p, group)
