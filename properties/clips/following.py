"""Whether a clip follows its rule: every element of every gradient, and the norm that it gives back."""

from collections.abc import Iterator

import torch
from torch import Tensor

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.clips.driving import SCALES, Bench, drawn
from lawful.properties.promises import ENOUGH, RaisedError
from lawful.properties.runs.judging import Tally
from lawful.properties.settings import Settings
from lawful.verify.candidates.clip import Clip
from lawful.verify.evidence import Check, Evidence, Finding, Severity, Verdict


def _run(candidate: Clip, check: Check, settings: Settings, journal: Journal) -> Evidence:
    path, dtype = candidate.paths[check.path], getattr(torch, check.dtype)
    tally, found, count = Tally(), list[Finding](), 0
    for values in candidate.settings():
        for order in candidate.orders:
            for bench in _benches(Bench(candidate, values, path, dtype, order), settings.seed):
                journal(bench.called)
                count += 1
                found += [
                    Finding(f"{bench.called} {said}.", script=bench.script()) for said in follow(bench, tally)
                ]
    return tally.evidence(
        Verdict.UNLAWFUL if found else Verdict.LAWFUL,
        scenarios=count,
        unvaried=candidate.unvaried,
        findings=found[:ENOUGH],
    )


def _benches(bench: Bench, seed: int) -> Iterator[Bench]:
    """With gradients of several sizes, of which in one case two are missing."""
    for scale in SCALES:
        yield bench.alike(gradients=drawn(seed, bench.dtype, scale))
    (first, *_, last) = drawn(seed + 1, bench.dtype, 1.0)
    yield bench.alike(gradients=[None, first, None, last])


def follow(bench: Bench, tally: Tally) -> Iterator[str]:
    """A clip held against its rule: what is said of what departs."""
    try:
        returned = bench.begin().run()
    except RaisedError as error:
        yield str(error)
        return
    for law, before, after in zip(
        bench.expected(), bench.parts(bench.given), bench.parts(bench.clipped), strict=True
    ):
        ratio = tally.add(law, after.double())
        if float(ratio.max()) > 1.0:
            at = int(ratio.argmax())
            value, radius = (
                float(torch.as_tensor(x).expand(after.shape).reshape(-1)[at]) for x in (law.mid, law.radius)
            )
            was, now = float(before.reshape(-1)[at]), float(after.reshape(-1)[at])
            yield f"makes {now!r} of an element {was!r}, where it is {value!r} ± {radius:.2g}"
            return
    if isinstance(returned, Tensor) and bench.clip.everywhere:
        yield from _returned(bench, returned, tally)


def _returned(bench: Bench, returned: Tensor, tally: Tally) -> Iterator[str]:
    norm = bench.norm()
    if float(tally.add(norm, returned.double()).max()) > 1.0:
        law, radius = float(torch.as_tensor(norm.mid)), float(torch.as_tensor(norm.radius))
        yield f"gives back {float(returned)!r}, where the norm was {law!r} ± {radius:.2g}"
    elif returned.dtype != bench.dtype:
        yield f"gives the norm back in {returned.dtype}, of gradients in {bench.dtype}"


follows_its_clip = Property(
    "clip",
    "Each element of each gradient is what the rule makes of it, with norms of each order that there is; what is given "
    "back is the norm of the gradients as they were, in their format.",
    _run,
    everywhere=True,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Clip,
)
