"""How predictions are looked at: what the tests of all their kinds have in common."""

from collections.abc import Mapping
from functools import singledispatch

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.arithmetic import arithmetic as used
from lawful.properties.runs.lanes import Lanes
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Evidence, Finding, Verdict
from lawful.verify.language.rule import Rule
from lawful.verify.theory.prediction import Prediction

GENERIC = {
    "lr": 0.05,
    "beta1": 0.8,
    "beta2": 0.95,
    "eps": 1e-3,
    "weight_decay": 0.3,
    "momentum": 0.9,
    "dampening": 0.0,
}
"""Values at which every term of a rule shows."""


def hyperparameters(
    candidate: Candidate, rule: Rule, pins: Mapping[Symbol, float], others: Mapping[str, float] = GENERIC
) -> dict[Symbol, float]:
    """A rule's hyperparameters: as pinned, as the user fixes them, as in `others`, or at the rule's default; as float32
    holds them where the candidate keeps them there.
    """
    given = fixed(candidate) | dict(pins)
    found = {s: given.get(s, others.get(s.name, default)) for s, default in rule.defaults.items()}
    return used(candidate, candidate.plainest, torch.float64, "cpu").held(found)


def fixed(candidate: Candidate) -> dict[Symbol, float]:
    """The hyperparameters that the user fixes to a number."""
    names = {s: name for s, name in candidate.binding.names.items() if name in candidate.arguments}
    return {s: value for s in names if (value := candidate.binding.default(s)) is not None}


def contradicted(prediction: Prediction, candidate: Candidate) -> set[str]:
    """The hyperparameters that the prediction pins and the user fixes to something else."""
    pins, given = getattr(prediction, "pins", {}), fixed(candidate)
    return {s.name for s, value in pins.items() if given.get(s, value) != value}


@singledispatch
def look(prediction: Prediction, candidate: Candidate, seed: int) -> Evidence:
    """Runs the candidate and says what was seen."""
    raise NotImplementedError(f"no test is known for {type(prediction).__name__}")


def within(away: Tensor, budget: Tensor, what: str, lanes: Lanes) -> Evidence:
    """Evidence that no distance from what a law says is beyond its budget.

    Args:
        away: the distances, which are at least 0.
        budget: what rounding explains of each.
        what: of what they are.
        lanes: on what it was seen.
    """
    ratio = torch.where(away == 0, 0.0, away / budget).reshape(-1)
    known = torch.nan_to_num(ratio, torch.inf)
    worst, index = float(known.max()), int(known.argmax())
    findings = []
    if not worst <= 1:
        far, near = (float(each.expand(away.shape).reshape(-1)[index]) for each in (away, budget))
        said = f"{what} is off by {far:.3g} from what the law says; rounding explains at most {near:.2g}."
        findings = [Finding(said, details=lanes.words)]
    verdict = Verdict.UNLAWFUL if findings else Verdict.LAWFUL
    return Evidence(verdict, worst, float(ratio.median()), ratio.numel(), scenarios=1, findings=findings)
