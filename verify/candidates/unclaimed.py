"""Where no rule is claimed: a rule that says nothing but what is seen of a candidate before anything is asked of it.

That is: which hyperparameters its constructor has, which tensors it takes, whether they move each by itself, and whose
steps it counts.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor

from lawful.verify.candidates.constructor import Constructor
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import DOMAINS, TUPLES, lr_0, x
from lawful.verify.language.tensors import EverywhereMean

CLOSE = 1e-3
"""The share of a tensor's movement up to which two runs are one where no rule says how far rounding may lead."""

SHAPES, MATRICES = ((3,), (2, 3)), ((2, 3), (3, 3))
SCALAR, STACK = (), (2, 3, 4)
STEPS = 3


def unclaimed(constructor: Constructor, arguments: Mapping[str, Any]) -> Family:
    """The family of a rule without mathematics."""
    seen = Glance(constructor.cls, arguments)

    def build() -> Rule:
        held = _hyperparameters(constructor)
        return Rule(
            UNCLAIMED,
            x if seen.separate else EverywhereMean(x),
            {},
            {s: DOMAINS[s].values[0] for s in held},
            Source("nobody"),
            domains={s: replace(DOMAINS[s], chosen=True) for s in held},
            dimensions=seen.dimensions,
            counts="group" if seen.counts_in_groups else "parameter",
        )

    build.__name__ = UNCLAIMED
    return Family(build)


def _hyperparameters(constructor: Constructor) -> list[Symbol]:
    held = {s: name for name, members in TUPLES.items() for s in members}
    there = [s for s in DOMAINS if constructor.number(s.name) or held.get(s) in constructor.parameters]
    return [s for s in there if s != lr_0]


def parted(seen: Sequence[Tensor], other: Sequence[Tensor], start: Tensor) -> int | None:
    """The first step, from 1, after which two runs of one tensor have parted, by more than what is `CLOSE` to the
    longest way from its start that the tensor has had till then.
    """
    way = 0.0
    for step, (a, b) in enumerate(zip(seen, other, strict=True), 1):
        way = max(way, float((a - start).abs().max()) if a.numel() else 0.0)
        if ((a - b).abs() > CLOSE * way).any() or (a.isnan() != b.isnan()).any():
            return step
    return None


@dataclass(frozen=True)
class Glance:
    """A class stepped a few times, as it is without arguments."""

    cls: type
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Of the tensors that it takes: vectors and matrices, or matrices alone."""
        return SHAPES if self._walk(SHAPES) or not self._walk(MATRICES) else MATRICES

    @cached_property
    def dimensions(self) -> tuple[int, int]:
        """How few and how many a tensor has that it takes, among those that users have."""
        if self.shapes is MATRICES:
            return 2, 2
        if not self._walk(SHAPES):
            return 0, 9
        return 0 if self._walk((SCALAR,)) else 1, 9 if self._walk((STACK,)) else 2

    @cached_property
    def separate(self) -> bool:
        """Whether a tensor goes the same way without the others beside it."""
        together, alone = self._walk(self.shapes), self._walk(self.shapes[:1])
        if not (together and alone):
            return True
        return parted(together[0][:1], alone[0], _weight(self.shapes[0])) is None

    @cached_property
    def counts_in_groups(self) -> bool:
        """Whether a number of a group grows with the steps."""
        found = self._walk(self.shapes)
        return found is not None and any(a == b + STEPS - 1 for a, b in zip(*found[1:], strict=False))

    def _walk(
        self, shapes: tuple[tuple[int, ...], ...]
    ) -> tuple[list[Tensor], list[float], list[float]] | None:
        """Where tensors of these shapes are after some steps, and what whole numbers groups hold then and after the
        first; None if it refuses.
        """
        weights = [_weight(shape).requires_grad_() for shape in shapes]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made: Any = self.cls(weights, **self.arguments)
                counted = [self._stepped(made, weights, step) for step in range(1, STEPS + 1)]
        except Exception:
            return None
        return [w.detach() for w in weights], counted[-1], counted[0]

    def _stepped(self, made: Any, weights: list[Tensor], step: int) -> list[float]:
        for number, weight in enumerate(weights, 1):
            weight.grad = torch.full_like(weight, number * 10.0 ** (number * step % 3 - 1))
        made.step()
        numbers = (v for g in made.param_groups for v in g.values())
        return [float(v) for v in numbers if isinstance(v, int) or (isinstance(v, Tensor) and v.dim() == 0)]


def _weight(shape: tuple[int, ...]) -> Tensor:
    return torch.arange(1.0, 1.0 + torch.Size(shape).numel()).reshape(shape)
