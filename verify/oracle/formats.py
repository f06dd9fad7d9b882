"""The floating-point formats of parameters, as constants of error analysis."""

from dataclasses import dataclass, replace

import numpy as np
import torch


@dataclass(frozen=True)
class Format:
    """What arithmetic in a dtype can lose.

    Attributes:
        dtype: the torch dtype.
        unit: unit roundoff, the largest relative error of one correctly rounded operation.
        cast: relative error of casting a Python scalar to the element type.
        tiny: largest absolute error of an operation that underflows.
        largest: the largest finite number.
        scalar: relative error of one operation on scalars that depend on `t` or `lr`; 2⁻⁵³ when they are
            Python floats, 2⁻²⁴ on paths that keep them in float32 tensors (capturable, differentiable), more where
            they are kept in the parameters' own 16 bits.
        taken: relative error of taking in a parameter or a gradient; 0 unless it is computed in a narrower format.
        adding: unit roundoff with which a step that is computed in a narrower format is added to the parameter, where
            that is done in the parameter's own; 0 where nothing is done apart.
    """

    dtype: torch.dtype
    unit: float
    tiny: float
    cast: float
    largest: float
    scalar: float = 2.0**-53
    taken: float = 0.0
    adding: float = 0.0

    @property
    def kept(self) -> float:
        """Relative error of storing a scalar from step to step: in float32, or in float64 for float64 parameters."""
        return self.scalar if self.dtype is torch.float64 else max(self.scalar, 2.0**-24)

    @property
    def intermediate(self) -> float:
        """Unit roundoff of sums and of scalars in between: 16-bit formats compute in float32, as torch does, but where
        scalars are kept in less."""
        return min(self.unit, max(self.scalar, 2.0**-24))

    @property
    def exact_centre(self) -> bool:
        """Whether float64 centres are not enough, so that double-double is used."""
        return self.dtype is torch.float64

    def flushing(self) -> "Format":
        """The same format where subnormal results may be flushed to zero."""
        return replace(self, tiny=torch.finfo(self.dtype).tiny)

    def computed_in(self, other: "Format") -> "Format":
        """Parameters of this format, each step of which is computed in a narrower one."""
        return replace(other, dtype=self.dtype, scalar=max(self.scalar, other.unit), taken=other.unit)

    def added_to(self, other: "Format") -> "Format":
        """Parameters of this format, to which steps are added that are computed in a narrower one."""
        return replace(self.computed_in(other), adding=self.unit)

    def to_a_neighbour(self) -> "Format":
        """The same format where a result may be either of its two neighbours, not the nearer one alone."""
        return replace(self, unit=2 * self.unit, tiny=2 * self.tiny)

    def tensor_scalars(self, unit: float = 2.0**-24) -> "Format":
        """The same format where `t` and `lr`, and what depends on them, are tensors of this roundoff: of float32."""
        return replace(self, scalar=max(self.scalar, unit))


def _format(dtype: torch.dtype) -> Format:
    info = torch.finfo(dtype)
    unit = info.eps / 2
    centre = 4 if dtype is torch.float64 else 1  # the double-double centre underflows as well
    return Format(dtype, unit, centre * info.smallest_normal * info.eps, unit, info.max)


FORMATS = {d: _format(d) for d in (torch.float64, torch.float32, torch.bfloat16, torch.float16)}
"""The format of every dtype that parameters may have."""


def single(value: float) -> float:
    """The nearest number that float32 holds."""
    return float(np.float32(value))


def held(value: float, dtype: torch.dtype) -> float:
    """The nearest number that a format holds."""
    return float(torch.tensor(value, dtype=torch.float64).to(dtype))
