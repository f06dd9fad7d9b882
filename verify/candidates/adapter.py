"""How the optimizers of one framework are written: the words of their constructors, and their ways to run."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Adapter:
    """What one framework's optimizers have in common.

    Attributes:
        words: hyperparameter or convention → other words that constructors use for it.
        paths: constructor flags that choose a way to run, not a rule.
        plain: those of them that are turned off for the plainest way.
    """

    words: Mapping[str, tuple[str, ...]]
    paths: tuple[str, ...]
    plain: tuple[str, ...]


TORCH = Adapter(
    words={
        "lr": ("learning_rate", "learningrate", "step_size"),
        "decouple": (
            "decoupled_weight_decay",
            "decouple_weight_decay",
            "weight_decouple",
            "decouple_wd",
            "decoupled",
        ),
        "alpha": ("rho", "decay_rate"),
        "beta2_decay": ("decay_rate",),
        "d": ("clip_threshold",),
        "beta1": ("beta_1",),
        "beta2": ("beta_2",),
        "amsgrad": ("ams_bound",),
    },
    paths=("foreach", "fused", "capturable", "differentiable"),
    plain=("foreach", "fused"),
)
"""Classes in the manner of `torch.optim.Optimizer`."""
