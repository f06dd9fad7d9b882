"""The plumbing of every reference optimizer; a rule adds only its hyperparameters and its `update`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import Optimizer, ParamsT

from lawful.optimizers._bucket import Bucket, buckets
from lawful.optimizers._fused import require

__all__ = ["Bucket", "ForeachOptimizer", "Hyper", "ParamsT"]

Hyper = SimpleNamespace  # the hyperparameters of a group: h.lr (a float), h.betas, …

NOT_NEGATIVE = (
    "lr", "eps", "weight_decay", "momentum", "lr_decay", "initial_accumulator_value", "momentum_decay", "lambd", "t0",
    "warmup_steps", "r", "weight_lr_power",
)  # fmt: skip


class ForeachOptimizer(Optimizer):
    """An optimizer whose rule is one `update` of a bucket of parameters by `torch._foreach_*` calls.

    Parameters without a gradient are skipped, their counters too; sparse gradients count as the dense ones
    they stand for, complex parameters as pairs of reals. State tensors have the parameter's shape and dtype; a group
    with `state_dtype` keeps its state and computes in that dtype where it is wider than the parameters', which are
    rounded once: `AdamW([{"params": parameters, "state_dtype": torch.float32}])` for parameters in bfloat16.
    The counter `state[p]["step"]` is a Python integer: exact beyond what any float format counts to, and left
    alone by `load_state_dict`, which casts every other tensor to the parameter's dtype.
    """

    BETAS = 2

    def __init__(self, params: ParamsT, **defaults: Any) -> None:
        """Raise ValueError where a default has no meaning (see `validate`)."""
        defaults = {"state_dtype": None, **defaults}
        self.validate(defaults)
        super().__init__(params, defaults)

    def update(self, b: Bucket, h: Hyper) -> None:
        """Update the bucket's parameters and states in place by the rule's step number `b.step`."""
        raise NotImplementedError

    def fuse(self, b: Bucket, h: Hyper) -> None:
        """The same in one pass over memory, for rules that offer `fused`: from `b.given` to `b.stored`."""
        raise NotImplementedError(f"{type(self).__name__} has no fused update")

    def validate(self, group: dict[str, Any]) -> None:
        """Raise ValueError unless every hyperparameter of `group` lies in its domain."""
        for name in NOT_NEGATIVE:
            if name in group and (_is_vector(group[name]) or not 0 <= group[name] < math.inf):
                raise ValueError(f"{name} must be one finite number >= 0, got {group[name]!r}")
        for name in ("alpha", "rho"):
            if not 0 <= group.get(name, 0) < 1:
                raise ValueError(f"{name} must be >= 0 and < 1, got {group[name]!r}")
        betas = group.get("betas", (0,) * self.BETAS)
        if len(betas) != self.BETAS or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas must be {self.BETAS} numbers >= 0 and < 1, got {betas!r}")
        dtype = group.get("state_dtype")
        if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
            raise ValueError(f"state_dtype must be a floating-point dtype or None, got {dtype!r}")

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group, at any time; raise ValueError as the constructor does."""
        self.validate({**self.defaults, **param_group})
        super().add_param_group(param_group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a state; where a group has `state_dtype`, in the dtypes that it was saved in, as torch would not."""
        super().load_state_dict(state_dict)
        for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
            if group.get("state_dtype") is None:
                continue
            for p, index in zip(group["params"], saved["params"], strict=True):
                tensors = {
                    k: s for k, s in state_dict["state"].get(index, {}).items() if isinstance(s, Tensor)
                }
                self.state[p].update({k: s.to(p.device, copy=True) for k, s in tensors.items()})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Perform one step, after calling `closure` with gradients enabled, and return what it returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.update_all(
            (bucket, Hyper(**group | {"lr": float(group["lr"])}))
            for group in self.param_groups
            for bucket in buckets(group, self.state)
        )
        return loss

    def update_all(self, work: Iterable[tuple[Bucket, Hyper]]) -> None:
        """Update every bucket of every group; a rule that looks at all parameters goes over them twice."""
        for bucket, hyper in work:
            if getattr(hyper, "fused", False):
                require(bucket.stored[0].device)
                self.fuse(bucket, hyper)
            else:
                self.update(bucket, hyper)
                bucket.settle()


def _is_vector(value: object) -> bool:
    return isinstance(value, Tensor) and value.numel() != 1
