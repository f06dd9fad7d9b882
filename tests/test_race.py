"""Races and their verdicts: what decides is right, and neighbours are refused."""

import sys
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from lawful.properties.races import phase as diagrams
from lawful.properties.races.arrival import FALSE_ALARM, FEWEST, Arrival, Course, End, surely_most
from lawful.properties.races.race import enter
from lawful.reports.race import Race, html
from lawful.verify.evidence import Series
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta1, beta2, lr, weight_decay
from lawful.verify.theory.problems import find_problem


# ---------------------------------------------------------------------------------------------- verdicts
def test_the_fewest_runs_can_decide_and_one_less_cannot() -> None:
    assert surely_most(FEWEST, FEWEST) and not surely_most(FEWEST - 1, FEWEST - 1)
    assert not surely_most(FEWEST - 1, FEWEST)
    assert 2.0**-FEWEST <= FALSE_ALARM


def test_coins_are_never_decided() -> None:
    hits = np.random.default_rng(0).binomial(64, 0.5, 2000)
    assert not any(surely_most(int(k), 64) for k in np.unique(hits))


ENDS = {
    "reddi1": {"adam": End.WRONG, "amsgrad": End.RIGHT, "adopt": End.RIGHT, "sgd": End.RIGHT},
    "fixed_order": {"adam": End.RIGHT, "amsgrad": End.RIGHT, "adopt": End.WRONG},
    "edge_above": {"sgd": End.WRONG, "adam": End.RIGHT},
    "edge_below": {"sgd": End.RIGHT},
    "toint": {"adam": End.WRONG, "amsgrad": End.WRONG, "sgd": End.WRONG},
}


@pytest.mark.parametrize(("problem", "name"), [(p, name) for p in ENDS for name in ENDS[p]])
def test_optimizers_arrive_where_they_must(problem: str, name: str) -> None:
    (arrival,) = enter(name, "", Course(problem, steps=50 if problem == "fixed_order" else 600))
    assert arrival.verdict is ENDS[problem][name]
    if problem == "reddi1":
        assert arrival.seen is arrival.verdict


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_a_verdict_from_runs_is_the_same_over_20_seeds(name: str) -> None:
    course = Course("reddi3", (0.01,), ((0.0, 0.1),), seeds=40, steps=300)
    found = {enter(name, "", replace(course, seed=seed))[0].seen for seed in range(20)}
    assert found == {End.WRONG if name == "adam" else End.RIGHT}


ASCENDS = """
import torch


class Adam(torch.optim.Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, betas, eps, weight_decay, maximize=True)
"""


def test_an_implementation_that_contradicts_its_rules_drift_is_undecided(tmp_path: Path) -> None:
    (tmp_path / "ascends.py").write_text(ASCENDS)
    (arrival,) = enter(f"{tmp_path}/ascends.py:Adam", "", Course("reddi1", steps=600))
    assert (arrival.drifts, arrival.seen, arrival.verdict) == (End.WRONG, End.RIGHT, End.UNDECIDED)


def test_every_pair_of_betas_runs_at_every_rate_and_what_has_no_betas_once() -> None:
    course = Course("reddi1", (0.01, 0.02), ((0.0, 0.1), (0.9, 0.999)), steps=3)
    assert [tuple(a.setting.values()) for a in enter("adam", "", course)] == [
        (0.01, 0.0, 0.1), (0.01, 0.9, 0.999), (0.02, 0.0, 0.1), (0.02, 0.9, 0.999)
    ]  # fmt: skip
    assert [a.setting for a in enter("sgd", "", course)] == [{"lr": 0.01}, {"lr": 0.02}]


def test_several_settings_at_once_are_each_as_if_alone() -> None:
    course = Course("two_points", (0.01, 0.02), ((0.5, 0.9),), seeds=20, steps=50)
    together = enter("adam", "", course)
    alone = [enter("adam", "", replace(course, rates=(rate,)))[0] for rate in course.rates]
    assert [a.path for a in together] == [a.path for a in alone]


def test_regret_is_what_was_lost_more_than_by_the_best() -> None:
    (arrival,) = enter("sgd", "", Course("reddi1", (0.0625,), steps=2))
    assert arrival.path.y == [-0.25, -0.1875]
    assert arrival.regret.y == [4.0, (4.0 - 0.75) / 2]


# ------------------------------------------------------------------------------------- phases and pages
def test_the_exact_boundary_separates_the_simulated_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "FIRST", np.array([0.05]))
    monkeypatch.setattr(diagrams, "SECOND", diagrams.logistic(0.05, 0.9, 13))
    figure = diagrams.phase("adam", Course("reddi1", (0.05,), steps=1500))
    at = {series.name: series.y for series in figure.series}
    (edge,) = at["exact boundary"]
    assert max(at["runs: wrong end"]) < edge < min(at["runs: right end"])
    assert figure.shares and all(series.points for series in figure.series)


def test_a_rule_runs_as_its_optimizer_does() -> None:
    rule, problem = find_rule("adopt"), find_problem("two_points")
    setting = {**rule.defaults, weight_decay: 0.0, lr: 0.01, beta1: 0.5, beta2: 0.9}
    last = diagrams.run(rule, problem, setting, (1, 20), 40, 3)
    (arrival,) = enter("adopt", "", Course("two_points", (0.01,), ((0.5, 0.9),), seeds=20, steps=40, seed=3))
    assert last.mean() == pytest.approx(arrival.path.y[-1], abs=1e-12)


def test_the_page_escapes_what_others_say_and_draws_every_figure() -> None:
    line = Series("", [1.0, 2.0], [0.5, inf])
    shown = {"lr": 0.1, "beta1": 0.0, "beta2": 0.5}
    arrival = Arrival("<b>evil", "adam", shown, None, End.UNDECIDED, 20, 3, 4, line, line)
    page = html(Race(Course("two_points"), [arrival], {"lost": "<i>why"}))
    assert "<b>evil" not in page and "<i>why" not in page and page.count("<svg") == 2
    assert Race(Course("two_points"), [arrival]).exit_code == 3


QUESTIONS = {
    "race two_point": ["problem 'two_point'", "did you mean two_points"],
    "race reddi1 --optimizers adamm": ["target 'adamm'", "did you mean adam"],
    "race reddi1 --betas 0.9": ["--betas '0.9'", "0.9,0.99"],
    "race reddi1 --betas 0.9,1": ["[0, 1)"],
    "race reddi1 --lr -1": ["--lr -1.0 is not a positive number"],
    "race two_points --seeds 5": ["--seeds 5", "at least 20"],
    "race reddi1 --optimizers sgd --phase --steps 1 --optimizers torch.nn:Linear": ["not an optimizer"],
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_wrong_question_is_answered_in_one_line(question: str, capsys, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from lawful.verify.front.cli import main

    monkeypatch.setattr(sys, "argv", ["lawful", *question.split()])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr().err
    assert left.value.code == 2 and said.count("\n") == 1
    assert all(part in said for part in QUESTIONS[question])
