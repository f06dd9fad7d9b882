"""Rules of the field: what follows one, written by hand as its authors have it, is lawful; with one slip it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from examples import field as by_hand
from examples.asking import conformance
from examples.field import Move, optimizer, slipped
from lawful.properties.conformance import Conformance, first_departure, followed
from lawful.properties.counterexamples.telling import departed
from lawful.properties.runs.watching import Suspicion, Watch
from lawful.properties.scenarios.drawing import Profile, asked
from lawful.verify.evidence import Finding, Verdict

BRIEF = Profile(1, 1, (4, 6), far=False)
SINGLE = {"ademamix", "diffgrad", "padam", "madgrad", "adam_atan2", "mars", "prodigy"}
"""One of each kind: lanes, functions that no format rounds correctly, tensors, all parameters."""

ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}


@dataclass(frozen=True)
class Case:
    """A rule, what follows it, its defaults, and slips in it that must be refused."""

    rule: str
    move: Move
    defaults: dict[str, Any]
    slips: list[str] = field(default_factory=list)
    together: bool = False


CASES = [
    Case("ademamix", by_hand.ademamix, {**ADAM, "betas": (0.9, 0.999, 0.9999), "alpha": 2.0}, [
        "h.alpha * slow -> h.alpha * slow / (1 - beta3**s.t)",
        "+ h.alpha -> - h.alpha",
        'slow", beta3 -> slow", beta1',
    ]),
    Case("adan", by_hand.adan, {**ADAM, "betas": (0.98, 0.92, 0.99)}, [
        'getattr(s, "before", g) -> getattr(s, "before", s.zero)',
        "g + beta2 * change -> g + change",
        "beta2 * c / -> c / ",
        "p.div_(1 + h.lr * h.weight_decay) -> p.mul_(1 - h.lr * h.weight_decay)",
    ]),
    Case("qhadam", by_hand.qhadam, {**ADAM, "nus": (1.0, 1.0)}, [
        "nu1 * m / (1 - beta1**s.t) -> nu1 * m",
        "(1 - nu2) * grad**2 -> (1 - nu2) * grad.abs()",
        "+ nu1 * m -> + nu2 * m",
    ]),
    Case("laprop", by_hand.laprop, {**ADAM, "lr": 4e-4, "eps": 1e-15}, [
        "p.sub_(h.weight_decay * p) -> p.sub_(h.lr * h.weight_decay * p)",
        "h.lr * g / -> g / ",
        "h.lr / s.rate -> 1 / (1 - beta1**s.t)",
    ]),
    Case("yogi", by_hand.yogi, {**ADAM, "lr": 1e-2, "initial_accumulator": 1e-6, "eps": 1e-3}, [
        "(v - square).sign() -> (v - grad).sign()",
        '"m", start -> "m", s.zero',
        "(v - square).sign() * square -> (v - square)",
    ]),
    Case("adabound", by_hand.adabound, {**ADAM, "final_lr": 0.1, "gamma": 1e-3}, [
        "* h.lr / h.lr_0 ->  ",
        "clamp(low, high) -> clamp_max(high)",
        "(h.gamma * s.t)) -> (h.gamma * s.t + 1))",
    ]),
    Case("adamod", by_hand.adamod, {**ADAM, "betas": (0.9, 0.999, 0.999)}, [
        'minimum(rate, average(s, "rate", beta3, rate)) -> minimum(rate, average(s, "rate", beta2, rate))',
        "torch.minimum -> torch.maximum",
        "(v.sqrt() + h.eps) -> (v + h.eps).sqrt()",
    ]),
    Case("adamc", by_hand.adamc, {**ADAM, "weight_decay": 1e-2}, [
        "h.lr**2 / h.lr_0 -> h.lr",
        "h.lr**2 / h.lr_0 -> h.lr**2",
    ]),
    Case("mars", by_hand.mars, {**ADAM, "lr": 3e-3, "betas": (0.95, 0.99), "gamma": 0.025}, [
        "beta1 / (1 - beta1) -> beta1",
        '"before", s.zero -> "before", g',
        "max(1.0, float(c.norm())) -> 1.0",
    ]),
    Case("novograd", by_hand.novograd, {**ADAM, "betas": (0.95, 0.98)}, [
        "v is not None and v > 0 -> v is not None",
        "+ h.weight_decay * p -> ",
        "(s.v.sqrt() + h.eps) -> (s.v + h.eps).sqrt()",
    ]),
    Case("padam", by_hand.padam, {**ADAM, "lr": 0.1, "partial": 0.25}, [
        "(2 * h.partial) -> h.partial",
        "s.top.sqrt() + h.eps -> s.top.sqrt() * h.eps",
        '"top", v), v) -> "top", v) * beta2, v)',
    ]),
    Case("diffgrad", by_hand.diffgrad, ADAM, [
        "- grad).abs()) -> - grad))",
        "s.before = grad -> pass",
        "torch.sigmoid -> 1 + torch.sigmoid",
    ]),
    Case("adam_atan2", by_hand.adam_atan2, {
        "lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0, "a": 1.27, "b": 1.0,
    }, [
        "h.lr * h.a -> h.lr",
        "h.b * (v -> (v",
        "torch.atan2(m / (1 - beta1**s.t), -> torch.atan2(m,",
    ]),
    Case("adamp", by_hand.adamp, {**ADAM, "delta": 0.1, "wd_ratio": 0.1}, [
        "rows.shape[1] ** 0.5 -> rows.shape[1]",
        "h.weight_decay * ratio -> h.weight_decay",
        "units * (units * steps) -> rows * (units * steps)",
        "rows.norm(dim=1, keepdim=True) -> p.norm()",
    ]),
    Case("prodigy", by_hand.prodigy, {**ADAM, "lr": 1.0, "d0": 1e-6, "d_coef": 1.0}, [
        'beta2**0.5 * getattr(s, "r", 0.0) -> beta2 * getattr(s, "r", 0.0)',
        "(s.x0 - p) -> (p - s.x0)",
        "(d * g) ** 2 -> d * g**2",
        "s.d * h.eps -> h.eps",
        "h.d_coef * s.r -> s.r",
    ], together=True),
    Case("dadaptadam", by_hand.dadaptadam, {**ADAM, "lr": 1.0, "d0": 1e-6}, [
        "s.r / ((1 - fade) * size) -> s.r / size",
        'getattr(s, "v", s.zero).sqrt() + h.eps -> h.eps',
        "m / (v.sqrt() + h.eps) -> d * m / (v.sqrt() + h.eps)",
    ], together=True),
    Case("dadaptlion", by_hand.dadaptlion, {
        "lr": 1.0, "betas": (0.9, 0.99), "weight_decay": 0.0, "d0": 1e-6,
    }, [
        "(1 - beta2) * rate * g -> (1 - beta2) * g",
        "s.r / ((1 - fade) * size) -> s.r / size",
        "(u * getattr -> (g * getattr",
    ], together=True),
    Case("sgdp", by_hand.sgdp, {
        "lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "eps": 1e-8, "delta": 0.1, "wd_ratio": 0.1,
    }, [
        "ratio / (1 - h.momentum) -> ratio",
        "u, ratio = projected(p, g, s.b, h) -> s.b, ratio = projected(p, g, s.b, h); u = s.b",
    ]),
    Case("madgrad", by_hand.madgrad, {"lr": 1e-2, "momentum": 0.9, "weight_decay": 0.0, "eps": 1e-6}, [
        "h.lr + h.eps -> h.lr",
        "s.v ** (1 / 3) -> s.v.sqrt()",
        "s.t**0.5 -> s.t",
        "s.x0 - s.s -> p - s.s",
    ]),
    Case("qhm", by_hand.qhm, {"lr": 1.0, "momentum": 0.999, "nu": 0.7, "weight_decay": 0.0}, [
        "h.nu * b + (1 - h.nu) * grad -> b + h.nu * grad",
        "(1 - h.nu) * grad -> (1 - h.nu) * g",
    ]),
    Case("pnm", by_hand.pnm, {"lr": 1e-3, "betas": (0.9, 1.0), "weight_decay": 0.0}, [
        "beta1**2 -> beta1",
        '("odd", "even") if -> ("odd", "odd") if',
        "h.lr / noise -> h.lr",
    ]),
    Case("tiger", by_hand.tiger, {"lr": 1e-3, "beta": 0.965, "weight_decay": 1e-2}, [
        "p.norm() / p.numel() ** 0.5 -> p.norm()",
        "h.weight_decay * p) -> h.weight_decay * p.sign())",
    ]),
    Case("ldog", by_hand.ldog, {"reps_rel": 1e-6, "lr": 1.0, "weight_decay": 0.0, "eps": 1e-8}, [
        "(1 + s.x0.norm()) -> s.x0.norm()",
        "(p - s.x0) -> p",
        'getattr(s, "total", h.eps) + -> h.eps +',
    ]),
    Case("ftrl", by_hand.ftrl, {"lr": 1e-3, "beta": 0.0, "lambda_1": 0.0, "lambda_2": 0.0}, [
        "/ h.lr * p -> / h.lr",
        "<= h.lambda_1 -> <= 0",
        "h.beta + s.n.sqrt() -> s.n.sqrt()",
    ]),
]  # fmt: skip


def asked_of(case: Case, move: Move, dtype: torch.dtype) -> Conformance:
    return conformance(optimizer(move, case.together, **case.defaults), case.rule, dtype, BRIEF)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_follows_is_lawful(case: Case) -> None:
    assert asked_of(case, case.move, torch.float64).evidence().verdict is Verdict.LAWFUL


@pytest.mark.parametrize("case", [c for c in CASES if c.rule in SINGLE], ids=lambda case: case.rule)
def test_what_follows_is_lawful_in_float32(case: Case) -> None:
    assert asked_of(case, case.move, torch.float32).evidence().verdict is Verdict.LAWFUL


def follows(case: Case) -> None:
    """What is written by hand is lawful."""
    evidence = asked_of(case, case.move, torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence


def has_no_slip_unseen(case: Case) -> None:
    """Each of its slips is refused."""
    for slip in case.slips:
        assert departs(asked_of(case, slipped(case.move, slip), torch.float64)), slip


def departs(check: Conformance) -> bool:
    """Whether a step leaves the budget in some scenario; why, and the smallest inputs, are not asked."""
    watches = (check.watch(scenario) for scenario in asked(check.candidate, check.profile, check.seed))
    return any(confirmed(watch, first_departure(watch)) and followed(watch) is None for watch in watches)


def confirmed(watch: Watch, found: Suspicion | Finding | None) -> bool:
    return isinstance(found, Finding) or (found is not None and departed(watch, found).confirmed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_slip_is_refused(case: Case) -> None:
    has_no_slip_unseen(case)
