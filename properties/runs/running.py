"""A candidate on a scenario: constructed, fed its gradients, and watched step by step."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.properties.scenarios.schedules import EVERY, advance
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.protocol import NotOffered
from lawful.verify.candidates.surroundings import seeded
from lawful.verify.errors import told
from lawful.verify.language.symbols import lr

CLEAR = (ValueError, TypeError, RuntimeError, NotImplementedError, AssertionError)
"""The exceptions by which an implementation may refuse."""


class RefusedError(Exception):
    """The candidate refused at construction or at the first step, with a clear error."""


class RaisedError(Exception):
    """The candidate raised later, or an error that is no refusal."""


class UnusualError(RaisedError):
    """The candidate raised an exception of its own at construction or at the first step: a refusal only of what is
    unusual to ask.
    """


def is_own(error: BaseException) -> bool:
    """Whether a library defines this exception."""
    return isinstance(error, Exception) and type(error).__module__ != Exception.__module__


@dataclass
class Run:
    """One optimizer over the blocks of a scenario.

    Args:
        candidate: whose class is constructed.
        path: constructor arguments that choose the way to run.
        scenario: hyperparameters, options, schedule.
        blocks: the tensors.
        device: where they live.
        before: called before each step, with its number and the first parameter, if it is given.
        laid: makes a parameter's own memory from its first value.
    """

    candidate: Candidate
    path: Mapping[str, Any]
    scenario: Scenario
    blocks: list[Block]
    device: str = "cpu"
    before: Callable[[int, Tensor], None] | None = None
    laid: Callable[[Tensor], Tensor] = Tensor.clone

    def __post_init__(self) -> None:
        """Constructs the optimizer. Random numbers begin anew with every run, so that bits can be compared.

        Raises:
            RefusedError: the constructor refuses.
            RaisedError: it raises an error that is no refusal, or no scheduler can be put on the optimizer.
        """
        seeded()
        self._sparse = self.candidate.rule(self.scenario.options).sparse
        self.parameters = self.placed([self.parameter(block) for block in self.blocks])
        self._there: dict[int, tuple[Tensor, ...]] = {}
        try:
            self.optimizer = self.constructed(self._groups())
        except (Exception, SystemExit) as error:
            if isinstance(error, CLEAR):
                raise RefusedError(told(error)) from error
            kind = UnusualError if is_own(error) else RaisedError
            raise kind(f"the constructor raises {told(error)}") from error
        self.scheduler = self._scheduler()

    def _scheduler(self) -> LRScheduler | None:
        name = self.scenario.scheduler
        try:
            return EVERY[name](self.optimizer) if name else None
        except (Exception, SystemExit) as error:
            raise RaisedError(f"torch's scheduler ({name}) raises {told(error)} on the optimizer") from error

    def parameter(self, block: Block) -> Tensor:
        """A block's parameter; on a differentiable path, no leaf that would forbid what is done to it in place."""
        return self.laid(block.whole(block.x0.to(self.device))).requires_grad_(
            not self.path.get("differentiable", False)
        )

    def placed(self, parameters: list[Tensor]) -> list[Tensor]:
        """The parameters as the optimizer holds them."""
        return parameters

    def slope(self, gradient: Tensor) -> Tensor:
        """A gradient as the parameter holds it."""
        return gradient

    def constructed(self, groups: list[dict[str, Any]]) -> Any:
        """The optimizer of these groups."""
        return self.candidate.cls(groups, **self.arguments)

    def values(self) -> list[Tensor]:
        """The candidate's values of all blocks."""
        return [p.detach().clone() for p in self.parameters]

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments."""
        if self.scenario.defaults:
            return {**self.candidate.arguments, **self.path}
        hyper = self.scenario.hypers[0]
        said = {**self.candidate.arguments_for(self.scenario.options, hyper), **self.path}
        name = self.candidate.binding.names.get(lr, "")
        return {**said, name: torch.tensor(hyper[lr])} if self.scenario.tensor_rate and name else said

    def _groups(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = [{"params": self._members(0)}]
        others = self.candidate.options.arguments(self.scenario.others)
        for index, own in enumerate(self.scenario.hypers[1:], 1):
            named = {**self.candidate.binding.group(own), **rate(self.candidate, own), **others}
            groups.append({"params": self._members(index), **named})
        return groups

    def _members(self, group: int) -> list[Tensor]:
        return [p for p, block in zip(self.parameters, self.blocks, strict=True) if block.group == group]

    def steps(self) -> Iterator[int]:
        """Steps one by one, from 1; after each, `parameters` hold the candidate's values.

        Raises:
            RefusedError: the first step refuses.
            RaisedError: a later step raises, or the first an error that is no refusal.
        """
        for step in range(1, self.scenario.steps + 1):
            self.change(step)
            self.feed(step)
            if self.before is not None:
                self.before(step, self.parameters[0].detach())
            self.step(step)
            if self.scheduler is not None:
                advance(self.scheduler)
            yield step

    def feed(self, step: int) -> None:
        """Gives every parameter its gradient of a step, from 1."""
        for p, block in zip(self.parameters, self.blocks, strict=True):
            gradient = block.whole(self._gradients(block, p)[step - 1])
            _refill(p, self.slope(gradient), self._sparse)

    def _gradients(self, block: Block, p: Tensor) -> tuple[Tensor, ...]:
        """A block's gradients where its parameter is, step by step; copied once."""
        if id(block) not in self._there:
            self._there[id(block)] = block.gradients.to(p.device).unbind()
        return self._there[id(block)]

    def change(self, step: int) -> None:
        """Sets by hand what the scenario changes in the groups before a step.

        Raises:
            RefusedError: nothing of it can be set between steps, by an optimizer that need not be settable.
        """
        if step in self.scenario.schedule or step in self.scenario.moves:
            for index, group in self.numbered_groups():
                moved = changed(self.candidate, self.scenario, index, step)
                if moved and not moved.keys() & group.keys() and not self.candidate.adapter.torchs:
                    raise RefusedError(f"it offers no way to set {' or '.join(moved)} between steps")
                for name, value in moved.items():
                    if name in group:
                        group[name] = _as(group[name], value, step)

    def numbered_groups(self) -> list[tuple[int, dict[str, Any]]]:
        """The optimizer's groups, each with the number of the scenario's from which it is: some have made several of
        one, or hold other tensors."""
        of = {id(p): block.group for p, block in zip(self.parameters, self.blocks, strict=True)}
        last = len(self.scenario.hypers) - 1
        return [
            (next((of[id(p)] for p in group["params"] if id(p) in of), min(index, last)), group)
            for index, group in enumerate(self.optimizer.param_groups)
        ]

    def driven(self) -> Any:
        """The optimizer's own step, as it is called."""
        return self.optimizer.step()

    def step(self, step: int, closure: Callable[[], Any] | None = None) -> Any:
        """One step, the number of which is given; what it returns.

        Raises:
            RefusedError: the first step refuses.
            RaisedError: a later step raises, or the first an error that is no refusal.
        """
        try:
            return self.driven() if closure is None else self.optimizer.step(closure)
        except NotOffered:
            raise
        except (Exception, SystemExit) as error:
            if step == 1 and isinstance(error, CLEAR):
                raise RefusedError(told(error)) from error
            kind = UnusualError if step == 1 and is_own(error) else RaisedError
            raise kind(f"step {step} raises {told(error)}") from error


def changed(candidate: Candidate, scenario: Scenario, group: int, step: int) -> dict[str, Any]:
    """The keys that a group holds otherwise in a step than in the one before."""
    before, now = (keys(candidate, scenario, group, k) for k in (step - 1, step))
    return {name: value for name, value in now.items() if value != before[name]}


def keys(candidate: Candidate, scenario: Scenario, group: int, step: int) -> dict[str, Any]:
    """What a group may hold at a step, in the constructor's words and in the rule's."""
    hyper, options = scenario.hyper_at(group, step), scenario.options_at(group, step)
    named = {symbol.name: hyper[symbol] for symbol in candidate.binding.names}
    return {**named, **candidate.binding.group(hyper), **candidate.options.arguments(options)}


def rate(candidate: Candidate, hyper: Mapping[Symbol, float]) -> dict[str, float]:
    """The learning rate as a group may hold it: as the constructor calls it, or as schedulers do."""
    return (
        {name: hyper[lr] for name in (candidate.binding.names[lr], "lr")}
        if lr in candidate.binding.names
        else {}
    )


def _as(held: Any, value: Any, step: int) -> Any:
    """A value in the kind in which a group holds it: a tensor is refilled in place, or another one takes its place."""
    if not isinstance(held, Tensor):
        return value
    return held.fill_(value) if step % 2 else torch.full_like(held, value)


def _refill(p: Tensor, gradient: Tensor, sparse: bool) -> None:
    """Writes the gradient into the same storage each step, as training loops do that do not set it to None; a sparse
    one leaves out what is 0."""
    if sparse:
        p.grad = gradient.to_sparse()
    elif p.grad is None:
        p.grad = gradient.clone()
    else:
        p.grad.copy_(gradient)
