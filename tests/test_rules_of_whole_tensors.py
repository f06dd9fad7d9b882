"""Rules of whole tensors, and conventions of libraries: what follows one is lawful; with one slip it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from examples import field_tensors as by_hand
from examples.asking import conformance
from examples.field import optimizer, slipped
from lawful.properties.scenarios.drawing import PROFILES
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule
from test_rules_of_the_field import ADAM, Case, departs, follows, has_no_slip_unseen

MOMENTUM = {"lr": 1e-3, "momentum": 0.9, "weight_decay": 0.0}

CASES = [
    Case("adam_mini", by_hand.adam_mini, ADAM, ["(g * g).mean() -> g.mean() ** 2", "(g * g).mean() -> (g * g)"]),
    Case('adam_mini(block="row")', by_hand.adam_mini_by_rows, ADAM, [
        "mean(-1, keepdim=True) -> mean(-2, keepdim=True)",
    ]),
    Case("fadam", by_hand.fadam, {**ADAM, "weight_decay": 0.1, "clip": 1.0, "p": 0.5, "eps_2": 1e-2}, [
        "least ** (2 * h.p) -> least",
        "(n * n).mean().sqrt() -> n.norm()",
        "beta2 * (1 - beta2 ** (s.t - 1)) / (1 - beta2**s.t) -> beta2",
        "h.weight_decay * d -> h.weight_decay * p",
    ]),
    Case("aida", by_hand.aida, {**ADAM, "xi": 1e-20}, [
        "range(2) -> range(1)",
        "(a - b) ** 2 + h.eps -> (a - b) ** 2",
        "(b * b).sum() -> (a * a).sum()",
    ]),
    Case("amos", by_hand.amos, {
        "lr": 1e-3, "beta": 0.999, "momentum": 0.0, "extra_l2": 0.0, "c_coef": 0.25, "d_coef": 0.25, "eps": 1e-18,
    }, [
        "gamma * (1 + spent) -> gamma",
        "(gamma - h.extra_l2) / 2 -> (gamma - h.extra_l2)",
        "size**0.5 * spent -> h.lr**0.5 * spent",
    ]),
    Case("tam", by_hand.tam, {**MOMENTUM, "decay_rate": 0.9, "eps": 1e-8}, [
        "(1 + average(s, \"s\", h.decay_rate, alike)) / 2 -> average(s, \"s\", h.decay_rate, alike)",
        "p.mul_(1 - h.lr * h.weight_decay).sub_(h.lr * s.b) -> p.sub_(h.lr * s.b).mul_(1 - h.lr * h.weight_decay)",
    ]),
    Case('tam(likeness="products", start="gradient")', by_hand.tam_of_products, {
        **MOMENTUM, "decay_rate": 0.9, "eps": 1e-8,
    }, ['"dim": 0 -> "dim": -1', 'getattr(s, "b", g) -> getattr(s, "b", s.zero)']),
    Case("adatam", by_hand.adatam, {**ADAM, "decay_rate": 0.9}, ["/ 2 + h.eps) * g -> / 2 + h.eps)"]),
    Case("sophia", by_hand.sophia, {
        "lr": 1e-4, "betas": (0.965, 0.99), "rho": 0.04, "update_period": 10, "eps": 1e-15, "weight_decay": 0.1,
    }, [
        "beta2, g * g) -> beta1, g * g)",
        "% h.update_period == 0 -> % (h.update_period + 1) == 0",
        ".clamp(-1, 1) -> ",
        "h.rho * s.h + h.eps -> torch.clamp_min(h.rho * s.h, h.eps)",
    ]),
    Case("mars_by_rank", by_hand.mars_by_rank, {
        **ADAM, "lr": 3e-3, "gamma": 0.025, "lr_1d": 3e-3, "betas_1d": (0.9, 0.95), "weight_decay_1d": 0.1,
    }, [
        "h.lr * h.lr_1d / h.lr_0 -> h.lr_1d",
        "h.betas if matrix else h.betas_1d -> h.betas",
        "matrix, before = p.dim() > 1 -> matrix, before = p.dim() > 0",
    ]),
    Case('lamb(bias_correction="rate", clamp=True, part="step + eps")', by_hand.lamb_apart, ADAM, [
        "clamp_max(10) -> clamp_max(20)",
        "h.lr / (1 - beta1**s.t) -> h.lr",
        "(u.norm() + h.eps) -> u.norm()",
    ]),
    Case('layerwise(sgd, tensors="matrices")', by_hand.lars_of_matrices, {
        **MOMENTUM, "dampening": 0.0, "trust_coefficient": 1e-3,
    }, [
        "p.dim() > 1:\n        length -> p.dim() > 0:\n        length",
        "length = g.norm() + h.weight_decay * p.norm() -> length = (g + h.weight_decay * p).norm()",
    ]),
    Case('laprop(lr_place="outside", decay="lr*wd", decay_order="before")', by_hand.laprop_of_old_weights, ADAM, [
        "p.mul_(1 - h.lr * h.weight_decay)\n    p.sub_(h.lr * m) -> p.sub_(h.lr * m).mul_(1 - h.lr * h.weight_decay)",
    ]),
    Case('adopt(clip="none", averages="corrected")', by_hand.adopt_corrected, ADAM, [
        "(1 - beta2 ** (s.t - 1)) -> (1 - beta2 ** s.t)",
        "/ (1 - beta1 ** (s.t - 1)) -> ",
    ]),
    Case("rmsprop_corrected", by_hand.rmsprop_corrected, ADAM, ["/ (1 - beta2**s.t) -> "]),
    Case("sm3", by_hand.sm3, {"lr": 0.1, "momentum": 0.0, "eps": 1e-30}, [
        "amax(1, keepdim=True) -> mean(1, keepdim=True)",
        "torch.minimum -> torch.maximum",
        "sums.amax(1, keepdim=True), sums.amax(0 -> (g * g).amax(1, keepdim=True), (g * g).amax(0",
    ]),
    Case('sm3(version="I")', by_hand.sm3_of_squares, {"lr": 0.1, "momentum": 0.0, "eps": 1e-30}, [
        "(g * g).amax(0, keepdim=True) -> (g * g).amax(keepdim=True)",
        "torch.minimum -> torch.maximum",
    ]),
    Case("dualadam", by_hand.dualadam, {**ADAM, "switch_rate": 1e-2}, [
        "left >= h.switch_rate -> left >= 0",
        "share * root -> share / root",
        "s.t * h.switch_rate -> (s.t - 1) * h.switch_rate",
    ]),
    Case("vsgd", by_hand.vsgd, {
        "lr": 0.1, "ghattg": 30.0, "ps": 1e-8, "tau1": 0.81, "tau2": 0.9, "weight_decay": 0.0, "eps": 1e-8,
    }, [
        "shape - 1 if s.t == 1 else shape -> shape",
        "s.t**-h.tau2 -> s.t**-h.tau1",
        "other * before + own * g -> own * before + other * g",
    ]),
    Case("swats", by_hand.swats, {**ADAM, "eps": 1e-9}, [
        "(1 - beta1) * rate * s.b -> rate * s.b",
        "s.b = beta1 * getattr(s, \"b\", s.zero) + g -> s.b = (1 - beta1) * (beta1 * getattr(s, \"b\", s.zero) + g)",
        "s.t > 1 and  -> ",
    ], together=True),
    Case('adamw_schedulefree(weights="present")', by_hand.schedulefree_by_present_rates, {
        **ADAM, "warmup_steps": 0, "r": 0.0, "weight_lr_power": 2.0,
    }, ["rate**h.weight_lr_power -> h.lr**h.weight_lr_power"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_follows_is_lawful(case: Case) -> None:
    follows(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_slip_is_refused(case: Case) -> None:
    has_no_slip_unseen(case)


@pytest.mark.parametrize(
    "share", ["abs(mean - ratio) < 2 * h.eps", "abs(mean - ratio) < h.eps / 2", "mean - ratio < h.eps"]
)
def test_the_threshold_at_which_swats_changes_over_shows(share: str) -> None:
    """Some of a default profile's scenarios change over when it says; at the second step, or never, it is not seen."""
    slip = slipped(by_hand.swats, f"abs(mean - ratio) < h.eps -> {share}")
    profile = replace(PROFILES["default"], far=False)
    assert departs(
        conformance(optimizer(slip, True, **{**ADAM, "eps": 1e-9}), "swats", torch.float64, profile)
    )


def test_a_ratio_of_a_step_without_decay_needs_an_eps_to_put_beside_it() -> None:
    with pytest.raises(Unanswerable, match="has no eps"):
        find_rule('trusted(sgd, part="step + eps")')
