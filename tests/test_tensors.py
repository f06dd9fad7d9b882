"""Rules that look at whole tensors: their sums, norms and products, in print, in two oracles, and against defects."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sympy import Symbol, latex
from torch import Tensor

from examples.asking import conformance
from lawful.optimizers import LAMB, LARS, Adafactor, AdamW, CautiousAdamW, Muon
from lawful.properties.scenarios.drawing import Profile
from lawful.verify.evidence import Verdict
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import g, x
from lawful.verify.language.tensors import (
    ColMax,
    ColMean,
    IfPositive,
    NewtonSchulz,
    NewtonSchulzInBfloat16,
    Norm,
    RowMax,
    RowMean,
    Total,
    sizes,
)
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.kinds.orthogonalization import Quintic
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.oracle.step import Step

RULES = [
    "lars", "lamb", "cautious_adamw", "adafactor", "adafactor(form='fairseq')", "muon", "came", "adams",
    "adams(decay_eps=True)", "spd", "spd(anchor='zero')",
    "sm3", "sm3(version='I')",
]  # fmt: skip
A, B, C, EPS, K = (Symbol(name, real=True) for name in ("a", "b", "c", "eps", "k"))
COEFFICIENTS = {A: 3.4445, B: -4.775, C: 2.0315, EPS: 1e-7, K: 3}


def ball(expr: Any, values: Tensor) -> tuple[Tensor, Tensor]:
    """Centre and budget of an expression in x, in the format of the values."""
    fmt = FORMATS[values.dtype]
    node = Compiler(frozenset({x}), frozenset()).node(expr)
    step = Step(
        {**sizes(values.shape), **COEFFICIENTS}, {x: Oracle(find_rule("lars"), fmt).ball(values)}, fmt
    )
    found = node(step)
    return torch.as_tensor(found.mid), torch.as_tensor(found.radius)


def in_order(values: Tensor, order: np.ndarray[Any, Any]) -> Tensor:
    """The sum of a vector, one by one, in this order."""
    total = torch.zeros((), dtype=values.dtype)
    for i in order:
        total = total + values[int(i)]
    return total


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_sum_in_any_order_is_within_its_budget_and_one_that_forgets_a_term_is_not(
    dtype: torch.dtype,
) -> None:
    random = np.random.default_rng(0)
    values = torch.from_numpy(random.standard_normal(97) * 10.0 ** random.uniform(-4, 4, 97)).to(dtype)
    centre, radius = ball(Total(x), values)
    for _ in range(20):
        assert abs(in_order(values, random.permutation(97)).double() - centre) <= radius
    assert abs(values[1:].double().sum() - centre) > radius


@pytest.mark.parametrize("dtype", list(FORMATS))
def test_norms_and_means_as_torch_computes_them(dtype: torch.dtype) -> None:
    values = torch.randn(7, 40, generator=torch.Generator().manual_seed(1)).to(dtype)
    computed: list[tuple[Any, Tensor, float]] = [
        (Norm(x), values.norm(), 1.05),
        (RowMean(x**2), values.norm(dim=-1, keepdim=True).square_().div_(40), 40 / 39),
        (ColMean(x**2), (values * values).mean(-2, keepdim=True), 7 / 6),
        (RowMax(x), values.amax(-1, keepdim=True), 1.01),
        (ColMax(x**2), (values * values).amax(-2, keepdim=True), 1.05),
        (Total(IfPositive(x, 1, 0)), (values > 0).sum(), 1.05),
    ]
    for expr, seen, wrong in computed:
        centre, radius = ball(expr, values)
        assert (abs(seen.double() - centre) <= radius).all(), expr
        assert (abs(seen.double() * wrong - centre) > radius).any(), expr


def test_a_condition_that_rounding_may_turn_admits_both_branches() -> None:
    values = torch.tensor([1.0, -1.0, 0.0, 1e-30], dtype=torch.float32)
    _, radius = ball(IfPositive(x * x * x, 3, 1), values)
    assert radius[0] < 1e-6 > radius[1] and radius[2] < 1e-6 and radius[3] >= 2


def test_an_overflow_in_one_lane_is_felt_by_all_that_share_its_norm() -> None:
    values = torch.tensor([1.0, 3e38, 3e38], dtype=torch.float32)
    fmt = FORMATS[torch.float32]
    node = Compiler(frozenset({x}), frozenset()).node(x / Norm(x))
    step = Step({**sizes(values.shape)}, {x: Oracle(find_rule("lars"), fmt).ball(values)}, fmt)
    assert step.results({x: node})[x].radius.isinf().all()  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", [(2, 3), (5, 5), (40, 3), (3, 37)])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_newton_schulz_from_either_side_is_within_its_budget(
    shape: tuple[int, int], dtype: torch.dtype
) -> None:
    values = torch.randn(shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64).to(dtype)
    centre, radius = ball(NewtonSchulz(x, A, B, C, EPS, K), values)
    left = right = values / values.norm()
    wrong = values / values.norm()
    for _ in range(3):
        gram, other = left @ left.T, right.T @ right
        left = 3.4445 * left + (-4.775 * gram + 2.0315 * gram @ gram) @ left
        right = 3.4445 * right + right @ (-4.775 * other + 2.0315 * other @ other)
        wrong = 3.4445 * wrong + (-4.775 * wrong @ wrong.T) @ wrong
    assert (abs(left.double() - centre) <= radius).all() and (abs(right.double() - centre) <= radius).all()
    assert (abs(wrong.double() - centre) > radius).any() and (
        abs(left.double() * 1.01 - centre) > radius
    ).any()


@pytest.mark.parametrize("shape", [(2, 3), (5, 5), (40, 3), (3, 37)])
def test_in_bfloat16_one_iteration_has_a_wide_budget_and_two_have_none(shape: tuple[int, int]) -> None:
    values = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    centre, radius = ball(NewtonSchulzInBfloat16(x, A, B, C, EPS, 1), values)
    assert 0.1 < float(radius.max() / centre.norm()) < 0.36
    assert ball(NewtonSchulzInBfloat16(x, A, B, C, EPS, 2), values)[1].isinf().all()


def test_a_perturbation_moves_an_iteration_no_more_than_the_largest_slope() -> None:
    p, generator = Quintic(3.4445, -4.775, 2.0315), torch.Generator().manual_seed(3)
    for _ in range(50):
        matrix = torch.randn(4, 6, generator=generator, dtype=torch.float64)
        matrix = matrix / matrix.norm()
        moved = (
            0.3
            * torch.rand((), generator=generator)
            * torch.randn(4, 6, generator=generator, dtype=torch.float64)
        )
        size, singular = float(moved.norm()), torch.linalg.svdvals(matrix)
        bound = p.stretch(max(float(singular.min()) - size, 0.0), float(singular.max()) + size) * size
        assert float((p.of(matrix + moved) - p.of(matrix)).norm()) <= bound


@pytest.mark.parametrize("spec", RULES)
def test_both_oracles_agree_on_matrices(spec: str) -> None:
    rule = find_rule(spec)
    hyper = {s: rule.domain(s).values[0] for s in rule.hyperparameters}
    generator = torch.Generator().manual_seed(4)
    x0, *gradients = (torch.randn(3, 4, generator=generator, dtype=torch.float64) for _ in range(4))
    oracle = Oracle(rule, FORMATS[torch.float64])
    state = oracle.start(x0, hyper)
    for gradient in gradients:
        state = oracle.step(state, gradient, hyper)
    exact = exact_trajectory(rule, x0.tolist(), [g.tolist() for g in gradients], [hyper] * 3)[-1]
    expected = torch.tensor([[float(e.mid()) for e in row] for row in exact], dtype=torch.float64)
    assert torch.as_tensor(state.x.radius).max() < 1e-10
    assert (state.x.distance(expected) <= torch.as_tensor(state.x.radius)).all()


# -------------------------------------------------------------------------------------------- references and neighbours
def verdict(cls: type, rule: str, dtype: torch.dtype = torch.float64) -> Verdict:
    return conformance(cls, rule, dtype, Profile(1, 1, (3, 4))).evidence().verdict


class LongestTen(LAMB):
    """Takes no weight for longer than 10: `lamb(clamp=True)`."""

    def update(self, b: Any, h: Any) -> None:
        norms = b.norms
        b.norms = lambda tensors: norms(tensors).clamp(max=10.0) if tensors is b.params else norms(tensors)
        super().update(b, h)


class NormOfAll(LARS):
    """One norm for all tensors of the bucket."""

    def update(self, b: Any, h: Any) -> None:
        norms = b.norms
        b.norms = lambda tensors: norms(tensors).norm().expand(len(tensors))
        super().update(b, h)


class TallUnscaled(Muon):
    """Forgets √(rows/cols)."""

    def update(self, b: Any, h: Any) -> None:
        before = [p * (1 - h.lr * h.weight_decay) for p in b.params]
        super().update(b, h)
        for p, old in zip(b.params, before, strict=True):
            p.copy_(old + (p - old) / max(1, p.shape[0] / p.shape[1]) ** 0.5)


@pytest.mark.parametrize(
    ("cls", "rule"), [(LongestTen, "lamb"), (NormOfAll, "lars"), (TallUnscaled, "muon"),
                      (AdamW, "cautious_adamw"), (CautiousAdamW, "adamw"), (Adafactor, "adafactor(form='fairseq')")],
)  # fmt: skip
def test_neighbours_are_refused(cls: type, rule: str) -> None:
    assert verdict(cls, rule) is Verdict.UNLAWFUL


def test_a_clamped_lamb_is_a_convention() -> None:
    assert verdict(LongestTen, "lamb(clamp=True)") is Verdict.LAWFUL


@pytest.mark.parametrize("adjust", [None, "match_rms_adamw"])
def test_muon_is_torchs_but_for_the_precision_of_the_iteration(adjust: str | None) -> None:
    start = torch.randn(6, 3, generator=torch.Generator().manual_seed(5))
    ours, theirs = (start.clone().requires_grad_() for _ in range(2))
    optimizers = Muon([ours], adjust_lr_fn=adjust), torch.optim.Muon([theirs], adjust_lr_fn=adjust)
    for p, optimizer in zip((ours, theirs), optimizers, strict=True):
        p.grad = start.flip(0).clone()
        optimizer.step()
    torch.testing.assert_close(ours, theirs, rtol=0, atol=2e-4)
    with pytest.raises(ValueError, match=r"real matrices, got a parameter of shape \(3,\)"):
        Muon([torch.zeros(3)])


def test_torchs_adafactor_and_ours_agree_where_all_is_of_one_dtype() -> None:
    generator = torch.Generator().manual_seed(6)
    shapes: list[tuple[int, ...]] = [(4, 6), (2, 3, 4), (5,), ()]
    rows = [[torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes] for _ in range(5)]
    make: list[Callable[[list[Tensor]], Any]] = [
        lambda p: Adafactor(p, lr=0.3, weight_decay=0.1),
        lambda p: torch.optim.Adafactor(p, lr=0.3, weight_decay=0.1),
    ]
    both = []
    for constructor in make:
        params = [p.clone().requires_grad_() for p in rows[0]]
        optimizer = constructor(params)
        for gradients in rows[1:]:
            for p, gradient in zip(params, gradients, strict=True):
                p.grad = gradient.clone()
            optimizer.step()
        both.append(params)
    for ours, theirs in zip(*both, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_print() -> None:
    from lawful.reports.mathematics import rule_text

    text = rule_text(find_rule("lars"))
    assert "‖∇fₜ(xₜ₋₁)‖ + λ ‖xₜ₋₁‖" in text.text and any(r"\lVert" in line for line in text.algorithm)
    factors = rule_text(find_rule("adafactor")).text
    assert "Σ_j" in factors and "/ rows" in factors
    assert "NS" in rule_text(find_rule("muon")).text


def test_powers_of_functions_of_tensors_are_written() -> None:
    """sympy asks the function itself to write them."""
    assert latex(Norm(g) ** 2) == r"\lVert g \rVert^{2}"
    assert latex(Total(g) ** 3) == r"\left(\sum_{i} g\right)^{3}"
