"""SPD: Adam with selective projection decay."""

from __future__ import annotations

import torch

from lawful.optimizers._base import Bucket, Hyper
from lawful.optimizers.adam import Adam


class SPD(Adam):
    """Adam's n, then for each tensor with ⟨g, x − x₀⟩ > 0: n ← n − wd·max(0, 1 − ‖x − x₀‖/‖n − x₀‖)·(n − x₀).

    x₀ are the weights before the first step, kept in the state `start`. With wd = 1, a tensor that its gradient leads
    back there gets no farther than it was. Source: arXiv 2411.01713, algorithm 1. Arguments and errors are Adam's.
    """

    def update(self, b: Bucket, h: Hyper) -> None:
        """Adam's step, and a share of it back."""
        start = b.state("start", b.params)
        before = torch._foreach_sub(b.params, start)
        outward = torch.stack([(g * u).sum() for g, u in zip(b.grads, before, strict=True)]) > 0
        self.adapt(b, h)
        after = torch._foreach_sub(b.params, start)
        near, far = b.norms(before), b.norms(after)
        share = torch.where(outward & (far > near), h.weight_decay * (far - near) / far, 0.0)
        torch._foreach_mul_(after, list(share.unbind()))
        torch._foreach_sub_(b.params, after)
