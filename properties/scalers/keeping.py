"""What users of a scaler rely on besides: whose steps are skipped, what gradients are, what a state holds."""

import inspect
import io
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lawful.properties.checks import Property
from lawful.properties.promises import Said, promised
from lawful.properties.scalers.driving import PATTERN, Bench
from lawful.verify.candidates.scaler import Scaler
from lawful.verify.evidence import Severity
from lawful.verify.oracle.formats import FORMATS

STOPS = (0, 1, 4, 5, 9, 16)
"""After how many steps a run is interrupted."""

UNEVEN = 3.7
"""A scale that is no power of two, so that it costs digits."""


def promise(
    severity: Severity = Severity.CONTRACT, of: Callable[[Scaler], bool] = lambda scaler: True
) -> Callable[[Callable[[Bench], Said]], Property]:
    """Makes a property of a function that looks, at a setting in which the scale grows.

    Args:
        severity: how grave it is to break it.
        of: whether a scaler has something to ask about.
    """

    def benches(scaler: Scaler) -> Iterator[Bench]:
        values = list(scaler.settings())
        yield Bench(scaler, values[min(1, len(values) - 1)])

    return lambda look: promised(look, benches, Scaler, of, severity)


@promise()
def skipped_steps(bench: Bench) -> Said:
    """An optimizer of whose gradients one is not finite makes no step, nothing of it moves, and no other optimizer's
    step is skipped."""
    bench.begin()
    for step, bad in enumerate(PATTERN, start=1):
        before, made = deepcopy(bench.parameters), [len(each.met) for each in bench.optimizers]
        skipping = [bench.overflows(place) for place in range(len(made))]
        bench.step()
        for place, optimizer in enumerate(bench.optimizers):
            skips, stepped = skipping[place], len(optimizer.met) - made[place]
            still = all(map(torch.equal, before[place], bench.parameters[place]))
            if skips and (stepped or not still):
                yield f"makes a step with gradients that are not finite, at step {step}", bench.script(step)
                return
            if not skips and stepped != 1:
                whose = "while another optimizer's are not" if bad else "though all are"
                yield (
                    f"makes {stepped} steps with finite gradients {whose}, at step {step}",
                    bench.script(step),
                )
                return


@promise()
def unscaled_gradients(bench: Bench) -> Said:
    """Steps are made with the gradients of the loss itself, in each format, whether the scaler undoes the scale in its
    step or is told to before it."""
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        for begin_with in (bench.begin_with, UNEVEN):
            run = replace(bench, dtype=dtype, begin_with=begin_with, pattern=(0,) * 8).begin()
            for step in range(1, 9):
                slopes = run.feed()
                run.finish(unscales=step % 2 == 0)
                if wrong := _wrong(run, slopes, dtype):
                    yield f"makes a step with {wrong}, at step {step} in {dtype}", run.script(step)
                    return


def _wrong(run: Bench, slopes: list[list[Tensor]], dtype: torch.dtype) -> str:
    """The first gradient that is none of the loss itself, within three roundings: of the product with the scale, of the
    scale's inverse, which is held in float32 as the scale is, and of the product with that."""
    unit, held = FORMATS[dtype].unit, FORMATS[torch.float32].unit
    bound = (1 + unit) ** 2 * (1 + max(unit, held)) - 1
    for optimizer, own in zip(run.optimizers, slopes, strict=True):
        for met, slope in zip(optimizer.met[-1] if optimizer.met else [], own, strict=False):
            if not bool(((met.double() - slope.double()).abs() <= bound * slope.double().abs()).all()):
                return (
                    f"a gradient of {float(met.reshape(-1)[0])!r} where it is {float(slope.reshape(-1)[0])!r}"
                )
    return ""


@promise()
def resumed_scaler(bench: Bench) -> Said:
    """After `load_state_dict` into a fresh scaler, before its first step or later, the scale goes on bit for bit."""
    whole = _scales(bench.begin())
    for stop in STOPS:
        before = replace(bench, pattern=PATTERN[:stop]).begin()
        _scales(before)
        for warm in (False, True):
            again = replace(bench, pattern=PATTERN[stop:], begin_with=2.0**9).begin()
            if warm:
                again = replace(again, pattern=(0,)).begin()
                again.step()
                again.pattern, again.done = PATTERN[stop:], 0
            again.made.load_state_dict(deepcopy(before.made.state_dict()))
            if _scales(again) != whole[stop:]:
                when = "one that has made a step" if warm else "a fresh one"
                yield (
                    f"resumed after {stop} steps by {when} has other scales than a run that went on",
                    bench.script(stop),
                )
                return


def _scales(bench: Bench) -> list[float]:
    """The scales now, and after each of the steps."""
    found = [bench.scale]
    for _ in bench.pattern:
        bench.step()
        found.append(bench.scale)
    return found


@promise()
def scaler_state(bench: Bench) -> Said:
    """A `state_dict` is saved and read by torch with `weights_only=True`, is loaded as often as one likes, is not
    changed by that, nor by what its scaler does next."""
    run = replace(bench, pattern=PATTERN[:6]).begin()
    _scales(run)
    lines = bench.script(6, "state = scaler.state_dict()")
    state, file = run.made.state_dict(), io.BytesIO()
    kept = deepcopy(state)
    try:
        torch.save(state, file)
        file.seek(0)
        torch.load(file, weights_only=True)
        for _ in range(2):
            replace(bench).begin().made.load_state_dict(state)
    except Exception as error:
        yield f"has a state_dict that is not: {type(error).__name__}: {error}", lines
        return
    if repr(state) != repr(kept):
        yield "changes the state_dict that it loads", lines
    other = replace(bench, pattern=PATTERN[6:]).begin()
    other.made.load_state_dict(state)
    _scales(other)
    if repr(state) != repr(kept):
        yield "shares its state with the state_dict that it has loaded or given", lines


@promise()
def scale_set_by_hand(bench: Bench) -> Said:
    """A scale that is given to `update` is the scale from then on, and grows from there."""
    run = bench.begin()
    if not _takes_a_scale(run.made):
        return
    run.feed()
    for optimizer in run.optimizers:
        run.made.step(optimizer)
    run.made.update(24.0)
    if run.scale != 24.0:
        yield f"has the scale {run.scale!r} after update(24.0)", bench.script(0)


def _takes_a_scale(made: Any) -> bool:
    try:
        return len(inspect.signature(made.update).parameters) > 0
    except (TypeError, ValueError):
        return False


@promise(Severity.EXTRA)
def unscaled_once(bench: Bench) -> Said:
    """Gradients that are unscaled twice, or a step that is made twice without an update, are refused."""
    for name in ("unscale_", "step"):
        run = replace(bench).begin()
        run.feed()
        call = getattr(run.made, name)
        call(run.optimizers[0])
        try:
            call(run.optimizers[0])
        except (RuntimeError, ValueError, AssertionError):
            continue
        yield f"lets {name} be called twice before an update", bench.script(1)


MANY = 256
"""Steps after which a scale that was halved at each is below all numbers of float32."""


@promise(Severity.EXTRA)
def scale_recovers(bench: Bench) -> Said:
    """However many steps are skipped, a loss whose gradients are finite leads to a step with such again, and not with
    zeros."""
    run = replace(bench, pattern=(2,) * MANY + (0,) * 8).begin()
    while not any(optimizer.met for optimizer in run.optimizers) and run.done < len(run.pattern):
        run.step()
    met = [slope for optimizer in run.optimizers for slopes in optimizer.met for slope in slopes]
    after = f"after {MANY} that were skipped, with a scale of {run.scale!r}"
    if not met:
        yield f"makes no step any more {after}", run.script(run.done)
    elif not all(bool(slope.isfinite().all() and slope.all()) for slope in met):
        said = f"makes a step with a gradient of {float(met[0].reshape(-1)[0])!r} where it is finite and not 0, {after}"
        yield said, run.script(run.done)
