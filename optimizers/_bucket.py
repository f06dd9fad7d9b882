"""Buckets: the parameters of a group that one foreach call can update together."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

State = dict[str, Any]

# Elements of one CPU bucket. An update goes over the same few lists (x, g, m, v, scratch) in each of its
# foreach calls: buckets of this size find them still in the cache, and are so few that the calls cost little.
CPU_ELEMENTS = 1 << 17


class Bucket:
    """Parameters of one group with the same device, dtype, step count and other numbers in their state.

    `params` and `grads` are lists of real tensors: a complex tensor of shape (...) appears as its view of
    shape (..., 2). The tensors of `params` and of `state(...)` are updated in place; those of `grads` are
    the user's and only read. `step` counts this update too: it is 1 in the first.

    Where `group["state_dtype"]` is wider than the parameters' dtype, `params` and `grads` are copies in it, so
    that all arithmetic is done there, and `settle` rounds the parameters once; `stored` and `given` are not.
    """

    def __init__(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], step: int, group: dict[str, Any]
    ) -> None:
        """Take three lists of one length; under `maximize` the gradients become a negated copy."""
        self._leaves, self._states, self.step = params, states, step
        self.stored = _real(params)
        self.given = _real([g if g.layout is torch.strided else g.to_dense() for g in grads])
        if group["maximize"]:
            self.given = list(torch._foreach_neg(self.given))
        own = self.stored[0].dtype
        self.dtype = torch.promote_types(own, group.get("state_dtype") or own)

    @cached_property
    def params(self) -> list[Tensor]:
        """The parameters in `dtype`."""
        return [p.to(self.dtype) for p in self.stored]

    @cached_property
    def grads(self) -> list[Tensor]:
        """The gradients in `dtype`."""
        return [g.to(self.dtype) for g in self.given]

    def settle(self) -> None:
        """Round updated copies to the parameters themselves."""
        if self.params[0] is not self.stored[0]:
            torch._foreach_copy_(self.stored, self.params)

    def lacks(self, name: str) -> bool:
        """Whether the state `name` has yet to be made; parameters of one bucket agree on it."""
        return self._states[0].get(name) is None

    def state(self, name: str, start: float | list[Tensor] = 0.0) -> list[Tensor]:
        """The state tensors `name`, of the parameters' shapes and this bucket's dtype; `start` at first."""
        new = self.lacks(name)
        if new:
            for p, state in zip(self._leaves, self._states, strict=True):
                dtype = self.dtype.to_complex() if p.is_complex() else self.dtype
                state[name] = torch.zeros_like(p, dtype=dtype, memory_format=torch.preserve_format)
        tensors = _real([state[name] for state in self._states])
        if new and start != 0.0:
            torch._foreach_add_(tensors, start)
        return tensors

    def number(self, name: str, start: float) -> float:
        """The state `name` that is one number; `start` at first. Parameters of one bucket agree on it."""
        return start if self.lacks(name) else float(self._states[0][name])

    def keep(self, name: str, value: float) -> None:
        """Set the state `name`."""
        for state in self._states:
            state[name] = value

    def each(self) -> Iterator[tuple[Tensor, Tensor, State]]:
        """(parameter, gradient, state) one by one, for rules whose state has shapes of its own."""
        return zip(self.params, self.grads, self._states, strict=True)

    def add_l2(self, weight_decay: float) -> None:
        """L2 regularisation, the coupled form of decay: g ← g + wd·x, in a copy."""
        if weight_decay:
            self.grads = list(torch._foreach_add(self.grads, self.params, alpha=weight_decay))

    @staticmethod
    def norms(tensors: Sequence[Tensor]) -> Tensor:
        """The norm of each tensor, in float32 or better."""
        norms = torch.stack(torch._foreach_norm(list(tensors)))
        return norms.to(torch.promote_types(norms.dtype, torch.float32))

    def shrink(self, amount: float) -> None:
        """Decoupled decay: x ← x·(1 − amount)."""
        if amount:
            torch._foreach_mul_(self.params, 1 - amount)


def buckets(group: dict[str, Any], states: MutableMapping[Tensor, State]) -> Iterator[Bucket]:
    """Count the step of every parameter of `group` that has a gradient, and bucket them."""
    alike: dict[Any, tuple[list[Tensor], list[Tensor], list[State]]] = {}
    for p in group["params"]:
        if (grad := p.grad) is None:
            continue
        state = states[p]
        key = p.device, p.dtype, int(state.get("step", 0)), tuple(state), _numbers(state)
        if (lists := alike.get(key)) is None:
            lists = alike[key] = ([], [], [])
        lists[0].append(p)
        lists[1].append(grad)
        lists[2].append(state)
    for (device, _, steps, *_), (params, grads, own) in alike.items():
        step = steps + 1
        for state in own:
            state["step"] = step
        if device.type != "cpu":
            yield Bucket(params, grads, own, step, group)
            continue
        for part in _parts(params):
            yield Bucket(params[part], grads[part], own[part], step, group)


def value(tensor: Tensor) -> float:
    """The value of a tensor of one element; of one that is distributed over ranks, of the whole and not of a part."""
    gather = getattr(tensor, "full_tensor", None)
    return float(gather() if gather else tensor)


def _numbers(state: State) -> tuple[float, ...]:
    return tuple(value for value in state.values() if isinstance(value, float))


def _parts(params: list[Tensor]) -> Iterator[slice]:
    """Slices of at most `CPU_ELEMENTS` elements, or of one larger parameter."""
    start = size = 0
    for i, p in enumerate(params):
        n = p.numel()
        size += n
        if size > CPU_ELEMENTS and i > start:
            yield slice(start, i)
            start, size = i, n
    yield slice(start, len(params))


def _real(tensors: list[Tensor]) -> list[Tensor]:
    """Complex tensors as pairs of reals, which share their memory."""
    if not tensors[0].is_complex():
        return tensors
    return [torch.view_as_real(t.resolve_conj()) for t in tensors]
