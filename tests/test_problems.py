"""Problems and the exact drifts on them, with momentum: they are right, and what has none is refused."""

import itertools
from functools import cache

import numpy as np
import pytest
from flint import arb, fmpq
from sympy import Rational, Symbol

from lawful.properties.races.convergence import Lossy
from lawful.properties.races.race import drifting
from lawful.verify.language.families import find_rule
from lawful.verify.language.memory import long_run, memory, on_average
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import beta1, beta2, lr, m, v, v_max, weight_decay
from lawful.verify.provers.arithmetic.drift import boundary
from lawful.verify.provers.arithmetic.evaluate import rational
from lawful.verify.theory.problem import Problem
from lawful.verify.theory.problems import find_problem, mirrored, problems, reddi, reddi101, two_point
from lawful.verify.theory.trial import Trial


@cache
def final_form(rule: str) -> Rule:
    return long_run(find_rule(rule))


def trial(rule: str, problem: Problem, first: float, second: float) -> Trial:
    final = final_form(rule)
    hyper = {**final.defaults, beta1: first, beta2: second}
    return Trial(final, problem, {s: hyper[s] for s in final.defaults}, lr=1.0)


def per_period(rule: str, problem: Problem, first: float, second: float) -> float:
    return float(trial(rule, problem, first, second).drift.mid()) * len(problem.losses)


# --------------------------------------------------------------------------------------------- problems
@pytest.mark.parametrize("name", problems())
def test_the_best_weight_is_the_best(name: str) -> None:
    problem = find_problem(name)
    loss = Lossy(problem, problem.lr)
    weight = np.array([float(chance) for _, chance in problem.noise])
    near = loss.best + np.array([-0.02, 0.0, 0.02]) * problem.lr
    near = near[(near >= problem.low) & (near <= problem.high)]
    one = [near[k : k + 1] for k in range(len(near))]
    values = [sum(w * loss.excess(np.array([i]), at) for i, w in enumerate(weight)) for at in one]
    assert np.argmin(values) == np.argmin(np.abs(near - loss.best))
    assert weight.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", problems())
def test_draws_come_as_often_as_they_are_said_to(name: str) -> None:
    problem = find_problem(name)
    chances = np.array([float(chance) for _, chance in problem.noise])
    steps = 20 * len(chances)
    drawn = np.stack([np.broadcast_to(i, 50) for i in problem.draws(steps, 50, np.random.default_rng(0))])
    seen = np.bincount(drawn.ravel(), minlength=len(chances)) / drawn.size
    error = 0.0 if problem.order != "independent" else 6 * np.sqrt(chances / drawn.size)
    assert (np.abs(seen - chances) <= error + 1e-12).all()


def test_an_epoch_that_is_shuffled_holds_every_loss_once() -> None:
    problem = find_problem("reshuffled")
    drawn = np.stack(list(problem.draws(300, 4, np.random.default_rng(1))))
    assert (np.sort(drawn.reshape(100, 3, 4), axis=1) == np.arange(3)[None, :, None]).all()
    assert len({tuple(epoch) for epoch in drawn[:, 0].reshape(100, 3).tolist()}) == 6


def test_blocks_are_the_distinct_orders_with_their_probabilities() -> None:
    assert find_problem("reshuffled").blocks == tuple(
        (order, Rational(1, 3)) for order in dict.fromkeys(itertools.permutations((Rational(19, 10), -1, -1)))
    )
    assert sum(chance for _, chance in two_point(5).blocks) == 1


# ----------------------------------------------------------------------------------------------- drifts
@pytest.mark.parametrize(("second", "moved"), [(0.99, 1.90), (0.999, 0.105), (0.9999, -0.079)])
def test_adams_drift_on_the_synthetic_problem_turns_at_a_beta2_above_three_nines(
    second: float, moved: float
) -> None:
    assert per_period("adam", reddi101, 0.9, second) == pytest.approx(moved, rel=0.01)


def cycled(problem: Problem, first: float, second: float, rule: str, periods: int) -> float:
    """x after many periods, by plain iteration."""
    average = square = top = x = 0.0
    for slope in [float(value) for value in problem.values] * periods:
        if rule == "adopt":
            average = first * average + (1 - first) * slope / max(square**0.5, 1e-6)
            step, square = average, second * square + (1 - second) * slope**2
        else:
            square, average = second * square + (1 - second) * slope**2, first * average + (1 - first) * slope
            top = max(top, square)
            step = average / ((top if rule == "amsgrad" else square) ** 0.5 + 1e-8)
        x -= step
    return x


@pytest.mark.parametrize("rule", ["adam", "amsgrad", "adopt"])
@pytest.mark.parametrize(("first", "second"), [(0.0, 0.3), (0.9, 0.95), (0.5, 0.2)])
def test_the_cycle_in_closed_form_is_where_iteration_goes(rule: str, first: float, second: float) -> None:
    problem = reddi(4)
    found = cycled(problem, first, second, rule, 401) - cycled(problem, first, second, rule, 400)
    assert per_period(rule, problem, first, second) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize(
    ("C", "least"), [("2.1", 0.886), ("3", 0.472), ("4", 0.317), ("6", 0.187), ("10", 0.098)]
)
def test_the_beta2_above_which_adam_is_right_is_enclosed(C: str, least: float) -> None:
    problem = reddi(Rational(C))

    def drift(second: fmpq) -> arb:
        return trial("adam", problem, 0.0, float(second)).drift

    found = boundary(drift, rational(0.01), rational(0.999), 24)
    assert float(found.mid()) == pytest.approx(least, abs=6e-4) and float(found.rad()) < 1e-7
    assert drift(rational(float(found.lower()) - 1e-6)) > 0 > drift(rational(float(found.upper()) + 1e-6))


def test_no_boundary_is_found_where_the_sign_does_not_change() -> None:
    with pytest.raises(ValueError, match="no certain change of sign"):
        boundary(lambda second: arb(1), fmpq(0), fmpq(1))
    with pytest.raises(ValueError, match="no certain change of sign"):
        boundary(lambda second: arb(0, 1), fmpq(0), fmpq(1))


def test_momentum_does_not_change_where_adopt_and_amsgrad_drift() -> None:
    for problem, rule in itertools.product(
        (two_point(5), find_problem("reshuffled"), reddi(4)), ("adopt", "amsgrad")
    ):
        assert trial(rule, problem, 0.9, 0.1).drift.overlaps(trial(rule, problem, 0.0, 0.1).drift)


def test_momentum_changes_where_adam_drifts() -> None:
    with_it, without = (trial("adam", reddi(4), first, 0.1).drift for first in (0.9, 0.0))
    assert with_it < 0 < without


def test_reshuffled_epochs_drift_by_the_closed_form() -> None:
    c = Rational(19, 10)
    closed = -(8 * c**2 - 9 * c - 8) / (9 * c) / 3
    assert trial("adopt", find_problem("reshuffled"), 0.0, 0.0).drift.overlaps(arb(rational(closed)))
    assert not trial("adopt", mirrored(c), 0.0, 0.0).drift.overlaps(arb(rational(closed)))


def test_the_long_run_has_no_correction_and_no_clipping() -> None:
    for name in ("adam", "amsgrad", "adopt", "radam"):
        assert Symbol("t") not in {Symbol(s.name) for s in long_run(find_rule(name)).x.free_symbols}
    assert long_run(find_rule("adopt")).x == long_run(find_rule('adopt(clip="none")')).x


def test_what_is_no_fading_memory_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="no fading memory"):
        memory(long_run(find_rule("amsgrad")), v_max)
    assert memory(long_run(find_rule("adam")), v)[0] == beta2


def test_on_average_only_momentum_is_taken_out() -> None:
    assert set(on_average(long_run(find_rule("adam"))).state) == {m, v}
    assert set(on_average(long_run(find_rule("adopt"))).state) == {v}


@pytest.mark.parametrize("name", ["adagrad", "nadam", "schedule", "lamb"])
def test_rules_without_a_steady_state_have_no_drift(name: str) -> None:
    rule = find_rule("adamw_schedulefree" if name == "schedule" else name)
    setting = {**rule.defaults, weight_decay: 0.0, lr: 0.01}
    assert drifting(long_run(rule), reddi(4), setting) is None
