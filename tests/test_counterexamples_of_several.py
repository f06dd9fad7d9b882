"""What is wrong only over several tensors is shown by several, in a script that repeats it by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from examples import clipped_layers
from examples.asking import conformance
from lawful.properties.counterexamples.counterexamples import same
from lawful.properties.scenarios.drawing import Profile
from lawful.reports.script import script
from lawful.verify.evidence import Check, Counterexample

BRIEF = Profile(1, 1, (4, 6), far=False)


CASES = [
    (clipped_layers.EachByItsNorm, 'clipped(sgd, over="parameters")'),
    (clipped_layers.RatioOfAll, 'clipped(lamb, over="parameters")'),
]


def _example(slip: type[torch.optim.Optimizer], rule: str) -> Counterexample:
    (found,) = conformance(slip, rule, torch.float64, BRIEF, shrinking=True).evidence().findings
    assert found.counterexample is not None
    return found.counterexample


@pytest.mark.parametrize(("slip", "rule"), CASES)
def test_it_is_repeated_by_what_the_counterexample_holds(
    slip: type[torch.optim.Optimizer], rule: str, tmp_path: Path
) -> None:
    example = _example(slip, rule)
    assert example.alone and len(example.context.pieces) > 1
    folder, name = Path(sys.modules[slip.__module__].__file__ or ""), slip.__name__
    check = Check("conformance", rule, f"{folder}:{name}", dtype="float64")
    source = script(check, example)
    assert "lawful" not in source.replace(str(folder), "")
    (tmp_path / "script.py").write_text(source)
    run = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=True)
    assert same(float(run.stdout.split("gives ")[1].split()[0]), example.seen)
    assert abs(example.seen - example.expected) > example.budget
