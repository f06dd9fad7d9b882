"""A candidate run on inputs that tell rules apart, whatever rule it should follow: its rule is not known here.

Five runs of some hundred lanes each: every term visible and lr changed in mid-run; other values and wider scales;
gradients around eps; everything at 0 that may be 0; the constructor's own defaults, for longer.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar, overload

import torch
from sympy import Symbol
from torch import Tensor

from lawful.properties.identification.foretelling import Probe
from lawful.properties.runs.running import RaisedError, RefusedError, Run
from lawful.properties.scenarios.scenarios import Scenario, Shapes, expand
from lawful.properties.scenarios.strategies import turned
from lawful.verify.candidates.adapter import TORCH, Adapter
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, x
from lawful.verify.oracle.formats import single
from lawful.verify.variants.variants import Variant

SHAPES = (Shapes(((97,), (6, 9), (40, 3), (2, 3, 4), ())), Shapes(((6, 9), (40, 3), (5, 5))))
"""Vectors, matrices, a stack and a scalar; matrices alone, for those that refuse others."""

RATE = 1e-3

T = TypeVar("T")


def _anything(*, sparse: bool = False) -> Rule:
    return Rule("anything", x, {}, {lr: RATE}, Source("nothing"), sparse=sparse)


ANYTHING = Family(_anything)
"""What is known of a candidate before its rule is: that it has a learning rate."""

Pick = Callable[[Rule, Symbol], float]
"""(rule, hyperparameter) → the value in a run."""


@dataclass(frozen=True)
class Plan:
    """One run to be made.

    Attributes:
        pick: chooses the hyperparameters; None for the constructor's defaults.
        scale: base-10 exponents between which each lane's gradient scale lies.
        steps: how many.
        schedule: step → factor of lr from then on.
        weights: a factor of the first weights.
    """

    pick: Pick | None
    scale: tuple[float, float]
    steps: int = 10
    schedule: Mapping[int, float] = field(default_factory=dict)
    weights: float = 1.0


def _value(place: int) -> Pick:
    return lambda rule, symbol: turned(rule.domain(symbol).values, place)[0]


def _idle(rule: Rule, symbol: Symbol) -> float:
    values = rule.domain(symbol).values
    return 0.0 if 0.0 in values else values[0]


PLANS = (
    Plan(_value(0), (-1.0, 1.0), schedule={4: 0.3, 8: 1.0}),
    Plan(_value(1), (-3.0, 2.0), schedule={5: 0.3}),
    Plan(_value(0), (-4.0, -1.5)),
    Plan(_idle, (-2.0, 1.0), weights=64.0),
    Plan(None, (-3.0, 1.0), 16),
)


@dataclass(frozen=True)
class Subject:
    """A class, run one way.

    Attributes:
        cls: the class.
        arguments: constructor arguments that are fixed.
        path: constructor arguments that choose the way to run; the loop where there are none.
        dtype: of the parameters.
        device: where they live.
        seed: of the lanes.
        adapter: the words of its framework, and the user's.
        shapes: of the tensors; those after the first where it refuses these.
        foretold: what rules make of runs that differ in an argument of which none knows, by what they have in common.
    """

    cls: type
    arguments: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, Any] = field(default_factory=dict)
    dtype: torch.dtype = torch.float64
    device: str = "cpu"
    seed: int = 0
    adapter: Adapter = TORCH
    shapes: tuple[Shapes, ...] = SHAPES
    foretold: dict[Any, dict[Any, Any]] = field(default_factory=dict, repr=False, compare=False)

    def candidate(self, family: Family = ANYTHING) -> Candidate:
        """The class, held against a family."""
        return Candidate(self.cls, family, {}, self.arguments, self.adapter)

    def following(self, variant: Variant) -> Candidate:
        """The class, held against one member of a family."""
        return Candidate(self.cls, variant.family, variant.options, self.arguments, self.adapter)

    def probes(self, families: Sequence[Family]) -> Sequence[Probe]:
        """The runs, of which those after the first are made when they are asked for; the families' hyperparameters are
        those that it may have, the likeliest last.

        Raises:
            Unanswerable: it refuses every run.
        """
        told = dict[str, None]()
        for shapes, sparse in (*((shapes, False) for shapes in self.shapes), (self.shapes[0], True)):
            refusals: list[str] = []
            tried = (self._probe(plan, shapes, sparse, families, refusals) for plan in PLANS)
            if made := Lazily(probe for probe in tried if probe is not None):
                return made
            told |= {} if sparse else dict.fromkeys(refusals[:1])
        why = "; and with tensors of other shapes, ".join(one.rstrip(".") for one in told)
        raise Unanswerable(f"{self.cls.__name__} cannot be run: {why}.")

    def _probe(
        self, plan: Plan, shapes: Shapes, sparse: bool, families: Sequence[Family], refusals: list[str]
    ) -> Probe | None:
        for given in self._given(families, plan.pick):
            asked = replace(
                self.candidate(), pinned={"sparse": sparse}, arguments={**given, **self.arguments}
            )
            alike = self.dtype, shapes, sparse, PLANS.index(plan), repr(given)
            try:
                return self._run(asked, plan, shapes, self.foretold.setdefault(alike, {}))
            except (RefusedError, RaisedError) as error:
                refusals.append(str(error))
        return None

    def _run(self, candidate: Candidate, plan: Plan, shapes: Shapes, kept: dict[Any, Any]) -> Probe:
        rate = {lr: candidate.binding.default(lr) or RATE}
        scenario = Scenario({}, (rate,), plan.steps, plan.scale, plan.schedule, seed=self.seed, shapes=shapes)
        blocks = [replace(b, x0=b.x0 * plan.weights) for b in expand(scenario, self.dtype)]
        run = Run(candidate, self.path, scenario, blocks, self.device)
        seen = [_flat([b.x0 for b in blocks]), *(_flat(run.values()) for _ in run.steps())]
        path = torch.stack(seen).numpy()
        return Probe(self.cls, candidate.arguments, scenario, blocks, path, self.adapter, kept)

    def _given(self, families: Sequence[Family], pick: Pick | None) -> Iterator[Mapping[str, Any]]:
        """Constructor arguments to try: the plan's; without dampening, which Nesterov's look-ahead refuses.

        What is None by default, and so chosen by the constructor, is given for the likeliest family alone.
        """
        found: dict[str, Any] = {}
        defaults = {n: p.default for n, p in self.candidate().parameters.items()}
        for family in families:
            picked = _of_family(replace(self.candidate(family), arguments={}), pick or _value(0))
            known = {n: v for n, v in picked.items() if defaults[n] is not None or family is families[-1]}
            found |= {n: v for n, v in known.items() if _fits(v, defaults[n])}
        if pick is None:
            found = {n: v for n, v in found.items() if n in self.candidate().constructor.required}
        if self.dtype is not torch.float64:
            found = {n: _held(v) for n, v in {**_numbers(defaults), **found}.items()}
        yield found
        if {"momentum", "dampening"} <= found.keys():
            yield {**found, "momentum": found["momentum"] or 0.9, "dampening": 0.0}


class Lazily(Sequence[T]):
    """A sequence of which each member is made when it is first asked for."""

    def __init__(self, making: Iterator[T]) -> None:
        """None is made yet."""
        self._making, self._made = making, list[T]()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        """Makes as many as that takes."""
        last = index.stop if isinstance(index, slice) else index + 1
        self._made += islice(self._making, max(last - len(self._made), 0) if last and last > 0 else None)
        return self._made[index]

    def __len__(self) -> int:
        """Makes all."""
        return len(self[:])

    def __bool__(self) -> bool:
        """Whether there is one, for which no other is made."""
        return bool(self[:1])


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([one.to("cpu", torch.float64).reshape(-1) for one in tensors])


def _of_family(candidate: Candidate, pick: Pick) -> dict[str, Any]:
    rule = candidate.rule({})
    return candidate.binding.group({s: pick(rule, s) for s in candidate.binding.names})


def _fits(value: Any, default: Any) -> bool:
    """Whether a value is of the kind that the constructor has there: a number, or as many of them; where that is below
    1, as a weight in an average is, one that is too."""
    if default is None or default is inspect.Parameter.empty:
        return True
    if isinstance(default, tuple | list):
        return isinstance(value, tuple) and len(value) == len(default) and all(map(_fits, value, default))
    return not isinstance(value, tuple) and not (_is_number(default) and default < 1.0 <= value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are between 0 and 1, where float32 is dense, or tuples of such."""
    return {n: v for n, v in defaults.items() if _shares(v)}


def _shares(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(map(_shares, value))
    return isinstance(value, float) and 0.0 < value < 1.0


def _held(value: Any) -> Any:
    """Numbers of float32 for numbers: some frameworks keep hyperparameters in it, where parameters are no wider."""
    if isinstance(value, tuple | list):
        return tuple(map(_held, value))
    return single(value) if _shares(value) else value
