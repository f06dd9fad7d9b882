"""Schedules of Optax and Keras, which are functions of the steps: what they say in float32, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import lawful
from lawful.verify.candidates.asking import candidate_of
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict

pytest.importorskip("jax", reason="jax is not installed")
optax = pytest.importorskip("optax", reason="optax is not installed")

OWN = """
import jax.numpy as jnp


def right(init_value, steps, alpha=0.0) -> "optax.Schedule":
    def at(count):
        share = jnp.minimum(count, steps) / steps
        return init_value * (alpha + (1 - alpha) * (1 + jnp.cos(jnp.pi * share)) / 2)
    return at


def goes_on(init_value, steps, alpha=0.0) -> "optax.Schedule":
    return lambda count: init_value * (alpha + (1 - alpha) * (1 + jnp.cos(jnp.pi * count / steps)) / 2)


def in_half(init_value, steps, alpha=0.0) -> "optax.Schedule":
    return lambda count: jnp.asarray(right(init_value, steps, alpha)(count), jnp.float16)
"""

OPTAX = (
    "linear_schedule", "polynomial_schedule", "exponential_decay", "cosine_decay_schedule",
    "warmup_cosine_decay_schedule", "warmup_exponential_decay_schedule", "warmup_constant_schedule",
    "linear_onecycle_schedule", "cosine_onecycle_schedule",
)  # fmt: skip


@pytest.mark.parametrize("name", OPTAX)
def test_optax_s_follow_theirs(name: str) -> None:
    seen = lawful.check(f"optax:{name}")
    assert seen.verdict is Verdict.LAWFUL, repr(seen)


@pytest.mark.parametrize(("name", "verdict"), [
    ("right", Verdict.LAWFUL), ("goes_on", Verdict.UNLAWFUL), ("in_half", Verdict.UNLAWFUL),
])  # fmt: skip
def test_one_s_own_is_asked_if_it_says_that_it_makes_one(name: str, verdict: Verdict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN)
    how = {"rule": "cosine_to_share", "names": {"decay_steps": "steps"}}
    seen = lawful.check(f"{tmp_path / 'mine.py'}:{name}", **how)
    assert seen.verdict is verdict, repr(seen)
    assert all("print([float(schedule(step))" in f.script for e in seen.results.values() for f in e.findings)


def test_it_is_asked_nothing_that_is_torch_s_or_a_state_s() -> None:
    candidate = candidate_of("optax:exponential_decay")
    assert isinstance(candidate, Scheduler) and candidate.pure
    asked = {check.property for check in lawful.check("optax:exponential_decay").checks}
    assert asked == {"schedule", "sensible-rates"}


def test_an_optimizer_is_none() -> None:
    with pytest.raises(Unanswerable, match="adam"):
        Scheduler.of("optax:adam", "cosine_to_share")
