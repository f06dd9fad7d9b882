"""Optax, where it is installed: followed, refused, identified, in the arithmetic that it really uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.properties.runs.arithmetic import arithmetic
from lawful.reports.script import script
from lawful.verify.candidates.adapters import jit
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe
from lawful.verify.evidence import Check, Verdict

jax = pytest.importorskip("jax", reason="jax is not installed")
optax = pytest.importorskip("optax", reason="optax is not installed")

WRONG = '''
import optax


def adamw(learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-2) -> optax.GradientTransformation:
    """Decay before the gradient is normalised."""
    return optax.chain(
        optax.add_decayed_weights(weight_decay),
        optax.scale_by_adam(b1, b2, eps),
        optax.scale_by_learning_rate(learning_rate),
    )
'''


def test_it_follows_its_rule() -> None:
    candidate = Candidate.of("optax:sgd")
    evidence = conformance(candidate, dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL and not evidence.findings, evidence.findings
    assert "subnormal numbers flushed" in evidence.arithmetic


def test_a_chain_of_ones_own_is_refused_with_a_script_of_optax_alone(tmp_path: Path) -> None:
    (tmp_path / "chained.py").write_text(WRONG)
    target = f"{tmp_path / 'chained.py'}:adamw"
    evidence = conformance(Candidate.of(target), dtype=torch.float64, shrinking=True).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    (example,) = (finding.counterexample for finding in evidence.findings[:1])
    assert example is not None
    check = Check("conformance", "adamw", target, path="default", dtype="float64")
    (tmp_path / "shows.py").write_text(script(check, example, describe(target)))
    done = subprocess.run([sys.executable, tmp_path / "shows.py"], capture_output=True, text=True, check=True)
    assert float(done.stdout.split("gives ")[1].split()[0]) == pytest.approx(example.seen, rel=1e-12)
    assert "lawful" not in (tmp_path / "shows.py").read_text()


def test_what_it_does_not_offer_is_said() -> None:
    evidence = evidence_of(Candidate.of("optax:sgd"), "idle")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "masked" in evidence.notes[0]


@pytest.mark.parametrize("asked", ["resume", "set-from-outside", "order-and-names", "gradients-kept"])
def test_it_keeps_what_it_can_promise(asked: str) -> None:
    evidence = evidence_of(Candidate.of("optax:adam"), asked)
    assert evidence.verdict is Verdict.LAWFUL, evidence


def test_its_arithmetic_is_found() -> None:
    """XLA flushes subnormals in float32; torch does not."""
    own, foreign = Candidate.of("torch.optim:SGD"), Candidate.of("optax:sgd")
    assert not arithmetic(own, own.paths["loop"], torch.float32, "cpu").flushed
    assert arithmetic(foreign, {}, torch.float32, "cpu").flushed


def test_numbers_that_are_handed_over_change_no_bit() -> None:
    """And functions that differ in numbers alone are compiled once."""
    x = jax.numpy.linspace(-2, 2, 131, dtype="float32")

    def of(number: float):
        return lambda x: (number * x + jax.numpy.sqrt(jax.numpy.abs(x) + number)) / (1 - number**3)

    jit.Lifted(of(0.9), x)
    before = len(jit.COMPILED)
    for number in (0.1, 0.5, 0.999):
        assert np.array_equal(jit.Lifted(of(number), x)(x), jax.jit(of(number))(x))
    assert len(jit.COMPILED) == before


def test_another_form_is_compiled_anew() -> None:
    x = jax.numpy.ones(3)
    assert jit.Lifted(lambda x: x + 2.0, x)(x)[0] == 3 and jit.Lifted(lambda x: x * 2.0, x)(x)[0] == 2
    assert jit.Lifted(lambda x: x - 2.0, x)(x)[0] == -1 and jit.Lifted(lambda x: 2.0 - x, x)(x)[0] == 1


def test_another_learning_rate_goes_on_from_the_same_state() -> None:
    candidate = Candidate.of("optax:sgd")
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    made = candidate.cls([x], learning_rate=0.5)
    x.grad = torch.ones(3, dtype=torch.float64)
    made.step()
    made.param_groups[0]["learning_rate"] = 0.25
    made.step()
    assert x.tolist() == [0.25] * 3


def test_importing_it_changes_no_switch() -> None:
    Candidate.of("optax:adam")
    assert not jax.config.jax_enable_x64
