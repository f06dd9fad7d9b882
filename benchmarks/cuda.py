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
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / ".src"
sys.path.insert(0, str(SOURCE))

UNNEEDED = {"matplotlib", "pytest", "scipy"}
"""Dependencies of lawful that this does without."""

Row = dict[str, Any]


PARTS = {"speed": 0.2, "throughput": 0.4, "verdicts": 1.0}
"""In this order, each with the share of the time by which it must have ended."""


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
        found = import_module("cuda_parts").judged(args)
    return {"ended": ended, "rows": found}


def alone(args: argparse.Namespace) -> None:
    """A part here, row by row."""
    with (args.out / f"{args.part}.jsonl").open("w") as file:
        for row in getattr(import_module("cuda_parts"), args.part)(args):
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
    found = {part: apart(part, args, start + share * total) for part, share in PARTS.items()}
    (args.out / "cuda.json").write_text(json.dumps(found, indent=1))
    show(found)
    sys.exit(int(any(what["ended"] != "whole" for what in found.values())))


if __name__ == "__main__":
    main()
