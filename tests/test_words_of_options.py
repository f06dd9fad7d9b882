"""An option is tried in the words that a constructor knows, and in mid-run too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from examples.asking import conformance
from lawful.optimizers import Muon
from lawful.properties.counterexamples.simpler import _telling
from lawful.properties.scenarios.drawing import PROFILES, asked
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict


class TwoScales(torch.optim.Muon):
    """Knows two words, and takes any other that stands in a group for the first; refuses none."""

    def step(self, closure: Any = None) -> Any:
        known = ("original", "match_rms_adamw")
        held = [group["adjust_lr_fn"] for group in self.param_groups]
        for group in self.param_groups:
            group["adjust_lr_fn"] = group["adjust_lr_fn"] if group["adjust_lr_fn"] in known else known[0]
        found = super().step(closure)
        for group, word in zip(self.param_groups, held, strict=True):
            group["adjust_lr_fn"] = word
        return found


@pytest.mark.parametrize("cls", [Muon, torch.optim.Muon, TwoScales])
def test_only_words_that_it_knows_are_tried(cls: type) -> None:
    candidate = Candidate.of(cls, "muon")
    assert candidate.options.values["rate"] == ("original", "match_rms_adamw")


def test_what_it_knows_not_is_no_fault() -> None:
    candidate = Candidate.of(TwoScales, 'muon(iteration="bfloat16")')
    assert conformance(candidate, dtype=torch.float32).evidence().verdict is Verdict.LAWFUL


def test_a_case_in_which_a_word_changes_has_a_size() -> None:
    candidate = Candidate.of(Muon, "muon")
    moving = [s for s in asked(candidate, PROFILES["quick"], 0) if any(map(_words, s.moves.values()))]
    assert moving, "a word changes in mid-run"
    assert _size(candidate, moving[0]) > _size(candidate, next(asked(candidate, PROFILES["quick"], 0)))


def _words(moved: Any) -> bool:
    return any(isinstance(value, str) for value in moved.values())


def _size(candidate: Candidate, scenario: Any) -> int:
    return _telling(scenario, candidate)


class RootOfEps(torch.optim.Optimizer):
    """RMSprop with an argument whose convention is called as a hyperparameter is: eps."""

    def __init__(
        self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8, eps_in_sqrt: bool = False
    ) -> None:
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps, "eps_in_sqrt": eps_in_sqrt})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.mul_(group["alpha"]).addcmul_(p.grad, p.grad, value=1 - group["alpha"])
                p.addcdiv_(p.grad, self.root(v, group), value=-group["lr"])

    def root(self, v: torch.Tensor, group: dict[str, Any]) -> torch.Tensor:
        return (v + group["eps"]).sqrt() if group["eps_in_sqrt"] else v.sqrt() + group["eps"]


class RootWithoutEps(RootOfEps):
    """Leaves eps outside whatever it is told."""

    def root(self, v: torch.Tensor, group: dict[str, Any]) -> torch.Tensor:
        return v.sqrt() + group["eps"]


@pytest.mark.parametrize(
    ("cls", "verdict"), [(RootOfEps, Verdict.LAWFUL), (RootWithoutEps, Verdict.UNLAWFUL)]
)
def test_an_option_may_be_called_as_a_hyperparameter_is(cls: type, verdict: Verdict) -> None:
    candidate = Candidate.of(cls, "rmsprop")
    assert candidate.options.values["eps"] == ("outside", "inside")
    assert conformance(candidate, dtype=torch.float32).evidence().verdict is verdict
