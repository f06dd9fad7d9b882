"""A compiled step says what the plain one says, bit by bit, of whatever rule it is; one that is another is noticed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sympy import Pow, Symbol, atan2, exp, preorder_traversal
from torch import Tensor

from lawful.verify.language.families import find_rule, rules
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, x
from lawful.verify.oracle import program
from lawful.verify.oracle.balls import Ball, is_exact
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.fused import running
from lawful.verify.oracle.fused.following import Recording
from lawful.verify.oracle.fused.tape import Following, Line, Tape, Unfollowed
from lawful.verify.oracle.oracle import Oracle, State
from lawful.verify.oracle.step import Step
from lawful.verify.variants.mutants import UNANALYSED, mutants
from lawful.verify.variants.variants import variants

pytest.importorskip("llvmlite")

NEVER, AT_ONCE = math.inf, 0.0
LANE_RULES = [family for family in rules().values() if family().scope == "lane"]
MEMBERS = variants(LANE_RULES)
Hypers = list[dict[Symbol, float]]

formats = pytest.mark.parametrize("dtype", FORMATS, ids=lambda d: str(d).removeprefix("torch."))


# ----------------------------------------------------------------------------------------------------- bit by bit
def bits(part: Tensor | float | None, shape: torch.Size) -> list[int] | None:
    """A part of a ball, every NaN the same."""
    if part is None:
        return None
    values = torch.as_tensor(part, dtype=torch.float64).expand(shape).contiguous()
    found: list[int] = torch.where(values.isnan(), torch.nan, values).numpy().view(np.int64).tolist()
    return found


def alike(one: Ball, other: Ball) -> bool:
    """Whether two balls are the same to the last bit."""
    parts = (part for ball in (one, other) for part in (ball.mid, ball.radius) if part is not None)
    shape = torch.broadcast_shapes(*(torch.as_tensor(part).shape for part in parts))
    pairs = zip((*one.centre, one.radius), (*other.centre, other.radius), strict=True)
    return is_exact(one) == is_exact(other) and all(bits(a, shape) == bits(b, shape) for a, b in pairs)


def same(ones: list[State], others: list[State]) -> bool:
    """Whether all states are."""
    pairs = [(a.x, b.x) for a, b in zip(ones, others, strict=True)]
    slots = [(a.slots[s], b.slots[s]) for a, b in zip(ones, others, strict=True) for s in a.slots]
    return all(alike(*pair) for pair in pairs + slots)


def states(
    rule: Rule, dtype: torch.dtype, patience: float, x0: Tensor, gradients: Tensor, hypers: Hypers
) -> list[State]:
    """The states after each step."""
    oracle = Oracle(rule, FORMATS[dtype], patience)
    found = [oracle.start(x0, hypers[0])]
    for gradient, hyper in zip(gradients, hypers, strict=True):
        found.append(oracle.step(found[-1], gradient, hyper))
    return found[1:]


def agree(rule: Rule, dtype: torch.dtype, *run: Any) -> bool:
    """Whether the compiled steps say what the plain ones say."""
    return same(states(rule, dtype, NEVER, *run), states(rule, dtype, AT_ONCE, *run))


def drawn(seed: int, steps: int, lanes: int, dtype: torch.dtype, decades: int = 6) -> tuple[Tensor, Tensor]:
    """Weights and gradients over many decades; a zero, an infinity and no number among the gradients."""
    random = np.random.Generator(np.random.PCG64(seed))
    values = random.standard_normal((1 + steps, lanes)) * 10.0 ** random.integers(
        -decades, decades + 1, (1 + steps, lanes)
    )
    found = torch.from_numpy(values).to(dtype)
    special = torch.tensor([0.0, torch.inf, torch.nan])[: max(lanes - 3, 0)]
    found[1:, : len(special)] = special.to(dtype)
    return found[0].nan_to_num(), found[1:]


def at_first(rule: Rule) -> dict[Symbol, float]:
    """Values at which every term shows."""
    return {s: rule.domain(s).values[0] for s in rule.hyperparameters}


@formats
@pytest.mark.parametrize("family", LANE_RULES, ids=lambda family: family.name)
def test_every_rule_of_lanes_is_compiled_and_says_the_same(
    family: Family, dtype: torch.dtype, made: list[Recording]
) -> None:
    rule = family()
    x0, gradients = drawn(5, 3, 67, dtype)
    assert agree(rule, dtype, x0, gradients, [at_first(rule)] * 3)
    plain = any(e.is_number for e in rule.at(1).state.values())  # a first step that leaves numbers, not lanes
    compiled = (
        0 if has_functions(rule) else 2 - plain
    )  # the first step, whose state is exact, and those after it
    assert len(made) >= compiled and bool(made) == bool(compiled)


def has_functions(rule: Rule) -> bool:
    """Whether a rule has functions of a tensor that are no roots, as exponentials: these go the plain way."""
    nodes = [node for e in (rule.x, *rule.state.values()) for node in preorder_traversal(e)]
    functions = [n for n in nodes if isinstance(n, exp | atan2 | Pow) and n.free_symbols & rule.tensors]
    return any(not (isinstance(n, Pow) and (2 * n.exp).is_integer) for n in functions)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Recording]:
    """What is compiled from now on."""
    found: list[Recording] = []
    compiled = running.compiled
    monkeypatch.setattr(program, "PROGRAMS", {})
    monkeypatch.setattr(running, "compiled", lambda r: found.append(r) or compiled(r))
    return found


@cache
def mutants_of(variant: int) -> list[Rule]:
    """Those that sympy can write: not what is larger, a number or one that is not real."""
    found = []
    for mutant in mutants(MEMBERS[variant].rule):
        with suppress(ValueError):
            found.append(mutant.rule)
    return found


@st.composite
def rules_or_mutants(draw: st.DrawFn) -> Rule:
    variant = draw(st.integers(0, len(MEMBERS) - 1))
    if draw(st.booleans()) and (others := mutants_of(variant)):
        return draw(st.sampled_from(others))
    return MEMBERS[variant].rule


@settings(max_examples=80, deadline=None, derandomize=True)
@given(rules_or_mutants(), st.sampled_from(list(FORMATS)), st.integers(0, 40), st.integers(0, 300), st.data())
def test_compiled_steps_say_what_plain_ones_say(
    rule: Rule, dtype: torch.dtype, lanes: int, decades: int, data: st.DataObject
) -> None:
    hypers = [
        {s: data.draw(st.sampled_from(rule.domain(s).values)) for s in rule.hyperparameters} for _ in range(2)
    ]
    x0, gradients = drawn(data.draw(st.integers(0, 2**32)), 4, lanes, dtype, decades)
    run = x0, gradients, [hypers[0], *hypers, hypers[0]]
    try:
        plain = states(rule, dtype, NEVER, *run)
    except UNANALYSED as error:
        event(type(error).__name__)
    else:
        assert same(plain, states(rule, dtype, AT_ONCE, *run))


# -------------------------------------------------------------------------------------------- what must be refused
def test_a_multiplication_and_addition_that_are_rounded_once_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or twice, where torch's own are rounded once."""
    fuses = running.torch_fuses()
    monkeypatch.setattr(program, "PROGRAMS", {})
    monkeypatch.setattr(running, "torch_fuses", lambda: not fuses)
    rule = find_rule("adamw")
    assert not agree(rule, torch.float64, *drawn(5, 3, 67, torch.float64), [at_first(rule)] * 3)


def without(recording: Recording, place: int) -> Recording:
    """The recording in which nothing is added at a place."""
    lines = list(recording.tape.lines)
    lines[place] = Line("copy", lines[place].arguments[:1], lines[place].varies)
    return replace(recording, tape=Tape(lines, recording.tape.guards))


def sums(tape: Tape, place: int) -> Iterator[int]:
    """The sums that lead to a line, without choices on the way."""
    line = tape.lines[place]
    if line.varies and line.name in ("add", "mul", "multiply_add", "where"):
        for argument in line.arguments:
            if isinstance(argument, int):
                yield from sums(tape, argument)
    if line.varies and line.name == "add":
        yield place


@formats
def test_a_term_that_is_left_out_of_a_value_or_a_budget_is_noticed(
    dtype: torch.dtype, made: list[Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[Step] = []
    followed, rule = running.followed, find_rule("adamw")
    monkeypatch.setattr(running, "followed", lambda step, nodes: met.append(step) or followed(step, nodes))
    run = (*drawn(5, 2, 67, dtype, 1), [at_first(rule)] * 2)
    plain, recording = states(rule, dtype, AT_ONCE, *run)[-1].x, made[-1]
    result = recording.results[x]
    for place in {*sums(recording.tape, result.radius), *sums(recording.tape, result.high)}:
        found = running.compiled(without(recording, place))(met[-1], torch.Size([67]))
        assert found is not None and not alike(found[x], plain)


# --------------------------------------------------------------------------------------------- when, and where not
def test_a_kernel_refuses_a_step_for_which_it_was_not_written(made: list[Recording]) -> None:
    """Where lr is 0, other branches are taken."""
    rule = find_rule("adamw")
    hypers = [at_first(rule), {**at_first(rule), lr: 0.0}, at_first(rule)]
    x0, gradients = drawn(5, 6, 20, torch.float32)
    assert agree(rule, torch.float32, x0, gradients, hypers * 2)
    assert len(made) == 3  # the first step, those with lr and those without


def test_a_step_is_compiled_when_plain_ones_have_paid_for_it(made: list[Recording]) -> None:
    rule, (x0, gradients) = find_rule("sgd"), drawn(5, 30, 8, torch.float32)
    states(rule, torch.float32, 1.0, x0, gradients[:10], [at_first(rule)] * 10)
    assert not made
    states(rule, torch.float32, 1.0, x0, gradients, [at_first(rule)] * 30)
    assert len(made) == 1
    states(rule, torch.float32, NEVER, x0, gradients, [at_first(rule)] * 30)
    assert len(made) == 1


def test_a_rule_of_whole_tensors_is_not_compiled(made: list[Recording]) -> None:
    rule, (x0, gradients) = find_rule("lamb"), drawn(5, 3, 20, torch.float32)
    assert agree(rule, torch.float32, x0, gradients, [at_first(rule)] * 3)
    assert not made


def test_no_number_becomes_a_constant_unseen() -> None:
    tape = Tape()
    number = tape.given_number(4.0)
    assert number * 2.0 > 7.0 and tape.guards
    with pytest.raises(Unfollowed, match="neither a constant nor a line"):
        tape.lane("mul", math.sqrt(number), number)
    with pytest.raises(Unfollowed, match="not done lane by lane"), Following(tape):
        torch.exp(tape.given_lane())


def test_without_llvmlite_steps_are_plain(made: list[Recording], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "INSTALLED", False)
    rule, (x0, gradients) = find_rule("sgd"), drawn(5, 3, 8, torch.float32)
    assert agree(rule, torch.float32, x0, gradients, [at_first(rule)] * 3)
    assert not made
