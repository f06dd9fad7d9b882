"""Layouts: ways of dividing what one optimizer holds over tensors and over ranks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from lawful.properties.runs.ranks import RANKS, on_ranks
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block
from lawful.verify.oracle.formats import Format

Values = list[list[Tensor]]
"""The values of all blocks after each step."""


@dataclass(frozen=True)
class Layout:
    """A way of dividing.

    Attributes:
        name: as checks name it.
        how: in words.
        divides: what does not stay together: the elements of a `tensor`, or the tensors of an `optimizer`, or nothing.
        values: arguments of a `Run` → the values after its steps, in as many copies as there are.
        on: whether there is such a thing on a device.
        computes: the format of the undivided run → the one in which this one may compute.
        profiles: in which it is asked.
        torchs: whether torch's optimizers alone can be so divided.
    """

    name: str
    how: str
    divides: Literal["tensor", "optimizer", "nothing"]
    values: Callable[..., list[Values]]
    on: Callable[[str], bool] = lambda device: True
    computes: Callable[[Format], Format] = lambda fmt: fmt
    profiles: tuple[str, ...] = ("default", "thorough")
    torchs: bool = True


def watched(run: Run) -> Values:
    """The values of all blocks after each step."""
    return [run.values() for _ in run.steps()]


# ------------------------------------------------------------------------------------------- one process
class InPieces(Run):
    """Each block as two tensors, cut along the first dimension as FSDP2 cuts."""

    pieces = 2
    """At most how many."""

    def __post_init__(self) -> None:
        """Cuts the blocks."""
        cuts = [_cut(block, self.pieces) for block in self.blocks]
        self._counts = [len(cut) for cut in cuts]
        self.blocks = [piece for cut in cuts for piece in cut]
        super().__post_init__()

    def values(self) -> list[Tensor]:
        """The pieces of each block put together."""
        pieces = iter(super().values())
        return [torch.cat([next(pieces) for _ in range(count)]) for count in self._counts]


class InRows(InPieces):
    """Each row of a block as a tensor."""

    pieces = 1 << 30


def _cut(block: Block, pieces: int) -> list[Block]:
    cuts = zip(block.x0.chunk(pieces), block.gradients.chunk(pieces, 1), strict=True)
    return [Block(block.name, block.group, x0, gradients) for x0, gradients in cuts]


# ----------------------------------------------------------------------------------------------- two ranks
class StateOnOneRank(Run):
    """ZeRO-1: each parameter is stepped by one of the ranks, which has its state, and sent to the others."""

    def constructed(self, groups: list[dict[str, Any]]) -> Any:
        """The optimizer inside a `ZeroRedundancyOptimizer`."""
        from torch.distributed.optim import ZeroRedundancyOptimizer

        return ZeroRedundancyOptimizer(groups, self.candidate.cls, **self.arguments)


class FullySharded(Run):
    """FSDP2: of each parameter, gradient and state a rank has the rows that are its own, as `DTensor`s."""

    def placed(self, parameters: list[Tensor]) -> list[Tensor]:
        """The parameters of a module after `fully_shard`."""
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        self._mesh = init_device_mesh("cpu", (RANKS,))
        module = torch.nn.ParameterList([torch.nn.Parameter(p, p.requires_grad) for p in parameters])
        fully_shard(module, mesh=self._mesh)
        return list(module.parameters())

    def slope(self, gradient: Tensor) -> Tensor:
        """The gradient, sharded as its parameter is; every rank has it, and keeps its part of it."""
        from torch.distributed.tensor import Shard, distribute_tensor

        return distribute_tensor(gradient, self._mesh, [Shard(0)], src_data_rank=None)

    def values(self) -> list[Tensor]:
        """The shards of this rank."""
        return [p.detach().to_local().clone() for p in self.parameters]  # type: ignore[attr-defined]


def _split(*run: Any) -> list[Values]:
    return [watched(layout(*run)) for layout in (InPieces, InRows)]


def _zero(*run: Any) -> list[Values]:
    return on_ranks(lambda: watched(StateOnOneRank(*run)), using="torch.distributed.optim")


def _fsdp(*run: Any) -> list[Values]:
    shards = on_ranks(lambda: watched(FullySharded(*run)), using="torch.distributed.fsdp")
    return [_put_together(shards)]


def _put_together(shards: list[Values]) -> Values:
    """The values of which each rank has its rows."""
    return [[torch.cat(rows) for rows in zip(*step, strict=True)] for step in zip(*shards, strict=True)]


def _has_ranks(device: str) -> bool:
    return device == "cpu" and torch.distributed.is_available()


SPLIT = Layout("split", "cut into two tensors, or one for each row", "tensor", _split, torchs=False)
ZERO = Layout("zero", "divided by ZeroRedundancyOptimizer over two ranks", "optimizer", _zero, _has_ranks)
FSDP = Layout("fsdp", "divided by fully_shard over two ranks", "tensor", _fsdp, _has_ranks)
