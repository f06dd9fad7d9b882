"""Lane-steps that are checked against the oracle with its budget, per second:
`python benchmarks/verification.py [--device cuda]`.

torch's AdamW in float32 on one thread, along trajectories. The time is that of the candidate's own step, of the
oracle's step and of the comparison; making gradients is not counted. Lanes are judged in chunks that fit the cache.
It fails where the verdict is wrong: rates of an oracle that does not see that AdamW is AdamW are worth nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

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
        start = perf_counter()
        yield
        synchronize(self.device)
        self.seconds[part] = self.seconds.get(part, 0.0) + perf_counter() - start

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
    lanes: int, chunk: int, steps: int, dtype: torch.dtype, device: str = "cpu"
) -> tuple[Stopwatch, Tally]:
    """One trajectory of AdamW on that many lanes, each step of each lane compared."""
    rule, random = find_rule("adamw"), torch.Generator(device).manual_seed(0)
    hyper = {symbol: float(value) for symbol, value in rule.defaults.items()}
    oracle, time, tally = Oracle(rule, format_of(dtype, {}, device)), Stopwatch(device), Tally()

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


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)
    dtype = getattr(torch, args.dtype)
    verified(min(args.lanes), args.chunk, args.steps, dtype, args.device)  # compiles the rule
    print(
        f"torch {torch.__version__}, AdamW foreach, {args.dtype}, {args.device}, 1 thread, chunks of {args.chunk:,}"
    )
    print(
        f"{'lanes':>10}{'M lane-steps/s':>16}{'ms/step':>9}{'candidate':>11}{'oracle':>8}{'comparison':>12}{'worst':>8}"
    )
    for lanes in args.lanes:
        runs = [verified(lanes, args.chunk, args.steps, dtype, args.device) for _ in range(args.repetitions)]
        time, tally = min(runs, key=lambda run: run[0].total)
        share = {part: seconds / time.total for part, seconds in time.seconds.items()}
        print(
            f"{lanes:>10,}{lanes * args.steps / time.total / 1e6:>16.2f}{time.total / args.steps * 1e3:>9.2f}"
            f"{share['candidate']:>11.0%}{share['oracle']:>8.0%}{share['comparison']:>12.0%}{tally.worst:>8.3f}"
        )
        if not 0.0 < tally.worst <= 1.0 or tally.no_verdict:
            sys.exit(f"the verdict is wrong: {tally.worst:g} budgets, {tally.no_verdict} without verdict.")


if __name__ == "__main__":
    main()
