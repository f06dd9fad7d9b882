"""A clip under test: a function of parameters that shortens their gradients in place."""

import inspect
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, ClassVar

import torch
from sympy import Expr, Integer, Symbol, oo
from torch import Tensor

from lawful.verify.candidates.piece import Piece
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g
from lawful.verify.language.tensors import EverywhereNorm, EverywhereOrder

ORDERS: Mapping[float, Expr] = {
    2.0: EverywhereNorm(g),
    1.0: EverywhereOrder(g, Integer(1)),
    inf: EverywhereOrder(g, oo),
    3.0: EverywhereOrder(g, Integer(3)),
}
"""Norms, by their order."""


class OfNorms(Piece):
    """What works with the norm of all that it is given first."""

    what: ClassVar[str] = "clipped"
    given: ClassVar[tuple[str, ...]] = ("norm_type", "error_if_nonfinite")

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """The arguments of which a rule may speak: those after the first."""
        return dict(list(super().taken(maker).items())[1:])

    @property
    def takes_all(self) -> set[str]:
        """What it takes by name."""
        return set(inspect.signature(self.cls).parameters)

    @property
    def orders(self) -> list[float]:
        """The orders of the norms that can be asked for; the first is that of the rule."""
        return list(ORDERS) if "norm_type" in self.takes_all else [2.0]

    def ordering(self, order: float) -> dict[str, float]:
        """The argument for a norm of an order, where that is not the usual one."""
        return {"norm_type": order} if order != 2.0 else {}


class Clip(OfNorms):
    """What shortens gradients, with the rule that it claims."""

    kind: ClassVar[str] = "clip"
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {"max_norm": ("clip_value", "max_value", "clip")}
    given: ClassVar[tuple[str, ...]] = (*OfNorms.given, "total_norm")

    @property
    def everywhere(self) -> bool:
        """Whether it clips by the norm over all parameters."""
        return self.followed.scope == "optimizer"

    @property
    def measures(self) -> bool:
        """Whether it finds out the norm over all parameters itself."""
        return self.everywhere and "total_norm" not in self.takes_all

    def of_order(self, order: float) -> Rule:
        """The rule with the norm of another order in the place of that of order 2."""
        return self.followed.replace({ORDERS[2.0]: ORDERS[order]}) if self.everywhere else self.followed

    def call(
        self,
        parameters: Any,
        values: Mapping[Symbol, float],
        path: Mapping[str, Any],
        order: float = 2.0,
        **more: Any,
    ) -> Any:
        """Clips the gradients of parameters; what it gives back."""
        known = {"total_norm": total(parameters, order)} if "total_norm" in self.takes_all else {}
        return self.cls(
            parameters, **{**self.spoken(values), **path, **self.ordering(order), **known, **more}
        )


def total(parameters: Sequence[Tensor], order: float) -> Tensor:
    """The norm of all gradients together in their format, for what wants to be told of it."""
    slopes = [p.grad for p in parameters if p.grad is not None]
    exactly: Tensor = (
        torch.cat([slope.double().reshape(-1) for slope in slopes]) if slopes else torch.zeros(1)
    )
    norm: Tensor = torch.linalg.vector_norm(exactly, order)
    return norm.to(slopes[0].dtype if slopes else torch.float32)
