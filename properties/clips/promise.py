"""From a sentence about clips to a property: the function that looks, asked in every way to run."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import torch
from torch import Tensor

from lawful.properties.checks import Property
from lawful.properties.clips.driving import Bench, drawn
from lawful.properties.promises import Said, promised
from lawful.verify.candidates.clip import Clip
from lawful.verify.evidence import Severity

Look = Callable[[Bench], Said]
Given = Callable[[], Sequence[Tensor | None]]


def plain() -> list[Tensor | None]:
    """Gradients that are clipped, of which one is missing."""
    first, *others = drawn(0, torch.float32, 30.0)
    return [first, None, *others]


def promise(
    severity: Severity = Severity.CONTRACT,
    of: Callable[[Clip], bool] = lambda clip: True,
    given: Given = plain,
) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings.

    Args:
        severity: how grave it is to break it.
        of: whether a clip has something to ask about.
        given: the gradients.
    """

    def benches(clip: Clip) -> Iterator[Bench]:
        for path in clip.paths.values():
            for values in islice(clip.settings(), 1):
                yield Bench(clip, values, path, torch.float32, gradients=given())

    return lambda look: promised(look, benches, Clip, of, severity)
