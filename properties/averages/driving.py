"""An average at work: a small model whose weights go their way, and what is kept beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from lawful.properties.promises import calling
from lawful.verify.candidates.averager import Averager, kept
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State

SHAPES = ((4, 3), (7,), (), (40,))
"""Of the weights."""

STEPS = 40
"""How many updates are followed."""


class Weights(nn.Module):
    """Parameters of several shapes, of which one is frozen, in two modules, of which one is not in training; and, if
    wanted, a buffer."""

    def __init__(self, dtype: torch.dtype, buffer: Tensor | None = None) -> None:
        """Ones."""
        super().__init__()
        self.own = nn.ParameterList([nn.Parameter(torch.ones(shape, dtype=dtype)) for shape in SHAPES])
        self.own[1].requires_grad_(False)
        self.inner = nn.Dropout().eval()
        if buffer is not None:
            self.register_buffer("buffer", buffer)

    def set(self, values: list[Tensor]) -> None:
        """Puts these into the parameters."""
        with torch.no_grad():
            for p, value in zip(self.parameters(), values, strict=True):
                p.copy_(value)


def ways(seed: int, dtype: torch.dtype, steps: int = STEPS) -> list[list[Tensor]]:
    """The weights at each step: of every size, some that stay, some that are 0, some whose sign changes."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for shape in SHAPES:
        size = 10.0 ** torch.empty(shape).uniform_(-3, 3, generator=generator)
        drawn = torch.randn((steps, *shape), generator=generator) * size
        if shape:
            drawn.reshape(steps, -1)[:, 0] = 0.0
            drawn.reshape(steps, -1)[:, 1] = drawn.reshape(steps, -1)[:1, 1]
        found.append(drawn.to(dtype))
    return [list(each) for each in zip(*found, strict=True)]


@dataclass
class Bench:
    """An average at certain hyperparameters, of a small model.

    Attributes:
        averager: what is asked.
        values: the rule's hyperparameters.
        dtype: of the weights.
        buffer: what the model has beside its weights; None for nothing.
        averages_buffers: whether it is told to average that too.
        seed: of the weights.
    """

    averager: Averager
    values: Mapping[Symbol, float]
    dtype: torch.dtype = torch.float64
    buffer: Tensor | None = None
    averages_buffers: bool = False
    seed: int = 0
    model: Weights = field(init=False)
    made: Any = field(init=False)

    @property
    def rule(self) -> Rule:
        """What it claims."""
        return self.averager.followed

    @property
    def slot(self) -> Symbol:
        """The average among the rule's state."""
        return next(iter(self.rule.state))

    def begin(self) -> "Bench":
        """Makes the model and its average.

        Raises:
            RaisedError: that raised.
        """
        self.model = Weights(self.dtype, None if self.buffer is None else self.buffer.clone())
        self.made = self.average_of(self.model)
        return self

    def average_of(self, model: nn.Module) -> Any:
        """Another average, of a model.

        Raises:
            RaisedError: it raised.
        """
        make = self.averager.make
        return calling(lambda: make(model, self.values, self.averages_buffers), "when it is constructed")

    def update(self, weights: list[Tensor] | None = None) -> dict[str, Tensor]:
        """What is kept after an update with these weights, or with those that are there.

        Raises:
            RaisedError: it raised.
        """
        if weights is not None:
            self.model.set(weights)
        calling(lambda: self.averager.update(self.made, self.model), "when it is updated")
        return self.kept

    @property
    def kept(self) -> dict[str, Tensor]:
        """What is kept, by name."""
        return {name: tensor.clone() for name, tensor in kept(self.made, self.model).items()}

    def weights(self, steps: int = STEPS) -> list[list[Tensor]]:
        """The weights at each step."""
        return ways(self.seed, self.dtype, steps)

    def next(self, done: int, kept: Tensor, weights: Tensor) -> Any:
        """What the rule makes of an average that is known, once it has been told of so many: a ball.

        Args:
            done: of how many weights, besides the first ones.
            kept: the average.
            weights: those of which it is told.
        """
        oracle = Oracle(self.rule, FORMATS[weights.dtype])
        state = State(done, oracle.ball(weights), {self.slot: oracle.ball(kept)})
        return oracle.step(state, weights, self.values).slots[self.slot]

    @property
    def _in_torch(self) -> bool:
        return not self.averager.whole or issubclass(self.averager.cls, AveragedModel)

    def alike(self, **other: Any) -> "Bench":
        """Another bench, of which these are different."""
        return replace(self, **other)

    # ------------------------------------------------------------------------------------------ in words
    @property
    def called(self) -> str:
        """`AveragedModel() in bfloat16`."""
        more = " with averages of buffers" if self.averages_buffers else ""
        said = self.averager.called(self.values)
        return f"{said}{more}" if self.dtype is torch.float64 else f"{said}{more} in {str(self.dtype)[6:]}"

    def script(self, way: Sequence[float], model: str = "torch.nn.Linear(1, 1, bias=False)") -> str:
        """Lines that show what becomes of one weight with torch alone, where what is asked can be imported."""
        name, module = self.averager.cls.__name__, self.averager.cls.__module__
        said = [f"{n}={v!r}" for n, v in self.averager.spoken(self.values).items()]
        buffers = ["use_buffers=True"] if self.averages_buffers else []
        made = f"{name}({', '.join(['model', *said, *buffers])})"
        if not self.averager.whole:
            taken = f"{self.averager.argument(self.values)}={name}({', '.join(said)})"
            made = f"torch.optim.swa_utils.AveragedModel({', '.join(['model', taken, *buffers])})"
        return "\n".join([
            "import torch, torch.optim.swa_utils",
            f"from {module} import {name}",
            f"model = {model}.to({self.dtype})",
            f"average = {made}",
            f"for weight in {[*way]}:",
            "    model.weight.data.fill_(weight)",
            f"    average.{self.averager.method}(model)",
            f"print({'average.module.weight' if self._in_torch else 'vars(average)'})",
        ])  # fmt: skip


def settings(averager: Averager) -> Iterator[Bench]:
    """A bench at each setting of the rule's hyperparameters."""
    yield from (Bench(averager, values) for values in averager.settings())
