"""Exact drifts and what they predict: enclosures hold, simulations end there, others are told apart."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, fmpq
from sympy import Integer, Rational, Symbol

from lawful.optimizers.adopt import ADOPT
from lawful.properties.races.convergence import Ends, paths, run_trial
from lawful.verify.language.symbols import beta1, beta2, t
from lawful.verify.laws.convergence import plain_adam, plain_adopt, plain_amsgrad
from lawful.verify.provers.arithmetic.degree import Graded
from lawful.verify.provers.arithmetic.evaluate import Undecided, evaluate, is_zero, rational, root
from lawful.verify.provers.arithmetic.interval import Interval, hull
from lawful.verify.provers.arithmetic.slope import Sloped
from lawful.verify.rules.adam import adamw
from lawful.verify.theory.law import laws
from lawful.verify.theory.prediction import DriftsTo
from lawful.verify.theory.problems import mirrored, reddi, two_point
from lawful.verify.theory.trial import Trial

NONE = {beta1: 0.0, beta2: 0.0}
TENTH = {beta1: 0.0, beta2: 0.1}
TRIALS = [(name, p.trial) for name, law in laws().items() for p in law.predicts if isinstance(p, DriftsTo)]


def test_adams_drift_without_memory_is_the_majority() -> None:
    assert Trial(plain_adam, two_point(5), NONE, lr=1.0).drift.overlaps(arb(3) / 5)


def test_adopts_drift_without_memory_is_a_product_of_means() -> None:
    closed = -(Rational(4, 5) / 5 + Rational(1, 5) / 25)
    assert Trial(plain_adopt, two_point(5), NONE, lr=1.0).drift.overlaps(arb(rational(closed)))


def test_drift_agrees_with_a_long_simulation_without_walls() -> None:
    random, k, b = np.random.default_rng(1), 5.0, 0.5
    g = random.choice([k * k, -k], (4000, 256), p=[1 / k, 1 - 1 / k])
    v, total = g[0] ** 2, []
    for row in g[1:]:
        v = b * v + (1 - b) * row**2
        total.append(-(row / np.sqrt(v)).mean())
    mean, error = np.mean(total), np.std(total) / np.sqrt(len(total))
    drift = Trial(plain_adam, two_point(5), {beta1: 0.0, beta2: b}, lr=1.0).drift
    assert float(drift.lower()) - 6 * error < mean < float(drift.upper()) + 6 * error


@pytest.mark.parametrize(("name", "trial"), TRIALS, ids=[f"{n}-{i}" for i, (n, _) in enumerate(TRIALS)])
def test_every_prediction_is_certain_reachable_and_rarely_a_false_alarm(name: str, trial: Trial) -> None:
    assert trial.end in (-1, 1)
    assert trial.travel > 2
    assert trial.false_alarm < 1e-4


@pytest.mark.parametrize(
    ("rule", "right"), [(plain_adam, False), (plain_amsgrad, True), (plain_adopt, True)], ids=str
)
def test_the_end_is_read_off_the_drift(rule, right) -> None:  # type: ignore[no-untyped-def]
    assert Trial(rule, two_point(5), TENTH, lr=1e-3).is_right is right
    assert Trial(rule, reddi(4), {beta1: 0.0, beta2: 1 / 17}, lr=1e-3).is_right is right


def test_no_end_is_predicted_where_the_sign_is_not_certain() -> None:
    assert Trial(plain_adam, two_point(5), {beta1: 0.0, beta2: 0.99}, lr=1e-3).end is None


QUICK = Trial(plain_adam, two_point(5), TENTH, lr=1e-2, steps=2000, lanes=64)


def ends(trial: Trial, kind: Any, seed: int, **options: Any) -> Ends:
    betas = (trial.hyper[beta1], trial.hyper[beta2])
    return run_trial(trial, lambda params: kind(params, lr=trial.lr, betas=betas, **options), seed)


def test_adam_ends_where_its_drift_says() -> None:
    assert ends(QUICK, torch.optim.Adam, seed=1, foreach=False).beyond(1, QUICK.margin) == 0


def test_adopt_in_the_place_of_adam_is_told_apart() -> None:
    assert ends(QUICK, ADOPT, seed=1).beyond(1, QUICK.margin) == QUICK.lanes


def test_adopt_goes_wrong_in_the_mirrored_order() -> None:
    trial = Trial(plain_adopt, mirrored(Rational(19, 10)), NONE, lr=1e-2, steps=2000, lanes=2)
    assert trial.end == -1 and trial.problem.optimum == 1
    assert ends(trial, ADOPT, seed=0).beyond(-1, trial.margin) == 0


def test_lane_that_is_not_a_number_is_beyond_every_margin() -> None:
    def broken(params: list[torch.Tensor]) -> torch.optim.Optimizer:
        return torch.optim.SGD(params, lr=float("nan"))

    (end,) = paths(broken, two_point(5), [1.0], lanes=3, steps=2, seed=0)
    assert end.beyond(1, 2.5) == 3


def test_same_seed_same_ends_and_another_seed_others() -> None:
    short = replace(QUICK, steps=20)
    one, same, other = (ends(short, torch.optim.Adam, seed).x for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_evaluator_agrees_with_sympy_on_a_whole_rule() -> None:
    rule = adamw().at(3)
    point = {s: Rational(i + 2, 7) for i, s in enumerate(sorted(rule.x.free_symbols, key=str))}
    ours = evaluate(rule.x, {s: rational(value) for s, value in point.items()})
    assert abs(float(ours) - float(rule.x.subs(point))) < 1e-12
    assert t not in rule.x.free_symbols


def test_roots_are_rational_where_they_can_be() -> None:
    assert root(fmpq(9, 4)) == fmpq(3, 2) and isinstance(root(fmpq(2)), arb)


def test_wide_ball_around_0_does_not_count_as_0() -> None:
    assert not is_zero(arb(0, 1e-9)) and is_zero(arb(0, 1e-60))


def test_interval_encloses_and_keeps_the_sign_of_products() -> None:
    wide = hull(fmpq(1, 100), 100)
    assert wide * wide > 0
    assert not wide - wide > 0
    with pytest.raises(ZeroDivisionError):
        hull(-1, 1).inverse()


def test_overlapping_intervals_are_not_told_equal() -> None:
    with pytest.raises(Undecided):
        assert hull(0, 1) == Interval.lift(1)


def test_slopes_enclose_the_derivative() -> None:
    y = Symbol("y", positive=True)
    box = hull(fmpq(1, 2), 2)
    found = evaluate(y**3 / (1 + y), {y: Sloped(box, {y: Interval.lift(1)})})
    for at in (Rational(1, 2), Integer(1), Integer(2)):
        slope = (y**3 / (1 + y)).diff(y).subs(y, at)
        assert float(found.slope(y).low) <= slope <= float(found.slope(y).high)


def test_degrees_add_multiply_and_double_with_roots() -> None:
    y = Symbol("y", positive=True)
    at = {y: Graded(fmpq(2), 1)}
    assert evaluate(y**3 * (1 + y), at).degree == 4
    assert evaluate(1 / (1 + y) + y, at).top == 2
    assert evaluate((1 + y) ** Rational(1, 2), at).degree == 2
