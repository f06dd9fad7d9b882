"""Whether the scale follows its recursion, after every update."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from lawful.properties.checks import Journal, Property, on_cpu
from lawful.properties.promises import ENOUGH, RaisedError, measured
from lawful.properties.scalers.driving import Bench
from lawful.properties.settings import Settings
from lawful.verify.candidates.scaler import BEGIN, Scaler
from lawful.verify.evidence import Check, Evidence, Finding, Severity

FIRST = (3.7, 2.0**127)
"""Scales to begin with besides: one that is no power of two, and one that the next growth would make infinite."""


def _run(candidate: Scaler, check: Check, settings: Settings, journal: Journal) -> Evidence:
    ratios, found = list[float](), list[Finding]()
    benches = [*_benches(candidate)]
    for bench in benches:
        journal(bench.called)
        try:
            for said in follow(bench, ratios):
                found.append(Finding(f"{bench.called} {said}.", script=bench.script(bench.done)))
        except RaisedError as error:
            found.append(Finding(f"{bench.called} {error}.", script=bench.script(bench.done)))
    return measured(ratios, found[:ENOUGH], scenarios=len(benches))


def _benches(candidate: Scaler) -> Iterator[Bench]:
    first, *others = [Bench(candidate, values) for values in candidate.settings()]
    yield from (first, *others)
    if BEGIN in candidate.told(1.0):
        shown = others[0] if others else first
        yield from (replace(shown, begin_with=scale) for scale in FIRST)


def follow(bench: Bench, ratios: list[float]) -> Iterator[str]:
    """A scaler held against its recursion: what is said of the first scale that departs."""
    bench.begin()
    for step, law in enumerate(bench.expected()):
        if step:
            bench.step()
        assert law.rate is not None
        scale = bench.scale
        ratios.append(law.rate.off(scale))
        if not ratios[-1] <= 1:
            due = f"{float(law.rate.value)!r} ± {law.rate.error:.2g}"
            yield f"has the scale {scale!r} after {step} steps, where it is {due}"
            return
        if (said := _said(bench.made)) not in (None, scale):
            yield f"says get_scale() = {said!r} after {step} steps, and multiplies a loss by {scale!r}"
            return


def _said(scaler: Any) -> float | None:
    """What it says of itself, in the format in which losses are multiplied."""
    return float(torch.tensor(float(scaler.get_scale()))) if hasattr(scaler, "get_scale") else None


follows_its_scale = Property(
    "loss-scale",
    "The scale is what its recursion says after every update, whichever of several optimizers met what is not finite, "
    "and get_scale() says so.",
    _run,
    on=on_cpu,
    severity=Severity.CORE,
    asks=Scaler,
)
