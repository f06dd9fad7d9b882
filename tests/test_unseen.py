"""Nothing that the harness has loaded or constructed before changes what a candidate sees."""

import subprocess
import sys
from typing import Any

from torch.optim.optimizer import register_optimizer_step_pre_hook

from lawful.properties.scenarios.schedules import scheduled
from lawful.verify.language.symbols import lr

CLEAN = """
import lawful.verify.workers.preload
import torch
from torch.optim import optimizer

classes = [c for c in vars(torch.optim).values() if isinstance(c, type) and issubclass(c, torch.optim.Optimizer)]
assert len(classes) > 10
print([c.__name__ for c in classes if getattr(c.step, "hooked", False)])
print([*optimizer._global_optimizer_pre_hooks, *optimizer._global_optimizer_post_hooks])
"""
"""A class's step is wrapped when the first of its instances is made: from then on it calls hooks, a subclass's too."""


def test_workers_begin_where_no_optimizer_was_made() -> None:
    done = subprocess.run([sys.executable, "-c", CLEAN], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]"]


def test_what_a_candidate_hangs_onto_all_optimizers_is_not_called_for_ours() -> None:
    calls: list[Any] = []
    handle = register_optimizer_step_pre_hook(lambda *told: calls.append(told))
    try:
        assert len(scheduled.__wrapped__("StepLR", ((lr, 1.0),), 3)) == 3
    finally:
        handle.remove()
    assert not calls
