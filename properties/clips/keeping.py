"""What users of a clip rely on besides: what it takes, what it leaves alone, what it does with what is no number."""

from collections.abc import Callable, Sequence
from math import inf, nan
from typing import Any

import torch
from torch import Tensor

from lawful.properties.clips.driving import Bench
from lawful.properties.clips.promise import promise
from lawful.properties.promises import RaisedError, Said
from lawful.verify.candidates.clip import Clip
from lawful.verify.evidence import Severity


@promise()
def clip_in_place(bench: Bench) -> Said:
    """Gradients are clipped where they are, those that are missing stay so, weights too, and a generator of parameters
    is as good as a list of them."""
    bench.begin()
    held, weights = [p.grad for p in bench.parameters], [p.tolist() for p in bench.parameters]
    bench.run()
    if any(p.grad is not slope for p, slope in zip(bench.parameters, held, strict=True)):
        yield "puts another tensor in the place of a gradient", bench.script()
    if [p.tolist() for p in bench.parameters] != weights:
        yield "changes weights", bench.script()
    first, other = bench.clipped, bench.alike().begin()
    if "total_norm" not in bench.clip.takes_all:
        other.run(p for p in other.parameters)
        if not all(map(torch.equal, first, other.clipped)):
            yield "does something else to a generator of parameters", bench.script()


@promise(given=lambda: [None, None])
def clip_nothing(bench: Bench) -> Said:
    """Parameters of which none has a gradient, or no parameters at all, are none to clip, and no reason to raise."""
    for some, lines in ((True, bench.script()), (False, bench.alike(gradients=[]).script())):
        try:
            bench.begin().run(None if some else [])
        except RaisedError as error:
            yield f"{error}, if {'no parameter has a gradient' if some else 'there are no parameters'}", lines


def _with(number: float) -> Callable[[], Sequence[Tensor | None]]:
    return lambda: [torch.tensor([3.0, number]), torch.tensor([4.0])]


def _raises(clip: Clip) -> bool:
    return "error_if_nonfinite" in clip.takes_all


@promise(of=lambda clip: clip.everywhere, given=_with(inf))
def clip_says_what_is_not_finite(bench: Bench) -> Said:
    """Where a gradient is infinite or no number, so is the norm that is given back; a clip that is asked to raise an
    error then does so, and changes nothing before it."""
    for number in (inf, -inf, nan):
        here = bench.alike(gradients=_with(number)())
        returned = here.begin().run()
        if isinstance(returned, Tensor) and bool(torch.isfinite(returned)):
            yield f"gives back a norm of {float(returned)!r}, if an element is {number}", here.script()
        if _raises(bench.clip) and (wrong := _unsaid(here)):
            yield f"{wrong}, if an element is {number}", here.script(error_if_nonfinite=True)


def _unsaid(bench: Bench) -> str:
    """What is wrong with a clip that is asked to raise an error, or ""."""
    try:
        bench.begin().run(error_if_nonfinite=True)
    except RaisedError:
        same = [
            torch.equal(a.nan_to_num(), b.nan_to_num())
            for a, b in zip(bench.clipped, bench.given, strict=True)
        ]
        return "" if all(same) else "changes gradients before it raises the error that it is asked for"
    return "raises no error though it is asked to"


@promise(of=lambda clip: not clip.everywhere, given=_with(inf))
def clip_bounds_what_is_not_finite(bench: Bench) -> Said:
    """An infinite element is clipped to the bound, and what is no number stays none."""
    for number in (inf, -inf, nan):
        here = bench.alike(gradients=_with(number)())
        here.begin().run()
        at = float(here.clipped[0][1])
        if bench.clip.followed.scope == "lane" and not (at != at if number != number else abs(at) < inf):
            yield f"makes {at!r} of {number}", here.script()


@promise(
    given=lambda: [
        torch.tensor([3.0, 4.0]),
        torch.tensor([30.0, 40.0], dtype=torch.bfloat16),
        torch.ones(2).double(),
    ]
)
def clip_formats(bench: Bench) -> Said:
    """Gradients of several formats are clipped together, and each stays in its own."""
    bench.begin().run()
    if [slope.dtype for slope in bench.clipped] != [slope.dtype for slope in bench.given]:
        yield "changes formats", bench.script()
    narrow = bench.alike(dtype=torch.bfloat16)
    exact = [slope.double() for slope in bench.given]
    for law, after in zip(narrow.alike(gradients=exact).expected(), bench.parts(bench.clipped), strict=True):
        if bool((law.distance(after.double()) > law.radius).any()):
            yield "clips gradients of several formats otherwise than those of one", bench.script()
            return


def _ranged() -> list[Tensor | None]:
    return [torch.full((1000,), 1e4)]


@promise(Severity.EXTRA, of=lambda clip: clip.measures, given=_ranged)
def clip_range(bench: Bench) -> Said:
    """Gradients that are numbers of a format, and whose norm is beyond the largest of it, are not lost."""
    large = {torch.float16: 1e4, torch.bfloat16: 1e19, torch.float32: 1e19, torch.float64: 1e154}
    for dtype, size in large.items():
        here = bench.alike(dtype=dtype, gradients=[torch.full((1000,), size, dtype=dtype)])
        returned = here.begin().run()
        if not bool(here.clipped[0].any()):
            said = f", and gives back {float(returned)!r}" if isinstance(returned, Tensor) else ""
            yield f"makes 0 of 1000 elements of {size:g} in {str(dtype)[6:]}{said}", here.script()


@promise(
    Severity.EXTRA,
    of=lambda clip: len(clip.orders) > 1,
    given=lambda: [torch.tensor([3.0, -4.0]), torch.zeros(0)],
)
def clip_no_elements(bench: Bench) -> Said:
    """A parameter without elements changes no norm, of any order."""
    for order in bench.clip.orders:
        with_, without = bench.alike(order=order), bench.alike(order=order, gradients=bench.gradients[:1])
        try:
            if not torch.equal(with_.begin().run(), without.begin().run()):
                yield "gives back another norm, if a parameter has no elements", with_.script()
        except RaisedError as error:
            yield f"{error}, if a parameter has no elements", with_.script()


@promise(Severity.EXTRA, given=lambda: [torch.tensor([3.0, -4.0])])
def clip_nonsense(bench: Bench) -> Said:
    """A largest norm or value below 0, or that is no number, is refused, and no gradient is turned round."""
    (symbol,) = bench.values
    for value in (-1.0, nan):
        here = bench.alike(values={symbol: value})
        try:
            here.begin().run()
        except RaisedError as error:
            if isinstance(error.__cause__, ValueError | RuntimeError):
                continue
            yield f"{error}, if {bench.clip.bound[symbol]} is {value}", here.script()
            continue
        said = f"makes {_shown(here.clipped)} of {_shown(here.given)}"
        yield f"{said}, if {bench.clip.bound[symbol]} is {value}", here.script()


def _shown(tensors: Sequence[Tensor]) -> Any:
    return [round(x, 3) for tensor in tensors for x in tensor.tolist()]
