"""Where an optimizer ends on a problem of one weight, and the way that it takes there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sympy import Expr, lambdify
from torch import Tensor

from lawful.verify.evidence import Series
from lawful.verify.language.symbols import lr, x
from lawful.verify.theory.problem import Problem
from lawful.verify.theory.trial import Trial

Array = NDArray[np.float64]
Make = Callable[[list[Tensor]], Any]
"""Parameters → an optimizer, or anything else with `step` and the gradients' use of one."""

POINTS = 200


@dataclass(frozen=True)
class Ends:
    """Where the lanes of one run stood in the end, and how their mean went there.

    Attributes:
        x: the last parameter of every lane, shape (lanes,).
        path: the mean over the lanes at about `POINTS` steps.
        regret: at the same steps, the mean so far of the losses less those of the best weight.
    """

    x: Tensor
    path: Series
    regret: Series

    def beyond(self, end: int, margin: float) -> int:
        """How many lanes stand further than the margin from an end; one that is not a number does."""
        return int((~((self.x - end).abs() <= margin)).sum())


class Lossy:
    """A problem's expressions as functions of many lanes, each with a loss of its own.

    Args:
        problem: the problem.
        rate: the learning rate for which it is made.
    """

    def __init__(self, problem: Problem, rate: float) -> None:
        """Compiles every different loss once."""
        self.best = float(problem.optimum if problem.best is None else problem.best.subs(lr, rate))
        self._lines = np.array([float(v) for v in problem.values]) if problem.is_linear else None
        kinds = list(dict.fromkeys(problem.losses))
        self._kind = np.array([kinds.index(loss) for loss in problem.losses])
        self._slopes = [lambdify(x, loss.diff(x).subs(lr, rate), "numpy") for loss in kinds]
        self._excess = [lambdify(x, self._above_best(loss.subs(lr, rate)), "numpy") for loss in kinds]

    def _above_best(self, loss: Expr) -> Expr:
        return loss - loss.subs(x, self.best)

    def gradient(self, index: NDArray[np.int64], at: Array) -> Array:
        """The slope of each lane's loss; one index stands for all lanes."""
        if self._lines is not None:
            return self._lines[index] if len(index) > 1 else np.full_like(at, self._lines[index[0]])
        return self._chosen(self._slopes, index, at)

    def excess(self, index: NDArray[np.int64], at: Array) -> float:
        """The lanes' mean loss less what it is at the best weight."""
        if self._lines is None:
            return float(self._chosen(self._excess, index, at).mean())
        return float((self._lines[index] * (at - self.best)).sum()) / len(at)

    def _chosen(self, functions: Sequence[Callable[..., Any]], index: NDArray[np.int64], at: Array) -> Array:
        kind = self._kind[index]
        if len(kind) == 1:
            return np.full_like(at, functions[kind[0]](at))
        result = np.empty_like(at)
        for number, function in enumerate(functions):
            np.copyto(result, function(at), where=kind == number)
        return result


@dataclass
class Trace:
    """What is seen of a run, at about `POINTS` of its steps."""

    every: int
    steps: list[float] = field(default_factory=list)
    means: list[float] = field(default_factory=list)
    regrets: list[float] = field(default_factory=list)
    lost: float = 0.0

    def see(self, step: int, weight: Tensor) -> None:
        """Where the weights stand after a step."""
        if step % self.every == 0 or step == 1:
            self.steps.append(float(step))
            self.means.append(float(weight.mean()))
            self.regrets.append(self.lost / step)


def paths(
    make_optimizer: Make,
    problem: Problem,
    rates: Sequence[float],
    lanes: int,
    steps: int,
    seed: int,
    *,
    dtype: torch.dtype = torch.float64,
    device: str = "cpu",
) -> list[Ends]:
    """Run an optimizer on a problem: one parameter per learning rate, one lane per draw of the losses.

    Every weight is put back onto the problem's interval after every step. All parameters see the same draws.

    Args:
        make_optimizer: takes a list of parameters, one per rate.
        problem: the losses.
        rates: the learning rates, which some problems are made for.
        lanes: how many independent runs.
        steps: how many steps.
        seed: of the losses.
        dtype: of the parameters.
        device: of the parameters.
    """
    runs = [(Lossy(problem, rate), Trace(max(1, steps // POINTS))) for rate in rates]
    start = torch.full((lanes,), problem.start, dtype=dtype, device=device)
    weights = [start.clone().requires_grad_() for _ in rates]
    optimizer = make_optimizer(weights)
    for step, index in enumerate(problem.draws(steps, lanes, np.random.default_rng(seed)), 1):
        for weight, (loss, trace) in zip(weights, runs, strict=True):
            at = weight.detach().to("cpu", torch.float64).numpy()
            trace.lost += loss.excess(index, at)
            weight.grad = torch.from_numpy(loss.gradient(index, at)).to(device, dtype)
        optimizer.step()
        for weight, (_, trace) in zip(weights, runs, strict=True):
            trace.see(step, weight.detach().clamp_(problem.low, problem.high))
    return [
        Ends(w.detach(), Series(problem.name, t.steps, t.means), Series(problem.name, t.steps, t.regrets))
        for w, (_, t) in zip(weights, runs, strict=True)
    ]


def run_trial(trial: Trial, make_optimizer: Make, seed: int, dtype: torch.dtype = torch.float64) -> Ends:
    """Run what a law predicts: the trial's problem, lanes and steps.

    Args:
        trial: the prediction.
        make_optimizer: takes a list of one parameter; with the trial's learning rate and hyperparameters.
        seed: of the gradients.
        dtype: of the parameter.
    """
    rates, lanes, steps = [trial.lr], trial.lanes, trial.steps
    (ends,) = paths(make_optimizer, trial.problem, rates, lanes, steps, seed, dtype=dtype)
    return ends
