"""How much a candidate's state takes, beside what its rule needs."""

from collections.abc import Mapping

import torch
from sympy import Rational, Symbol
from torch import Tensor
from torch.optim import Optimizer

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.runs.running import RefusedError, Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.language.rule import Rule
from lawful.verify.language.tensors import cols, rows
from lawful.verify.provers.algebra.storage import per_parameter
from lawful.verify.provers.algebra.symmetry import put

ROWS, COLS = 96, 64
"""Large enough for those that keep small tensors' state in another form."""


def state_is_counted(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Counts the numbers in the optimizer's state after two steps of a matrix with the constructor's defaults.

    More than the rule needs is a convenience, less a recomputation or state kept elsewhere: neither breaks the rule,
    which conformance judges.
    """
    rule = candidate.rule(candidate.options.plain)
    defaults = candidate.defaults(rule)
    owed = per_parameter(without_what_is_off(rule, defaults)).subs({rows: ROWS, cols: COLS})
    gradient = torch.linspace(-1.0, 1.0, ROWS * COLS).reshape(1, ROWS, COLS)
    block = Block("the matrix", 0, gradient[0] + 0.5, gradient.repeat(2, 1, 1))
    try:
        run = Run(candidate, candidate.plainest, Scenario({}, (defaults,), 2, (0.0, 0.0)), [block])
        *_, _ = run.steps()
    except RefusedError as refusal:
        return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
    numbers, size = (Rational(count, block.x0.numel()) for count in kept(run.optimizer))
    note = (
        f"state for each float32 parameter of a matrix: {float(size):.4g} bytes, {float(numbers):.4g} numbers"
    )
    if numbers == owed:
        return Evidence(Verdict.LAWFUL, comparisons=1, scenarios=1, notes=[f"{note}, as the rule needs"])
    return Evidence(Verdict.NOT_APPLICABLE, notes=[f"{note}, where the rule needs {float(owed):.4g}"])


def without_what_is_off(rule: Rule, hyper: Mapping[Symbol, float]) -> Rule:
    """The rule with every hyperparameter put to 0 that is 0 and may be, and so without the state that it needs."""
    return put(rule, [s for s, value in hyper.items() if value == 0 and 0 in rule.domain(s)])


def kept(optimizer: Optimizer) -> tuple[int, int]:
    """How many numbers the tensors of an optimizer's state hold, and their bytes; single numbers are not counted."""
    held = (
        value
        for state in optimizer.state.values()
        for value in (state.values() if isinstance(state, Mapping) else [state])  # some is of no parameter
    )
    tensors = [value for value in held if isinstance(value, Tensor) and value.numel() > 1]
    return sum(v.numel() for v in tensors), sum(v.numel() * v.element_size() for v in tensors)


memory = Property(
    "memory",
    "The state holds as many numbers for each parameter as the rule needs.",
    state_is_counted,
    dtype="float32",
    on=on_cpu,
    torchs=True,
)
