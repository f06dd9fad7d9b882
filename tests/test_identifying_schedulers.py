"""Which schedule a scheduler follows is found whatever it is called, and nothing is found where it follows none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from examples import schedulers as own
from lawful.properties.schedules.hypotheses import hypotheses
from lawful.properties.schedules.identifying import identified
from lawful.properties.schedules.watching import Watch
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.candidates.stepping import asked, call
from lawful.verify.errors import Unanswerable
from lawful.verify.language.schedules import schedules

NAMED = {
    "StepLR": "step",
    "MultiStepLR": "multistep",
    "ExponentialLR": "exponential",
    "LambdaLR": "lambda",
    "CosineAnnealingLR": "cosine",
    "SequentialLR": "sequential",
    "CyclicLR": "cyclic",
}


@pytest.mark.parametrize("name", NAMED)
def test_torch_s_are_what_they_are_called(name: str) -> None:
    found = identified(getattr(torch.optim.lr_scheduler, name), {})
    assert found.fits[0].rule == NAMED[name]


FOUND: list[tuple[Any, str]] = [
    (own.warm_up, "constant_with_warmup, num_warmup_steps is steps"),
    (own.Ramp, "linear"),
    (own.CosineThatStays, "cosine(after='stays')"),
    (own.EndingOneCycle, "one_cycle"),
]


@pytest.mark.parametrize(("scheduler", "words"), FOUND, ids=[s.__name__ for s, _ in FOUND])
def test_the_plainest_that_fits_is_named_first(scheduler: Any, words: str) -> None:
    assert identified(scheduler, {}).fits[0].words == words


@pytest.mark.parametrize("scheduler", [own.GoesOn, own.InFloat32])
def test_of_what_follows_no_schedule_the_nearest_is_said(scheduler: Any) -> None:
    found = identified(scheduler, {})
    assert not found.found and found.nearest is not None
    assert found.nearest.rule == "linear" and found.nearest.worst > 1e6


def test_every_group_counts() -> None:
    assert not identified(own.FirstGroupOnly, {}).found


def test_what_follows_another_than_its_name_says_is_found_out() -> None:
    class CosineAnnealingLR(own.CosineThatStays):
        pass

    assert identified(CosineAnnealingLR, {}).fits[0].rule == "cosine(after='stays')"


def test_momentum_belongs_to_a_schedule() -> None:
    found = identified(torch.optim.lr_scheduler.CyclicLR, {"cycle_momentum": False})
    assert found.fits[0].rule == "cyclic"
    assert "cycle_momentum" in Watch(torch.optim.lr_scheduler.CyclicLR).parameters


def test_an_argument_is_said_by_the_user() -> None:
    found = identified(own.warm_up, {}, {"total_iters": "steps"})
    assert found.fits[0].rule == "linear(start_factor=0.0)"
    with pytest.raises(Unanswerable, match="unknown argument of warm_up 'stepz'"):
        identified(own.warm_up, {"stepz": 3})


def test_what_refuses_every_run_is_said() -> None:
    class Needy(own.Ramp):
        def __init__(self, optimizer: Any, plan: Any) -> None:
            raise ValueError("no plan")

    with pytest.raises(Unanswerable, match="Needy cannot be run: ValueError: no plan"):
        identified(Needy, {})


def test_every_argument_that_matters_is_a_hyperparameter() -> None:
    base = Scheduler(own.warm_up, schedules()["linear"])
    assert {h.scheduler.names.get("total_iters") for h in hypotheses(base, ["steps"], {"steps": 3}, 0)} == {
        "steps",
        None,
    }
    assert all("steps" in h.scheduler.names.values() for h in hypotheses(base, ["steps"], {"steps": 3}, 1))


def test_a_step_is_given_what_it_asks_for() -> None:
    def timed(epoch: int, metric: float | None = None) -> None: ...
    def torchs(epoch: int | None = None) -> None: ...
    def plateau(loss: float) -> None: ...

    assert asked(timed, fed=False) == {"epoch": "done"} and asked(torchs, fed=False) == {}
    assert asked(timed, fed=True) == {"metric": "metric", "epoch": "done"} and asked(plateau, fed=True) == {
        "loss": "metric"
    }
    assert (
        call(timed, fed=False) == "scheduler.step(epoch=step + 1)"
        and call(torchs, fed=False) == "scheduler.step()"
    )


def lawful(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lawful.verify.front.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_it_is_asked_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    ended = lawful("identify", f"{tmp_path / 'mine.py'}:decay")
    assert ended.returncode == 0 and "exponential, gamma is share." in ended.stdout
    ended = lawful("identify", f"{tmp_path / 'mine.py'}:nothing")
    assert ended.returncode == 1 and "of a rate on average" in ended.stdout


MINE = """
from torch.optim.lr_scheduler import LambdaLR

def decay(optimizer, share: float):
    return LambdaLR(optimizer, lambda k: share**k)

def nothing(optimizer, share: float):
    return LambdaLR(optimizer, lambda k: 1 / (1 + share * k**3))
"""
