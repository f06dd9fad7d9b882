"""What a candidate does instead of its rule is told as the least that explains it."""

from __future__ import annotations

from typing import Any

import torch

from examples.asking import conformance
from lawful.properties.counterexamples.explaining import explained
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict


class Undamped(torch.optim.SGD):
    """Takes dampening and leaves it."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0) -> None:
        super().__init__(params, lr=lr, momentum=momentum)


def words(cls: type, rule: str) -> str:
    candidate = Candidate.of(cls, rule)
    return explained(candidate, candidate.options.plain, candidate.plainest, "cpu")


def test_one_change_is_told_before_another_rule_with_two_conventions() -> None:
    said = words(Undamped, "sgd")
    assert said == "like sgd, but with g_t + b·momentum instead of g_t·(1 − dampening) + b·momentum in b_t"


def test_another_rule_as_it_is_is_told_before_a_change() -> None:
    assert words(torch.optim.Adamax, "adam").startswith("what it does is adamax")


class InBackward(torch.optim.Optimizer):
    """SGD that steps where gradients are accumulated; its step has nothing left to do."""

    def __init__(self, params: Any, lr: float = 1e-3) -> None:
        super().__init__(params, {"lr": lr})
        for p in self.param_groups[0]["params"]:
            p.register_post_accumulate_grad_hook(lambda p: p.data.sub_(lr * p.grad))

    def step(self, closure: Any = None) -> None:
        pass


def test_what_does_nothing_is_told_as_that() -> None:
    assert words(InBackward, "sgd") == "no step moves a weight"


def test_of_a_formula_that_is_not_known_no_arithmetic_is_told() -> None:
    evidence = conformance(Candidate.of(Undamped, "sgd"), dtype=torch.float64).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    assert not evidence.arithmetic and not any("kept in" in f.message for f in evidence.findings)
