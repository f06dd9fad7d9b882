"""What takes no tensor of some number of dimensions is asked of the others, and said not to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lawful.properties.checks import plan_for, run
from lawful.properties.settings import Settings
from lawful.properties.trial import tried
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import UNCLAIMED, Check, Verdict


class Steepest(torch.optim.Optimizer):
    """x ← x − lr·sign(g), in a way that takes tensors of every kind."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                self.looked(p)
                p.sub_(group["lr"] * p.grad.sign())
        return loss

    def looked(self, p: torch.Tensor) -> None:
        """What it does to a tensor besides."""


class NoScalars(Steepest):
    def looked(self, p: torch.Tensor) -> None:
        len(p)


class NoStacks(Steepest):
    def looked(self, p: torch.Tensor) -> None:
        if p.dim():
            p.t()


class MatricesAlone(Steepest):
    def looked(self, p: torch.Tensor) -> None:
        p.view(p.shape[0], -1) @ p.mT


@pytest.mark.parametrize(
    ("cls", "said"),
    [(Steepest, ""), (NoScalars, "1 to 9"), (NoStacks, "0 to 2"), (MatricesAlone, "2 to 2")],
)
def test_the_others_are_asked(cls: type, said: str) -> None:
    candidate = Candidate.of(cls, UNCLAIMED)
    settings = Settings(
        "quick", dtypes=("float32",), only=("first-steps", "groups", "resume", "zero-gradients")
    )
    seen = [run(candidate, c, settings) for c in plan_for(candidate, UNCLAIMED, "its:own", settings)]
    assert {evidence.verdict for evidence in seen} == {Verdict.LAWFUL}
    notes = " ".join(note for evidence in seen for note in evidence.notes)
    assert (f"asked of tensors with {said} dimensions alone" in notes) is bool(said)


def test_which_tensor_is_refused_is_said(tmp_path: Path) -> None:
    """Where a rule is claimed that has no such limit."""
    source = Path(__file__).read_text().partition("class NoStacks")[0] + "class Sign(NoScalars):\n    pass\n"
    (tmp_path / "mine.py").write_text(source)
    check = Check("conformance", "sgd", f"{tmp_path}/mine.py:Sign", "default", "float32", "cpu")
    with pytest.raises(
        Unanswerable, match=r"Sign cannot step a tensor of shape \(\): TypeError: len\(\) of a 0-d"
    ):
        tried(check, 0)
