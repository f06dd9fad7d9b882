"""An arithmetic narrower than the dtype of the parameters, as it is declared, and the budget that it is granted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from sympy import Symbol

from lawful.properties.scenarios.scenarios import Scenario
from lawful.verify.language.symbols import DOMAINS
from lawful.verify.oracle.formats import FORMATS, Format, held

K = TypeVar("K", bound=Symbol | str)

SINGLE = FORMATS[torch.float32]


@dataclass(frozen=True)
class Arithmetic:
    """What is narrower than the parameters' dtype.

    Attributes:
        single: whether all is computed in float32.
        apart: whether the step is, which is then added to a parameter in float64.
        rounded: the hyperparameters that are kept in float32.
        moving: whether scalars that change from step to step are.
        kept: where these two are, if not in float32: in the parameters' own 16 bits.
        chance: whether results are rounded at random: to either neighbour.
        flushed: whether subnormal numbers are taken for 0, as compilers for accelerators like to do.
    """

    single: bool = False
    rounded: frozenset[Symbol] = frozenset()
    moving: bool = False
    chance: bool = False
    flushed: bool = False
    apart: bool = False
    kept: torch.dtype = torch.float32

    @property
    def narrow(self) -> bool:
        """Whether something is narrower."""
        return self.single or self.apart or self.moving or bool(self.rounded)

    def of(self, fmt: Format) -> Format:
        """The format whose budget this arithmetic is granted."""
        fmt, single = (f.flushing() if self.flushed else f for f in (fmt, SINGLE))
        if self.chance or not self.narrow:
            return fmt.to_a_neighbour() if self.chance else fmt
        if self.single:
            return fmt.computed_in(single)
        if self.apart:
            return fmt.added_to(single)
        # what is computed from numbers that float32 holds loses nothing more in float32
        if self.moving or fmt.dtype is torch.float64:
            return fmt.tensor_scalars(FORMATS[self.kept].unit)
        return fmt

    def seen(self, scenario: Scenario) -> Scenario:
        """A scenario in whose hyperparameters nothing is lost that is kept in float32."""
        if not self.rounded:
            return scenario
        hypers = tuple(map(self.held, scenario.hypers))
        moves = {step: self.held(moved) for step, moved in scenario.moves.items()}
        return replace(scenario, hypers=hypers, moves=moves, defaults=False)

    def held(self, values: Mapping[K, Any]) -> dict[K, Any]:
        """Hyperparameters as they are kept. One that leaves its domain there, as 0.999 is 1 in bfloat16, stays what it
        is: a rule is not followed with it."""
        kept = {k: held(v, self.kept) for k, v in values.items() if k in self.rounded}
        return {**values, **{k: v for k, v in kept.items() if k not in DOMAINS or v in DOMAINS[k]}}

    def __str__(self) -> str:
        """`computed in float32`, `with beta1 and lr kept in float32`."""
        own = self._precision if self.chance or self.narrow else ""
        return " and ".join(
            filter(None, [own, "with subnormal numbers flushed to 0" if self.flushed else ""])
        )

    @property
    def _precision(self) -> str:
        if self.chance:
            return "rounded at random"
        if self.single:
            return "computed in float32"
        if self.apart:
            return "with steps computed in float32"
        where = str(self.kept).removeprefix("torch.")
        if self.rounded:
            names = sorted(s.name for s in self.rounded)
            return f"with {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))} kept in {where}"
        return f"with what changes from step to step kept in {where}"


OWN = Arithmetic()
"""That of the dtype."""
