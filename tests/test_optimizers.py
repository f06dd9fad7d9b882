"""The reference optimizers: how they are found, and against torch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from examples.references import VARIANTS, assert_same, feed, leaves, name_of, run, start_and_grads
from lawful import optimizers
from lawful.optimizers import available

SAME_BITS = ("SGD", "Adam", "AdamW", "RMSprop", "Adadelta", "Adamax", "Rprop")
TWINS: list[tuple[str, str, dict[str, Any]]] = [
    *((n, t, o) for n, o in VARIANTS for t in SAME_BITS if t.lower() == n),
    ("amsgrad", "Adam", {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True}),
]


# --- discovery ---------------------------------------------------------------------------------------------


def test_discovery_finds_each_rule_by_its_module_and_its_class() -> None:
    assert {"sgd", "sgdw", "adam", "adamw", "amsgrad", "adopt", "rmsprop", "lion"} <= set(available())
    for name, cls in available().items():
        assert cls.__name__.lower() == name.replace("_", "") and getattr(optimizers, cls.__name__) is cls
    with pytest.raises(AttributeError, match="it has the rules"):
        _ = optimizers.Adan


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import sys, lawful.optimizers; sys.exit('torch' in sys.modules)"
    path = next(p for p in sys.path if p.endswith(".src"))
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}).returncode == 0


# --- against torch -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("name", "torch_name", "options"), TWINS, ids=name_of)
@pytest.mark.parametrize("maximize", [False, True])
def test_equals_torch_bit_for_bit(
    name: str, torch_name: str, options: dict[str, Any], dtype: torch.dtype, maximize: bool
) -> None:
    start, grads = start_and_grads(8, dtype)
    ours, theirs = leaves(start), leaves(start)
    own = {k: v for k, v in options.items() if name != "amsgrad" or k != "amsgrad"}
    a = available()[name](ours, **own, maximize=maximize)
    b = getattr(torch.optim, torch_name)(theirs, **options, maximize=maximize, foreach=True)
    schedulers = [torch.optim.lr_scheduler.ExponentialLR(o, 0.9) for o in (a, b)]
    for row in grads:
        feed(a, ours, [row])
        feed(b, theirs, [row])
        for scheduler in schedulers:
            scheduler.step()
    assert_same(ours, theirs)


@pytest.mark.parametrize(("name", "torch_name", "options"), TWINS, ids=name_of)
def test_states_are_exchanged_with_torch(name: str, torch_name: str, options: dict[str, Any]) -> None:
    start, grads = start_and_grads()
    own = {k: v for k, v in options.items() if name != "amsgrad" or k != "amsgrad"}
    make: list[Callable[[list[Tensor]], Optimizer]] = [
        lambda p: available()[name](p, **own),
        lambda p: getattr(torch.optim, torch_name)(p, **options, foreach=True),
    ]
    expected = run(name, own, start, grads)
    for first, second in (make, make[::-1]):
        params = leaves(start)
        before = first(params)
        feed(before, params, grads[:3])
        after = second(params)
        after.load_state_dict(before.state_dict())
        feed(after, params, grads[3:])
        assert_same(params, expected)
