"""Whether the inputs of `check` tell a rule from every rule that differs from it by one change.

Oracle against oracle: no implementation runs. A mutant is killed where its path leaves the error budget of the rule's.
"""

import inspect
from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.runs.judging import Part, of_rule, parts, trajectory
from lawful.properties.scenarios.drawing import PROFILES, asked
from lawful.properties.scenarios.scenarios import Scenario, expand
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import find_family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.oracle import quick
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State
from lawful.verify.variants.adequacy import Adequacy
from lawful.verify.variants.mutants import UNANALYSED, Mutant, mutants
from lawful.verify.variants.sameness import Sameness, sameness

SURE = 1e3
"""How many budgets off a path in plain float64 must be for its own rounding not to matter."""

FLOAT64 = FORMATS[torch.float64]


def adequacy(spec: str, seed: int = 0, profile: str = "default") -> Adequacy:
    """What becomes of a rule's mutants on the inputs that a profile generates.

    Raises:
        Unanswerable: the text names no rule.
    """
    start, (family, conventions) = perf_counter(), find_family(spec)
    rule = family(**conventions)
    inputs = list(
        asked(Candidate(ideal(rule), family, conventions), replace(PROFILES[profile], far=False), seed)
    )
    every = list(mutants(rule))
    left = survivors(rule, every, inputs)
    known = {mutant.words: sameness(rule, mutant.rule) for mutant in left}
    equal = {words: str(how) for words, how in known.items() if how is not Sameness.NONE}
    alive = [words for words in known if words not in equal]
    return Adequacy(
        spec, len(every), len(every) - len(left), equal, alive, len(inputs), perf_counter() - start
    )


def ideal(rule: Rule) -> type:
    """A class whose constructor takes exactly the rule's hyperparameters, at their defaults; nobody constructs it."""
    held: dict[str, Any] = {}
    for symbol, default in rule.defaults.items():
        name, _ = rule.tuple_of(symbol) or (symbol.name, 0)
        held[name] = (*held.get(name, ()), default) if rule.tuple_of(symbol) else default
    names = {"params": inspect.Parameter.empty, **held}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(n, kind, default=value) for n, value in names.items()])
    return type("Ideal", (torch.optim.Optimizer,), {"__signature__": signature})


def survivors(rule: Rule, every: Iterable[Mutant], inputs: Iterable[Scenario]) -> list[Mutant]:
    """The mutants that stay within the rule's budget on all inputs."""
    alive = list(every)
    for scenario in inputs:
        if not alive:
            break
        for part in parts(expand(scenario, torch.float64), "cpu", rule):
            if part.dtype is torch.float64:
                path = trajectory(Oracle(rule, FLOAT64), part, scenario)
                alive = [m for m in alive if not departs(m, rule, part, scenario, path)]
    return alive


def departs(mutant: Mutant, rule: Rule, part: Part, scenario: Scenario, path: list[State]) -> bool:
    """Whether a mutant's path leaves the budget of the rule's, in the parameter or an output."""
    return any(_leaves(mutant, rule, part, scenario, path, read) for read in (x, *rule.outputs))


def _leaves(
    mutant: Mutant, rule: Rule, part: Part, scenario: Scenario, path: list[State], read: Symbol
) -> bool:
    """The same of one tensor; in doubt the mutant's own oracle says where it goes."""
    hypers = [
        of_rule(rule, scenario.hyper_at(part.group, k), part.dtype) for k in range(1, scenario.steps + 1)
    ]
    found = quick.path(
        mutant.open, part.x0.numpy(), part.gradients.numpy(), hypers, mutant.lines, read, part.pieces
    )
    expected = [_ball(state, read) for state in path]
    away = max(_budgets(ball, torch.tensor(at), part) for ball, at in zip(expected, found, strict=True))
    if not 1.0 / SURE < away < SURE:
        return away >= SURE
    try:
        exact = [_ball(state, read) for state in trajectory(Oracle(mutant.rule, FLOAT64), part, scenario)]
    except UNANALYSED:
        return False
    at = (torch.as_tensor(ball.mid).expand(part.x0.shape) for ball in exact)
    return any(_budgets(ball, value, part) > 1.0 for ball, value in zip(expected, at, strict=True))


def _ball(state: State, read: Symbol) -> Ball:
    return state.x if read == x else state.slots[read]


def _budgets(expected: Ball, at: Tensor, part: Part) -> float:
    """How many budgets the farthest lane is away, of those that have one."""
    distance = torch.nan_to_num(expected.distance(at), torch.inf, torch.inf)
    budget = torch.as_tensor(expected.radius, dtype=torch.float64).expand_as(distance)
    ratio = torch.where(torch.isfinite(budget) & (distance > 0), distance / budget, 0.0).reshape(-1)
    own = ratio[: ratio.numel() - part.others]
    return float(own.max()) if own.numel() else 0.0
