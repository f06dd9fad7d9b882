"""Time every reference optimizer beside torch.optim and the fastest of its kind among published packages, in one run:
`python benchmarks/speed.py [--device cuda]`. Packages that are not installed are named and left out.

Repetitions are interleaved in random order, so that a busy machine and a warm cache favour none of them, and
medians are compared.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from inspect import signature
from math import isqrt
from statistics import median
from time import perf_counter, process_time
from typing import Any, cast

import torch
from rivals import constructed, missing, rivals
from torch.optim import Optimizer

from lawful.optimizers import available

OPTIONS: dict[str, dict[str, Any]] = {
    "sgd": {"momentum": 0.9},
    "sgdw": {"momentum": 0.9, "weight_decay": 1e-2},
    "lion": {"weight_decay": 1e-2},
}
BASELINE = "torch adamw"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", help="torch device (default: cpu)")
    parser.add_argument("--tensors", type=int, default=100)
    parser.add_argument("--elements", type=int, default=10_000, help="of each tensor")
    parser.add_argument("--repetitions", type=int, default=40)
    parser.add_argument("--steps", type=int, default=5, help="per repetition")
    return parser.parse_args()


def parameters(args: argparse.Namespace) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(0)
    made = []
    for _ in range(args.tensors):
        x, g = torch.randn(2, *shape(args.elements), generator=generator).to(args.device)
        made.append(torch.nn.Parameter(x.clone()))
        made[-1].grad = g.clone()
    return made


def shape(elements: int) -> tuple[int, ...]:
    """Square where it can be, for the rules of matrices."""
    side = isqrt(elements)
    return (side, side) if side * side == elements else (elements,)


def twin(name: str, cls: type[Optimizer]) -> Callable[..., Optimizer] | None:
    """torch's optimizer of the same rule, if it has one."""
    if name == "amsgrad":
        return lambda params, **options: torch.optim.Adam(params, amsgrad=True, **options)
    return cast("Callable[..., Optimizer] | None", getattr(torch.optim, cls.__name__, None))


def takes_foreach(name: str) -> bool:
    """Whether torch's optimizer of this name, or else Adam, has a foreach path."""
    return "foreach" in signature(getattr(torch.optim, name, torch.optim.Adam)).parameters


def contestants(args: argparse.Namespace) -> dict[str, Optimizer]:
    found: dict[str, Optimizer] = {}
    for name, cls in available().items():
        options = OPTIONS.get(name, {})
        found[name] = cls(parameters(args), **options)
        if make := twin(name, cls):
            foreach = {"foreach": True} if takes_foreach(cls.__name__) else {}
            found[f"torch {name}"] = make(parameters(args), **foreach, **options)
        for library, other in rivals(name).items():
            if rival := constructed(other, parameters(args), options):
                found[f"{library} {name}"] = rival
    return found


def timed(optimizer: Optimizer, args: argparse.Namespace) -> float:
    """Seconds per step: of the processor where it computes, which a busy machine disturbs least; else of the wall."""
    steps: int = args.steps
    clock = process_time if args.device == "cpu" else perf_counter
    synchronize(args.device)
    start = clock()
    for _ in range(steps):
        optimizer.step()
    synchronize(args.device)
    return (clock() - start) / steps


def synchronize(device: str) -> None:
    """Wait for the device's queued work."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def measured(optimizers: dict[str, Optimizer], args: argparse.Namespace) -> dict[str, float]:
    """The median of each one's seconds per step."""
    seconds: dict[str, list[float]] = {name: [] for name in optimizers}
    for optimizer in optimizers.values():  # allocate the state
        timed(optimizer, args)
    for _ in range(args.repetitions):
        for name in random.sample(list(optimizers), len(optimizers)):
            seconds[name].append(timed(optimizers[name], args))
    return {name: median(times) for name, times in seconds.items()}


def beside(own: float, other: float | None) -> str:
    """Two columns: milliseconds, and how many times ours is as fast."""
    return f"{other * 1e3:>10.3f}{other / own:>8.2f}x" if other else f"{'-':>10}{'-':>9}"


def row(name: str, medians: dict[str, float]) -> str:
    own = medians[name]
    timed = {library: medians.get(f"{library} {name}") for library in rivals(name)}
    published = {library: seconds for library, seconds in timed.items() if seconds}
    best = min(published, key=published.__getitem__, default="")
    return (
        f"{name:<18}{own * 1e3:>9.3f}{beside(own, medians.get(f'torch {name}'))}"
        f"{beside(own, published.get(best))} {best:<20}{medians[BASELINE] / own:>8.2f}x"
    )


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)
    medians = measured(contestants(args), args)
    print(f"torch {torch.__version__}, {args.device}, 1 thread, {args.tensors} x {args.elements} float32")
    if missing():
        print(f"not installed, left out: {', '.join(missing())}")
    print(f"{'optimizer':<18}{'ms/step':>9}{'torch':>10}{'':>9}{'published':>10}{'':>30}{'torch AdamW':>9}")
    for name in available():
        print(row(name, medians))


if __name__ == "__main__":
    main()
