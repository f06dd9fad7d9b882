"""The fused updates against their rules: their formulas as they stand, and compiled for the CPU in place of a GPU."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from lawful import optimizers
from lawful.optimizers import _fused
from lawful.properties.runs.watching import Suspicion
from lawful.properties.sharding import scenario_of
from lawful.verify.candidates.candidate import Candidate

NAMES = ("adamw", "adopt", "lion")
DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(_fused, "DEVICES", ("cpu",))
    torch.compiler.reset()
    yield


@pytest.fixture
def as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fused, "_compiled", lambda: _fused._update)


def departure(candidate: Candidate, dtype: torch.dtype, groups: int = 2) -> Suspicion | None:
    """What is found with every term on, and an lr that changes; some of it must have been decided."""
    scenario = scenario_of(candidate, 0)
    scenario = replace(scenario, hypers=scenario.hypers[:groups])
    watch = conformance(candidate, dtype=dtype, path="fused").watch(scenario)
    found, tally = watch.first(watch.along()), watch.tally
    assert tally.no_verdict < tally.comparisons / 2 and tally.worst > 0
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_formula_follows_its_rule(name: str, dtype: torch.dtype, as_it_stands: None) -> None:
    assert departure(Candidate.of(name), dtype) is None


@pytest.mark.parametrize(
    ("rule", "arguments"),
    [
        ("adamw(amsgrad=True)", {}),
        ("adopt(decouple=True)", {}),
        ("adopt(clip='none')", {"clip": False}),
    ],
)
def test_so_do_its_options(rule: str, arguments: dict[str, bool], as_it_stands: None) -> None:
    assert departure(Candidate.of(rule.partition("(")[0], rule, arguments), torch.float32) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_formula_is_refused(name: str, as_it_stands: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old momentum in place of the new one."""
    module = importlib.import_module(f"lawful.optimizers.{name}")
    right = module.element
    forgets = lambda x, g, state, numbers: (*right(x, g, state, numbers)[:1], *state)  # noqa: E731
    monkeypatch.setattr(module, "element", forgets)
    assert departure(Candidate.of(name), torch.float32) is not None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.compile's own
@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        pytest.param("lion", torch.bfloat16, marks=pytest.mark.thorough),
        pytest.param("adamw", torch.float32, marks=pytest.mark.thorough),
        pytest.param("adamw", torch.bfloat16, marks=pytest.mark.thorough),
        pytest.param("adopt", torch.float32, marks=pytest.mark.thorough),
    ],
    ids=str,
)
def test_compiled_it_still_does(name: str, dtype: torch.dtype) -> None:
    torch._dynamo.utils.counters.clear()
    assert departure(Candidate.of(name), dtype, groups=1) is None
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0


def test_state_in_float32_rounds_parameters_once(as_it_stands: None) -> None:
    """As the foreach update does, whose copies in float32 the fused one does without."""
    draws = torch.randn(6, 50, generator=torch.Generator().manual_seed(0)).bfloat16()
    seen: list[Tensor] = []
    for fused in (False, True):
        x = draws[0].clone().requires_grad_()
        cls = optimizers.AdamW
        optimizer = cls([{"params": [x], "state_dtype": torch.float32, "fused": fused}], lr=1e-2)
        for gradient in draws[1:]:
            x.grad = gradient.clone()
            optimizer.step()
        assert optimizer.state[x]["exp_avg"].dtype is torch.float32
        seen.append(x.detach())
    torch.testing.assert_close(*seen, rtol=2**-7, atol=0)  # one unit in the last place


@pytest.mark.parametrize("cls", [optimizers.AdamW, optimizers.ADOPT, optimizers.Lion])
def test_on_the_cpu_its_first_step_is_refused(cls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    x = torch.ones(3, requires_grad=True)
    x.grad = torch.ones(3)
    with pytest.raises(ValueError, match="fused=True needs parameters on cuda; they are on cpu"):
        cls([x], fused=True).step()
