"""Nothing that the harness has loaded or constructed before changes what a candidate sees."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lawful.verify.errors import WorkerDiedError
from lawful.verify.workers.pool import Pool

CLEAN = """
import lawful.verify.workers.preload
import torch
from torch.optim import optimizer

classes = [c for c in vars(torch.optim).values() if isinstance(c, type) and issubclass(c, torch.optim.Optimizer)]
assert len(classes) > 10
print([c.__name__ for c in classes if getattr(c.step, "hooked", False)])
print([*optimizer._global_optimizer_pre_hooks, *optimizer._global_optimizer_post_hooks])
"""
"""A class's step is wrapped when its first instance is made, and calls hooks from then on, of a subclass too."""


def test_workers_begin_where_no_optimizer_was_made() -> None:
    done = subprocess.run([sys.executable, "-c", CLEAN], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]"]


READY = """
import sys
from lawful.verify.workers.pool import Pool

if __name__ == "__main__":
    with Pool(1, sys.argv[1:]) as pool:
        print(pool.call("examples.asking:written", gives=int, timeout=300.0))
"""


@pytest.mark.parametrize(
    ("ready", "least", "most"), [([], 0, 100), (["lawful.verify.variants.written"], 400, 9999)]
)
def test_workers_have_ready_what_is_said(tmp_path: Path, ready: list[str], least: int, most: int) -> None:
    (script := tmp_path / "script.py").write_text(READY)
    place = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, str(script), *ready], capture_output=True, text=True, env=place)
    assert least <= int(done.stdout) <= most, done.stderr


def test_a_pool_that_was_stopped_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any) -> None:
        raise AssertionError("a fork server that was ended would be started again")

    with pytest.raises(KeyboardInterrupt), Pool(1) as pool:
        monkeypatch.setattr("lawful.verify.workers.pool._end_fork_server", lambda: None)
        monkeypatch.setattr("lawful.verify.workers.pool.Process", started)
        raise KeyboardInterrupt
    with pytest.raises(WorkerDiedError, match="stopped"):
        pool.call("operator:add", 1, 2, gives=int, timeout=20.0)
