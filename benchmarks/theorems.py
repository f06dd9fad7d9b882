"""The numbers and the figure of docs/theorems.md: `python benchmarks/theorems.py [--out docs]`, under a minute.

Thresholds are evaluated from the laws' formulas; beside them stands what torch's optimizers do.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from lawful.verify.language.symbols import beta2
from lawful.verify.laws.reddi_threshold import C, ratios
from lawful.verify.laws.spectral import FIRST, GROWTH, LATE, LOW
from lawful.verify.oracle.formats import FORMATS

Numbers = NDArray[np.float64]
NARROW = (torch.bfloat16, torch.float16)
BETAS = ((0.9, 0.999), (0.9, 0.99), (0.9, 0.95), (0.95, 0.95))
KNEE = 0.211


def table(head: Sequence[str], rows: Iterator[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def name(dtype: torch.dtype) -> str:
    """`bfloat16`."""
    return str(dtype).removeprefix("torch.")


# ------------------------------------------------------------------------------------------- rounding
def after(optimizer: type, weight: Tensor, gradient: float, steps: int, **hyper: Any) -> tuple[Tensor, Any]:
    """The weights after some steps on one gradient, and the state."""
    p = weight.clone().requires_grad_()
    running = optimizer([p], **hyper)
    for _ in range(steps):
        p.grad = torch.full_like(p, gradient)
        running.step()
    return p.detach(), running.state[p]


def formats() -> Iterator[Sequence[Any]]:
    """Where decay, steps and the second moment stop, in each format."""
    for dtype in (*NARROW, torch.float32):
        u = FORMATS[dtype].unit
        yield (
            name(dtype), f"2^{np.log2(u):.0f}", f"{u / 2:.3g}", f"{u:.3g}",
            f"{2 * 1e-3 / u:.4g}", f"{1e-3 / u:.4g}", f"{1 - u / 2:.8g}",
        )  # fmt: skip


def frozen() -> Iterator[Sequence[Any]]:
    """torch's AdamW on gradients of 0, and its first step, seen on every weight of [1/4, 1)."""
    for dtype in NARROW:
        half = torch.arange(0.5, 1, FORMATS[dtype].unit, dtype=torch.float64).to(dtype)
        weight = torch.cat([half / 2, half])
        small: dict[str, Any] = {"lr": 1e-3, "eps": 1e-3}
        decayed, _ = after(torch.optim.AdamW, weight, 0.0, 1000, weight_decay=1e-2, **small)
        stepped, _ = after(torch.optim.AdamW, weight, 1.0, 1, weight_decay=0.0, **small)
        moved = weight[stepped != weight]
        still = weight[stepped == weight]
        _, state = after(torch.optim.AdamW, weight, 1.0, 1, **small)
        first = state["exp_avg_sq"].clone()
        _, later = zeros_after(weight, small, 1000)
        yield (
            name(dtype), f"{int((decayed != weight).sum())} of {len(weight)}",
            f"{float(moved.max()):.4g}" if len(moved) else "none",
            f"{float(still.min()):.4g}" if len(still) else "none",
            f"{float((later / first).max()):.4g}", f"{0.999**1000:.4g}",
        )  # fmt: skip


def zeros_after(weight: Tensor, hyper: dict[str, Any], steps: int) -> tuple[Tensor, Tensor]:
    """Weights and second moments after a gradient of 1 and then none."""
    p = weight.clone().requires_grad_()
    running = torch.optim.AdamW([p], **hyper)
    for step in range(steps + 1):
        p.grad = torch.full_like(p, float(step == 0))
        running.step()
    return p.detach(), running.state[p]["exp_avg_sq"]


# ------------------------------------------------------------------------------------------------ box
def largest(first: float, second: float, t: float) -> float:
    """ρ_t, by the closed form; ρ∞ for t = ∞."""
    limit = (1 - first) ** 2 / ((1 - second) * (1 - first**2 / second))
    p, r = (first / sqrt(second)) ** t, sqrt(second) ** t
    return sqrt(limit * (1 - ((p - r) / (1 - p * r)) ** 2))


def boxes() -> Iterator[Sequence[Any]]:
    """The largest step, and the box at wd = 0.1."""
    for first, second in BETAS:
        steps = (largest(first, second, t) for t in (1, 2, 10, 100, float("inf")))
        limit = largest(first, second, float("inf"))
        yield (f"({first}, {second})", *(f"{rho:.4f}" for rho in steps), f"{limit / 0.1:.2f}")


# ---------------------------------------------------------------------------------------------- betas
def threshold(large: float) -> float:
    """β2*(C), by bisection of the law's own expression."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        wrong = float(ratios.subs({C: large, beta2: middle})) > large
        low, high = (middle, high) if wrong else (low, middle)
    return low


def safe(up: float, down: float, period: int) -> float:
    """From which β2 on the certificate holds, for sums of the gradients of either sign in a period."""
    return (min(up, down) / max(up, down)) ** (2 / (period - 1))


def reddis() -> Iterator[Sequence[Any]]:
    """Reddi's problem for some C."""
    for large in (2.1, 3, 4, 6, 10):
        yield large, f"{threshold(large):.4f}", f"{safe(large, 2, 3):.4f}"


# --------------------------------------------------------------------------------------------- spectra
def newton_schulz(sigma: Numbers, steps: int) -> Numbers:
    """Singular values after some iterations."""
    for _ in range(steps):
        sigma = 3.4445 * sigma - 4.7750 * sigma**3 + 2.0315 * sigma**5
    return sigma


def spectra() -> Iterator[Sequence[Any]]:
    """From where on singular values come into the interval, as proved, and what they are on a grid."""
    for steps in (3, 4, 5, 6, 8):
        least = KNEE / float(GROWTH) ** (steps - 2)
        found = newton_schulz(np.linspace(least, 1, 200_001), steps)
        yield (
            steps, f"{least:.2g}", f"[{float(LOW):.3g}, {float(LATE):.4g}]",
            f"[{found.min():.3f}, {found.max():.3f}]", f"{float(FIRST) ** steps:.3g}·σ",
        )  # fmt: skip


def muon_seen(size: int = 256) -> str:
    """The singular values of torch's first Muon step on a gradient of independent normal entries."""
    gradient = torch.randn(size, size, generator=torch.Generator().manual_seed(0))
    p = torch.zeros(size, size, requires_grad=True)
    optimizer = torch.optim.Muon([p], lr=1.0, weight_decay=0.0)
    p.grad = gradient
    optimizer.step()
    made, given = torch.linalg.svdvals(p.detach()), torch.linalg.svdvals(gradient / gradient.norm())
    inside = int(((made >= float(LOW)) & (made <= float(LATE))).sum())
    least = KNEE / float(GROWTH) ** 3
    return (
        f"Of a {size} × {size} gradient of normal entries, {int((given >= least).sum())} singular values are above "
        f"{least:.2g} of its norm; torch's Muon makes steps with {inside} singular values inside the interval, the "
        f"largest {float(made.max()):.3f}, the smallest {float(made.min()):.3f}."
    )


# ------------------------------------------------------------------------------------------- schedules
def shape(kind: str, steps: int) -> Numbers:
    """The factor of the learning rate at each step."""
    done = np.arange(steps) / steps
    return {
        "constant": np.ones(steps),
        "linear to 0": 1 - done,
        "cosine": (1 + np.cos(np.pi * done)) / 2,
        "WSD, the last fifth linear": np.minimum(1, 5 * (1 - done)),
    }[kind]


KINDS = ("linear to 0", "cosine", "WSD, the last fifth linear")


def weights(factor: Numbers) -> Numbers:
    """What each weight of the constant run weighs in the last weight along the schedule."""
    return np.array([now - then for now, then in pairwise([*factor, 0.0])])


def run(factor: Numbers) -> Numbers:
    """torch's Adam along a schedule, on the same gradients: the weights after each step."""
    gradients = np.random.Generator(np.random.PCG64(0)).standard_normal((len(factor), 64)) + 0.2
    p = torch.zeros(64, dtype=torch.float64, requires_grad=True)
    optimizer, path = torch.optim.Adam([p], lr=1e-2), []
    for rate, gradient in zip(factor, gradients, strict=True):
        optimizer.param_groups[0]["lr"] = 1e-2 * float(rate)
        p.grad = torch.from_numpy(gradient)
        optimizer.step()
        path.append(p.detach().numpy().copy())
    return np.array(path)


def averages(steps: int = 1000) -> Iterator[Sequence[Any]]:
    """How many weights the mean is made of, how old they are, and how far torch's Adam is from it."""
    constant = run(shape("constant", steps))
    for kind in KINDS:
        factor = shape(kind, steps)
        w = weights(factor)
        away = np.abs(run(factor)[-1] - w @ constant).max() / np.abs(constant).max()
        age = float(w @ np.arange(steps)[::-1]) / steps
        yield kind, f"{1 / (w @ w) / steps:.3f}", f"{age:.3f}", f"{away:.0e}"


# --------------------------------------------------------------------------------------------- figure
def draw(out: Path) -> None:
    """Three panels: the thresholds of β2, singular values, the weights of the means."""
    mpl.rcParams.update({"svg.hashsalt": "lawful", "font.size": 9})
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _betas(left)
    _values(middle)
    _means(right)
    figure.savefig(out / "theorems.svg", metadata={"Date": None})


def _betas(axes: Axes) -> None:
    large = np.geomspace(2.02, 20, 60)
    axes.plot(large, [threshold(c) for c in large], label="β2*(C): right above, wrong below")
    axes.plot(large, 2 / large, "--", label="certificate, any β1 and eps: 2/C")
    axes.set(xscale="log", xlabel="C", ylabel="β2", ylim=(0, 1), title="Adam on C, −1, −1")
    axes.set_xticks([2, 3, 4, 6, 10, 20], ["2", "3", "4", "6", "10", "20"])
    axes.minorticks_off()
    axes.legend(frameon=False)


def _values(axes: Axes) -> None:
    sigma = np.geomspace(1e-4, 1, 700)
    for steps in (1, 3, 5):
        axes.plot(sigma, newton_schulz(sigma, steps), label=f"{steps} iteration{'s' * (steps > 1)}", lw=1)
    axes.axhspan(float(LOW), float(LATE), alpha=0.15, color="gray")
    axes.set(
        xscale="log", xlabel="singular value over the norm", title="Muon, after k iterations", ylim=(0, 1.3)
    )
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0.55))


def _means(axes: Axes, steps: int = 400) -> None:
    for kind in KINDS:
        axes.plot(np.arange(1, steps + 1) / steps, weights(shape(kind, steps)) * steps, label=kind)
    axes.set(
        xlabel="when in the run", ylabel="weight in the mean", title="Schedules as means of the constant run",
        ylim=(-0.2, 5.6),
    )  # fmt: skip
    axes.legend(frameon=False, loc="upper left")


TABLES = (
    (
        "format | u | no decay up to lr·wd | all decay from | lr 1e-3 moves none above | all below | v keeps from β2",
        formats,
    ),
    (
        "torch | moved by 1000 decays | largest moved by lr 1e-3 | smallest not moved | v after 1000 zeros | exact",
        frozen,
    ),
    ("betas | ρ₁ | ρ₂ | ρ₁₀ | ρ₁₀₀ | ρ∞ | box at wd 0.1", boxes),
    ("C | β2* | certificate", reddis),
    ("iterations | from σ | proved | on a grid | smaller σ at most", spectra),
    ("schedule | effective share of the run | mean age | torch's Adam is away", averages),
)


def main() -> None:
    """Prints the tables; draws the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="where theorems.svg goes")
    out = parser.parse_args().out
    for head, rows in TABLES:
        print(table(head.split(" | "), rows()), end="\n\n")
    print(f"1010, then −10 a hundred times: certified from β2 = {safe(1010, 1000, 101):.5f}")
    print(muon_seen())
    if out:
        draw(out)


if __name__ == "__main__":
    main()
