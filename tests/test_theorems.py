"""The newer theorems: what they predict is refused where it is false, and of optimizers that break it."""

from dataclasses import replace

import pytest
import torch
from sympy import Integer, Rational
from torch import Tensor

from lawful.optimizers import Adam, AdamW, Muon
from lawful.properties.along_schedules import factors, falls
from lawful.properties.predictions import predictions
from lawful.properties.rounding import NARROW, binade
from lawful.properties.runs.looking import look
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict
from lawful.verify.language.symbols import eps, lr, t, weight_decay
from lawful.verify.laws.box import adamw_keeps_a_box_along_every_schedule as boxed
from lawful.verify.laws.spectral import small_singular_values_grow as grown
from lawful.verify.laws.stagnation import decay_below_half_the_roundoff_is_lost as decayed
from lawful.verify.laws.stagnation import steps_below_half_the_roundoff_are_lost as stepped
from lawful.verify.rules.adam import adam
from lawful.verify.theory.along_schedules import AverageOfRun, StaysInBox, horizon
from lawful.verify.theory.prediction import Prediction
from lawful.verify.theory.rounding import LostInRounding
from lawful.verify.theory.spectrum import Spectrum

(box,) = boxed.predicts
(spectrum,) = grown.predicts
(decay,) = decayed.predicts
(step,) = stepped.predicts
assert isinstance(box, StaysInBox) and isinstance(spectrum, Spectrum)
assert isinstance(decay, LostInRounding) and isinstance(step, LostInRounding)

FALSE: dict[str, tuple[Prediction, type]] = {
    "a box of 1/wd": (replace(box, wall=1 / weight_decay), AdamW),
    "singular values that are nearly 1": (replace(spectrum, low=Rational(9, 10)), Muon),
    "small singular values made orthogonal": (replace(spectrum, values=(1.0, 1e-3)), Muon),
    "decay that is lost up to u": (replace(decay, lost=1.0), AdamW),
    "decay that acts from u/2 on": (replace(decay, acts=0.5), AdamW),
    "steps that are lost up to u": (replace(step, lost=1.0), Adam),
    "steps that act from u/2 on": (replace(step, acts=0.5), Adam),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_prediction_is_refused(name: str) -> None:
    prediction, cls = FALSE[name]
    evidence = look(prediction, Candidate.of(cls), 0)
    assert evidence.verdict is Verdict.UNLAWFUL and evidence.findings


def test_what_they_predict_is_asked_of_candidates() -> None:
    names = {law.name for law in (boxed, grown, decayed, stepped)}
    assert names <= {p.name for p in predictions}


class KeepsItsRate(Adam):
    """Takes no notice of a schedule."""

    def __init__(
        self,
        params: list[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)
        self._first = lr

    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        for group in self.param_groups:
            group["lr"] = self._first
        return super().step(closure)


class StepsLate(Adam):
    """Uses the learning rate of the step before."""

    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        (group,) = self.param_groups
        now = group["lr"]
        group["lr"] = getattr(self, "_last", now)
        loss = super().step(closure)
        group["lr"] = self._last = now
        return loss


class HalfTheDecay(AdamW):
    """Decays after half of the step and forgets the other half: the box is twice as wide."""

    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        (group,) = self.param_groups
        decay, group["weight_decay"] = group["weight_decay"], group["weight_decay"] / 2
        loss = super().step(closure)
        group["weight_decay"] = decay
        return loss


class RoundsUp(AdamW):
    """Takes a whole gap where there is any change at all."""

    @torch.no_grad()
    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        (group,) = self.param_groups
        for p in group["params"]:
            p.copy_(torch.nextafter(p, torch.zeros_like(p)))


class TwoIterations(Muon):
    """Two iterations of Newton–Schulz where five are asked for."""

    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        for group in self.param_groups:
            group["ns_steps"] = 2
        return super().step(closure)


LINEAR = AverageOfRun(adam(), {weight_decay: 0.0}, 1 - (t - 1) / horizon)

BROKEN: dict[str, tuple[Prediction, type, str]] = {
    "no notice of the schedule": (LINEAR, KeepsItsRate, "adam"),
    "the schedule a step late": (LINEAR, StepsLate, "adam"),
    "decay by half": (box, HalfTheDecay, "adamw"),
    "every change is a gap": (decay, RoundsUp, "adamw"),
    "two iterations": (spectrum, TwoIterations, "muon"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_law_is_found(name: str) -> None:
    prediction, cls, rule = BROKEN[name]
    evidence = look(prediction, Candidate.of(cls, rule), 0)
    assert evidence.verdict is Verdict.UNLAWFUL and evidence.findings


def test_the_weights_of_a_mean_sum_to_the_first_factor() -> None:
    found = factors(LINEAR.factor, 7)
    assert found[0] == 1.0 and sum(falls(found)) == pytest.approx(1.0, abs=1e-15)
    assert min(falls(factors(Integer(1) + 0 * t, 3))) == 0.0


@pytest.mark.parametrize("form", NARROW, ids=lambda form: str(form.dtype))
def test_a_binade_has_every_number_of_its_format_once(form) -> None:  # type: ignore[no-untyped-def]
    weights = binade(form)
    assert weights.unique().numel() == weights.numel() == 2 * round(1 / (2 * form.unit))
    upper = weights[weights > 0]
    assert torch.equal(torch.nextafter(upper[:-1], 2 * upper[:-1]), upper[1:])


def test_an_average_of_a_run_needs_no_decay() -> None:
    decaying = AverageOfRun(adam(), {weight_decay: 0.5, eps: 2.0**-10, lr: 0.125}, LINEAR.factor)
    assert look(decaying, Candidate.of(Adam), 0).verdict is Verdict.UNLAWFUL
