"""Laws and promises are asked of a candidate in the formats that it takes, the widest first."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from lawful.properties.checks import plan_for, properties
from lawful.properties.runs.arithmetic import arithmetic
from lawful.properties.runs.taken import nearest_taken
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict
from test_frameworks import Momentum, Wide, made  # noqa: F401  a fixture

LAWS = ("change_of_units", "sign_symmetry", "gradients_have_a_unit")


class InSingle(Momentum):
    """Takes float32 alone."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> list[Any]:
        if any(x.dtype != np.float32 for x in parameters):
            raise ValueError("float32 is what it takes")
        return super().step(parameters, gradients)


class WithAConstant(InSingle):
    """Likewise, with a constant of which the rule knows nothing."""

    def step(self, parameters: list[Any], gradients: list[Any]) -> list[Any]:
        return super().step(parameters, [None if g is None else g + np.float32(1e-5) for g in gradients])


def verdicts(candidate: Candidate) -> Iterator[tuple[str, str, Verdict]]:
    checks = plan_for(candidate, "sgd", "mine", Settings(only=LAWS))
    for check in checks:
        evidence = properties()[check.property].run(candidate, check, Settings(), lambda entry: None)
        yield check.property, check.dtype, evidence.verdict


def test_what_refuses_float64_is_asked_for_laws_in_float32(made: Any) -> None:  # noqa: F811
    candidate = made(InSingle)
    assert nearest_taken(candidate, torch.float64) is torch.float32
    assert arithmetic(candidate, candidate.plainest, torch.float64, "cpu").single
    found = list(verdicts(candidate))
    assert found and all(dtype == "float32" for _, dtype, _ in found)
    assert {verdict for _, _, verdict in found} == {Verdict.LAWFUL}, found


def test_and_laws_find_what_is_wrong_there(made: Any) -> None:  # noqa: F811
    found = list(verdicts(made(WithAConstant)))
    assert Verdict.UNLAWFUL in {verdict for _, _, verdict in found}, found


def test_what_gives_float64_for_float32_is_stepped_and_asked_in_float64(made: Any) -> None:  # noqa: F811
    candidate = made(Wide)
    assert nearest_taken(candidate, torch.float32) is torch.float64
    checks = plan_for(candidate, "sgd", "mine", Settings(only=("gradients-kept", "idle")))
    assert [check.dtype for check in checks] == ["float64", "float64"]


@pytest.mark.parametrize("name", ["Adam", "SGD"])
def test_torchs_are_asked_as_ever(name: str) -> None:
    candidate = Candidate.of(getattr(torch.optim, name))
    assert nearest_taken(candidate, torch.float64) is torch.float64
