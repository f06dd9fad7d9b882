"""What `benchmarks/cuda.py` measures: each part yields its rows one by one, so that what ends it leaves them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import torch
from speed import synchronize, timed
from verification import verified

from lawful.optimizers import AdamW
from lawful.properties.settings import Settings
from lawful.reports.document import document
from lawful.reports.html import html
from lawful.reports.model import Report
from lawful.verify.front.campaign import Campaign
from lawful.verify.front.planning import Question

BYTES = {"float32": (4, 4), "bfloat16": (2, 2), "bfloat16 + float32": (2, 4)}
"""Of a parameter and of a number of its state."""

Row = dict[str, Any]


def _guarded(measure: Callable[[], Row]) -> Row:
    try:
        return measure()
    except Exception as error:  # refused, out of memory: the rest goes on
        return {"error": str(error).partition("\n")[0]}


# ----------------------------------------------------------------------------------------------------- speed
def speed(args: argparse.Namespace) -> Iterator[Row]:
    """AdamW's step, ours and torch's: milliseconds, and at best, as moving the bytes once would take."""
    own: dict[str, Callable[..., Any]] = {"lawful": AdamW, "lawful fused": lambda p: AdamW(p, fused=True)}
    torchs = {f"torch {w}": lambda p, w=w: torch.optim.AdamW(p, **{w: True}) for w in ("foreach", "fused")}
    rate = bandwidth(args)
    for kind, makers in {"float32": own | torchs, "bfloat16": torchs, "bfloat16 + float32": own}.items():
        for name, make in makers.items():
            row = {"optimizer": name, "dtype": kind, "floor_ms": 1e3 * floor(kind) * elements(args) / rate}
            yield row | _guarded(lambda make=make, kind=kind: {"ms": 1e3 * stepped(make, kind, args)})


def floor(kind: str) -> int:
    """The bytes that AdamW moves for an element: x, g, m, v in, x, m, v out."""
    parameter, state = BYTES[kind]
    return 3 * parameter + 4 * state


def elements(args: argparse.Namespace) -> int:
    return 100_000 if args.small else 100_000_000


def stepped(make: Callable[..., Any], kind: str, args: argparse.Namespace) -> float:
    """The median of a step's seconds."""
    dtype = getattr(torch, kind.partition(" ")[0])
    sizes = [elements(args) // 50] * 50
    params = [torch.zeros(n, dtype=dtype, device=args.device, requires_grad=True) for n in sizes]
    for p in params:
        p.grad = torch.randn_like(p)
    state = {"state_dtype": torch.float32} if "+" in kind else {}
    optimizer, clock = make([{"params": params, **state}]), argparse.Namespace(device=args.device, steps=2)
    timed(optimizer, clock)  # makes the state, compiles
    return median(timed(optimizer, clock) for _ in range(10))


def bandwidth(args: argparse.Namespace) -> float:
    """Bytes per second that a copy reads and writes."""
    here = torch.ones(1 << (22 if args.small else 30), dtype=torch.uint8, device=args.device)
    there, fastest = torch.empty_like(here), float("inf")
    for _ in range(10):
        synchronize(args.device)
        start = perf_counter()
        there.copy_(here)
        synchronize(args.device)
        fastest = min(fastest, perf_counter() - start)
    return 2 * here.numel() / fastest


# ------------------------------------------------------------------------------------------------ throughput
def throughput(args: argparse.Namespace) -> Iterator[Row]:
    """Lane-steps of AdamW that are judged in a second, beside its own step and that step's floor."""
    chunk, rate = 1 << (14 if args.device == "cpu" else 24), bandwidth(args)
    verified(1000, chunk, 5, torch.float32, args.device)  # compiles the rule
    for lanes in [10**k for k in range(3, 5 if args.small else 9)]:

        def row(lanes: int = lanes) -> Row:
            time, tally = verified(lanes, chunk, 5, torch.float32, args.device)
            return {"per_second": 5 * lanes / time.total, "ms": 200 * time.total, "worst": tally.worst,
                    "candidate_ms": 200 * time.seconds["candidate"]}  # fmt: skip

        yield {"lanes": lanes, "floor_ms": 1e3 * floor("float32") * lanes / rate} | _guarded(row)


# -------------------------------------------------------------------------------------------------- verdicts
def verdicts(args: argparse.Namespace) -> Iterator[Row]:
    """Each check on the device and its verdict, with the CPU's beside it."""
    devices = tuple(dict.fromkeys(("cpu", args.device)))
    settings = Settings("quick", devices=devices)
    if args.small:
        settings = Settings("quick", devices=devices, dtypes=("float32",), only=("conformance", "idle"))
    Campaign(settings, args.out / "record.jsonl").run(
        Question(["lion"] if args.small else ["bundled", "torch.optim"])
    )
    yield from judged(args)


def judged(args: argparse.Namespace) -> list[Row]:
    """What the record says, whole or cut off; writes its report."""
    report = Report.read(args.out / "record.jsonl")
    (args.out / "report.json").write_bytes(document(report))
    (args.out / "report.html").write_text(html(report))
    found = {(r.check.key.removesuffix(r.check.device), r.check.device): r.evidence for r in report.results}
    return [
        {
            "check": name.rstrip("-"),
            "verdict": str(evidence.verdict),
            "on_cpu": str(found[name, "cpu"].verdict) if (name, "cpu") in found else None,
            "worst": evidence.worst,
            "said": [finding.message for finding in evidence.findings],
        }
        for (name, device), evidence in found.items()
        if device == args.device
    ]
