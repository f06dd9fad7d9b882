"""A clip at work: gradients of a few parameters, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from sympy import Symbol
from torch import Tensor, nn

from lawful.properties.promises import calling
from lawful.verify.candidates.clip import ORDERS, Clip
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle

SHAPES = ((4, 3), (7,), (), (40,))
"""Of the parameters."""

SCALES = (1.0, 1e-3, 30.0, 0.0)
"""Of the gradients: of all sizes, of such that nothing clips, of such that everything clips, and zeros."""


def drawn(seed: int, dtype: torch.dtype, scale: float) -> list[Tensor]:
    """Gradients of all sizes below some times this scale."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for shape in SHAPES:
        size = scale * 10.0 ** torch.empty(shape).uniform_(-2, 0, generator=generator)
        found.append((torch.randn(shape, generator=generator) * size).to(dtype))
    return found


@dataclass
class Bench:
    """A clip at certain hyperparameters, and gradients.

    Attributes:
        clip: what is asked.
        values: the rule's hyperparameters.
        path: arguments that choose the way to run.
        dtype: of the gradients.
        order: of the norm.
        gradients: of each parameter; None where it has none.
    """

    clip: Clip
    values: Mapping[Symbol, float]
    path: Mapping[str, Any]
    dtype: torch.dtype
    order: float = 2.0
    gradients: Sequence[Tensor | None] = ()
    parameters: list[nn.Parameter] = field(init=False)

    def begin(self) -> "Bench":
        """Parameters with these gradients."""
        shapes = [(3,) if slope is None else tuple(slope.shape) for slope in self.gradients]
        kinds = [self.dtype if slope is None else slope.dtype for slope in self.gradients]
        self.parameters = [
            nn.Parameter(torch.ones(shape, dtype=kind)) for shape, kind in zip(shapes, kinds, strict=True)
        ]
        for p, slope in zip(self.parameters, self.gradients, strict=True):
            p.grad = None if slope is None else slope.clone()
        return self

    def run(self, given: Any = None, **more: Any) -> Any:
        """Clips the gradients of all parameters, or of what is given; what it gives back.

        Raises:
            RaisedError: it raised.
        """
        to = self.parameters if given is None else given
        return calling(lambda: self.clip.call(to, self.values, self.path, self.order, **more))

    @property
    def clipped(self) -> list[Tensor]:
        """The gradients that there are now."""
        return [p.grad for p in self.parameters if p.grad is not None]

    @property
    def given(self) -> list[Tensor]:
        """Those that there were."""
        return [slope for slope in self.gradients if slope is not None]

    def expected(self) -> list[Ball]:
        """What the rule makes of each part that is clipped together: of all gradients, or of each."""
        oracle = Oracle(self.clip.of_order(self.order), FORMATS[self.dtype])
        return [
            oracle.step(oracle.start(torch.zeros_like(g)), g, self.values).x for g in self.parts(self.given)
        ]

    def norm(self) -> Ball:
        """The norm of all gradients."""
        rule = replace(self.clip.followed, x=ORDERS[self.order], names={})
        (all_,) = self.parts(self.given)
        oracle = Oracle(rule, FORMATS[self.dtype])
        return oracle.step(oracle.start(torch.zeros_like(all_)), all_, self.values).x

    def parts(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """What is clipped together: each tensor, or all of them as one vector."""
        if self.clip.followed.scope == "tensor":
            return list(tensors)
        return [torch.cat([each.reshape(-1) for each in tensors])]

    def alike(self, **other: Any) -> "Bench":
        """Another bench, of which these are different."""
        return replace(self, **other)

    # ------------------------------------------------------------------------------------------ in words
    @property
    def called(self) -> str:
        """`clip_grad_norm_(max_norm=1.0, foreach=True)`."""
        return f"{self.clip.cls.__name__}({self._said()})"

    def _said(self, **more: Any) -> str:
        ordered = {"norm_type": self.order} if self.order != 2.0 else {}
        every = {**self.clip.spoken(self.values), **self.path, **ordered, **more}
        return ", ".join(f"{name}={_number(value)}" for name, value in every.items())

    def script(self, **more: Any) -> str:
        """Lines that show it with torch alone, where what is asked can be imported."""
        name, module = self.clip.cls.__name__, self.clip.cls.__module__
        slopes = [_written(slope) for slope in self.gradients]
        known = {"total_norm": "torch.cat([p.grad.double().reshape(-1) for p in parameters]).norm()"}
        total = [f"total_norm={known['total_norm']}"] if "total_norm" in self.clip.takes_all else []
        return "\n".join([
            "import torch",
            f"from {module} import {name}",
            f"gradients = [{', '.join(slopes)}]",
            "parameters = [torch.zeros(3 if g is None else g.shape, requires_grad=True, "
            "dtype=torch.float32 if g is None else g.dtype) for g in gradients]",
            "for p, g in zip(parameters, gradients): p.grad = g",
            f"print({name}({', '.join(['parameters', *total, *filter(None, [self._said(**more)])])}))",
            "print([p.grad for p in parameters])",
        ])  # fmt: skip


def _number(value: Any) -> str:
    """A number as code."""
    return repr(value) if value == value and abs(value) != float("inf") else f"float('{value}')"


def _written(slope: Tensor | None) -> str:
    """A tensor as code, with its bits; one of many equal numbers as such."""
    if slope is None:
        return "None"
    if slope.numel() > 1 and bool((slope == slope.reshape(-1)[0]).all()):
        return f"torch.full({tuple(slope.shape)}, {float(slope.reshape(-1)[0])!r}, dtype={slope.dtype})"
    text = repr(slope.tolist()).replace("nan", "float('nan')").replace("inf", "float('inf')")
    return f"torch.tensor({text}, dtype={slope.dtype})"
