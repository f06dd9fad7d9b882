"""When a step is compiled, and how what was compiled is called.

To follow and to compile a step costs as much as some plain ones. So a case of a rule goes the plain way until it has
been met often enough to pay for that; or, met again, is found compiled already. What is compiled answers as the plain
way would, to the last bit, so that no verdict depends on when that is.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from math import inf
from typing import TYPE_CHECKING

import torch
from sympy import Symbol
from torch import Tensor

from lawful.verify.language.symbols import g, x
from lawful.verify.oracle.balls import Ball, Real, tensor
from lawful.verify.oracle.fused import keeping
from lawful.verify.oracle.fused.emitting import WIDTH, written
from lawful.verify.oracle.fused.following import Recording, followed, of_ball, of_format, of_scalar
from lawful.verify.oracle.fused.tape import Tape, Unfollowed
from lawful.verify.oracle.step import Node, Step

if TYPE_CHECKING:
    from lawful.verify.oracle.fused.machine import Function

PRICE = 20.0
"""What it costs to follow a step and to compile it; a plain step of few lanes costs 1."""

MANY = 4_000
"""A plain step of so many lanes costs 2, of twice as many 3 …"""

FORMS = 8
"""How many a case may have, each with guards of its own."""

INSTALLED = find_spec("llvmlite") is not None


@dataclass(frozen=True)
class Kernel:
    """A compiled step."""

    recording: Recording
    function: "Function"
    code: bytes

    def __call__(self, step: Step, shape: torch.Size) -> dict[Symbol, Ball] | None:
        """The balls of the results; None where a guard does not hold."""
        lanes = [_laid(part, shape) for ball in step.tensors.values() for part in of_ball(ball)]
        scalars = (number for s in self.recording.scalars for number in of_scalar(step.scalar(s)))
        many, count = len(self.recording.lines), max(shape.numel(), WIDTH)
        found = torch.empty((many, count), dtype=torch.float64)
        first, row = found.data_ptr(), count * found.itemsize
        tables = (
            array("q", [part.data_ptr() for part in lanes]),
            array("d", [*of_format(step.fmt), *scalars]),
            array("q", range(first, first + many * row, row)),
        )
        if self.function(*(table.buffer_info()[0] for table in tables), count):
            return None
        return self.recording.balls(found[:, : shape.numel()].view(many, *shape).unbind())


@dataclass
class Fusion:
    """The compiled forms of a case of a rule, and what was spent on plain steps since the last was made.

    Args:
        key: under which they are kept; "" if they are not.
    """

    key: Callable[[], str] = lambda: ""
    kernels: list[Kernel] = field(default_factory=list)
    spent: float = 0.0
    closed: bool = field(default_factory=lambda: not INSTALLED)
    looked: bool = False
    """Whether those that are kept were looked for."""

    def results(self, step: Step, nodes: Mapping[Symbol, Node], patience: float) -> dict[Symbol, Ball]:
        """The results of a step, from a kernel or else plainly.

        Args:
            step: the step.
            nodes: what it comes to.
            patience: how many times the price of a kernel is spent on plain steps before it is paid.
        """
        if patience == inf or step.pieces or tensor(step.tensors[x].mid).device.type != "cpu":
            return step.results(nodes)
        if self.spent and not self.looked:
            self._look()
        found = self._compiled(step)
        if found is None and self._pays(step, patience):
            self._make(step, nodes)
            found = self._compiled(step)
        return step.results(nodes) if found is None else found

    def _look(self) -> None:
        """Takes the kernels that are kept of a case that is met again."""
        self.looked = True
        if not self.closed and (key := self.key()):
            self.kernels += kept(key)
            self.closed = len(self.kernels) >= FORMS

    def _compiled(self, step: Step) -> dict[Symbol, Ball] | None:
        """The results from the first kernel that does not refuse."""
        shape = tensor(step.tensors[g].mid).shape
        return next((found for kernel in self.kernels if (found := kernel(step, shape)) is not None), None)

    def _pays(self, step: Step, patience: float) -> bool:
        """Whether enough was spent on plain steps, with this one."""
        self.spent += 1.0 + tensor(step.tensors[x].mid).numel() / MANY
        return not self.closed and self.spent > patience * PRICE

    def _make(self, step: Step, nodes: Mapping[Symbol, Node]) -> None:
        """Makes a kernel for steps like this one, if it can be followed."""
        try:
            self.kernels.append(compiled(followed(step, nodes)))
            if key := self.key():
                keeping.write(key, [(kernel.recording, kernel.code) for kernel in self.kernels])
        except Unfollowed:
            self.closed = True
        self.spent, self.closed = 0.0, self.closed or len(self.kernels) >= FORMS


def compiled(recording: Recording) -> Kernel:
    """The kernel of what was written down."""
    from lawful.verify.oracle.fused import machine  # llvmlite is not loaded before something is compiled

    text = written(recording.tape, recording.lines, torch_fuses())
    return Kernel(replace(recording, tape=Tape()), *machine.compiled(text))  # the lines have been written out


def kept(key: str) -> list[Kernel]:
    """The kernels that another process has kept."""
    if not (found := keeping.read(key)):
        return []
    from lawful.verify.oracle.fused import machine

    return [Kernel(recording, machine.loaded(code), code) for recording, code in found]


@cache
def torch_fuses() -> bool:
    """Whether torch rounds once in a·b + c, as its kernels for processors with AVX2 and later do, or twice."""
    one, factor = torch.ones(4, dtype=torch.float64), torch.full((4,), 1.0 + 2.0**-30, dtype=torch.float64)
    return bool((torch.addcmul(-one, factor, factor) != factor * factor - one).all())


def _laid(part: Real, shape: torch.Size) -> Tensor:
    """A part of a ball as it lies in memory, lane after lane, and no fewer than a vector has."""
    if not isinstance(part, Tensor) or part.shape != shape:
        part = tensor(part).expand(shape)
    if shape.numel() < WIDTH:
        return torch.nn.functional.pad(part.reshape(-1), (0, WIDTH - shape.numel()))
    return part.contiguous()
