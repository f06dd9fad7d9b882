"""Rules that Optax has: what follows one, written by hand, is lawful; with one slip it is not."""

from __future__ import annotations

import pytest

from examples import field_of_optax as by_hand
from test_rules_of_the_field import ADAM, Case, follows, has_no_slip_unseen

OPTAX_ADAN = 'adan(decay="before", foresees="1 - beta2")'

CASES = [
    Case("acprop", by_hand.acprop, {**ADAM, "eps": 1e-16}, [
        "(s.t - 1) -> s.t",
        "- around) ** 2 + h.eps -> - around) ** 2",
        "if s.t > 1 else g -> if s.t > 1 else s.zero",
    ]),
    Case('acprop(form="optax")', by_hand.acprop_of_optax, {**ADAM, "eps": 1e-16, "eps_root": 1e-16}, [
        "s.zero + 1 -> s.zero + (1 - h.eps) ** 2",
        "(g - around) ** 2 -> (g - (beta1 * around + (1 - beta1) * g)) ** 2",
    ]),
    Case("dowg", by_hand.dowg, {"lr": 1.0, "eps": 1e-4, "weight_decay": 0.0}, [
        "s.far * (g**2).sum() -> (g**2).sum()",
        "((p - s.x0) ** 2).sum() -> (p**2).sum()",
        "s.total.sqrt() + h.eps -> s.total.sqrt()",
    ], together=True),
    Case("cocob", by_hand.cocob, {"alpha": 100.0, "lr": 1.0, "eps": 1e-8, "weight_decay": 0.0}, [
        "s.all + s.largest -> s.all",
        ".clamp(min=0) -> .abs()",
        "(s.largest + s.won) -> s.largest",
    ]),
    Case(OPTAX_ADAN, by_hand.adan, {**ADAM, "betas": (0.98, 0.92, 0.99)}, [
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
