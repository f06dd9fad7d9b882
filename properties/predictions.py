"""What laws predict of implementations, seen: a kind of prediction is a test of any candidate that claims its rule."""

import importlib
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from sympy import Symbol, lambdify
from torch import Tensor

from lawful.properties import along_schedules, dynamics, rounding, spectrum  # noqa: F401  they look at predictions
from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.races.convergence import run_trial
from lawful.properties.runs.lanes import Lanes, radius
from lawful.properties.runs.looking import contradicted, hyperparameters, look, within
from lawful.properties.runs.running import RefusedError
from lawful.properties.runs.taken import nearest_taken
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.evidence import Check, Evidence, Figure, Finding, Series, Severity, Verdict
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import eps, lr, weight_decay, x
from lawful.verify.theory.law import Law, laws
from lawful.verify.theory.prediction import (
    AverageOfUpdates,
    DecayFromOutside,
    DriftsTo,
    ForgetsStart,
    SameBits,
    x1,
)
from lawful.verify.theory.trial import Trial


# ----------------------------------------------------------------------------------------------- decay
@look.register
def _(prediction: DecayFromOutside, candidate: Candidate, seed: int) -> Evidence:
    """L2 inside, or decay from outside: their difference is what the law says, within both budgets."""
    hyper = hyperparameters(candidate, prediction.claimed, prediction.pins)
    options = {**candidate.options.plain, **prediction.options}
    inside = Lanes(hyper, prediction.steps, seed, options)
    outside = Lanes({**hyper, weight_decay: 0.0}, prediction.steps, seed, options)
    factor = 1 - hyper[lr] * hyper[weight_decay]
    l2 = list(inside.seen(candidate))

    def decay(step: int, weight: Tensor) -> None:
        weight.mul_(factor)

    decayed = list(outside.seen(candidate, before=decay))
    budget = radius(list(inside.expected(candidate))[-1]) + radius(
        list(inside.expected(candidate, prediction.decayed))[-1]
    )
    difference = l2[-1] - decayed[-1]
    if prediction.difference is None:
        return differs(difference / budget)
    symbols = [x, x1, *hyper]
    predicted = lambdify(symbols, prediction.difference, "math")(inside.block.x0, l2[0], *hyper.values())
    return within(
        (difference - predicted).abs(), budget, "the difference between L2 and decay from outside", inside
    )


def differs(ratio: Tensor) -> Evidence:
    """Evidence that some lane differs by more than the budget, where the law says that there is a difference."""
    worst = float(ratio.abs().max())
    if worst > 1:
        return Evidence(
            Verdict.LAWFUL,
            comparisons=ratio.numel(),
            scenarios=1,
            notes=[f"they differ by {worst:.3g} times what rounding explains"],
        )
    finding = Finding(
        "L2 and decay from outside agree but for rounding, where the law says that they differ."
    )
    return Evidence(Verdict.UNLAWFUL, worst, comparisons=ratio.numel(), scenarios=1, findings=[finding])


# --------------------------------------------------------------------------------------------- average
@look.register
def _(prediction: AverageOfUpdates, candidate: Candidate, seed: int) -> Evidence:
    """The weight at wd > 0 from the steps at wd = 0 and the weights of the moving average."""
    hyper = hyperparameters(candidate, prediction.claimed, {})
    schedule = {k: 1.0 - (k - 1) / (2 * prediction.steps) for k in range(2, prediction.steps + 1)}
    options = candidate.options.plain
    decaying = Lanes(hyper, prediction.steps, seed, options, schedule)
    steps_only = Lanes({**hyper, weight_decay: 0.0}, prediction.steps, seed, options, schedule)
    origin = torch.zeros_like(decaying.block.x0)
    path = [origin, *steps_only.seen(candidate, start=origin)]
    loose = [torch.zeros(()), *map(radius, steps_only.expected(candidate, start=origin))]

    average, budget = decaying.block.x0, torch.zeros_like(origin)
    for step, (before, after) in enumerate(pairwise(zip(path, loose, strict=True)), start=1):
        rate = decaying.scenario.hyper_at(0, step)[lr] * hyper[weight_decay]
        average = (1 - rate) * average + (after[0] - before[0])
        budget = (1 - rate) * budget + after[1] + before[1] + 2.0**-51 * average.abs()
    *_, seen = decaying.seen(candidate)
    *_, last = decaying.expected(candidate)
    return within((seen - average).abs(), budget + radius(last), "the weight", decaying)


APART = 8.0
"""By how much the first weights of two runs differ."""


@look.register
def _(prediction: ForgetsStart, candidate: Candidate, seed: int) -> Evidence:
    """The difference of two runs, after as many steps as the law speaks of, and the timescale that it tells."""
    hyper, options = hyperparameters(candidate, prediction.claimed, {}), candidate.options.plain
    lanes = Lanes(hyper, prediction.steps, seed, options)
    here = lanes.block.x0
    near, far = (list(lanes.seen(candidate, start=start))[-1] for start in (here, here + APART))
    first, second = (
        radius(list(lanes.expected(candidate, start=start))[-1]) for start in (here, here + APART)
    )
    budget = first + second
    rate = hyper[lr] * hyper[weight_decay]
    kept = (1 - rate) ** prediction.steps
    evidence = within((far - near - APART * kept).abs(), budget, "the difference of two runs", lanes)
    measured = -prediction.steps / float(((far - near) / APART).log().median())
    return replace(evidence, notes=[f"measured timescale: {measured:.6g} steps at lr·wd = {rate:.3g}"])


# ------------------------------------------------------------------------------------------------ bits
@look.register
def _(prediction: SameBits, candidate: Candidate, seed: int) -> Evidence:
    """The sibling of the same module gives the same bits."""
    sibling = sibling_of(candidate, prediction.sibling)
    if sibling is None:
        return Evidence(
            Verdict.NOT_APPLICABLE, notes=[f"no sibling that claims {prediction.sibling} in its module"]
        )
    hyper = hyperparameters(candidate, prediction.claimed, prediction.pins)
    mine, other = (Lanes(hyper, prediction.steps, seed, c.options.plain) for c in (candidate, sibling))
    pairs = list(zip(mine.seen(candidate), other.seen(sibling), strict=True))
    different = sum(int((a != b).sum()) for a, b in pairs)
    findings = [
        Finding(
            f"{different} of {len(pairs) * pairs[0][0].numel()} values differ from {sibling.cls.__name__}'s."
        )
    ]
    return Evidence(
        Verdict.UNLAWFUL if different else Verdict.LAWFUL,
        comparisons=len(pairs) * pairs[0][0].numel(),
        scenarios=1,
        findings=findings if different else [],
    )


def sibling_of(candidate: Candidate, rule: Rule) -> Candidate | None:
    """The class whose name claims the rule, in the candidate's module or in the package that holds it."""
    places = [candidate.cls.__module__, candidate.cls.__module__.rpartition(".")[0]]
    for module in (importlib.import_module(place) for place in places if place):
        for name in dir(module):
            found = getattr(module, name, None)
            if normal(name) == normal(rule.name) and isinstance(found, type):
                return Candidate.of(found, rule.name)
    return None


# ----------------------------------------------------------------------------------------- convergence
@look.register
def _(prediction: DriftsTo, candidate: Candidate, seed: int) -> Evidence:
    """All lanes end where the exact drift says."""
    trial = prediction.trial
    options, hyper = candidate.options.plain, _trial_hyper(trial, candidate)
    next(Lanes(hyper, 1, seed, options).seen(candidate))  # refused, it is not asked
    arguments = candidate.arguments_for(options, hyper)
    dtype = nearest_taken(candidate, torch.float64)
    ends = run_trial(trial, lambda params: candidate.cls(params, **arguments), seed, dtype)
    astray = ends.beyond(trial.end or 0, trial.margin)
    betas = ", ".join(f"{s} = {v:g}" for s, v in trial.hyper.items())
    title = f"{trial.problem.name}: {betas}"
    figure = Figure(title, "step", "mean weight", [Series(candidate.cls.__name__, ends.path.x, ends.path.y)])
    findings = (
        [Finding(f"on {title}, {astray} of {trial.lanes} runs do not end near {trial.end}.")]
        if astray
        else []
    )
    way = "the optimum" if trial.is_right else "the wrong end"
    note = f"{title}: ends at {trial.end}, {way}, as predicted; false-alarm rate {trial.false_alarm:.1g}"
    return Evidence(
        Verdict.UNLAWFUL if astray else Verdict.LAWFUL,
        comparisons=trial.lanes,
        scenarios=1,
        notes=[] if astray else [note],
        findings=findings,
        figures=[figure],
    )


def _trial_hyper(trial: Trial, candidate: Candidate) -> dict[Symbol, float]:
    """The trial's hyperparameters; no decay, and an eps that does not matter."""
    rule = candidate.rule(candidate.options.plain)
    known = {weight_decay: 0.0, eps: 1e-12, **trial.hyper, lr: trial.lr}
    return {s: known.get(s, default) for s, default in rule.defaults.items()}


# ------------------------------------------------------------------------------------------ properties
def is_about(law: Law, rule: Rule) -> bool:
    """Whether a law predicts anything of implementations of the rule."""
    return any(p.claimed.hash == rule.hash for p in law.predicts)


def test_of(law: Law) -> Property:
    """The property that a law's predictions are."""

    def seen(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
        claimed = candidate.rule(candidate.options.plain)
        about = [p for p in law.predicts if p.claimed.hash == claimed.hash]
        if missing := {
            name for p in about for name in (p.needs - said(candidate)) | contradicted(p, candidate)
        }:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"the law needs {', '.join(sorted(missing))}"])
        if not about:
            return Evidence(Verdict.NOT_APPLICABLE, notes=["the law is about another form of the rule"])
        try:
            return together([look(p, candidate, settings.seed) for p in about])
        except (RefusedError, NotOffered) as refusal:
            return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])

    return Property(
        law.name,
        law.statement,
        seen,
        applies=lambda rule: is_about(law, rule),
        on=on_cpu,
        severity=Severity.CORE,
    )


def said(candidate: Candidate) -> set[str]:
    """What a candidate's constructor takes and the user has not fixed."""
    return {*(s.name for s in candidate.binding.free), *candidate.options.names}


def together(evidence: list[Evidence]) -> Evidence:
    """Several pieces of evidence as one: the worst verdict, everything else added up."""
    everything: Any = lambda name: [item for e in evidence for item in getattr(e, name)]  # noqa: E731
    return Evidence(
        max((e.verdict for e in evidence), key=lambda v: v.rank),
        max(e.worst for e in evidence),
        max(e.median for e in evidence),
        sum(e.comparisons for e in evidence),
        scenarios=sum(e.scenarios for e in evidence),
        notes=everything("notes"),
        findings=everything("findings"),
        figures=everything("figures"),
    )


predictions = tuple(test_of(law) for law in laws().values() if law.predicts)
