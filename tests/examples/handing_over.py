"""Optimizers that mind how they are handed their parameters, or their gradients by GradScaler, and some that do not."""

from typing import Any

from torch import Tensor

from examples.contract import Plain


class CountsParameters(Plain):
    """Takes what has a length, or is a dict that has."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        self.count = sum(len(p["params"]) if isinstance(p, dict) else 1 for p in params)
        super().__init__(params, lr)


class LooksAtTheFirst(Plain):
    """Takes its cue from a group's first parameter, which an empty one has not."""

    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        for group in self.param_groups:
            group["seen"] = group["params"][0].dtype
        return super().step(closure)


class FindsTheTrainable(Plain):
    """Sorts out what needs no gradient, whatever the form."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        super().__init__(self.kept(params), lr)

    def kept(self, params: Any) -> Any:
        for p in params:
            if isinstance(p, dict):
                yield {
                    **p,
                    "params": [p["params"]] if isinstance(p["params"], Tensor) else self.kept(p["params"]),
                }
            elif not isinstance(p, Tensor) or p.requires_grad:
                yield p


class SkipsBiases(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        names = dict(zip(map(id, group["params"]), group.get("param_names", ()), strict=False))
        super().update(p, g * (0.5 if "bias" in names.get(id(p), "") else 1.0), group)


class HurriesTheLast(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        super().update(p, g * 1.01 if p is group["params"][-1] else g, group)


class ServesGradScaler(Plain):
    """Undoes the scale and skips infinite steps, as it says."""

    _step_supports_amp_scaling = True

    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        return None if self.overflowed() else super().step(closure)

    def overflowed(self) -> bool:
        return bool(getattr(self, "found_inf", 0.0))

    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        scale = getattr(self, "grad_scale", None)
        if scale is not None:
            p.grad = p.grad / scale  # type: ignore[operator]
        return super().gradient(p, group)


class StepsThroughInfinity(ServesGradScaler):
    def overflowed(self) -> bool:
        return False


class KeepsTheScale(ServesGradScaler):
    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        return Plain.gradient(self, p, group)


class DividesByNone(ServesGradScaler):
    """Where users have unscaled the gradients, there is no scale."""

    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        p.grad = p.grad / getattr(self, "grad_scale", 1.0)  # type: ignore[operator]
        return Plain.gradient(self, p, group)


class AgesWhileItSkips(ServesGradScaler):
    """Takes the gradient of a skipped step for 0, which ages the momentum."""

    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        if self.overflowed():
            for state in self.state.values():
                state["b"] = state["b"] * 0.5
        return super().step(closure)
