"""Rules beside what was seen: how much of the steps they leave unexplained, and whether their budget explains it."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import numpy as np
import torch

from lawful.properties.identification.foretelling import Probe, spoken_of
from lawful.properties.identification.probes import Subject
from lawful.properties.runs.arithmetic import arithmetic
from lawful.properties.runs.judging import Part, Tally, format_of, parts, side, trajectory
from lawful.properties.runs.narrow import OWN, Arithmetic
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.verify.language.rule import Rule
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.oracle.quick import Array
from lawful.verify.variants.variants import Variant

ROUNDING = {torch.float64: 1e-12, torch.float32: 1e-6}
"""What of a weight is no step, in formats in which steps have some digits."""

SOON = inf
"""The oracle's patience: a rule has been judged before compiled steps have paid for themselves."""

Seen = tuple[int, Ball, torch.Tensor, torch.Tensor]
"""A step, the rule's weight after it, the candidate's, and the candidate's before it."""


def unexplained(seen: Array, expected: Array, dtype: torch.dtype = torch.float64) -> float:
    """The mean share of a step that differs: |a − b|/(|a| + |b|) of the steps a and b, 0 for what rounding explains."""
    return float(unexplained_by_each(seen, expected[None], dtype)[0])


def unexplained_by_each(seen: Array, expected: Array, dtype: torch.dtype) -> Array:
    """The same of many rules at once, which stand first in what is expected."""
    with np.errstate(all="ignore"):
        a, b = np.diff(seen, axis=0), np.diff(expected, axis=1)
        gap, size = np.abs(a - b), np.abs(a) + np.abs(b)
        share = np.where(gap <= ROUNDING.get(dtype, 0.0) * np.abs(seen[1:]), 0.0, gap / size)
    return np.asarray(np.nan_to_num(share, nan=1.0).mean(axis=(1, 2)))


def compared(
    subject: Subject, probes: Sequence[Probe], variant: Variant, rule: Rule, used: Arithmetic
) -> Tally:
    """What was seen in the runs of which a rule speaks, in an arithmetic, up to the first that it does not explain."""
    tally = Tally()
    for probe in spoken_of(probes, variant):
        for _, ball, seen, _ in _along(subject, probe, variant, rule, used):
            tally.add(ball, seen)
        if tally.worst > 1.0:
            break
    return tally


def narrower(subject: Subject, variant: Variant, share: float, least: float) -> Iterator[Arithmetic]:
    """In what narrower arithmetic a rule may be followed that leaves this share unexplained: in float64 in the one that
    is found by asking, if it is right to so many digits; else with what changes from step to step in float32."""
    if subject.dtype is not torch.float64:
        yield Arithmetic(moving=True)
    elif share <= least:
        candidate = subject.following(variant)
        try:
            used = arithmetic(candidate, subject.path, subject.dtype, subject.device)
        except (RefusedError, RaisedError):
            return
        if used != OWN:
            yield used


def leans(subject: Subject, probes: Sequence[Probe], variant: Variant, rule: Rule) -> bool:
    """Whether first steps are too long in all runs, or too short: no rounding does that."""
    signs = {sign for probe in probes for sign in _signs(subject, probe, variant, rule)} - {0.0}
    return len(signs) == 1


def _signs(subject: Subject, probe: Probe, variant: Variant, rule: Rule) -> Iterator[float]:
    for step, ball, seen, before in _along(subject, probe, variant, rule, OWN):
        mid = torch.as_tensor(ball.mid).expand(seen.shape)
        off = (seen - mid) * torch.sign(mid - before)
        if step == 1:
            yield side(off, ball.distance(seen) > torch.as_tensor(ball.radius))


def _along(subject: Subject, probe: Probe, variant: Variant, rule: Rule, used: Arithmetic) -> Iterator[Seen]:
    scenario, lane = used.seen(probe.under(probe.hyper(variant))), 0
    for part in parts(probe.blocks, "cpu", rule):
        fmt, end = used.of(format_of(part.dtype, subject.path, subject.device)), lane + part.x0.numel()
        states = trajectory(Oracle(rule, fmt, SOON), part, scenario)
        weights = [_shaped(row, part) for row in probe.seen[:, lane:end]]
        for step, state in enumerate(states, 1):
            yield step, state.x, weights[step], weights[step - 1]
        lane = end


def _shaped(row: Any, part: Part) -> torch.Tensor:
    return torch.from_numpy(row).reshape(part.x0.shape)
