"""Ways to drive a step that change nothing of it: compiled, as a CUDA graph, over several devices, on another one."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lawful.properties.runs.layouts import Layout, Values, watched
from lawful.properties.runs.running import RefusedError, Run
from lawful.properties.scenarios.scenarios import Block, Scenario
from lawful.properties.settings import PROFILES
from lawful.properties.sharding import property_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.oracle.formats import Format

WARM = 3
"""Steps before a graph is captured, as torch recommends: state is made and kernels are chosen in the first."""


class Compiled(Run):
    """The step compiled by `torch.compile`, anew for this optimizer."""

    def __post_init__(self) -> None:
        """Constructs the optimizer; the first step compiles."""
        super().__post_init__()
        torch.compiler.reset()
        self._compiled = torch.compile(self.optimizer.step)

    def driven(self) -> Any:
        """The compiled step."""
        return self._compiled()  # type: ignore[no-untyped-call]


class Captured(Run):
    """The step captured in a CUDA graph and replayed, with gradients refilled in place.

    The first steps run on a side stream. Capturing runs nothing: each step after them is a replay. A graph holds the
    learning rate that it was captured with, so that it is captured again where the scenario sets another.
    """

    def __post_init__(self) -> None:
        """Constructs the optimizer.

        Raises:
            RefusedError: the path does not promise that a step can be captured.
        """
        if not self.path.get("capturable"):
            raise RefusedError("the path does not say capturable=True")
        super().__post_init__()
        self._warm = 0
        self._graph: torch.cuda.CUDAGraph | None = None

    def change(self, step: int) -> None:
        """Sets what changes, and gives up the graph that has the old values."""
        if step in self.scenario.changes:
            self._graph = None
        super().change(step)

    def driven(self) -> Any:
        """A step aside, or a replay."""
        if self._warm < WARM:
            self._warm += 1
            return self._aside()
        self._graph = self._graph or self._capture()
        self._graph.replay()
        return None

    def _aside(self) -> Any:
        here, aside = torch.cuda.current_stream(self.device), torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            returned = self.optimizer.step()
        here.wait_stream(aside)
        return returned

    def _capture(self) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(self.device), torch.cuda.graph(graph):
            self.optimizer.step()
        return graph


class OnSeveralDevices(Run):
    """Parameters in turn on all CUDA devices, in one optimizer."""

    def placed(self, parameters: list[Tensor]) -> list[Tensor]:
        """Each on its device."""
        count = torch.cuda.device_count()
        return [
            p.detach().to(f"cuda:{i % count}").requires_grad_(p.requires_grad)
            for i, p in enumerate(parameters)
        ]

    def values(self) -> list[Tensor]:
        """The values of all blocks, brought together."""
        return [value.to(self.device) for value in super().values()]


def _driven(how: type[Run], *run: Any) -> list[Values]:
    return [watched(how(*run))]


def _on_the_cpu(
    candidate: Candidate, path: Mapping[str, Any], scenario: Scenario, blocks: list[Block], device: str
) -> list[Values]:
    there = watched(Run(candidate, path, scenario, blocks, "cpu"))
    return [[[value.to(device) for value in step] for step in there]]


def _is_cuda(device: str) -> bool:
    return device.startswith("cuda")


def _is_one_of_several(device: str) -> bool:
    return _is_cuda(device) and torch.cuda.device_count() > 1


def _is_accelerator(device: str) -> bool:
    return device != "cpu"


COMPILED = Layout(
    "compiled-step",
    "with its step compiled by torch.compile",
    "nothing",
    partial(_driven, Compiled),
    computes=Format.tensor_scalars,  # torch keeps the step counter a float32 tensor there
    profiles=("thorough",),
)
GRAPH = Layout(
    "cuda-graph", "captured in a CUDA graph and replayed", "nothing", partial(_driven, Captured), _is_cuda,
    profiles=PROFILES,
)  # fmt: skip
DEVICES = Layout(
    "several-devices", "with parameters on several devices", "nothing", partial(_driven, OnSeveralDevices),
    _is_one_of_several, profiles=PROFILES,
)  # fmt: skip
AGREE = Layout("devices-agree", "on the CPU", "nothing", _on_the_cpu, _is_accelerator, profiles=PROFILES)

driving = tuple(map(property_of, (COMPILED, GRAPH, DEVICES, AGREE)))
