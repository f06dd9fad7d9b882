"""Rules that look at each tensor and at all of them: oracle, budget, refusals, mutants, small counterexamples."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from examples import clipped_layers
from examples.asking import conformance
from lawful.properties.counterexamples.cases import Case
from lawful.properties.identification.adequacy import adequacy
from lawful.properties.runs.judging import parts
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.drawing import Profile
from lawful.properties.scenarios.scenarios import Block
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x
from lawful.verify.language.tensors import EverywhereNorm, Norm, Total
from lawful.verify.oracle import quick
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.variants.sameness import Sameness, sameness

CLIPPED = 'clipped(lamb, over="parameters")'
SIZES = (3, 1, 0, 4)
CANDIDATE = Candidate.of("sgd", "sgd")
BOTH = Rule(
    "both",
    x - lr * g * (Norm(g) + Total(x)) / (1 + EverywhereNorm(g)),
    {},
    {lr: 0.1},
    Source("these tests"),
)


def by_hand(x0: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    norms = torch.cat([s.norm().expand(len(s)) for s in slope.split(SIZES)])
    sums = torch.cat([w.sum().expand(len(w)) for w in x0.split(SIZES)])
    return x0 - 0.1 * slope * (norms + sums) / (1 + slope.norm())


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_four_evaluators_agree(dtype: torch.dtype) -> None:
    x0, slope = torch.randn(2, sum(SIZES), dtype=dtype, generator=torch.Generator().manual_seed(1))
    oracle = Oracle(BOTH, FORMATS[dtype])
    state = oracle.step(oracle.start(x0, {lr: 0.1}, SIZES), slope, {lr: 0.1})
    seen = by_hand(x0, slope).double()
    assert (state.x.distance(seen) <= torch.as_tensor(state.x.radius)).all()
    assert torch.as_tensor(state.x.radius).max() < 100 * torch.finfo(dtype).eps
    exact = exact_trajectory(BOTH, x0.tolist(), [slope.tolist()], [{lr: 0.1}], SIZES)[-1]
    plain = quick.path(BOTH, x0.double().numpy(), slope[None].double().numpy(), [{lr: 0.1}], pieces=SIZES)[-1]
    assert np.allclose([float(v.mid()) for v in exact], plain, rtol=1e-12)
    assert (
        state.x.distance(torch.tensor([float(v.mid()) for v in exact], dtype=torch.float64)) <= state.x.radius
    ).all()


def test_lanes_of_one_tensor_are_not_those_of_several() -> None:
    x0, slope = torch.randn(2, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    oracle = Oracle(BOTH, FORMATS[torch.float64])
    whole, cut = (
        oracle.step(oracle.start(x0, {lr: 0.1}, pieces), slope, {lr: 0.1}).x for pieces in ((), (2, 4))
    )
    assert (whole.distance(torch.as_tensor(cut.mid)) > 1e6 * torch.as_tensor(whole.radius)).any()


def test_a_part_knows_its_tensors() -> None:
    sizes = [torch.zeros(2, 3), torch.zeros(5)]
    blocks = [Block("", 0, x0, x0[None]) for x0 in sizes]
    (together,) = parts(blocks, "cpu", find_rule(CLIPPED))
    assert together.pieces == (6, 5)
    (flat,) = parts(blocks, "cpu", find_rule('clipped(adam, over="parameters")'))
    assert flat.pieces == ()


BRIEF = Profile(1, 1, (4, 6), far=False)


FLOORED = 'adagc(adagrad, floor="eps")'
DECAYED = 'decayed(adagc(sgd), form="l2")'
RIGHT = [
    (clipped_layers.ClippedLamb, CLIPPED),
    (clipped_layers.AdaGC, "adagc(sgd)"),
    (clipped_layers.AdaGCFloored, FLOORED),
    (clipped_layers.AdaGCDecayed, DECAYED),
]
WRONG = [
    (clipped_layers.ClippedEach, CLIPPED),
    (clipped_layers.RatioOfAll, CLIPPED),
    (clipped_layers.AdaGCLate, "adagc(sgd)"),
    (clipped_layers.AdaGCOfRaw, "adagc(sgd)"),
    (clipped_layers.AdaGCOfLast, "adagc(sgd)"),
    (clipped_layers.AdaGCFloored, "adagc(adagrad)"),
    (clipped_layers.AdaGCDecayedInTurn, DECAYED),
    (clipped_layers.AdaGCDecayed, "adagc(sgd)"),
]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("right", "rule"), RIGHT)
def test_what_follows_is_lawful(right: type[torch.optim.Optimizer], rule: str, dtype: torch.dtype) -> None:
    assert conformance(right, rule, dtype, BRIEF).evidence().verdict is Verdict.LAWFUL


@pytest.mark.parametrize(("slip", "rule"), WRONG)
def test_a_slip_is_refused(slip: type[torch.optim.Optimizer], rule: str) -> None:
    evidence = conformance(slip, rule, torch.float64, BRIEF).evidence()
    assert evidence.verdict is Verdict.UNLAWFUL
    assert any(found.counterexample for found in evidence.findings)


def test_a_gradient_of_zero_leaves_the_other_tensors_a_verdict() -> None:
    """What divides by its norm is not felt in them."""
    rule, hyper = find_rule("adagc(sgd)"), {s: d for s, d in find_rule("adagc(sgd)").defaults.items()}
    hyper = {s: 2.0 if s.name == "warmup_steps" else d for s, d in hyper.items()}
    x0, slope = torch.ones(6, dtype=torch.float64), torch.tensor([0.0, 0.0, 1.0, 2.0, 3.0, 4.0]).double()
    oracle = Oracle(rule, FORMATS[torch.float64])
    state = oracle.start(x0, hyper, (2, 4))
    for _ in range(3):
        state = oracle.step(state, slope, hyper)
    assert torch.isfinite(torch.as_tensor(state.x.radius)[2:]).all()


def test_small_inputs_are_cut_by_tensors() -> None:
    case = Case(default_scenario(CANDIDATE, 0), torch.arange(6.0), torch.ones(1, 6), pieces=(2, 4))
    assert [block.x0.tolist() for block in case.cut((1, 2)).blocks] == [[0.0], [2.0, 3.0]]
    assert case.cut((0, 3)).pieces == (3,)


def test_neighbours_are_other_rules() -> None:
    rule = find_rule(CLIPPED)
    assert sameness(rule, find_rule("clipped(lamb)")) is Sameness.NONE
    assert sameness(rule, find_rule('clipped(lamb, over="parameters")')) is Sameness.WRITTEN


@pytest.mark.parametrize("inner", ["adafactor", "muon", "adam_mini(block='row')", "sm3"])
def test_what_needs_a_shape_is_refused(inner: str) -> None:
    with pytest.raises(Unanswerable, match="looks at all tensors, and at the shape of each"):
        find_rule(f'clipped({inner}, over="parameters")')


def test_which_accumulated_step_is_the_first_is_sure() -> None:
    """t/n is 1 in whole numbers: nothing was known of a weight after it, and no slip in a momentum was seen."""
    rule = find_rule("accumulated(sgd)")
    hyper = {s: {"momentum": 0.5, "dampening": 0.3}.get(s.name, d) for s, d in rule.defaults.items()}
    oracle, slope = Oracle(rule, FORMATS[torch.float64]), torch.ones(3, dtype=torch.float64)
    state = oracle.start(torch.zeros(3, dtype=torch.float64), hyper)
    for _ in range(6):
        state = oracle.step(state, slope, hyper)
    assert torch.isfinite(torch.as_tensor(state.x.radius)).all()
    assert torch.as_tensor(state.x.mid)[0].item() == pytest.approx(-1e-3 * (1 + 1.2 + 1.3))


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["accumulated(sgd)"])
def test_no_mutant_survives(form: str) -> None:
    assert not adequacy(form).survivors
