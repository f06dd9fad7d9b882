"""How strongly weights decay, in units that carry over: steps, and one pass of one batch."""

from __future__ import annotations

from math import inf, sqrt


def timescale(lr: float, weight_decay: float) -> float:
    """How many steps the weights of AdamW remember: τ = 1/(lr·wd), infinite without decay.

    For decay by 1 − lr·wd. The weights are then a moving average of −(update)/wd over the last τ steps;
    divided by the steps of an epoch, τ is in epochs.

    Source: arXiv 2405.13698. Raises ValueError unless lr > 0 and weight_decay >= 0, both finite.
    """
    _require("lr", lr, 0 < lr < inf, "one finite number > 0")
    _require("weight_decay", weight_decay, 0 <= weight_decay < inf, "one finite number >= 0")
    forgotten = lr * weight_decay
    return 1 / forgotten if forgotten else inf


def weight_decay_for(timescale: float, lr: float) -> float:
    """The weight decay with which AdamW remembers `timescale` steps at this lr; 0 for an infinite one.

    The inverse of `timescale`. Raises ValueError unless timescale > 0 and lr > 0, lr finite.
    """
    _require("timescale", timescale, timescale > 0, "a number of steps > 0")
    _require("lr", lr, 0 < lr < inf, "one finite number > 0")
    return 1 / (timescale * lr)


def normalized_weight_decay(weight_decay: float, batch_size: int, dataset_size: int, epochs: float) -> float:
    """λ = λ_norm·√(b/(B·T)): the decay for T epochs of batches of b out of B samples, from that of a single batch.

    `weight_decay` is λ_norm, B the size of the training set (not of a batch), and T the epochs of the whole run,
    or those until the next restart. So λ is λ_norm by the root of the number of steps. It is what a step at full
    learning rate takes off a weight, as in `AdamWR`; where decay is lr·wd, as in `AdamW`, divide it by lr.

    Source: arXiv 1711.05101, appendix B.1 and its footnote. Raises ValueError unless weight_decay >= 0,
    1 <= batch_size <= dataset_size and epochs > 0.
    """
    _require("weight_decay", weight_decay, 0 <= weight_decay < inf, "one finite number >= 0")
    _require(
        "batch_size", batch_size, 1 <= batch_size <= dataset_size, f"from 1 to dataset_size={dataset_size}"
    )
    _require("epochs", epochs, 0 < epochs < inf, "one finite number > 0")
    return weight_decay * sqrt(batch_size / (dataset_size * epochs))


def _require(name: str, value: float, allowed: bool, what: str) -> None:
    if not allowed:
        raise ValueError(f"{name} must be {what}, got {value!r}")
