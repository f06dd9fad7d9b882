"""Gradients of other kinds: complex ones, and such that are divided over ranks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from lawful.properties.clips.driving import Bench, drawn
from lawful.properties.clips.promise import promise
from lawful.properties.promises import NotOwedError, Said
from lawful.properties.runs.ranks import RANKS, on_ranks
from lawful.properties.runs.running import RaisedError
from lawful.verify.candidates.clip import Clip
from lawful.verify.evidence import Severity
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS


def _complex() -> list[Tensor]:
    return [torch.complex(*pair) for pair in zip(_plain(1), _plain(2), strict=True)]


def _plain(seed: int) -> list[Tensor]:
    """Gradients with a dimension to divide: rows that are uneven, and a single one."""
    return [slope.reshape(slope.shape or (1,)) for slope in drawn(seed, torch.float32, 30.0)]


@promise(Severity.EXTRA, of=lambda clip: clip.followed.scope != "lane", given=_complex)
def clip_complex(bench: Bench) -> Said:
    """Complex gradients are clipped by the norm of their sizes, of each order that there is, which is what is given
    back; and are not turned."""
    for run in _ordered(bench):
        returned = run.begin().run()
        sizes = run.alike(gradients=[slope.to(torch.complex128).abs() for slope in run.given])
        clipped = [slope.to(torch.complex128) for slope in run.clipped]
        if not all(map(_near, sizes.expected(), sizes.parts([slope.abs() for slope in clipped]))):
            yield "clips complex gradients by another norm than that of their sizes", run.script()
        elif any(map(_turned, run.given, clipped)):
            yield "turns complex gradients", run.script()
        elif isinstance(returned, Tensor) and run.clip.everywhere and not _near(sizes.norm(), returned.abs()):
            yield f"gives back {float(returned.abs())!r} as the norm of complex gradients", run.script()


def _ordered(bench: Bench) -> Iterator[Bench]:
    """The same by norms of each order that there is."""
    return (bench.alike(order=order) for order in bench.clip.orders)


def _turned(before: Tensor, after: Tensor) -> bool:
    """Whether it is not the same times a positive number, of which both parts are rounded, each by a unit at most."""
    pair = after * before.to(torch.complex128).conj()
    return bool(((pair.imag.abs() > 2 * FORMATS[torch.float32].unit * pair.abs()) | (pair.real < 0)).any())


def _near(law: Ball, seen: Tensor) -> bool:
    """Whether it is what it is to be, where sizes of complex numbers are rounded besides, by two units at most."""
    more = 2 * FORMATS[torch.float32].unit * torch.as_tensor(law.mid).abs()
    return bool((law.distance(seen.double()) <= law.radius + more).all())


def _divides(clip: Clip) -> bool:
    return clip.measures and torch.distributed.is_available()


@promise(of=_divides, given=lambda: _plain(0))
def clip_sharded(bench: Bench) -> Said:
    """Gradients of which each of two ranks has its rows, as `DTensor`s, are clipped as if they were together, by norms
    of each order that there is, and the norm of all is given back on each; or they are refused."""
    for run in _ordered(bench):
        whole = [slope for slope in run.given if run.order < inf or len(slope) >= RANKS]
        yield from _together(run.alike(gradients=whole), norm=f"by the norm of order {run.order:g}")


def _together(bench: Bench, norm: str) -> Said:
    """What is wrong with the rows and the norms that ranks have; the largest of none is asked of none."""
    try:
        ranks = on_ranks(lambda: _on_a_rank(bench))
    except RaisedError as error:
        raise NotOwedError(f"{error}, {norm}") from error
    whole = [torch.cat(rows) for rows in zip(*(rows for rows, _ in ranks), strict=True)]
    (law,) = bench.expected()
    if bool((law.distance(bench.parts(whole)[0].double()) > law.radius).any()):
        yield f"clips what is divided over two ranks otherwise than the whole, {norm}", _lines(bench)
    given = [back for _, back in ranks if back is not None]
    wrong = [back for back in given if bool(bench.norm().distance(back.double()) > bench.norm().radius)]
    if wrong:
        yield f"gives back {float(wrong[0])!r} on a rank, which is not that of all, {norm}", _lines(bench)


def _on_a_rank(bench: Bench) -> tuple[list[Tensor], Tensor | None]:
    """The rows of this rank after they are clipped, and what is given back."""
    here = replace(bench)
    here.parameters = _divided(bench.given)
    returned = bench.clip.call(here.parameters, bench.values, bench.path, bench.order)
    return [_local(slope) for slope in here.clipped], _whole(returned)


def _divided(gradients: Sequence[Tensor]) -> list[Parameter]:
    """Parameters with these gradients, by rows; all have the whole, and keep their part of it."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh, found = init_device_mesh("cpu", (RANKS,)), []
    for slope in gradients:
        part = distribute_tensor(slope, mesh, [Shard(0)], src_data_rank=None)
        found.append(Parameter(torch.zeros_like(part)))
        found[-1].grad = part
    return found


def _local(tensor: Any) -> Tensor:
    rows: Tensor = tensor.to_local()
    return rows


def _whole(returned: Any) -> Tensor | None:
    whole = returned.full_tensor() if hasattr(returned, "full_tensor") else returned
    return whole if isinstance(whole, Tensor) else None


def _lines(bench: Bench) -> str:
    """Lines that show it on two ranks: `torchrun --nproc-per-node 2`."""
    last, *before = reversed(bench.script().splitlines())
    name = bench.clip.cls.__name__
    said = [line for line in reversed(before) if line.startswith(("from ", "gradients ="))]
    clip = next(line for line in before if line.startswith(f"print({name}"))
    return "\n".join([
        "# torchrun --nproc-per-node 2",
        "import torch",
        "from torch.distributed.device_mesh import init_device_mesh",
        "from torch.distributed.tensor import Shard, distribute_tensor",
        *said,
        "mesh = init_device_mesh('cpu', (2,))",
        "gradients = [distribute_tensor(g, mesh, [Shard(0)]) for g in gradients]",
        "parameters = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]",
        "for p, g in zip(parameters, gradients): p.grad = g",
        clip,
        last.replace("p.grad", "p.grad.full_tensor()"),
    ])  # fmt: skip
