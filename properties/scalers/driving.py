"""A scaler at work: two optimizers, whose steps are made by it, and gradients some of which are not finite."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf, nan
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim import SGD

from lawful.properties.promises import calling
from lawful.properties.schedules.course import Set, course
from lawful.verify.candidates.scaler import Scaler
from lawful.verify.oracle.formats import FORMATS

BEGIN = 2.0**16
"""The scale that is begun with: torch's default."""

PATTERN = (
    0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0,
    0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
)  # fmt: skip
"""Of how many optimizers the gradients are not finite, at each step."""

WRONG = (inf, -inf, nan)
"""What is not finite, in turn."""

SIZE = 3 * 2.0**10
"""The part of a step's number that slopes are: they overflow at no scale that is tried, and are no short numbers."""

RATE = 2.0**-4
"""Of the optimizers; so that a step costs no digits."""


ALONE = (
    "torch.distributed.init_process_group('gloo', store=torch.distributed.HashStore(), rank=0, world_size=1)"
)
"""How a script makes the group of a single process."""


class Recording(SGD):
    """Remembers the gradients with which its steps are made."""

    def __init__(self, params: list[Parameter]) -> None:
        """With momentum, so that it has a state."""
        super().__init__(params, lr=RATE, momentum=0.5)
        self.met: list[list[Tensor]] = []

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """As any, and remembers."""
        self.met.append(
            [p.grad.clone() for group in self.param_groups for p in group["params"] if p.grad is not None]
        )
        super().step(closure)


@dataclass
class Bench:
    """A scaler at certain hyperparameters.

    Attributes:
        scaler: what is asked.
        values: the schedule's hyperparameters.
        begin_with: the first scale.
        dtype: of parameters and gradients.
        pattern: see `PATTERN`.
    """

    scaler: Scaler
    values: Mapping[str, Any]
    begin_with: float = BEGIN
    dtype: torch.dtype = torch.float32
    pattern: Sequence[int] = PATTERN
    made: Any = field(init=False)
    parameters: list[list[Parameter]] = field(init=False)
    optimizers: list[Recording] = field(init=False)
    done: int = field(init=False, default=0)

    def begin(self) -> "Bench":
        """Makes the scaler, and optimizers with momentum.

        Raises:
            RaisedError: it raised.
        """
        self.done = 0
        self.made = calling(lambda: self.scaler.make(self.values, self.begin_with), "when it is constructed")
        self.parameters = [
            [Parameter(torch.ones(shape, dtype=self.dtype)) for shape in ((3,), (2, 2))] for _ in range(2)
        ]
        self.optimizers = [Recording(each) for each in self.parameters]
        return self

    def expected(self) -> Iterator[Set]:
        """What the scale is after 0, 1, 2 … steps."""
        formula, given = self.scaler.schedule.of(self.values)
        fmt = FORMATS[torch.float32]
        return islice(course(formula, given, self.scale, self.pattern, fmt), len(self.pattern) + 1)

    @property
    def scale(self) -> float:
        """By what a loss is multiplied.

        Raises:
            RaisedError: it raised.
        """
        return float(calling(lambda: self.made.scale(torch.ones(())), "when it scales a loss"))

    def feed(self) -> list[list[Tensor]]:
        """Backward passes of scaled losses, of this step; gives the slopes of the losses themselves, by parameter."""
        slopes = list[list[Tensor]]()
        for place, parameters in enumerate(self.parameters):
            slopes.append([torch.full_like(p, (self.done + place + 1) / SIZE) for p in parameters])
            if self.overflows(place):
                met = sum(map(bool, self.pattern[: self.done]))
                slopes[-1][self.done % 2].view(-1)[-1] = WRONG[met % len(WRONG)]
            loss = sum((p * slope).sum() for p, slope in zip(parameters, slopes[-1], strict=True))
            self.optimizers[place].zero_grad()
            calling(lambda loss=loss: self.made.scale(loss).backward(), "when it scales a loss")  # type: ignore[misc]
        return slopes

    def overflows(self, place: int) -> bool:
        """Whether the gradients of this optimizer are not finite at this step: those of one, in turn, or of all."""
        bad = self.pattern[self.done]
        return bad > 1 or (bad == 1 and place == self.done % 2)

    def finish(self, unscales: bool = False) -> None:
        """The steps of both optimizers, and the update; if wanted, gradients are unscaled before the steps.

        Raises:
            RaisedError: it raised.
        """
        when = f"at step {self.done + 1}"
        for optimizer in self.optimizers:
            if unscales:
                calling(lambda optimizer=optimizer: self.made.unscale_(optimizer), when)  # type: ignore[misc]
            calling(lambda optimizer=optimizer: self.made.step(optimizer), when)  # type: ignore[misc]
        calling(lambda: self.made.update(), when)
        self.done += 1

    def step(self) -> None:
        """All of one step.

        Raises:
            RaisedError: it raised.
        """
        self.feed()
        self.finish()

    # ------------------------------------------------------------------------------------------ in words
    @property
    def called(self) -> str:
        """`GradScaler(growth_interval=3)`."""
        said = [f"{n}={v!r}" for n, v in self.scaler.spoken(self.values).items()]
        began = [f"init_scale={self.begin_with!r}"] if self.begin_with != BEGIN else []
        return f"{self.scaler.cls.__name__}({', '.join([*began, *said])})"

    def script(self, steps: int, then: str = "") -> str:
        """Lines that show it with torch alone, where what is asked can be imported."""
        name, module = self.scaler.cls.__name__, self.scaler.cls.__module__
        overflows = [*self.pattern[:steps]]
        return "\n".join([
            "import torch",
            f"from {module} import {name}",
            *([ALONE] if self.scaler.shares else []),
            f"scaler = {self.scaler.constructed(self.values, self.begin_with)}",
            "weight = torch.ones(2, requires_grad=True)",
            "optimizer = torch.optim.SGD([weight], lr=0.0625)",
            f"for overflow in {overflows}:",
            "    optimizer.zero_grad()",
            "    scaler.scale(weight.sum() * (float('inf') if overflow else 1.0)).backward()",
            "    scaler.step(optimizer); scaler.update()",
            *([then] if then else []),
            "print(scaler.scale(torch.ones(())), weight)",
        ])  # fmt: skip
