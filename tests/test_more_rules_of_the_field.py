"""More rules of the field: what follows one, written by hand, is lawful; with one slip it is not."""

from __future__ import annotations

from typing import Any

import pytest
from torch import Tensor

from examples import field_more as by_hand
from examples.field import optimizer, prodigy, sgdp
from examples.moving import Plain
from lawful.properties.counterexamples.explaining import explained
from lawful.properties.identification.answering import answered
from lawful.properties.identification.probes import Subject
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import rules
from test_rules_of_the_field import ADAM, Case, follows, has_no_slip_unseen

CASES = [
    Case("accsgd", by_hand.accsgd, {"lr": 1e-3, "kappa": 1000.0, "xi": 10.0, "small_const": 0.7, "weight_decay": 0.0}, [
        "h.small_const**2 -> h.small_const",
        "h.kappa / h.small_const * g) -> h.kappa * g)",
    ]),
    Case("aggmo", by_hand.aggmo, {"lr": 1e-3, "betas": (0.0, 0.9, 0.99), "weight_decay": 0.0}, [
        "beta * b + g -> beta * b + (1 - beta) * g",
        "sum(s.bufs) / 3 -> sum(s.bufs)",
    ]),
    Case("pid", by_hand.pid, {
        "lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "integral": 5.0, "derivative": 10.0,
    }, [
        "s.before = g if s.t > 1 else s.zero -> s.before = g",
        "(1 - h.momentum) * (g - s.before) -> (g - s.before)",
    ]),
    Case("msvag", by_hand.msvag, {"lr": 1e-1, "beta": 0.9}, [
        "(1 - h.beta) ** 2 / ( -> (1 - h.beta) / (",
        "(v - m**2) / (1 - rho) -> (v - m**2)",
    ]),
    Case("kate", by_hand.kate, {"lr": 1e-3, "delta": 0.0, "weight_decay": 0.0, "eps": 1e-8}, [
        "s.weights.sqrt() * g -> s.weights * g",
        "+ g**2 + h.eps -> + g**2",
    ]),
    Case("focus", by_hand.focus, {"lr": 1e-2, "betas": (0.9, 0.99), "gamma": 0.1, "weight_decay": 0.0}, [
        "h.weight_decay * mean -> h.weight_decay * p",
        "+ h.gamma -> - h.gamma",
    ]),
    Case("srmm", by_hand.srmm, {"lr": 1e-2, "beta": 0.5, "memory_length": 100}, [
        "s.t % h.memory_length + 1 -> s.t % h.memory_length",
        "share * p - h.lr -> share * p - share * h.lr",
    ]),
    Case("fromage", by_hand.fromage, {"lr": 1e-2}, [
        "(1 + h.lr**2) ** 0.5 -> 1 + h.lr",
        "p.norm() / g.norm() if -> p.norm() if",
    ]),
    Case("adasmooth", by_hand.adasmooth, {**ADAM, "betas": (0.5, 0.99), "eps": 1e-6}, [
        "(1 - c**2) -> (1 - c)",
        "s.before = p.clone() -> pass",
    ]),
    Case("ano", by_hand.ano, {**ADAM, "lr": 1e-4, "betas": (0.92, 0.99)}, [
        "(g**2 - v).sign() -> (g - v).sign()",
        "g.abs() * m.sign() -> m",
    ]),
    Case("adamg", by_hand.adamg, {**ADAM, "lr": 1.0, "betas": (0.95, 0.999, 0.95), "p": 0.2, "q": 0.24}, [
        "h.p * v**h.q -> v**h.q",
        "min(h.lr, s.t**-0.5) -> h.lr",
    ]),
    Case("exadam", by_hand.exadam, {**ADAM, "lr": 1e-4}, ["(m + g) -> m", "beta2**s.t * v / -> v / "]),
    Case("dog", by_hand.dog, {"reps_rel": 1e-6, "lr": 1.0, "weight_decay": 0.0, "eps": 1e-8}, [
        "(p - s.x0).norm() -> p.norm()",
        "s.total.sqrt() -> s.total",
    ], together=True),
    Case("dadaptsgd", by_hand.dadaptsgd, {"lr": 1.0, "momentum": 0.0, "weight_decay": 0.0, "d0": 1e-6}, [
        "2 * s.r -> s.r",
        "(s.x0 - s.s) -> (p - s.s)",
    ], together=True),
    Case("signum", by_hand.signum, {"lr": 1e-3, "momentum": 0.9, "weight_decay": 0.0}, [
        "h.momentum, g) -> h.momentum, g.sign())",
        "1 - h.lr * h.weight_decay -> 1 - h.weight_decay",
    ]),
    Case("stableadamw", by_hand.stableadamw, {**ADAM, "betas": (0.9, 0.99), "weight_decay": 1e-2}, [
        "1 - rate * h.weight_decay -> 1 - h.lr * h.weight_decay",
        "h.eps**2 -> h.eps",
    ]),
    Case("a2grad", by_hand.a2grad, {"lr": 1e-3, "beta": 10.0, "lips": 10.0}, [
        "k = s.t - 1 -> k = s.t",
        "h.beta * s.off.sqrt() -> h.beta * s.off",
    ]),
    Case("simplifiedademamix", by_hand.simplifiedademamix, {**ADAM, "betas": (0.99, 0.95), "alpha": 0.0}, [
        "s.zero) + g -> s.zero) + (1 - beta1) * g",
        "h.alpha * g -> h.alpha",
    ]),
    Case("sgd_schedulefree", by_hand.sgd_schedulefree, {
        "lr": 1.0, "momentum": 0.9, "weight_decay": 0.0, "warmup_steps": 0.0, "r": 0.0, "weight_lr_power": 2.0,
    }, [
        "(1 - h.momentum * (1 - c)) -> (1 - h.momentum)",
        "s.top**h.weight_lr_power -> rate**h.weight_lr_power",
    ]),
]  # fmt: skip


class InSingle(Plain):
    """Adam that takes float64 and computes in float32."""

    def move(self, p: Tensor, s: dict[str, Any], h: dict[str, Any]) -> None:
        narrow = p.detach().float()
        narrow.grad = p.grad.float()
        super().move(narrow, s, h)
        p.copy_(narrow)


def test_what_computes_in_float32_is_recognised_by_its_weights() -> None:
    found = answered(Subject(InSingle))
    assert found.fits[0].rule == "adam" and found.dtype == "float32"


def of_two_dimensions(p: Tensor, g: Tensor, s: Any, h: Any) -> None:
    sgdp(p, g, s, h) if p.dim() <= 2 else p.sub_(h.lr * g**3)


def test_a_rank_of_which_the_rule_says_nothing_is_said_to_be_one() -> None:
    """SGDP's is of vectors and matrices."""
    held = {"lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "eps": 1e-8}
    found = answered(Subject(optimizer(of_two_dimensions, **held, delta=0.1, wd_ratio=0.1)))
    assert list(found.ranks) == ["vectors and scalars", "matrices"]
    assert found.notes == ["Of stacks of matrices this rule says nothing."]


def test_a_finding_names_the_rule_of_another_family() -> None:
    assert explained(Candidate.of(Plain, "yogi"), {}, {}, "cpu").startswith("what it does is adam")


def test_what_a_rule_of_the_name_does_not_know_is_left_alone() -> None:
    """Prodigy's β₃ is None by default, and another rule's is not."""

    class Prodigy(optimizer(prodigy, True, **ADAM, d0=1e-6, d_coef=1.0, beta3=None)):  # type: ignore[misc]
        pass

    assert all("beta3" not in probe.arguments for probe in Subject(Prodigy).probes([rules()["prodigy"]]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_follows_is_lawful(case: Case) -> None:
    follows(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_slip_is_refused(case: Case) -> None:
    has_no_slip_unseen(case)
