"""SGD with decoupled weight decay."""

from __future__ import annotations

from lawful.optimizers._base import Bucket, Hyper
from lawful.optimizers.sgd import SGD


class SGDW(SGD):
    """SGD whose decay shrinks the old weight, x ← x·(1 − lr·wd), and stays out of the momentum.

    Source: arXiv 1711.05101, algorithm 1, line 9, with lr·wd in place of the schedule's η·wd and lr outside
    the momentum, as in timm. Arguments and errors are SGD's.
    """

    def update(self, b: Bucket, h: Hyper) -> None:
        """Decay, then the step."""
        b.shrink(h.lr * h.weight_decay)
        self.descend(b, h)
