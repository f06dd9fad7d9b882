"""What the elementwise rules ask of the oracle: scalar state, cases of tensors, starts, tuples; and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from sympy import Float, Gt, Max, Min, Symbol, sqrt

from examples.asking import conformance
from lawful.optimizers import ASGD, AdamWR, AdamWScheduleFree, NAdam, RAdam, Rprop
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, eps, g, lr, m, t, v
from lawful.verify.oracle.balls import Ball, either, positive
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State
from lawful.verify.oracle.scalars import FLOAT64, Scalar, compile_scalar, holds
from lawful.verify.oracle.step import Step

DOUBLE, SINGLE, HALF = (FORMATS[d] for d in (torch.float64, torch.float32, torch.float16))


def values(rule: Rule, **chosen: float) -> dict[Symbol, float]:
    return {s: chosen.get(s.name, rule.domain(s).values[0]) for s in rule.hyperparameters}


def after(rule: Rule, gradients: list[float], fmt: Any = DOUBLE, x0: float = 1.0, **chosen: float) -> State:
    """The oracle's state after these gradients of one lane."""
    oracle, hyper = Oracle(rule, fmt), values(rule, **chosen)
    state = oracle.start(torch.tensor([x0], dtype=fmt.dtype), hyper)
    for gradient in gradients:
        state = oracle.step(state, torch.tensor([gradient], dtype=fmt.dtype), hyper)
    return state


def middle(state: State) -> float:
    return float(torch.as_tensor(state.x.mid).reshape(()))


def radius(ball: Ball) -> float:
    return float(torch.as_tensor(ball.radius, dtype=torch.float64).reshape(()))


# -------------------- scalars
def scalar(expr: Any, unit: float = FLOAT64, **chosen: Any) -> Scalar:
    return compile_scalar(expr)({s: chosen[s.name] for s in expr.free_symbols}, unit)


def test_scalars_are_selected_and_raised_to_any_power() -> None:
    assert scalar(Max(1, t - 3), t=2).value == 1 and scalar(Min(1, t / 4), t=2).value == 0.5
    power = scalar(Float(0.96) ** (t * eps), t=7, eps=0.3)
    assert abs(power.number - 0.96**2.1) <= power.error + 2**-53 < 2**-50


def test_a_root_of_something_negative_is_no_number() -> None:
    assert (
        math.isnan(scalar((t - 3) ** eps, t=2, eps=0.5).number)
        and scalar((t - 3) ** eps, t=2, eps=2).value == 1
    )


def test_partial_sums_that_cancel_are_paid_for() -> None:
    """1000 + t − 1001: what is lost in the first sum is lost for good."""
    found = scalar(beta1 + t - eps, unit=2.0**-24, t=1, beta1=1000.0, eps=1001.0)
    assert found.number == 0.0 and found.error >= 2.0**-24 * 1000


def test_no_verdict_where_a_scalar_is_divided_by_0() -> None:
    """FTRL at a rate of 0: no number, and whoever depends on it is not judged; nor is a condition sure."""
    assert not math.isfinite(scalar(1 / lr + t, lr=0.0, t=1).error)
    assert holds(Gt(1 / (beta1 * eps), 1), {beta1: 0.5, eps: 0.0}, FLOAT64)[1] is False
    assert radius(after(find_rule("ftrl"), [1.0], lr=0.0).x) == torch.inf
    assert radius(after(find_rule("ftrl"), [1.0], lr=0.1).x) < 1e-9


@pytest.mark.parametrize(("at", "expected"), [(3, (False, True)), (5, (False, False)), (7, (True, True))])
def test_a_condition_is_sure_only_beyond_its_error(at: int, expected: tuple[bool, bool]) -> None:
    assert holds(Gt(t * lr, 5 * lr), {t: at, lr: 1.0}, 2.0**-24) == expected


def test_no_verdict_where_a_case_is_not_sure() -> None:
    """At β2 = 0.9999, ρ₅ is 5 to within float32, and is not to within float64."""
    rule = find_rule("radam")
    assert radius(after(rule, [1.0] * 5, DOUBLE, beta2=0.9999).x) < 1e-9
    assert radius(after(rule, [1.0] * 5, DOUBLE.tensor_scalars(), beta2=0.9999).x) == torch.inf
    assert radius(after(rule, [1.0] * 4, DOUBLE.tensor_scalars(), beta2=0.5).x) < 1e-3


# -------------------- scalar state
def test_state_that_no_tensor_enters_is_a_scalar() -> None:
    assert {s.name for s in find_rule("nadam").state} - {s.name for s in find_rule("nadam").tensors} == {
        "mu_product"
    }
    state = after(find_rule("asgd"), [1.0, 2.0])
    assert {s.name for s in state.scalars} == {"eta", "mu"} and {s.name for s in state.slots} == {"ax"}


def test_scalar_state_may_be_kept_in_float32_but_not_for_float64() -> None:
    rule = find_rule("nadam")
    product = next(s for s in rule.state if s.name == "mu_product")
    double, single = (after(rule, [1.0] * 9, fmt).scalars[product] for fmt in (DOUBLE, SINGLE))
    assert double.error < 100 * 2.0**-53 * double.size and single.error > 8 * 2.0**-24 * single.size


def lawful(cls: type, rule: str, dtype: torch.dtype = torch.float64) -> bool:
    return conformance(cls, rule, dtype).evidence().verdict.value == "lawful"


@pytest.mark.parametrize(
    ("cls", "right", "wrong"),
    [
        (NAdam, "nadam", 'nadam(momentum="constant")'),
        (RAdam, "radam", "radam(threshold=4)"),
        (RAdam, "radam", 'radam(eps_place="outside")'),
        (AdamWR, "adamwr", "adamw"),
    ],
)
def test_a_neighbour_is_refused(cls: type, right: str, wrong: str) -> None:
    assert lawful(cls, right) and not lawful(cls, wrong)


class ForgetfulRprop(Rprop):
    """Keeps the gradient whose sign has turned."""

    def update(self, b: Any, h: Any) -> None:
        grads = [g.clone() for g in b.grads]
        super().update(b, h)
        torch._foreach_copy_(b.state("prev"), grads)


class EagerASGD(ASGD):
    """Sets the rate before the step instead of after it."""

    def update(self, b: Any, h: Any) -> None:
        b.keep("eta", h.lr / (1 + h.lambd * h.lr * b.step) ** h.alpha)
        super().update(b, h)


class UnweightedScheduleFree(AdamWScheduleFree):
    """Weighs all iterates alike."""

    def share(self, b: Any, h: Any, lr: float) -> float:
        return 1 / b.step


class NAdamOneAhead(NAdam):
    """Begins the momentum's product at the second step's."""

    def update(self, b: Any, h: Any) -> None:
        if b.step == 1:
            b.keep("mu_product", h.betas[0] * (1 - 0.96**h.momentum_decay / 2))
        super().update(b, h)


@pytest.mark.parametrize(
    ("cls", "rule"),
    [
        (ForgetfulRprop, "rprop"),
        (EagerASGD, "asgd"),
        (UnweightedScheduleFree, "adamw_schedulefree"),
        (NAdamOneAhead, "nadam"),
    ],
)
def test_defects_of_state_are_refused(cls: type, rule: str) -> None:
    assert not lawful(cls, rule)


# -------------------- cases of tensors
def test_a_case_that_rounding_decides_is_both_cases() -> None:
    condition = Ball((torch.tensor([1.0, 0.5, -1.0], dtype=torch.float64), None), 0.5)
    holds, sure = positive(condition, strictly=True)
    chosen = either(holds, sure, Ball((3.0, None)), Ball((7.0, None)))
    assert chosen.mid.tolist() == [3.0, 3.0, 7.0] and chosen.radius.tolist() == [0.0, 4.0, 0.0]  # type: ignore[union-attr]


def test_rprop_is_sure_of_its_sign_unless_the_product_underflows() -> None:
    rule = find_rule("rprop")
    assert radius(after(rule, [1.0, -1.0, 2.0], HALF).x) < 1e-2
    assert radius(after(rule, [2.0**-14, 2.0**-14], HALF).x) > 1e-2


def test_cases_of_a_branch_in_double_double_are_not_rounded_to_float32() -> None:
    rule, gradients = find_rule("rprop"), [1.0, 2.0, -1.0, 1.0]
    exact = exact_trajectory(rule, 1.0, gradients, [values(rule)] * 4)[-1].item()
    assert abs(middle(after(rule, gradients)) - float(exact.mid())) < 1e-15


# -------------------- starts, sums, tuples
def test_state_may_start_at_the_parameter_or_at_a_hyperparameter() -> None:
    schedulefree, adagrad = find_rule("adamw_schedulefree"), find_rule("adagrad")
    assert {
        s.name: float(torch.as_tensor(b.mid)) for s, b in after(schedulefree, [], x0=3.0).slots.items()
    } == {"z": 3.0, "v": 0.0}
    start = after(adagrad, [], SINGLE, initial_accumulator_value=0.1).slots[v]
    assert abs(float(torch.tensor(0.1)) - 0.1) <= radius(start) < 1e-8
    wrong = replace(adagrad, init={})
    assert abs(middle(after(adagrad, [1.0])) - middle(after(wrong, [1.0]))) > radius(after(adagrad, [1.0]).x)


def test_what_is_subtracted_together_was_stored() -> None:
    """g − m_t is one subtraction of the stored m_t, not of its terms."""
    average = beta1 * m + (1 - beta1) * g
    here = {m: Ball((torch.tensor([1.0]), None)), g: Ball((torch.tensor([1.0]), None))}
    radii = []
    for stored in (frozenset({average}), frozenset()):
        node = Compiler(frozenset({m, g}), stored).node(g - average)
        radii.append(radius(node(Step({beta1: 0.75}, dict(here), SINGLE))))
    assert radii[0] != radii[1]


def test_a_tiny_constant_may_lose_its_digits_in_the_cast() -> None:
    """1e-6 has four bits in float16."""
    node = Compiler(frozenset({v}), frozenset()).node(sqrt(v) + eps)
    ball = node(Step({eps: 1e-6}, {v: Ball((torch.zeros(1, dtype=torch.float64), None))}, HALF))
    assert radius(ball) >= abs(float(torch.tensor(1e-6, dtype=torch.float16)) - 1e-6)


def test_constructor_arguments_may_hold_several_hyperparameters() -> None:
    candidate = Candidate.of(torch.optim.Rprop, "rprop")
    rule = candidate.rule({})
    group = candidate.binding.group(values(rule))
    assert group == {"lr": 0.05, "etas": (0.3, 1.5), "step_sizes": (1e-2, 1.0)}
    assert [candidate.binding.default(s) for s in rule.hyperparameters] == [1e-2, 0.5, 1.2, 1e-6, 50]


class ThreeBetas(AdamWR):
    """Has a third beta that the rule does not know."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float, float] = (0.9, 0.99, 0.5)
    ) -> None:
        super().__init__(params, lr, betas[:2])


def test_what_a_rule_does_not_know_of_a_tuple_keeps_its_default() -> None:
    candidate = Candidate.of(ThreeBetas, "adamwr")
    hyper = {s: d for s, d in candidate.rule({}).defaults.items()}
    assert candidate.binding.group(hyper)["betas"] == (0.9, 0.999, 0.5)


def test_schedule_free_swaps_the_iterate_and_the_average() -> None:
    p = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer, seen = AdamWScheduleFree([p], lr=0.1, betas=(0.5, 0.9)), []
    for gradient in (1.0, -2.0, 0.5):
        p.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        seen.append(optimizer.state[p]["z"].item())
    y = p.item()
    optimizer.eval()
    assert p.item() == pytest.approx(sum(seen) / 3, abs=1e-15)
    with pytest.raises(RuntimeError, match=r"call train\(\)"):
        optimizer.step()
    optimizer.train()
    assert p.item() == pytest.approx(y, abs=1e-15)
