"""The GPU campaign, rehearsed on the CPU: as far as it can be known to work without a GPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "cuda.py"

BARE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("matplotlib", "pytest", "scipy"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""
"""A machine that has no more than what the script asks for."""


def rehearsed(folder: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    (folder / "sitecustomize.py").write_text(BARE)
    command = [sys.executable, str(SCRIPT), "--device", "cpu", "--small", "--out", str(folder), *options]
    environment = {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done, json.loads((folder / "cuda.json").read_text())


@pytest.mark.thorough
def test_the_campaign_runs(tmp_path: Path) -> None:
    done, found = rehearsed(tmp_path)
    assert done.returncode == 0, done.stderr
    assert {part: what["ended"] for part, what in found.items()} == dict.fromkeys(found, "whole")
    by_name = {(row["optimizer"], row["dtype"]): row for row in found["speed"]["rows"]}
    assert by_name["torch fused", "float32"]["ms"] > 0
    assert "they are on cpu" in by_name["lawful fused", "float32"]["error"], "refused, and the rest went on"
    assert [row["lanes"] for row in found["throughput"]["rows"]] == [1_000, 10_000]
    assert all(0 < row["worst"] <= 1 for row in found["throughput"]["rows"])
    verdicts = {row["check"]: row["verdict"] for row in found["verdicts"]["rows"]}
    assert verdicts["conformance lion-lion-default-float32"] == "lawful"
    assert verdicts["conformance lion-lion-fused-float32"] == "not applicable"
    assert (tmp_path / "report.html").exists() and (tmp_path / "report.json").exists()


def test_what_runs_out_of_time_is_no_success(tmp_path: Path) -> None:
    done, found = rehearsed(tmp_path, "--minutes", "0")
    assert done.returncode == 1
    assert all(what["ended"] == "out of time" and not what["rows"] for what in found.values())
