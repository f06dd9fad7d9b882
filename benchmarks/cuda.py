"""The verdicts on a GPU beside the CPU's, and how fast they come: `python benchmarks/cuda.py [--device cpu --small]`.

Needs torch and this checkout; lawful need not be installed. Three parts, each in a process of its own, so that a fault
in one leaves the others alone: `speed` (our AdamW and torch's on 100 M parameters), `throughput` (lane-steps that are
judged in a second) and, in the rest of the time, `verdicts` (every bundled and torch optimizer, path and dtype, on both
devices). What they find goes into the folder of `--out`: cuda.json; report.html and report.json of the verdicts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / ".src"
sys.path.insert(0, str(SOURCE))

UNNEEDED = {"matplotlib", "pytest", "scipy"}
"""Dependencies of lawful that this does without."""

BYTES = {"float32": (4, 4), "bfloat16": (2, 2), "bfloat16 + float32": (2, 4)}
"""Of a parameter and of a number of its state."""

Row = dict[str, Any]


# ----------------------------------------------------------------------------------------------------- speed
def speed(args: argparse.Namespace) -> Iterator[Row]:
    """AdamW's step, ours and torch's: milliseconds, and at best, as moving the bytes once would take."""
    import torch

    from lawful.optimizers import AdamW

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
    from statistics import median

    import torch
    from speed import timed

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
    import torch
    from speed import synchronize

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
    import torch
    from verification import verified

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
    from lawful.properties.checks import Settings
    from lawful.verify.campaign import Campaign

    devices = tuple(dict.fromkeys(("cpu", args.device)))
    settings = Settings("quick", devices=devices)
    if args.small:
        settings = Settings("quick", devices=devices, dtypes=("float32",), only=("conformance", "idle"))
    Campaign(settings, args.out / "record.jsonl").run(["lion"] if args.small else ["bundled", "torch.optim"])
    yield from judged(args)


def judged(args: argparse.Namespace) -> list[Row]:
    """What the record says, whole or cut off; writes its report."""
    from lawful.reports.document import document
    from lawful.reports.html import html
    from lawful.reports.model import Report

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


# ---------------------------------------------------------------------------------------------------- running
PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "speed": speed, "throughput": throughput, "verdicts": verdicts,
}  # fmt: skip


def _guarded(measure: Callable[[], Row]) -> Row:
    try:
        return measure()
    except Exception as error:  # refused, out of memory: the rest goes on
        return {"error": str(error).partition("\n")[0]}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1; cpu for a rehearsal")
    parser.add_argument("--small", action="store_true", help="one optimizer, few lanes and parameters")
    parser.add_argument("--minutes", type=float, default=8.0, help="for everything")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "cuda")
    parser.add_argument("--part", choices=PARTS, help="this one alone, in this process")
    return parser.parse_args()


def missing() -> list[str]:
    """The packages that are needed and not installed."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return [n for n in (w.partition(">")[0] for w in wanted) if n not in UNNEEDED and not _installed(n)]


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def apart(part: str, args: argparse.Namespace, end: float) -> Row:
    """A part in a process of its own: the rows that it had written when it ended, and how it did."""
    rows = args.out / f"{part}.jsonl"
    rows.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, __file__, *sys.argv[1:], "--part", part],
        env={**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        start_new_session=True,
    )
    try:
        code = process.wait(max(end - monotonic(), 1.0))
        ended = "whole" if code == 0 else f"exit code {code}"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        ended = "out of time"
    found = [json.loads(line) for line in rows.read_text().splitlines()] if rows.exists() else []
    if part == "verdicts" and not found and (args.out / "record.jsonl").exists():
        found = judged(args)
    return {"ended": ended, "rows": found}


def alone(args: argparse.Namespace) -> None:
    """A part here, row by row."""
    with (args.out / f"{args.part}.jsonl").open("w") as file:
        for row in PARTS[args.part](args):
            print(json.dumps(row), file=file, flush=True)


def show(found: dict[str, Row]) -> None:
    """The tables."""
    for row in found["speed"]["rows"]:
        said = row.get("error") or f"{row['ms']:9.3f} ms, {row['ms'] / row['floor_ms']:6.2f} x the floor"
        print(f"{row['dtype']:<20}{row['optimizer']:<16}{said}")
    for row in found["throughput"]["rows"]:
        said = row.get("error") or (
            f"{row['per_second'] / 1e6:10.2f} M lane-steps/s, {row['ms']:9.3f} ms a step, of which the candidate's "
            f"{row['candidate_ms']:.3f} (floor {row['floor_ms']:.3f})"
        )
        print(f"{row['lanes']:>12,} lanes {said}")
    rows = found["verdicts"]["rows"]
    print(", ".join(f"{n} {verdict}" for verdict, n in Counter(row["verdict"] for row in rows).items()))
    for row in rows:
        if row["on_cpu"] not in (None, row["verdict"]):
            print(f"{row['verdict']} (CPU: {row['on_cpu']}): {row['check']}. {' '.join(row['said'])}")
    for part, what in found.items():
        print(f"{part}: {what['ended']}, {len(what['rows'])} rows")


def main() -> None:
    args = arguments()
    if lacking := missing():
        sys.exit(f"not installed: {' '.join(lacking)} (make verify-cuda installs them into a venv)")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.part:
        alone(args)
        return
    (args.out / "record.jsonl").unlink(missing_ok=True)
    start, total = monotonic(), 60 * args.minutes
    found = {
        part: apart(part, args, start + share * total)
        for part, share in (("speed", 0.2), ("throughput", 0.4), ("verdicts", 1.0))
    }
    (args.out / "cuda.json").write_text(json.dumps(found, indent=1))
    show(found)
    sys.exit(int(any(what["ended"] != "whole" for what in found.values())))


if __name__ == "__main__":
    main()
