"""Cosine annealing with warm restarts and normalised decay: the schedule of AdamWR and SGDWR."""

from __future__ import annotations

from math import sqrt

from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts


class NormalizedWarmRestarts(CosineAnnealingWarmRestarts):
    """torch's CosineAnnealingWarmRestarts, which also sets each group's weight decay to λ_norm/√T_i.

    T_i is the length of the run between two restarts, counted in batches, so that λ_norm/√T_i is the normalised
    decay λ_norm·√(b/(B·T)) of a run of T epochs; λ_norm is the weight_decay that a group comes with, kept as its
    `normalized_weight_decay`. Call `step()` after each batch, without an argument; T_0, the length of the first
    run, is in batches too. The arguments and errors are those of torch's.

    Source: arXiv 1711.05101, appendices B.1 and B.2.
    """

    def step(self, epoch: float | None = None) -> None:
        """Set lr and weight decay for the next batch."""
        super().step(epoch)
        for group in self.optimizer.param_groups:
            norm = group.setdefault("normalized_weight_decay", group["weight_decay"])
            group["weight_decay"] = norm / sqrt(self.T_i)
