"""What laws predict is seen of correct optimizers, and not of their neighbours."""

import pytest
import torch
from torch import Tensor

from lawful.optimizers import ADOPT, SGD, Adam, AdamW
from lawful.properties.predictions import predictions
from lawful.properties.runs.looking import look
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Verdict
from lawful.verify.language.symbols import beta1, beta2, dampening, lr, momentum, weight_decay, x
from lawful.verify.laws.convergence import plain_adam
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.adopt import adopt
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import laws
from lawful.verify.theory.prediction import (
    AverageOfUpdates,
    DecayFromOutside,
    DriftsTo,
    ForgetsStart,
    SameBits,
    x1,
)
from lawful.verify.theory.problems import two_point
from lawful.verify.theory.trial import Trial


def test_predictions_are_properties() -> None:
    assert {p.name for p in predictions} == {law.name for law in laws().values() if law.predicts}


class DecaysTheBuffer(SGD):
    """Adds wd·x to the momentum after the step."""

    @torch.no_grad()
    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        (group,) = self.param_groups
        before = [p.clone() for p in group["params"]]
        decay, group["weight_decay"] = group["weight_decay"], 0.0
        super().step(closure)
        for p, old in zip(group["params"], before, strict=True):
            p.sub_(old, alpha=group["lr"] * decay)
        group["weight_decay"] = decay


class DecaysTwice(AdamW):
    """The moving average at twice the rate."""

    @torch.no_grad()
    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        for group in self.param_groups:
            for p in group["params"]:
                p.mul_(1 - group["lr"] * group["weight_decay"])
        return super().step(closure)


class Ascends(Adam):
    """Goes the other way: the end that the drift predicts is not reached."""

    def __init__(
        self,
        params: list[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, maximize=True)


DECOUPLED = sgd(decay="lr*wd")
WITH_MOMENTUM = {momentum: 0.9, dampening: 0.3}
SEPARATION = -lr * weight_decay * (momentum * x - dampening * x1)
TOY = Trial(plain_adam, two_point(5), {beta1: 0.0, beta2: 0.1}, lr=1e-2, steps=1000, lanes=16)

REFUSED = {
    **{
        f"{name}, decayed twice": (laws()[name].predicts[0], DecaysTwice, "adamw")
        for name in ("decay_alone_is_geometric", "first_updates_weigh_one_less_the_start")
    },
    "L2 is decay, with momentum": (DecayFromOutside(sgd(), DECOUPLED, WITH_MOMENTUM), SGD, "sgd"),
    "L2 is decay, but differs": (DecayFromOutside(sgd(), DECOUPLED, {momentum: 0.0}, difference=None), SGD, "sgd"),
    "momentum does not see L2": (
        DecayFromOutside(sgd(), DECOUPLED, WITH_MOMENTUM, difference=SEPARATION),
        DecaysTheBuffer,
        "sgd",
    ),
    "Adam's L2 is decay": (DecayFromOutside(adam(), adamw(), steps=1), Adam, "adam"),
    "an average at twice the rate": (AverageOfUpdates(adamw()), DecaysTwice, "adamw"),
    "a start forgotten at twice the rate": (ForgetsStart(adamw()), DecaysTwice, "adamw"),
    "Adam is AdamW, with decay": (SameBits(adamw(), adam(), {weight_decay: 0.1}), AdamW, "adamw"),
    "the other end": (DriftsTo(adam(), TOY), Ascends, "adam"),
    "ADOPT ends where Adam does": (DriftsTo(adopt(), TOY), ADOPT, "adopt"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_false_prediction_is_refused(name: str) -> None:
    prediction, cls, rule = REFUSED[name]
    evidence = look(prediction, Candidate.of(cls, rule), 0)
    assert evidence.verdict is Verdict.UNLAWFUL and evidence.findings


def test_verdicts_do_not_depend_on_the_seed() -> None:
    prediction = DriftsTo(adam(), TOY)
    assert {look(prediction, Candidate.of(Adam), seed).verdict for seed in range(20)} == {Verdict.LAWFUL}


def test_a_law_says_nothing_of_an_optimizer_that_lacks_what_it_is_about() -> None:
    class WithoutDecay(SGD):
        def __init__(self, params: list[Tensor], lr: float = 1e-3) -> None:
            super().__init__(params, lr)

    decay = next(p for p in predictions if p.name == "l2_is_torch_decay_for_sgd")
    check = Check(decay.name, "sgd", "WithoutDecay")
    evidence = decay.run(Candidate.of(WithoutDecay, "sgd"), check, Settings(), lambda entry: None)
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "weight_decay" in evidence.notes[0]


def test_a_law_about_another_form_of_the_rule_does_not_apply() -> None:
    law = next(p for p in predictions if p.name == "adopt_returns_on_reddi")
    candidate = Candidate.of(ADOPT, 'adopt(eps_place="sum")')
    evidence = law.run(candidate, Check(law.name, "adopt", "ADOPT"), Settings(), lambda entry: None)
    assert evidence.verdict is Verdict.NOT_APPLICABLE


def test_decay_that_an_option_decouples_is_seen_as_a_moving_average() -> None:
    candidate = Candidate.of(torch.optim.Adam, "adamw")
    assert look(AverageOfUpdates(adamw()), candidate, 0).verdict is Verdict.LAWFUL
