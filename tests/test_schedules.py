"""Scenarios in which torch's schedulers set the learning rate, or one of two groups has neither decay nor momentum."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from examples.asking import conformance
from lawful.properties.scenarios.schedules import CYCLING, EVERY, SCHEDULERS, advance, scheduled
from lawful.verify.evidence import Evidence, Verdict
from lawful.verify.language.symbols import beta1, beta2, lr, momentum
from lawful.verify.oracle.formats import FORMATS


class Plain(torch.optim.Optimizer):
    """SGD with the decay and the learning rate of each group; what a neighbour gets wrong is a method."""

    def __init__(self, params: Any, lr: float = 0.1, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    def rate(self, group: dict[str, Any]) -> float:
        return float(group["lr"])

    def decay(self, group: dict[str, Any]) -> float:
        return float(group["weight_decay"])

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(self.rate(group) * (p.grad + self.decay(group) * p))


class Unscheduled(Plain):
    """Right when lr is set by hand."""

    def rate(self, group: dict[str, Any]) -> float:
        return float(group["initial_lr"] if "initial_lr" in group else group["lr"])


class ZeroIsDefault(Plain):
    """Right where both groups decay, and where neither does."""

    def decay(self, group: dict[str, Any]) -> float:
        return float(group["weight_decay"] or self.defaults["weight_decay"])


class AsTheFirstGroup(Plain):
    """Asks the first group whether there is decay at all."""

    def decay(self, group: dict[str, Any]) -> float:
        return float(group["weight_decay"]) if self.param_groups[0]["weight_decay"] else 0.0


class Overwriting(Plain):
    """Writes the schedule's product of its own into the group, where the next step of a chained schedule finds it."""

    def rate(self, group: dict[str, Any]) -> float:
        lr = float(group["lr"])
        group["lr"] = lr if "initial_lr" not in group else group["initial_lr"]
        return lr


def evidence(cls: type) -> Evidence:
    return conformance(cls, "sgd").evidence()


def test_the_right_one_is_lawful_and_was_scheduled() -> None:
    found = evidence(Plain)
    assert found.verdict is Verdict.LAWFUL and set(found.exercised["scheduler"].split(", ")) <= set(EVERY)


def test_all_schedulers_are_shared_out_among_the_checks_of_a_candidate() -> None:
    said = [conformance(Plain, "sgd", d).evidence().exercised["scheduler"].split(", ") for d in FORMATS]
    assert {name for names in said for name in names} >= set(SCHEDULERS)


@pytest.mark.parametrize("key", ["learning_rate", "lr"])
def test_groups_hold_the_rate_under_the_name_of_the_constructor_or_of_schedulers(key: str) -> None:
    class Renamed(Plain):
        def __init__(self, params: Any, learning_rate: float = 0.1) -> None:
            torch.optim.Optimizer.__init__(self, params, {key: learning_rate, "weight_decay": 0.0})

        def rate(self, group: dict[str, Any]) -> float:
            return float(group[key])

    class Deaf(Renamed):
        def rate(self, group: dict[str, Any]) -> float:
            return float(self.defaults[key])

    assert [evidence(cls).verdict for cls in (Renamed, Deaf)] == [Verdict.LAWFUL, Verdict.UNLAWFUL]


@pytest.mark.parametrize("cls", [Unscheduled, ZeroIsDefault, AsTheFirstGroup, Overwriting])
def test_its_neighbours_are_refused(cls: type) -> None:
    assert evidence(cls).verdict is Verdict.UNLAWFUL


def test_a_finding_under_a_schedule_tells_every_rate() -> None:
    (finding,) = evidence(Unscheduled).findings
    example = finding.counterexample
    assert example is not None and list(example.schedule) == list(range(1, example.step + 1))


@pytest.mark.parametrize("name", SCHEDULERS)
def test_rates_are_those_of_an_optimizer_that_minds_its_own_business(name: str) -> None:
    optimizer = Plain([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler, seen = SCHEDULERS[name](optimizer), []
    for _ in range(8):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.param_groups[0]["params"][0].grad = torch.zeros(1)
        optimizer.step()
        advance(scheduler)
    assert seen == [held[lr] for held in scheduled(name, ((lr, 0.3),), 8)] and len(set(seen)) > 1


def test_warm_up_begins_at_exactly_0() -> None:
    assert scheduled("LambdaLR from 0", ((lr, 0.3),), 3)[0][lr] == 0.0


def test_momentum_and_the_first_beta_are_cycled() -> None:
    for hypers, cycled in (
        (((lr, 0.3), (momentum, 0.5)), momentum),
        (((lr, 0.3), (beta1, 0.5), (beta2, 0.9)), beta1),
    ):
        for name in CYCLING:
            held = scheduled(name, hypers, 8)
            assert len({of[cycled] for of in held}) > 2 and len({of[lr] for of in held}) > 2
