"""Verdicts do not depend on the seed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from lawful.properties.settings import Settings
from lawful.verify.evidence import Verdict

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "seeds.py"


@pytest.fixture
def seeds() -> Any:
    spec = importlib.util.spec_from_file_location("seeds", BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_verdicts_of_one_check_are_told(seeds: Any) -> None:
    found = {"a": {Verdict.LAWFUL: [0, 2], Verdict.UNLAWFUL: [1]}, "b": {Verdict.LAWFUL: [0, 1, 2]}}
    assert seeds.differing(found) == {"a": found["a"]}


@pytest.mark.thorough
def test_a_right_and_a_wrong_one_are_judged_alike_by_two_seeds(seeds: Any) -> None:
    settings = Settings("quick", dtypes=("bfloat16",), only=("conformance",))
    found = seeds.verdicts(["torch.optim:SGD"], range(2), settings, workers=1)
    assert {next(iter(verdicts)) for verdicts in found.values()} == {Verdict.LAWFUL, Verdict.UNLAWFUL}
    assert seeds.differing(found) == {} and all([0, 1] in v.values() for v in found.values())


@pytest.mark.thorough
@pytest.mark.parametrize("target", ["bundled", "torch.optim"])
def test_twenty_seeds_agree(seeds: Any, target: str) -> None:
    assert seeds.differing(seeds.verdicts([target], range(20), Settings("quick"))) == {}
