"""A race: optimizers on one problem, at several learning rates and betas, and at which end each of them arrives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Symbol
from torch import Tensor

from lawful.properties.races.arrival import Arrival, Course, End
from lawful.properties.races.convergence import Ends, Lossy, paths
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.describing import describe
from lawful.verify.language.memory import long_run
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, lr
from lawful.verify.theory.problem import Problem
from lawful.verify.theory.problems import find_problem
from lawful.verify.theory.trial import Trial


def enter(target: str, rule: str, course: Course) -> list[Arrival]:
    """One optimizer's race, in a worker. `rule` is the rule of a class whose name claims none.

    Raises:
        Unanswerable: unknown target, rule or problem.
    """
    problem = find_problem(course.problem)
    candidate = Candidate.of(target, describe(target).rule or rule)
    settings = list(_distinct(candidate, course.settings(problem)))
    runs = course.seeds if problem.is_random else 1
    rates = [setting[lr] for setting in settings]
    found = paths(
        lambda weights: _constructed(candidate, weights, settings),
        problem,
        rates,
        runs,
        course.steps or problem.steps,
        course.seed,
    )
    arrived = zip(settings, found, strict=True)
    return [_arrival(target, candidate, problem, setting, ends) for setting, ends in arrived]


def _distinct(candidate: Candidate, settings: Iterator[dict[Symbol, float]]) -> Iterator[dict[Symbol, float]]:
    """All hyperparameters of the candidate's rule, each set of them once."""
    rule, seen = candidate.rule(candidate.options.plain), []
    for setting in settings:
        hyper = {s: setting.get(s, own) for s, own in candidate.defaults(rule).items()}
        if hyper not in seen:
            seen.append(hyper)
            yield hyper


def _constructed(candidate: Candidate, weights: Sequence[Tensor], settings: list[dict[Symbol, float]]) -> Any:
    """One parameter group per setting, so that one step serves them all."""
    groups = [
        {"params": [weight], **candidate.binding.group(setting)}
        for weight, setting in zip(weights, settings, strict=True)
    ]
    return candidate.cls(groups, **candidate.arguments_for(candidate.options.plain, settings[0]))


def _arrival(
    target: str, candidate: Candidate, problem: Problem, setting: dict[Symbol, float], ends: Ends
) -> Arrival:
    trial = drifting(long_run(candidate.rule(candidate.options.plain)), problem, setting)
    best = Lossy(problem, setting[lr]).best
    far, began = (ends.x - best).abs(), abs(problem.start - best)
    shown = {s.name: setting[s] for s in (lr, beta1, beta2) if s in setting}
    return Arrival(
        target,
        str(candidate.rule(candidate.options.plain).name),
        shown,
        None if trial is None else float(trial.drift.mid()) / trial.lr,
        End.UNDECIDED if trial is None else End.RIGHT if trial.is_right else End.WRONG,
        len(far),
        int((far <= began / 2).sum()),
        int((~(far < began)).sum()),
        ends.path,
        ends.regret,
    )


def drifting(rule: Rule, problem: Problem, setting: Mapping[Symbol, float]) -> Trial | None:
    """The trial whose drift decides, of a rule in its long run; None where it is not known which way it goes."""
    if not problem.is_linear:
        return None
    trial = Trial(rule, problem, {s: setting[s] for s in rule.defaults}, setting[lr])
    try:
        return trial if trial.end else None
    except (
        NotImplementedError,
        ArithmeticError,
    ):  # no rule of fading memories, or a case that balls do not decide
        return None
