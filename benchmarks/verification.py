"""Lane-steps that are checked against the oracle with its budget, per second:
`python benchmarks/verification.py [--device cuda]`.

torch's AdamW on one thread, along trajectories, with the oracle's plain steps and with compiled ones, which there
are on processors, by llvmlite (`pip install 'lawful[fast]'`). The time is that of the candidate's own step, of the
oracle's step and of the comparison, on processors that of the processor; making gradients is not counted. Lanes are
judged in chunks that fit the cache. It fails where the verdict is wrong: rates of an oracle that does not see that
AdamW is AdamW are worth nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from time import perf_counter, process_time

import torch
from speed import synchronize
from torch import Tensor

from lawful.properties.runs.judging import Tally, format_of
from lawful.verify.language.families import find_rule
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle


@dataclass
class Stopwatch:
    """Seconds spent in each part, what it has queued on the device included."""

    device: str
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        synchronize(self.device)
        clock = process_time if self.device == "cpu" else perf_counter
        start = clock()
        yield
        synchronize(self.device)
        self.seconds[part] = self.seconds.get(part, 0.0) + clock() - start

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", help="torch device (default: cpu)")
    parser.add_argument("--lanes", type=int, nargs="+", default=[400, 1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--chunk", type=int, default=16_384, help="lanes that are judged together")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--repetitions", type=int, default=3, help="the fastest counts")
    parser.add_argument(
        "--dtype", default="float32", choices=[str(d).removeprefix("torch.") for d in FORMATS]
    )
    return parser.parse_args()


def verified(
    lanes: int, chunk: int, steps: int, dtype: torch.dtype, device: str, patience: float = 1.0
) -> tuple[Stopwatch, Tally]:
    """One trajectory of AdamW on that many lanes, each step of each lane compared."""
    rule, random = find_rule("adamw"), torch.Generator(device).manual_seed(0)
    hyper = {symbol: float(value) for symbol, value in rule.defaults.items()}
    oracle, time, tally = Oracle(rule, format_of(dtype, {}, device), patience), Stopwatch(device), Tally()

    def drawn(count: int) -> Tensor:
        return torch.randn(count, generator=random, device=device).to(dtype)

    chunks = [drawn(n).requires_grad_() for n in sizes(lanes, chunk)]
    states = [oracle.start(p.detach()) for p in chunks]
    optimizer = torch.optim.AdamW(chunks, foreach=True)
    for _ in range(steps):
        for p in chunks:
            p.grad = drawn(p.numel())
        with time("candidate"):
            optimizer.step()
        for i, p in enumerate(chunks):
            with time("oracle"):
                assert isinstance(p.grad, Tensor)
                states[i] = oracle.step(states[i], p.grad, hyper)
            with time("comparison"):
                tally.add(states[i].x, p.detach())
    return time, tally


def sizes(lanes: int, chunk: int) -> list[int]:
    """The lanes of each chunk."""
    return [min(chunk, lanes - start) for start in range(0, lanes, chunk)]


PLAIN, COMPILED = inf, 0.0
"""The oracle's patience."""


def fastest(args: argparse.Namespace, lanes: int, patience: float) -> dict[str, float]:
    """Microseconds per step of each part, and the largest deviation in budgets."""
    dtype = getattr(torch, args.dtype)
    runs = [
        verified(lanes, args.chunk, args.steps, dtype, args.device, patience)
        for _ in range(1 + args.repetitions)  # one more, for the first compiles
    ]
    time, tally = min(runs, key=lambda run: run[0].total)
    if not 0.0 < tally.worst <= 1.0 or tally.no_verdict:
        sys.exit(f"the verdict is wrong: {tally.worst:g} budgets, {tally.no_verdict} without verdict.")
    return {part: 1e6 * s / args.steps for part, s in time.seconds.items()} | {"worst": tally.worst}


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)
    print(
        f"torch {torch.__version__}, AdamW foreach, {args.dtype}, {args.device}, 1 thread, chunks of {args.chunk:,}; "
        "microseconds per step"
    )
    print(
        f"{'':>10}{'oracle':>22}{'in steps of':>20}{'':>12}{'M lane-steps/s in all':>24}\n"
        f"{'lanes':>10}{'plain':>12}{'compiled':>10}{'×':>8}{'candidate':>12}"
        f"{'comparison':>12}{'plain':>12}{'compiled':>12}{'×':>8}{'worst':>8}"
    )
    for lanes in args.lanes:
        print(row(lanes, fastest(args, lanes, PLAIN), fastest(args, lanes, COMPILED)))


def row(lanes: int, plain: dict[str, float], compiled: dict[str, float]) -> str:
    """A line of the table."""
    rates = [lanes / (p["oracle"] + p["candidate"] + p["comparison"]) for p in (plain, compiled)]
    return (
        f"{lanes:>10,}{plain['oracle']:>12.0f}{compiled['oracle']:>10.0f}"
        f"{plain['oracle'] / compiled['oracle']:>8.1f}{compiled['oracle'] / compiled['candidate']:>12.1f}"
        f"{compiled['comparison']:>12.0f}{rates[0]:>12.2f}{rates[1]:>12.2f}{rates[1] / rates[0]:>8.1f}"
        f"{compiled['worst']:>8.3f}"
    )


if __name__ == "__main__":
    main()
