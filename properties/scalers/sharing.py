"""What a scaler does where ranks share the work: each meets gradients of its own, and all make the same steps."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from lawful.properties.promises import NotOwedError, Said
from lawful.properties.runs.ranks import RANKS, on_ranks
from lawful.properties.runs.running import RaisedError
from lawful.properties.scalers.driving import Bench, Recording
from lawful.properties.scalers.keeping import promise
from lawful.verify.evidence import Severity

Told = tuple[list[float], list[list[int]]]
"""The scales of a rank, from the first on, and how many steps each of its optimizers has made by then."""


@promise(of=lambda scaler: scaler.shares and torch.distributed.is_available())
def skipped_on_every_rank(bench: Bench) -> Said:
    """Of a scaler that is given the group of two processes: where the gradients of one are not finite, neither makes
    the step of that optimizer, and the scale is what the recursion says on both."""
    yield from _together(bench)


@promise(Severity.EXTRA, of=lambda scaler: not scaler.shares and torch.distributed.is_available())
def skipped_on_the_rows_of_one(bench: Bench) -> Said:
    """Gradients of which each of two ranks has its rows, as `DTensor`s, are not finite on both ranks where the rows of
    one are not; or they are refused."""
    yield from _together(bench)


def _together(bench: Bench) -> Said:
    """Both ranks held against the recursion, and against the steps that they owe."""
    try:
        ranks: list[Told] = on_ranks(lambda: _on_a_rank(bench))
    except RaisedError as error:
        raise NotOwedError(str(error)) from error
    due = list(_due(bench.begin()))
    for number, (scales, made) in enumerate(ranks):
        for step, (law, scale, steps, owed) in enumerate(
            zip(bench.expected(), scales, made, due, strict=True)
        ):
            assert law.rate is not None
            if not law.rate.off(scale) <= 1:
                said = f"has the scale {scale!r} on rank {number} after {step} steps, where it is "
                yield f"{said}{float(law.rate.value)!r}", _lines(bench)
                return
            if steps != owed:
                said = f"has made {steps} steps on rank {number} after {step}, where it owes {owed}"
                yield said, _lines(bench)
                return


def _due(bench: Bench) -> Iterator[list[int]]:
    """How many steps each optimizer owes: one for each time that its gradients are finite on all ranks."""
    owed = [0] * len(bench.optimizers)
    yield owed
    for done in range(len(bench.pattern)):
        bench.done = done
        owed = [steps + (not bench.overflows(place)) for place, steps in enumerate(owed)]
        yield owed


def _on_a_rank(bench: Bench) -> Told:
    """A run in which this rank is one of those that meet what is not finite at every other step."""
    rank = torch.distributed.get_rank()
    mine = [bad if step % RANKS == rank else 0 for step, bad in enumerate(bench.pattern)]
    run = replace(bench, pattern=mine).begin()
    mesh = None if bench.scaler.shares else _divided(run)
    scales, made = [run.scale], [[0] * len(run.optimizers)]
    for _ in run.pattern:
        run.feed()
        if mesh is not None:
            _handed(run, mesh)
        run.finish()
        scales.append(run.scale)
        made.append([len(optimizer.met) for optimizer in run.optimizers])
    return scales, made


def _divided(run: Bench) -> Any:
    """Optimizers of weights of which this rank has the rows that it had alone; gives the mesh of both."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor, Shard

    mesh = init_device_mesh("cpu", (RANKS,))
    rows = [[DTensor.from_local(p.detach(), mesh, [Shard(0)]) for p in each] for each in run.parameters]
    run.optimizers = [Recording([torch.nn.Parameter(p) for p in each]) for each in rows]
    return mesh


def _handed(run: Bench, mesh: Any) -> None:
    """Hands the gradients of what this rank has on to the weights of which they are rows."""
    from torch.distributed.tensor import DTensor, Shard

    for plain, optimizer in zip(run.parameters, run.optimizers, strict=True):
        for p, weight in zip(plain, optimizer.param_groups[0]["params"], strict=True):
            assert p.grad is not None
            weight.grad, p.grad = DTensor.from_local(p.grad, mesh, [Shard(0)]), None


def _lines(bench: Bench) -> str:
    """Lines that show it on two ranks."""
    scaler, shares = bench.scaler, bench.scaler.shares
    wrapped = "{}" if shares else "DTensor.from_local({}, mesh, [Shard(0)])"
    mesh = ["mesh = torch.distributed.device_mesh.init_device_mesh('cpu', (2,))"]
    return "\n".join([
        "# torchrun --nproc-per-node 2",
        "import torch",
        f"from {scaler.cls.__module__} import {scaler.cls.__name__}",
        "from torch.distributed.tensor import DTensor, Shard",
        "torch.distributed.init_process_group('gloo')",
        *([] if shares else mesh),
        f"scaler = {scaler.constructed(bench.values, bench.begin_with)}",
        f"weight = torch.nn.Parameter({wrapped.format('torch.ones(2)')})",
        "optimizer = torch.optim.SGD([weight], lr=0.0625)",
        "for bad in (0, 1, 0, 0, 0, 1):",
        "    slope = float('inf') if bad and torch.distributed.get_rank() else 1.0",
        f"    weight.grad = {wrapped.format('scaler.scale(torch.full((2,), slope))')}",
        "    scaler.step(optimizer); scaler.update()",
        "    print(torch.distributed.get_rank(), scaler.scale(torch.ones(())), weight)",
    ])  # fmt: skip
