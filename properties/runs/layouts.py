"""Layouts: ways of dividing what one optimizer holds over tensors and over ranks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from lawful.properties.runs.ranks import RANKS, Ranks
from lawful.properties.runs.running import Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.verify.candidates.candidate import Candidate
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
        ready: with the same arguments, called before the candidate has run here.
    """

    name: str
    how: str
    divides: Literal["tensor", "optimizer", "nothing"]
    values: Callable[..., list[Values]]
    on: Callable[[str], bool] = lambda device: True
    computes: Callable[[Format], Format] = lambda fmt: fmt
    profiles: tuple[str, ...] = ("default", "thorough")
    torchs: bool = True
    ready: Callable[..., object] = lambda *run: None


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


Path = Mapping[str, Any]


@dataclass
class OverRanks:
    """Runs over ranks that stay: one path of a candidate after the other is asked of the same, for what an operation
    does to shards is worked out but once.

    Args:
        how: the run on a rank.
        using: the module that it uses.
    """

    how: type[Run]
    using: str
    _of: Candidate | None = None
    """Kept, so that nothing else gets the addresses that its text contains."""
    _asked: tuple[Any, ...] = ()
    _ranks: Ranks[Path, Values] | None = None

    def ranks(
        self, candidate: Candidate, path: Path, scenario: Scenario, blocks: list[Block], device: str
    ) -> Ranks[Path, Values]:
        """Those that were asked the same on another path, if they are still there; else new ones."""
        asked = candidate.cls, repr(candidate), scenario.words, blocks[0].x0.dtype, device
        if self._ranks is None or not self._ranks.there or self._asked != asked:
            self.end()
            work = lambda path: watched(self.how(candidate, path, scenario, blocks, device))  # noqa: E731
            self._of, self._asked, self._ranks = candidate, asked, Ranks(work, using=self.using)
        return self._ranks

    def values(self, candidate: Candidate, path: Path, *more: Any) -> list[Values]:
        """What each rank has; on the last of the candidate's paths the ranks are ended."""
        try:
            return self.ranks(candidate, path, *more).ask(path)
        finally:
            if path == list(candidate.paths.values())[-1]:
                self.end()

    def end(self) -> None:
        """Ends the ranks."""
        if self._ranks is not None:
            self._ranks.end()


_ON_ONE = OverRanks(StateOnOneRank, "torch.distributed.optim")
_IN_SHARDS = OverRanks(FullySharded, "torch.distributed.fsdp")


def _fsdp(*run: Any) -> list[Values]:
    return [_put_together(_IN_SHARDS.values(*run))]


def _put_together(shards: list[Values]) -> Values:
    """The values of which each rank has its rows."""
    return [[torch.cat(rows) for rows in zip(*step, strict=True)] for step in zip(*shards, strict=True)]


def _has_ranks(device: str) -> bool:
    return device == "cpu" and torch.distributed.is_available()


SPLIT = Layout("split", "cut into two tensors, or one for each row", "tensor", _split, torchs=False)
ZERO = Layout(
    "zero", "divided by ZeroRedundancyOptimizer over two ranks", "optimizer", _ON_ONE.values, _has_ranks,
    ready=_ON_ONE.ranks,
)  # fmt: skip
FSDP = Layout(
    "fsdp", "divided by fully_shard over two ranks", "tensor", _fsdp, _has_ranks, ready=_IN_SHARDS.ranks
)
