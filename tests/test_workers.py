"""Nothing that the harness has loaded or constructed before changes what a candidate sees."""

import subprocess
import sys

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
