"""Formula, precision and range are told apart; arithmetic and random rounding are found by asking."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from examples.asking import conformance
from lawful.properties.checks import run
from lawful.properties.finite import is_finite
from lawful.properties.randomness import is_unbiased
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Question, Verdict

HALF, BRAIN, SINGLE, DOUBLE = torch.float16, torch.bfloat16, torch.float32, torch.float64


class Roots(torch.optim.Optimizer):
    """RMSprop; what an implementation does otherwise is a method."""

    def __init__(self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8) -> None:
        super().__init__(params, dict(lr=lr, alpha=alpha, eps=eps))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                self.move(p, p.grad, self.state[p], group["lr"], group["alpha"], group["eps"])

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        s["v"] = alpha * s.get("v", torch.zeros_like(p)) + (1 - alpha) * g * g
        p.sub_(lr * g / (s["v"].sqrt() + eps))


class Sums(Roots):
    """Keeps the sum of which the average is a share: it overflows earlier."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        s["sum"] = alpha * s.get("sum", torch.zeros_like(p)) + g * g
        p.sub_(lr * g / (((1 - alpha) * s["sum"]).sqrt() + eps))


class WrongIn16Bits(Roots):
    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g, s, lr * (0.25 if p.dtype in (HALF, BRAIN) else 1.0), alpha, eps)


class InSingle(Roots):
    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        w = p.float()
        super().move(w, g.float(), s, lr, alpha, eps)
        p.copy_(w)


class InSingleAndWrong(InSingle):
    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g, s, 1.001 * lr, alpha, eps)


class TooLong(Roots):
    """By less than float32 holds, and always."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g, s, lr * (1 + 1e-7), alpha, eps)


class Stochastic(Roots):
    share = 1 << 16

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        w = p.float()
        super().move(w, g.float(), s, lr, alpha, eps)
        if p.dtype is BRAIN:
            noise = torch.randint(0, self.share, p.shape, dtype=torch.int32)
            w = ((w.view(torch.int32) + noise) & -65536).view(torch.float32)
        p.copy_(w)


class Biased(Stochastic):
    share = 1 << 15


class Vain(Stochastic):
    share = 1


def seen(cls: type, dtype: torch.dtype) -> Evidence:
    return conformance(cls, "rmsprop", dtype).evidence()


def questions(evidence: Evidence) -> set[Question | None]:
    return {finding.question for finding in evidence.findings}


def test_what_overflows_where_the_rule_need_not_follows_it() -> None:
    evidence = seen(Sums, HALF)
    assert evidence.verdict is Verdict.LAWFUL and questions(evidence) == {Question.RANGE}
    assert "overflows" in evidence.findings[0].message


@pytest.mark.parametrize("dtype", [HALF, BRAIN])
def test_what_is_wrong_in_one_format_alone_is_wrong(dtype: torch.dtype) -> None:
    assert seen(WrongIn16Bits, dtype).verdict is Verdict.UNLAWFUL
    assert seen(WrongIn16Bits, SINGLE).verdict is Verdict.LAWFUL


def test_float64_computed_in_float32_is_said_and_judged_as_that() -> None:
    evidence = seen(InSingle, DOUBLE)
    assert (evidence.verdict, evidence.arithmetic) == (Verdict.LAWFUL, "computed in float32")
    assert questions(evidence) == {Question.PRECISION}
    assert seen(Roots, DOUBLE).arithmetic == "" and not seen(Roots, DOUBLE).findings


@pytest.mark.parametrize("cls", [InSingleAndWrong, TooLong])
def test_a_wrong_formula_is_no_loss_of_digits(cls: type) -> None:
    assert seen(cls, DOUBLE).verdict is Verdict.UNLAWFUL


def test_random_rounding_is_one_of_two_neighbours() -> None:
    evidence = seen(Stochastic, BRAIN)
    assert (evidence.verdict, evidence.arithmetic) == (Verdict.LAWFUL, "rounded at random")


@pytest.mark.parametrize(
    ("cls", "verdict"),
    [(Stochastic, "lawful"), (Biased, "unlawful"), (Vain, "unlawful"), (Roots, "not applicable")],
)
def test_random_rounding_has_no_bias(cls: type, verdict: str) -> None:
    assert asked(is_unbiased, cls).verdict == verdict


def asked(look: Any, cls: type) -> Evidence:
    candidate = Candidate.of(cls, "rmsprop")
    evidence: Evidence = look(candidate, Check("any", "rmsprop", "x"), Settings(), lambda entry: None)
    return evidence


class Dithered(Roots):
    """Adds noise to its gradients."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g + 1e-3 * torch.randn_like(p), s, lr, alpha, eps)


class Forgets(Dithered):
    """Its averages are not saved."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        self.apart = getattr(self, "apart", {})
        super().move(p, g, self.apart.setdefault(p, {}), lr, alpha, eps)


@pytest.mark.parametrize(("cls", "verdict"), [(Dithered, "lawful"), (Forgets, "unlawful")])
def test_random_numbers_are_the_same_where_bits_are_compared(cls: type, verdict: str) -> None:
    check = Check("resume", "rmsprop", "x")
    assert run(Candidate.of(cls, "rmsprop"), check, Settings(only=("resume",))).verdict == verdict


class Divides(Roots):
    """By what is 0 where the rule is not."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g, s, lr, alpha, eps)
        p.mul_(g / g)


def test_nan_out_of_finite_numbers_is_found_at_its_simplest() -> None:
    evidence = asked(is_finite, Divides)
    assert evidence.verdict is Verdict.UNLAWFUL
    assert "makes NaN in step 1 out of gradients of 0.0 from x = 0" in evidence.findings[0].message
    forced = asked(is_finite, Roots)
    assert forced.verdict is Verdict.LAWFUL and questions(forced) == {Question.RANGE}
    assert "float16" in forced.findings[0].message and not asked(is_finite, Stochastic).findings


class FailsAtRest(Roots):
    """Divides by a rate that may be 0 in the beginning."""

    def move(self, p: Any, g: Any, s: Any, lr: float, alpha: float, eps: float) -> None:
        super().move(p, g, s, lr * (lr / lr), alpha, eps)


def test_what_runs_and_raises_elsewhere_does_not_follow_its_rule() -> None:
    evidence = seen(FailsAtRest, SINGLE)
    assert evidence.verdict is Verdict.UNLAWFUL
    assert "raises ZeroDivisionError" in evidence.findings[0].message
