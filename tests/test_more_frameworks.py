"""Adapters, where their frameworks are installed: right claims hold, wrong ones are refused, promises are asked."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.reports.script import script
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe, own
from lawful.verify.candidates.loading import load
from lawful.verify.evidence import Check, Verdict

pytestmark = pytest.mark.filterwarnings("ignore")  # frameworks warn as they are imported


@dataclass(frozen=True)
class Case:
    """A target, the rule that it follows, one that it does not, and a format that it takes."""

    target: str
    right: str
    wrong: str
    dtype: torch.dtype = torch.float32

    @property
    def there(self) -> bool:
        top = self.target.partition(":")[0].partition(".")[0]
        return importlib.util.find_spec(top) is not None


CASES = [
    Case("mlx.optimizers:AdamW", "adamw", 'adamw(eps="hat")'),
    Case("thinc.api:Adam", 'adamw(eps="hat", decay_order="after")', "adamw"),
    Case("river.optim:Adam", 'adam(eps="hat")', "adam", torch.float64),
    Case("paddle.optimizer:AdamW", "adamw", 'adamw(eps="hat")'),
    Case("pennylane:AdamOptimizer", 'adam(eps="hat")', "adam", torch.float64),
    Case("jax.example_libraries.optimizers:adam", "adam", 'adam(eps="hat")', torch.float64),
    Case("numpyro.optim:Adam", "adam", 'adam(eps="hat")', torch.float64),
    Case("warp.optim:Adam", "adam", 'adam(eps="hat")'),
    Case("warp.optim:SGD", "sgd", "signum"),
]


@pytest.fixture(params=CASES, ids=lambda case: case.target.partition(".")[0].partition(":")[0])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    if not found.there:
        pytest.skip(f"{found.target} is not installed")
    return found


def candidate(case: Case, rule: str) -> Candidate:
    """Without thinc's clip, which is on by default."""
    return Candidate.of(case.target, rule, {"grad_clip": 0.0} if case.target.startswith("thinc") else {})


def test_a_right_claim_holds(case: Case) -> None:
    evidence = conformance(candidate(case, case.right), dtype=case.dtype).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence.findings


def test_a_wrong_claim_is_refused_with_a_script_of_that_framework_alone(case: Case, tmp_path: Path) -> None:
    asked = conformance(candidate(case, case.wrong), dtype=case.dtype, shrinking=True)
    evidence = asked.evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    (example,) = (finding.counterexample for finding in evidence.findings[:1])
    assert example is not None
    dtype = str(case.dtype).removeprefix("torch.")
    check = Check("conformance", case.wrong, case.target, path="default", dtype=dtype)
    (tmp_path / "shows.py").write_text(script(check, example, describe(case.target)))
    done = subprocess.run([sys.executable, tmp_path / "shows.py"], capture_output=True, text=True, check=True)
    assert float(done.stdout.split("gives ")[1].split()[0]) == pytest.approx(example.seen, rel=1e-6)


@pytest.mark.parametrize("asked", ["resume", "gradients-kept"])
def test_it_keeps_what_it_can_promise(case: Case, asked: str) -> None:
    evidence = evidence_of(candidate(case, case.right), asked)
    assert evidence.verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE), evidence


def test_its_module_lists_it(case: Case) -> None:
    assert case.target in own(case.target.partition(":")[0])


def test_one_count_of_steps_for_all_is_found() -> None:
    """MLX counts the steps of an optimizer, not of a parameter: one that rests comes back with another correction."""
    pytest.importorskip("mlx.core", reason="mlx is not installed")
    evidence = evidence_of(Candidate.of("mlx.optimizers:AdamW"), "idle")
    assert evidence.verdict is Verdict.UNLAWFUL


def test_betas_that_are_held_in_float32_are_said() -> None:
    """Less them, 1 is another number; what is right but for that is told beside the verdict."""
    pytest.importorskip("thinc.api", reason="thinc is not installed")
    evidence = conformance(candidate(CASES[1], CASES[1].right), dtype=torch.float32).evidence()
    assert evidence.verdict is Verdict.LAWFUL and "kept in float32" in evidence.arithmetic


def test_tinygrad_steps_sets_saves_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the device that needs no compiler; on numbers that every format holds."""
    monkeypatch.setenv("DEV", "PYTHON")  # read as it is imported
    pytest.importorskip("tinygrad", reason="tinygrad is not installed")
    cls = load("tinygrad.nn.optim:SGD")
    x, gradient = torch.ones(2, requires_grad=True), torch.tensor([1.0, -2.0])
    first = cls([x], lr=0.5, momentum=0.5)
    x.grad = gradient
    first.step()
    assert x.tolist() == [0.5, 2.0]
    y = x.detach().clone().requires_grad_()
    second = cls([y], lr=0.5, momentum=0.5)
    second.load_state_dict(first.state_dict())
    for weight, optimizer in ((x, first), (y, second)):
        optimizer.param_groups[0]["lr"] = 0.25
        weight.grad = gradient
        optimizer.step()
        assert weight.tolist() == [0.125, 2.75]
