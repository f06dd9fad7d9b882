"""Buffers of every kind, and what an average makes of them."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from lawful.properties.averages.driving import Bench
from lawful.properties.averages.promise import promise
from lawful.properties.promises import RaisedError, Said
from lawful.verify.candidates.averager import Averager

KINDS: dict[str, tuple[str, Callable[[int], Tensor]]] = {
    "numbers": ("k / 2, 2.0", lambda k: torch.tensor([k / 2, 2.0])),
    "integers": ("2 * k, 7", lambda k: torch.tensor([2 * k, 7])),
    "truth values": ("k % 2 == 0, True", lambda k: torch.tensor([k % 2 == 0, True])),
    "no elements": ("", lambda k: torch.tensor([])),
}
"""Kinds of buffers, and what one holds at step k."""

UPDATES = 12


def _benches(averager: Averager) -> Iterator[Bench]:
    """At each setting, with buffers that are averaged and with such that are not."""
    for switch in (False, True) if averager.switches_buffers else (False,):
        for values in averager.settings():
            yield Bench(averager, values, torch.float32, averages_buffers=switch)


@promise(at=_benches, of=lambda averager: True)
def averaged_buffers(bench: Bench) -> Said:
    """Buffers of every kind are the model's; or, where they are averaged, their average, which is an integer or a truth
    value within 1 of it for such."""
    for kind, (written, of) in KINDS.items():
        buffered = bench.alike(buffer=of(0)).begin()
        if "buffer" not in buffered.kept:
            return
        theirs, lines = [of(k) for k in range(UPDATES)], _lines(bench, written)
        try:
            seen = [_step(buffered, value) for value in theirs]
        except RaisedError as error:
            yield f"{error}, if a buffer holds {kind}", lines
            continue
        if wrong := _wrong(buffered, theirs, seen):
            yield f"has {wrong} for a buffer of {kind}", lines


def _step(bench: Bench, value: Tensor) -> Tensor:
    bench.model.get_buffer("buffer").copy_(value)
    return bench.update()["buffer"]


def _wrong(bench: Bench, theirs: list[Tensor], seen: list[Tensor]) -> str:
    """The first that is neither the model's nor an average of what was before, or ""."""
    exact = seen[0]
    for done, (value, kept, before) in enumerate(zip(theirs[1:], seen[1:], seen, strict=False)):
        number = value.is_floating_point()
        law = bench.next(done, before if number else exact, value if number else value.double())
        exact = torch.as_tensor(law.mid)
        near = law.distance(kept.double()) <= law.radius if number else (exact - kept.double()).abs() < 1
        if not (torch.equal(kept, value) or bool(near.all())):
            mean = [round(each, 3) for each in exact.tolist()]
            where = f"where the model has {value.tolist()} and the average is {mean}"
            return f"{kept.tolist()} after {done + 2} updates, {where},"
    return ""


def _lines(bench: Bench, written: str) -> str:
    """Lines that show what becomes of a buffer."""
    head = bench.script([]).splitlines()
    return "\n".join([
        *head[:3],
        f"model.register_buffer('buffer', torch.tensor([{written.replace('k', '0')}]))",
        head[3],
        f"for k in range({UPDATES}):",
        f"    model.buffer.copy_(torch.tensor([{written}]))",
        f"    average.{bench.averager.method}(model)",
        "    print(average.module.buffer)",
    ])  # fmt: skip
