"""Learning rate against weight decay, L2 beside AdamW: `python benchmarks/decay_and_lr.py [--out docs]`.

The shape of figure 2 of arXiv:1711.05101, on scikit-learn's digits. All cells of a grid train at once: each weight
is one tensor over all cells, which see the same batches and start from the same values. An experiment, no theorem.
"""

from __future__ import annotations

import argparse
from math import log
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn.functional import cross_entropy

Map = NDArray[np.float64]

RATES = 2.0 ** torch.arange(-11.0, -4.0)
L2, FREE, COUPLED = "Adam with L2", "AdamW, decay by 1 − λ", "AdamW, decay by 1 − lr·λ"
DECAYS = {
    L2: 2.0 ** torch.arange(-14.0, 0.0, 2.0),
    FREE: 2.0 ** torch.arange(-18.0, -4.0, 2.0),
    COUPLED: 2.0 ** torch.arange(-9.0, 5.0, 2.0),
}
"""λ of the three: added to the gradient as λ·x; the paper's decoupled decay; torch's."""

HIDDEN, BATCH, EPOCHS, HELD_OUT = 24, 100, 30, 597
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
CHANCE = log(10)
"""What knows nothing loses; what diverges is counted as that."""

SEEDS, RESAMPLES = 8, 2000


def digits(seed: int) -> tuple[Tensor, Tensor]:
    """Pixels in [0, 1] and labels, in an order of the seed's."""
    pixels, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return torch.tensor(pixels / 16, dtype=torch.float32)[order], torch.tensor(labels)[order]


def start(cells: int, random: torch.Generator) -> list[Tensor]:
    """Weights and biases of a network with one hidden layer, the same in every cell."""
    shapes = [(64, HIDDEN), (1, HIDDEN), (HIDDEN, 10), (1, 10)]
    drawn = [torch.randn(s, generator=random) / s[0] ** 0.5 * (s[0] > 1) for s in shapes]
    return [w.expand(cells, *w.shape).clone().requires_grad_() for w in drawn]


def losses(weights: list[Tensor], x: Tensor, labels: Tensor) -> Tensor:
    """Each cell's mean loss."""
    w1, b1, w2, b2 = weights
    hidden = torch.relu(torch.einsum("np,cph->cnh", x, w1) + b1)
    scores = torch.baddbmm(b2, hidden, w2)
    each = cross_entropy(scores.flatten(0, 1), labels.repeat(len(w1)), reduction="none")
    return each.view(len(w1), -1).mean(1)


def trained(seed: int, rates: Tensor, l2: Tensor, decay: Tensor) -> Tensor:
    """Each cell's loss on the digits held out, after Adam with these rates, L2 and decoupled decay."""
    x, labels = digits(seed)
    random = torch.Generator().manual_seed(seed)
    weights = start(len(rates), random)
    rate, l2, decay = (a.view(-1, 1, 1) for a in (rates, l2, decay))
    moments = [(torch.zeros_like(w), torch.zeros_like(w)) for w in weights]
    batches = (
        b for _ in range(EPOCHS) for b in (torch.randperm(len(x) - HELD_OUT, generator=random)).split(BATCH)
    )
    for t, batch in enumerate(batches, 1):
        loss = losses(weights, x[HELD_OUT:][batch], labels[HELD_OUT:][batch]).sum()
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for w, g, (m, v) in zip(weights, gradients, moments, strict=True):
                regularised = g + l2 * w
                m.lerp_(regularised, 1 - BETA1)
                v.lerp_(regularised**2, 1 - BETA2)
                step = m / (1 - BETA1**t) / ((v / (1 - BETA2**t)).sqrt() + EPS)
                w.mul_(1 - decay).sub_(rate * step)
    with torch.no_grad():
        return losses(weights, x[:HELD_OUT], labels[:HELD_OUT]).nan_to_num(CHANCE).clamp(max=CHANCE)


def heat_maps(seeds: int) -> dict[str, Map]:
    """Optimizer → loss of each seed, learning rate and decay, shape (seeds, rates, decays)."""
    rates, shape = RATES.repeat_interleave(len(DECAYS[L2])), (len(DECAYS), len(RATES), -1)
    l2, free, coupled = (decays.repeat(len(RATES)) for decays in DECAYS.values())
    none = torch.zeros_like(rates)
    cells = rates.repeat(3), torch.cat([l2, none, none]), torch.cat([none, free, rates * coupled])
    seen = torch.stack([trained(seed, *cells).view(shape) for seed in range(seeds)], dim=1)
    return {name: losses.double().numpy() for name, losses in zip(DECAYS, seen, strict=True)}


def inseparable(maps: Map) -> float:
    """The share of the variance of the log loss, averaged over seeds, that no sum a(lr) + b(decay) explains."""
    mean = np.log(maps).mean(axis=0)
    rest = mean - mean.mean(0) - mean.mean(1, keepdims=True) + mean.mean()
    return float((rest**2).sum() / ((mean - mean.mean()) ** 2).sum())


def interval(values: Map) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"95 % bootstrap interval {low:.3f} … {high:.3f}"


def report(maps: dict[str, Map]) -> str:
    """The statistic of each, and the differences, with intervals from resampled seeds."""
    seeds = len(maps[L2])
    random = np.random.default_rng(0)
    picks = random.integers(seeds, size=(RESAMPLES, seeds))
    again = {name: np.array([inseparable(m[pick]) for pick in picks]) for name, m in maps.items()}
    lines = [f"{name}: {inseparable(m):.3f}, {interval(again[name])}" for name, m in maps.items()]
    for name in (FREE, COUPLED):
        less = inseparable(maps[L2]) - inseparable(maps[name])
        lines.append(f"{L2} less {name}: {less:.3f}, {interval(again[L2] - again[name])}")
    for name, m in maps.items():
        mean = m.mean(axis=0)
        i = int(mean.min(axis=1).argmin())
        best = [f"2^{log(float(DECAYS[name][k]), 2):g}" for k in mean.argmin(axis=1)]
        lines.append(
            f"{name}: least loss {mean.min():.3f} at lr 2^{log(float(RATES[i]), 2):g}, decay {best[i]}"
        )
        lines.append(f"{name}: best decay for each lr, from the smallest: {', '.join(best)}")
    return "\n".join(lines)


def drawn(maps: dict[str, Map]) -> Figure:
    """The heat maps; a dot marks the best decay of each learning rate."""
    figure = Figure(figsize=(10.5, 3.7), layout="constrained", facecolor="white")
    means = {name: m.mean(axis=0) for name, m in maps.items()}
    least, most = min(m.min() for m in means.values()), CHANCE
    for axes, (name, mean) in zip(figure.subplots(1, 3), means.items(), strict=True):
        x, y = np.log2(RATES.numpy()), np.log2(DECAYS[name].numpy())
        image = axes.pcolormesh(x, y, np.log(mean.T), cmap="viridis", vmin=log(least), vmax=log(most))
        axes.plot(x, y[mean.argmin(axis=1)], "o", color="white", markeredgecolor="black", markersize=5)
        axes.set(title=name, xlabel="log₂ learning rate", ylabel="log₂ λ", xticks=x)
    bar = figure.colorbar(image, ax=figure.axes, label="held-out loss")
    ticks = [t for t in (0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0) if least <= t <= most]
    bar.set_ticks([log(t) for t in ticks], labels=[f"{t:g}" for t in ticks])
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=None, help="folder for decay-and-learning-rate.svg")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    began = perf_counter()
    maps = heat_maps(args.seeds)
    print(f"{args.seeds} seeds, {maps[L2][0].size} cells each, {perf_counter() - began:.0f} s")
    print("share of the variance of the log loss that is no sum of a part of lr and a part of decay:")
    print(report(maps))
    if args.out:
        drawn(maps).savefig(args.out / "decay-and-learning-rate.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
