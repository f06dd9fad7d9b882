"""Weight decay in practice: which parameters decay, how strongly, and how decay follows the learning rate."""

from lawful.optimizers.decay.groups import decay_groups
from lawful.optimizers.decay.restarts import NormalizedWarmRestarts
from lawful.optimizers.decay.strength import normalized_weight_decay, timescale, weight_decay_for
from lawful.optimizers.decay.tied import tie_decay

__all__ = [
    "NormalizedWarmRestarts",
    "decay_groups",
    "normalized_weight_decay",
    "tie_decay",
    "timescale",
    "weight_decay_for",
]
