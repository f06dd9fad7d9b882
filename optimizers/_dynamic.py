"""Dynamic block-wise quantisation: a tensor as codes of 8 bits, and a scale for every block."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor


@cache
def code_book(signed: bool) -> Tensor:
    """The 256 values of a code, ascending: 0, 1, and in the decade (10⁻ᵏ⁻¹, 10⁻ᵏ], k = 0 … 6, the midpoints of 2⁷⁻ᵏ
    equal intervals; of 2⁶⁻ᵏ, and their negatives, where it is `signed`.

    Source: arXiv 2110.02861, section 1.3, as in bitsandbytes.
    """
    midpoints = []
    for k in range(7):
        edges = torch.linspace(0.1, 1.0, 2 ** (7 - k - signed) + 1, dtype=torch.float64)
        midpoints.append((edges[1:] + edges[:-1]) / 2 * 10.0**-k)
    positive = torch.cat(midpoints)
    values = torch.cat([positive, -positive] if signed else [positive])
    return torch.cat([values, torch.tensor([0.0, 1.0])]).float().sort().values


def packed(values: Tensor, signed: bool, block: int) -> tuple[Tensor, Tensor]:
    """(codes, scales): the nearest codes, uint8 in the shape of `values`; each block's largest magnitude, float32.

    A block of 0 elements is the whole tensor.
    """
    block = block or max(values.numel(), 1)
    blocks = torch.nn.functional.pad(values.reshape(-1), (0, -values.numel() % block)).reshape(-1, block)
    scales = blocks.abs().amax(1).float()
    ratios = blocks / scales.to(values.dtype).clamp(min=torch.finfo(torch.float32).tiny)[:, None]
    book = code_book(signed).to(values.device)
    codes = torch.bucketize(ratios.float(), (book[1:] + book[:-1]) / 2).to(torch.uint8)
    return codes.reshape(-1)[: values.numel()].reshape(values.shape), scales


def unpacked(codes: Tensor, scales: Tensor, signed: bool, block: int, dtype: torch.dtype) -> Tensor:
    """The values that the codes stand for."""
    values = code_book(signed).to(codes.device)[codes.reshape(-1).long()].to(dtype)
    spread = scales.to(dtype).repeat_interleave(block or max(codes.numel(), 1))[: codes.numel()]
    return (values * spread).reshape(codes.shape)
