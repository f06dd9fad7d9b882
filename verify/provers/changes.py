"""Changes of a rule's inputs, as data: what happens to the first weight, the gradients and the hyperparameters.

A rule has a symmetry if such a change of the inputs changes its path in the same way. Whether it does is decided
by `lawful.verify.provers.algebra.symmetry`; here is what the change does to numbers, for those who run something.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from lawful.verify.language.symbols import g, x

Array = NDArray[Any]

BASE = 2.0**8
"""The c of a change of scale: a power of two, which commutes with rounding, and a square, so that its root does too."""


@dataclass(frozen=True)
class Change(ABC):
    """A change of inputs.

    Attributes:
        off: hyperparameters that are 0.
        kept: hyperparameters that are not, though the symmetry might need it.
        exact: whether it commutes with rounding wherever nothing leaves the normal range.
        moves: whether a lane's place in memory changes.
    """

    exact: ClassVar[bool] = True
    moves: ClassVar[bool] = False
    _: KW_ONLY
    off: Sequence[Symbol] = ()
    kept: Sequence[Symbol] = ()

    @abstractmethod
    def weight(self, x: Array) -> Array:
        """The changed weights."""

    def gradient(self, g: Array) -> Array:
        """The changed gradients: as the weights are, unless told otherwise."""
        return self.weight(g)

    def difference(self, d: Array) -> Array:
        """What a difference of weights becomes."""
        return self.weight(d)

    def hyper(self, value: float, degree: Expr) -> float:
        """The changed hyperparameter."""
        return value

    def far(self) -> "Change":
        """A change of the same kind that goes further, where there is one."""
        return self

    @abstractmethod
    def formula(self) -> str:
        """The symmetry as LaTeX."""


@dataclass(frozen=True)
class Scaled(Change):
    """Weights, gradients and hyperparameters times powers of a number c > 0.

    Attributes:
        degrees: symbol → the power; that of a hyperparameter which is not listed is found, if there is one.
        each: whether every coordinate has a c of its own; no hyperparameter can follow it then.
    """

    degrees: Mapping[Symbol, int] = field(default_factory=dict)
    each: bool = False

    def weight(self, x_: Array) -> Array:
        """Times c to the power of x."""
        return x_ * self._factor(x_) ** float(self.degrees[x])

    def gradient(self, g_: Array) -> Array:
        """Times c to the power of g."""
        return g_ * self._factor(g_) ** float(self.degrees[g])

    def hyper(self, value: float, degree: Expr) -> float:
        """Times c to its power."""
        return float(value * BASE ** float(degree))

    def _factor(self, like: Array) -> Array:
        return 4.0 ** (_scattered(like) % 9 - 4) if self.each else np.asarray(BASE)

    def formula(self) -> str:
        """Both paths."""
        if self.each:
            return r"x_t(x_0, D g) = x_t(x_0, g),\quad D = \operatorname{diag}(c_1, \dots, c_n) > 0"
        a, b = (_power(self.degrees[s]) for s in (x, g))
        return rf"x_t({a} x_0, {b} g, c^{{[h]}} h) = {a}\, x_t(x_0, g, h),\quad c > 0"


def _power(degree: int) -> str:
    return {0: "", 1: "c"}.get(degree, f"c^{{{degree}}}")


@dataclass(frozen=True)
class Flipped(Change):
    """The signs of some coordinates turned."""

    def weight(self, x: Array) -> Array:
        """Times −1 in some coordinates."""
        turned: Array = x * (-1.0) ** _scattered(x)
        return turned

    def formula(self) -> str:
        """Both paths."""
        return r"x_t(S x_0, S g) = S x_t(x_0, g),\quad S = \operatorname{diag}(\pm 1, \dots, \pm 1)"


@dataclass(frozen=True)
class Permuted(Change):
    """The coordinates in another order."""

    moves: ClassVar[bool] = True

    def weight(self, x: Array) -> Array:
        """In another order."""
        return x.reshape(-1)[np.argsort(_scattered(x).reshape(-1))].reshape(x.shape)

    def formula(self) -> str:
        """Both paths."""
        return r"x_t(P x_0, P g) = P x_t(x_0, g),\quad P \text{ a permutation}"


@dataclass(frozen=True)
class Cut(Change):
    """Some rows alone, as where a tensor is sharded."""

    moves: ClassVar[bool] = True

    def weight(self, x: Array) -> Array:
        """The first rows, not quite half of them."""
        return x[: max(len(x) // 2, 1)]

    def formula(self) -> str:
        """Both paths."""
        return r"x_t(R x_0, R g) = R x_t(x_0, g),\quad R \text{ some rows}"


@dataclass(frozen=True)
class Shifted(Change):
    """The weights elsewhere.

    Attributes:
        by: how far.
    """

    exact: ClassVar[bool] = False
    by: float = 1.0

    def far(self) -> Change:
        """Far enough to jump over what decides a case."""
        return replace(self, by=2.0**12)

    def weight(self, x: Array) -> Array:
        """Further by so much."""
        return x + self.by

    def gradient(self, g: Array) -> Array:
        """As they were."""
        return g

    def difference(self, d: Array) -> Array:
        """As it was."""
        return d

    def formula(self) -> str:
        """Both paths."""
        return r"x_t(x_0 + s, g) = x_t(x_0, g) + s"


def _scattered(like: Array) -> NDArray[np.int64]:
    """Integers without order, different for up to 256 elements: the powers of a primitive root of the prime 257."""
    return np.array([pow(10, k + 2, 257) for k in range(like.size)]).reshape(like.shape)
