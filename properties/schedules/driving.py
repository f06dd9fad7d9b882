"""A scheduler at work: an optimizer with several groups, stepped as users step it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any

import torch
from torch.optim import Optimizer

from lawful.properties.promises import RaisedError
from lawful.properties.schedules.course import Set, course
from lawful.properties.schedules.evaluating import ONCE, evaluated
from lawful.properties.schedules.groups import BASES, groups, momenta, rates
from lawful.properties.schedules.rounding import DOUBLE
from lawful.verify.candidates.scheduler import Scheduler
from lawful.verify.candidates.stepping import call, stepped
from lawful.verify.errors import told
from lawful.verify.language.schedule import Formula, Part, Values
from lawful.verify.oracle.formats import FORMATS

TIMES = 3
"""How many times its length a schedule is followed."""

LONGEST = 320
"""How many steps are followed at most: those of a schedule of 100, to three times its length, and some."""

STOPS = 12
"""At how many steps a run is interrupted at most."""

Written = tuple[Formula, Mapping[Any, Any]]

WRITTEN: dict[str, Written] = {}
KNOWN: dict[str, list[Set]] = {}
"""Formulas, and what they say, worked out once: several questions ask it."""

RATES = "[group['lr'] for group in optimizer.param_groups]"
MOMENTA = "[group.get('momentum', group.get('betas')) for group in optimizer.param_groups]"
"""What a script shows."""

METRICS = (
    4.0,
    3.0,
    3.0,
    2.9,
    2.0,
    2.0,
    2.0,
    2.0,
    2.0,
    2.0,
    1.0,
    1.0,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
) * 2
"""What the steps are given that want a metric: better, equal, better by less than the threshold, worse again."""


class SchedulerRaisedError(RaisedError):
    """The scheduler raised.

    Attributes:
        step: at which step; 0 when it was constructed.
    """

    def __init__(self, error: Exception, step: int) -> None:
        """What it raised, and when."""
        when = f"at step {step}" if step else "when it is constructed"
        super().__init__(f"raises {told(error)} {when}")
        self.step = step


@dataclass
class Bench:
    """A scheduler at certain hyperparameters, and what its schedule says of them.

    Attributes:
        scheduler: what is asked.
        values: the schedule's hyperparameters.
        adam: whether it drives an optimizer with betas, not with momentum.
        dtype: of the rates, if they are tensors; None where they are numbers.
        metrics: what steps are given that want a metric.
        longest: how many steps the schedule is followed at most.
        given: the groups' rates as they were before the scheduler was constructed.
    """

    scheduler: Scheduler
    values: Values
    adam: bool = False
    dtype: torch.dtype | None = None
    metrics: Sequence[float] = METRICS
    longest: int = LONGEST
    optimizer: Optimizer = field(init=False)
    made: Any = field(init=False)
    given: list[Any] = field(init=False)
    done: int = field(init=False, default=0)

    @cached_property
    def written(self) -> Written:
        """The formula at symbols, and what these stand for."""
        if self._asked not in WRITTEN:
            formula, given = self.scheduler.schedule.of(self.values)
            WRITTEN[self._asked] = formula, given if formula.state else {**given, ONCE: {}}
        return WRITTEN[self._asked]

    @property
    def _asked(self) -> str:
        return f"{self.scheduler.schedule.name} {self.values!r}"

    @property
    def formula(self) -> Formula:
        """What the schedule says."""
        return self.written[0]

    @cached_property
    def length(self) -> int:
        """Its length in steps."""
        return max(int(float(evaluated(self.formula.length, self.written[1]).value)), 1)

    @cached_property
    def last(self) -> int:
        """The last step at which the schedule says something, up to `TIMES` its length."""
        end, given = self.formula.last, self.written[1]
        limit = len(self.metrics) if self.formula.fed else min(TIMES * self.length, self.longest)
        return limit if end is None else min(int(float(evaluated(end, given).value)), limit)

    @property
    def stops(self) -> list[int]:
        """The steps after which a run is interrupted: all of few, some of many, and those about its length."""
        spread = range(0, self.last + 1, self.last // STOPS + 1)
        about = range(self.length - 1, self.length + 2)
        return sorted({*spread, *(step for step in about if step <= self.last)})

    def expected(self, base: float) -> Iterator[Set]:
        """What is set in a group of this rate after 0, 1, 2 … steps."""
        asked = f"{self._asked} {base} {self.dtype} {self.last} {self.metrics}"
        if asked not in KNOWN:
            fmt = DOUBLE if self.dtype is None else FORMATS[self.dtype]
            begun = base if self.dtype is None else float(torch.tensor(base, dtype=self.dtype))
            told = course(*self.written, begun, self.metrics, fmt)
            KNOWN[asked] = list(islice(told, self.last + 1))
        return iter(KNOWN[asked])

    def begin(self, held: Mapping[str, Any] | None = None, **more: Any) -> "Bench":
        """Makes an optimizer, which holds what is given, and the scheduler of it.

        Raises:
            RaisedError: it raised.
        """
        self.optimizer, self.done = self.fresh(), 0
        if held is not None:
            self.optimizer.load_state_dict(dict(held))
        self.given = [group["lr"] for group in self.optimizer.param_groups]
        self.made = _calling(0, lambda: self.scheduler.make(self.optimizer, self.values, **more))
        return self

    def fresh(self) -> Optimizer:
        """An optimizer without a scheduler, a group for each rate."""
        return groups(self.adam, self.dtype)

    def step(self) -> None:
        """A step of the optimizer, and one of the scheduler.

        Raises:
            RaisedError: it raised.
        """
        self.optimizer.step()
        metric = self.metrics[self.done] if self.formula.fed else None
        _calling(self.done + 1, lambda: stepped(self.made, self.done + 1, metric))
        self.done += 1

    @property
    def rates(self) -> list[float]:
        """What the groups hold."""
        return rates(self.optimizer)

    @property
    def momenta(self) -> list[float]:
        """Momentum, or the first of the betas, of each group."""
        return momenta(self.optimizer)

    def run(self, steps: int) -> list[list[float]]:
        """The rates after each of the next steps.

        Raises:
            RaisedError: it raised.
        """
        found = []
        for _ in range(steps):
            self.step()
            found.append(self.rates)
        return found

    # ------------------------------------------------------------------------------------------ in words
    @property
    def called(self) -> str:
        """`StepLR(step_size=3)`."""
        said = ", ".join(f"{n}={written(v)}" for n, v in self.scheduler.spoken(self.values).items())
        return f"{self.scheduler.cls.__name__}({said})"

    def script(self, steps: int, shown: str = RATES, then: str = "") -> str:
        """Lines that show it with torch alone, where what is asked is torch's or can be imported."""
        if self.scheduler.pure:
            return self._function(steps)
        arguments = [f"{n}={written(v, full=True)}" for n, v in self.scheduler.spoken(self.values).items()]
        name, module = self.scheduler.cls.__name__, self.scheduler.cls.__module__
        return "\n".join([
            "import torch",
            "from torch.optim.lr_scheduler import *",
            *([] if module == "torch.optim.lr_scheduler" else [f"from {module} import {name}"]),
            self._constructed,
            f"scheduler = {name}({', '.join(['optimizer=optimizer', *arguments])})",
            *([self._stepped(steps)] if steps else []),
            *([then] if then else []),
            f"print({shown})",
        ])  # fmt: skip

    def _function(self, steps: int) -> str:
        """Lines that show what a function of the steps gives, made with the first of the rates."""
        name, module = self.scheduler.cls.__name__, self.scheduler.cls.__module__
        said = [f"{n}={written(v)}" for n, v in self.scheduler.spoken(self.values).items()]
        first = f"{self.scheduler.cls.rates.first}={self.given[0].item() if self.dtype else BASES[0]}"
        return "\n".join([
            f"from {module} import {name}",
            f"schedule = {name}({', '.join([first, *said])})",
            f"print([float(schedule(step)) for step in range({steps + 1})])",
        ])  # fmt: skip

    @property
    def _constructed(self) -> str:
        rates = [
            f"{base}" if self.dtype is None else f"torch.tensor({base}, dtype={self.dtype})" for base in BASES
        ]
        groups = ", ".join(f"{{'params': [torch.zeros(1)], 'lr': {rate}}}" for rate in rates)
        made = f"Adam([{groups}])" if self.adam else f"SGD([{groups}], momentum=0.5)"
        return f"optimizer = torch.optim.{made}"

    def _stepped(self, steps: int) -> str:
        metrics = f"step, metric in enumerate({[*self.metrics[:steps]]})"
        return f"for {metrics if self.formula.fed else f'step in range({steps})'}: optimizer.step(); {self.stepping}"

    @property
    def stepping(self) -> str:
        """A step of the scheduler, as it is called in a loop."""
        made = getattr(self, "made", None)
        step = partial(getattr(self.scheduler.cls, "step", _stand), None) if made is None else made.step
        return call(step, self.formula.fed)


def _stand(scheduler: Any) -> None:
    """A step of what nothing is known of yet."""


def _calling(step: int, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        raise SchedulerRaisedError(error, step) from error


def written(value: Any, full: bool = False) -> str:
    """A hyperparameter as code; parts are made of `optimizer` where it is to be run."""
    if isinstance(value, tuple):
        return f"[{', '.join(written(member, full) for member in value)}]"
    if isinstance(value, Part):
        said = [f"{n}={written(v, full)}" for n, v in value.values.items()]
        first = ["optimizer=optimizer"] if full else []
        return f"{value.schedule.claims[0]}({', '.join([*first, *said])})"
    return str(value.text) if hasattr(value, "text") else repr(value)
