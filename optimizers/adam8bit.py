"""Adam with moments in 8 bits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lawful.optimizers._base import Bucket, Hyper, ParamsT
from lawful.optimizers._bucket import State
from lawful.optimizers._dynamic import packed, unpacked
from lawful.optimizers.adam import Adam

MOMENTS = (("exp_avg", True), ("exp_avg_sq", False))


class Adam8bit(Adam):
    """Adam whose moments are quantised after each step, in tensors of `min_8bit_size` elements and more.

    They take 2 + 8/block_size bytes per parameter: two codes, and two float32 scales for each block; a `block_size` of
    0 is the tensor's. Smaller tensors, and all if `optim_bits` is 32, keep both in float32 or better, and then this is
    Adam. The step is taken with the moments before they are rounded.

    Rounding a moment y to the nearest code loses at most half the code's spacing: with A the largest magnitude in the
    block and |y|/A in (10⁻ᵏ⁻¹, 10⁻ᵏ], 0.45·10⁻ᵏ·A / 2⁷⁻ᵏ of the second moment, twice that of the first (k ≤ 6, the last
    decade down to 0). The losses of earlier steps fade as the moments do: after t steps no more than Σ βᵗ⁻ˢ loss_s.

    Source: arXiv 2110.02861. Raises ValueError as Adam, or if `optim_bits` is not 8 or 32, `min_8bit_size` or
    `block_size` negative.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        optim_bits: int = 8,
        min_8bit_size: int = 4096,
        block_size: int = 256,
        *,
        maximize: bool = False,
    ) -> None:
        """See the class."""
        super(Adam, self).__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=False,
            optim_bits=optim_bits,
            min_8bit_size=min_8bit_size,
            block_size=block_size,
            maximize=maximize,
            state_dtype=torch.float32,
        )

    def validate(self, group: dict[str, Any]) -> None:
        """As Adam; the bits and sizes too."""
        super().validate(group)
        if group["optim_bits"] not in (8, 32):
            raise ValueError(f"optim_bits must be 8 or 32, got {group['optim_bits']!r}")
        for name, least in (("min_8bit_size", 0), ("block_size", 0)):
            if not group[name] >= least:
                raise ValueError(f"{name} must be an integer >= {least}, got {group[name]!r}")

    def moments(self, b: Bucket, h: Hyper) -> tuple[list[Tensor], list[Tensor]]:
        """The new moments; what is kept of them is rounded."""
        m, v = ([self.read(p, s, *which, h) for p, _, s in b.each()] for which in MOMENTS)
        self.average(b, h, m, v)
        for values, which in zip((m, v), MOMENTS, strict=True):
            for value, (_, _, state) in zip(values, b.each(), strict=True):
                self.write(value, state, *which, h)
        return m, v

    def read(self, p: Tensor, state: State, name: str, signed: bool, h: Hyper) -> Tensor:
        """A moment of a parameter; zeros at first."""
        if name not in state:
            return torch.zeros_like(p)
        if (scales := state.get(f"{name}_scale")) is None:
            kept: Tensor = state[name]
            return kept
        return unpacked(state[name], scales, signed, h.block_size, p.dtype)

    def write(self, value: Tensor, state: State, name: str, signed: bool, h: Hyper) -> None:
        """Keep a moment, in 8 bits if it is large enough."""
        if h.optim_bits == 32 or value.numel() < max(h.min_8bit_size, 1):
            state[name] = value
        else:
            state[name], state[f"{name}_scale"] = packed(value, signed, h.block_size)
