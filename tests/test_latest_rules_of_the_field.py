"""The latest rules of the field and their conventions: what follows one, written by hand, is lawful; with one slip it
is not."""

from __future__ import annotations

import pytest

from examples import field_more as by_hand
from examples import field_of_optax as of_optax
from lawful.properties.identification.answering import answered
from lawful.properties.identification.probes import Subject
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule
from test_rules_of_the_field import ADAM, Case, follows, has_no_slip_unseen, optimizer

MIXED = {**ADAM, "betas": (0.9, 0.999, 0.9999), "alpha": 2.0}
OPTAX_ADAN = 'adan(decay="before", foresees="1 - beta2")'
ADOPT = {"lr": 1e-3, "betas": (0.9, 0.9999), "eps": 1e-6}

CASES = [
    Case("ademamix", by_hand.ademamix_warmed, {**MIXED, "t_alpha_beta3": None}, [
        "s.t / length, math -> (s.t - 1) / length, math",
        "math.exp(low * high / ((1 - share) * high + share * low)) -> (1 - share) * beta1 + share * beta3",
        "min(s.t * alpha / length, alpha) -> alpha",
    ]),
    Case('ademamix(warmup="authors")', by_hand.ademamix_of_its_authors, {
        **MIXED, "beta3_warmup": None, "alpha_warmup": None,
    }, ["1e-8 -> 1e-7", "s.t / h.alpha_warmup * alpha -> alpha"]),
    Case("bcos", by_hand.bcos, {"lr": 1e-3, "beta": 0.9, "eps": 1e-6, "weight_decay": 0.1}, [
        "(1 - share) * old**2 -> old**2",
        "h.beta * old -> h.beta * g",
        "(1 - h.beta) ** 2 -> (1 - h.beta)",
    ]),
    Case("mirrormadgrad", by_hand.mirrormadgrad, {"lr": 1e-2, "momentum": 0.9, "weight_decay": 0.0, "eps": 1e-6}, [
        "((s.t - 1) / s.t) ** 0.5 * getattr -> getattr",
        'getattr(s, "z", s.x0) -> s.x0',
        "s.t ** (1 / 3) * grad -> s.t ** (1 / 2) * grad",
    ]),
    Case("adapnm", by_hand.adapnm, {**ADAM, "betas": (0.9, 0.999, 1.0)}, [
        "torch.maximum -> torch.minimum",
        '("odd", "even") if -> ("odd", "odd") if',
        "h.lr / (1 - beta1**s.t) -> h.lr / (1 - beta1**(2 * s.t))",
    ]),
    Case('adan(weights="present", first="left out")', by_hand.adan_without_first, {
        **ADAM, "betas": (0.02, 0.08, 0.01),
    }, [
        "(1 - beta for beta in h.betas) -> h.betas",
        "(1 - beta3**s.t)) -> (1 - beta3**(s.t - 1)))",
    ]),
    Case('adopt(count="calls")', by_hand.adopt_by_calls, ADOPT, ["s.t**0.25 -> (s.t - 1)**0.25"]),
    Case('adopt(clip="t^p")', by_hand.adopt_by_power, {**ADOPT, "clip_exp": 0.333}, [
        "(s.t - 1) ** h.clip_exp -> s.t ** h.clip_exp",
        "** h.clip_exp -> ** 0.25",
    ]),
    Case("padded(adam)", by_hand.padded_adam, {**ADAM, "padding": 1e-15}, [
        "((v + h.padding) / (1 - beta2**s.t)).sqrt() -> (v / (1 - beta2**s.t)).sqrt() + h.padding",
    ]),
    Case('padded(adam, beside="corrected")', by_hand.adam_padded_late, {**ADAM, "padding": 1e-15}, [
        "(v / (1 - beta2**s.t) + h.padding).sqrt() -> ((v + h.padding) / (1 - beta2**s.t)).sqrt()",
    ]),
    Case("floored(adam)", by_hand.floored_adam, ADAM, [".sqrt().clamp_min(h.eps) -> .sqrt() + h.eps"]),
    Case("acprop", of_optax.acprop, {**ADAM, "eps": 1e-16}, [
        "(s.t - 1) -> s.t",
        "- around) ** 2 + h.eps -> - around) ** 2",
        "if s.t > 1 else g -> if s.t > 1 else s.zero",
    ]),
    Case('acprop(form="optax")', of_optax.acprop_of_optax, {**ADAM, "eps": 1e-16, "eps_root": 1e-16}, [
        "s.zero + 1 -> s.zero + (1 - h.eps) ** 2",
        "(g - around) ** 2 -> (g - (beta1 * around + (1 - beta1) * g)) ** 2",
    ]),
    Case("dowg", of_optax.dowg, {"lr": 1.0, "eps": 1e-4, "weight_decay": 0.0}, [
        "s.far * (g**2).sum() -> (g**2).sum()",
        "((p - s.x0) ** 2).sum() -> (p**2).sum()",
        "s.total.sqrt() + h.eps -> s.total.sqrt()",
    ], together=True),
    Case("cocob", of_optax.cocob, {"alpha": 100.0, "lr": 1.0, "eps": 1e-8, "weight_decay": 0.0}, [
        "s.all + s.largest -> s.all",
        ".clamp(min=0) -> .abs()",
        "(s.largest + s.won) -> s.largest",
    ]),
    Case(OPTAX_ADAN, of_optax.adan, {**ADAM, "betas": (0.98, 0.92, 0.99)}, [
        "(g + (1 - beta2) * change) -> (g + beta2 * change)",
        "(m + (1 - beta2) * d) -> (m + beta2 * d)",
    ]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_follows_is_lawful(case: Case) -> None:
    follows(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_slip_is_refused(case: Case) -> None:
    has_no_slip_unseen(case)


def test_two_transformations_are_found_where_one_leaves_next_to_nothing() -> None:
    defaults = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "max_norm": 1.0}
    found = answered(Subject(optimizer(by_hand.clipped_padded_adam, **defaults)))
    assert found.fits[0].rule in (
        'padded(clipped(adam), over="value")',
        'clipped(padded(adam), over="value")',
    )


def test_what_has_no_second_moment_is_not_padded() -> None:
    with pytest.raises(Unanswerable, match="does not divide by a second moment"):
        find_rule("padded(sgd)")


def test_what_has_no_eps_is_not_floored() -> None:
    with pytest.raises(Unanswerable, match="adds eps to nothing"):
        find_rule("floored(lion)")
