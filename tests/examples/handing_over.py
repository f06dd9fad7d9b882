"""Optimizers that mind how they are handed parameters, groups' keys or GradScaler's gradients, and some that do not."""

from typing import Any

import torch
from torch import Tensor

from examples.contract import Plain
from lawful.optimizers import AdamWScheduleFree


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


class FollowsFirstGroup(Plain):
    """Once the first group's decay is not what it began with, it is everybody's."""

    def gradient(self, p: Tensor, group: dict[str, Any]) -> Tensor:
        first = self.param_groups[0]
        began = first.setdefault("began", first["weight_decay"])
        return super().gradient(p, first if first["weight_decay"] != began else group)


class CallsItEta(torch.optim.Optimizer):
    """Its groups hold the learning rate under another name than torch's schedulers look for."""

    def __init__(self, params: Any, learning_rate: Any = 1e-3) -> None:
        super().__init__(params, dict(eta=learning_rate))
        for group in self.param_groups:
            group["eta"] = group.pop("learning_rate", group["eta"])

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                p.sub_(p.grad * group["eta"])


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


class KeepsOneApart(Plain):
    """Steps a parameter that stands in none of its groups, so that GradScaler does not see it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.apart = self.param_groups[-1]["params"].pop()

    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        held = self.param_groups[-1]["params"]
        held.append(self.apart)
        try:
            return super().step(closure)
        finally:
            held.pop()


class CountsUnderAnotherName(torch.optim.Optimizer):
    """Adam whose counter is a tensor that torch does not know for one, and casts with the rest when it is loaded."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8) -> None:
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                state = self.state[p]
                if not state:
                    state.update(age=self.start(), m=torch.zeros_like(p), v=torch.zeros_like(p))
                self.update(p, p.grad, state, group)

    def start(self) -> Any:
        return torch.zeros(())

    def update(self, p: Tensor, g: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        beta1, beta2 = group["betas"]
        state["age"] += 1
        state["m"] = beta1 * state["m"] + (1 - beta1) * g
        state["v"] = beta2 * state["v"] + (1 - beta2) * g * g
        age = float(state["age"])
        v = state["v"] / (1 - beta2**age)
        p.sub_(group["lr"] * state["m"] / (1 - beta1**age) / (v.sqrt() + group["eps"]))


class CountsAsANumber(CountsUnderAnotherName):
    def start(self) -> Any:
        return 0


class CountsInAByte(CountsUnderAnotherName):
    def start(self) -> Any:
        return torch.zeros((), dtype=torch.uint8)


class HandsOutNothing(Plain):
    """Keeps an average of the weights, and evaluates without it."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:  # type: ignore[override]
        before = {p: p.detach().clone() for group in self.param_groups for p in group["params"]}
        loss = super().step(closure)
        for p, start in before.items():
            self.state[p].setdefault("mean", start).lerp_(p, 0.1)
        return loss

    def eval(self) -> None:
        pass

    def train(self) -> None:
        pass


class HandsOutTheMean(HandsOutNothing):
    @torch.no_grad()
    def eval(self) -> None:
        for p in (p for group in self.param_groups for p in group["params"] if "kept" not in self.state[p]):
            self.state[p]["kept"] = p.detach().clone()
            p.copy_(self.state[p]["mean"])

    @torch.no_grad()
    def train(self) -> None:
        for p in (p for group in self.param_groups for p in group["params"] if "kept" in self.state[p]):
            p.copy_(self.state[p].pop("kept"))


class AveragesTheWrongWay(AdamWScheduleFree):
    """Goes to the average with the weight by which it should come back, and comes back to what it has kept."""

    kept: tuple[Tensor, ...] = ()

    def eval(self) -> None:
        self.kept = self.kept or tuple(p.detach().clone() for p in self._params())
        self._become(False, lambda beta1: 1 - beta1)

    @torch.no_grad()
    def train(self) -> None:
        self._become(True, lambda beta1: 0.0)
        for p, value in zip(self._params(), self.kept, strict=False):
            p.copy_(value)
        self.kept = ()

    def _params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]


class NeverGoesThere(AdamWScheduleFree):
    def eval(self) -> None:
        pass

    def train(self) -> None:
        pass


class FollowsTheSecondGroup(Plain):
    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        known = any(group is one for one in self.param_groups[:2])
        super().update(p, g, group if known else {**group, "momentum": self.param_groups[1]["momentum"]})


class ReadsFromTheBeginning(Plain):
    """Takes every gradient for contiguous."""

    def update(self, p: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        contiguous = torch.empty(g.shape).stride()
        super().update(p, g.as_strided(g.shape, contiguous), group)
