"""Keras and scikit-learn, where they are installed: right claims hold, wrong ones are refused, arithmetic is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.reports.script import script
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe
from lawful.verify.evidence import Check, Verdict

MLP = "sklearn.neural_network._stochastic_optimizers"
RIGHT = {
    "keras": ("keras.optimizers:SGD", 'sgd(lr_place="inside", decay="lr*wd")'),
    "sklearn": (f"{MLP}:SGDOptimizer", 'sgd(lr_place="inside")'),
}
WRONG = {"keras": ("keras.optimizers:SGD", "sgd"), "sklearn": (f"{MLP}:AdamOptimizer", "adam")}


@pytest.fixture(params=RIGHT)
def framework(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    for package in {"keras": ("jax", "keras")}.get(request.param, (request.param,)):
        pytest.importorskip(package, reason=f"{package} is not installed")
    return str(request.param)


def test_a_right_claim_holds(framework: str) -> None:
    evidence = conformance(Candidate.of(*RIGHT[framework]), dtype=torch.float32).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence.findings


@pytest.mark.parametrize("asked", ["resume", "gradients-kept", "set-from-outside"])
def test_it_keeps_what_it_can_promise(framework: str, asked: str) -> None:
    evidence = evidence_of(Candidate.of(*RIGHT[framework]), asked)
    assert evidence.verdict is Verdict.LAWFUL, evidence


def test_a_wrong_claim_is_refused_with_a_script_of_that_framework_alone(
    framework: str, tmp_path: Path
) -> None:
    target, rule = WRONG[framework]
    evidence = conformance(Candidate.of(target, rule), dtype=torch.float64, shrinking=True).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    (example,) = (finding.counterexample for finding in evidence.findings[:1])
    assert example is not None
    check = Check("conformance", rule, target, path="default", dtype="float64")
    (tmp_path / "shows.py").write_text(script(check, example, describe(target)))
    done = subprocess.run([sys.executable, tmp_path / "shows.py"], capture_output=True, text=True, check=True)
    assert float(done.stdout.split("gives ")[1].split()[0]) == pytest.approx(example.seen, rel=1e-6)


def test_keras_keeps_the_learning_rate_in_float32(framework: str) -> None:
    if framework == "sklearn":
        pytest.skip("it keeps numbers of Python")
    evidence = conformance(Candidate.of(*RIGHT["keras"]), dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL and "with lr kept in float32" in evidence.arithmetic
