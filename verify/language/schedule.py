"""A schedule as data: what the learning rate is after so many steps of its scheduler.

A *schedule* is a function from hyperparameters to a `Formula`, marked by `@schedule`. Its keyword arguments have the
names that constructors have for them, torch's where it has one; those that are switches (`Literal`, `bool`) are its
conventions.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import Eq, Expr, Function, Piecewise, Symbol

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import allowed
from lawful.verify.language.rule import Source, spelled

k = Symbol("k", integer=True, nonnegative=True)
"""How often the scheduler has stepped; 0 once it is constructed."""

b = Symbol("b", positive=True)
"""The rate that a group has when the scheduler is constructed."""

eta = Symbol("eta", real=True)
"""The rate before this step, in a recursion."""

a = Symbol("a", real=True)
"""The metric that a step is given."""


class Highest(Function):  # type: ignore[misc]
    """The largest of an expression over all groups; it has a name of its own in a formula."""


class Latest(Function):  # type: ignore[misc]
    """The sum of the last so many metrics, with that of this step; it has a name of its own in a formula."""


Values = Mapping[str, Any]
State = Mapping[Symbol, tuple[Expr, Expr]]


@dataclass(frozen=True)
class Formula:
    """What a schedule sets, at chosen hyperparameters or at symbols for them.

    Attributes:
        rate: η after k steps, in `k`, `b` and the state.
        length: steps until its end, or in a period, or that show it.
        recursion: another form in which it may be computed from k = 1 on: η in `eta`, the rate of before, and `k`.
        state: what it remembers: symbol → its value at k = 0, and the next, in the state of before, `b`, `a` and names.
        names: what has a name on the way to the next state, in order.
        momentum: what it sets momentum, or the first beta, to; None if it lets it be.
        last: the last k at which it is defined; None if it goes on for ever.
    """

    rate: Expr
    length: Expr
    recursion: Expr | None = None
    state: State = field(default_factory=dict)
    names: Mapping[Symbol, Expr] = field(default_factory=dict)
    momentum: Expr | None = None
    last: Expr | None = None

    @cached_property
    def fed(self) -> bool:
        """Whether its steps want a metric."""
        return any(
            expr.has(a, Latest)
            for expr in (*self.names.values(), *(after for _, after in self.state.values()))
        )

    @cached_property
    def joint(self) -> bool:
        """Whether what becomes of a group hangs on the others."""
        return any(isinstance(expr, Highest) for expr in self.names.values())

    def later(self, shift: Expr) -> "Formula":
        """The same begun so many steps later, with the rate that it begins with; of what wants no metrics."""
        rate = self.rate.xreplace({k: k - shift})
        onwards = rate if self.recursion is None else self.recursion.xreplace({k: k - shift})
        last = None if self.last is None else self.last + shift
        state = {
            s: (begin, Piecewise((s, k < shift), (after.xreplace({k: k - shift}), True)))
            for s, (begin, after) in self.state.items()
        }
        begun = Piecewise((rate, Eq(k, shift)), (onwards, True))
        return Formula(rate, self.length + shift, begun, state, last=last)

    def apart(self, place: int) -> "Formula":
        """The same with state of its own, beside others: the place is in the names of its symbols."""
        own = {s: Symbol(f"{s.name}_{place}", real=True) for s in self.state}
        state = {own[s]: (begin, after.xreplace(own)) for s, (begin, after) in self.state.items()}
        onwards = None if self.recursion is None else self.recursion.xreplace(own)
        return replace(self, rate=self.rate.xreplace(own), recursion=onwards, state=state)


@dataclass(frozen=True)
class Schedule:
    """A schedule with its hyperparameters.

    Attributes:
        build: the function that writes it.
        claims: the classes, or functions, that are documented to be it; of parts of compositions the first is torch's.
        source: where it is documented.
        domains: hyperparameter → where it may lie; of what is no number, the values that are tried.
        also: hyperparameters that are tried together.
        edges: likewise, where no more is stated than that rates are finite and not negative, or refused.
        sets: what it is the schedule of, which stands as `rate` in its formula.
        pure: whether it is one of functions of the steps, which are no schedulers and not looked for among these.
    """

    build: Callable[..., Formula]
    claims: tuple[str, ...]
    source: Source
    domains: Mapping[str, Domain | tuple[Any, ...]]
    also: tuple[Values, ...] = ()
    edges: tuple[Values, ...] = ()
    sets: str = "rate"
    pure: bool = False

    @property
    def name(self) -> str:
        """As it is named in a claim."""
        return self.build.__name__.removesuffix("_")

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """Hyperparameters and conventions, in order."""
        return inspect.signature(self.build, eval_str=True).parameters

    @cached_property
    def defaults(self) -> Values:
        """Those that have one → their documented default."""
        return {n: p.default for n, p in self.parameters.items() if p.default is not p.empty}

    @cached_property
    def conventions(self) -> Mapping[str, tuple[Any, ...]]:
        """Switch → allowed values, the default first."""
        choices = {n: allowed(p.annotation) for n, p in self.parameters.items()}
        return {n: tuple(dict.fromkeys([self.defaults[n], *of])) for n, of in choices.items() if of}

    def of(self, values: Values) -> tuple[Formula, Mapping[Any, Any]]:
        """The formula at symbols, and what these stand for.

        Raises:
            Unanswerable: a hyperparameter without a default is not given.
        """
        if lacking := [n for n in self.parameters if n not in {**self.defaults, **values}]:
            raise Unanswerable(f"{self.name} needs {', '.join(lacking)}.")
        symbols, meaning = _symbols({**self.defaults, **values})
        return _built(self.build, symbols), meaning

    def printed(self, conventions: Values = MappingProxyType({})) -> Formula:
        """The formula at symbols for all that are numbers, and for parts, as a paper prints it."""
        values = {**next(self.settings()), **conventions}
        return self.of({n: _unknown(v) for n, v in values.items()})[0]

    def settings(self) -> Iterator[Values]:
        """What is tried: the first value of each; then the others of each alone, and those that are tried together."""
        tried = {n: tuple(d.values) if isinstance(d, Domain) else d for n, d in self.domains.items()}
        first = {n: values[0] for n, values in tried.items() if values}
        yield first
        for name, values in tried.items():
            yield from ({**first, name: value} for value in values[1:])
        for name, values in self.conventions.items():
            yield from ({**first, name: value} for value in values if value != first.get(name, values[0]))
        yield from ({**first, **together} for together in self.also)

    def validated(self, said: Values) -> Values:
        """What a claim fixes.

        Raises:
            Unanswerable: it has no such hyperparameter, or a convention no such value.
        """
        for name, value in said.items():
            if name not in self.parameters:
                raise unknown(f"hyperparameter or convention of {self.name}", name, self.parameters)
            if name in self.conventions and value not in self.conventions[name]:
                among = ", ".join(map(repr, self.conventions[name]))
                raise Unanswerable(f"{spelled(self.name, f'{name}={value!r}')}: {name} is one of {among}.")
        return said


def schedule(
    *claims: str,
    domains: Mapping[str, Domain | tuple[Any, ...]],
    also: tuple[Values, ...] = (),
    edges: tuple[Values, ...] = (),
    source: Source | None = None,
    sets: str = "rate",
    pure: bool = False,
) -> Callable[[Callable[..., Formula]], Schedule]:
    """Marks a function from hyperparameters to a formula as a schedule (see `Schedule`); torch's if none is said."""
    torchs = Source("torch.optim.lr_scheduler", claims[0], checked="torch 2.13.0")
    return lambda build: Schedule(build, claims, source or torchs, domains, also, edges, sets, pure)


def _unknown(value: Any) -> Any:
    """Schedules of which nothing is known but their names, in the place of parts."""
    parts = isinstance(value, tuple) and any(isinstance(member, Part) for member in value)
    return tuple(Formula(Function(f"eta_{i}")(k), k) for i in range(1, len(value) + 1)) if parts else value


@dataclass(frozen=True)
class Part:
    """A schedule that others are made of, with its hyperparameters."""

    schedule: Schedule
    values: Values


def function(text: str) -> Callable[[int], float]:
    """A function of the steps that says how it is written."""
    made = eval(text)  # words of our own
    made.text = text
    return made  # type: ignore[no-any-return]


BUILT: dict[tuple[Any, ...], Formula] = {}
"""Formulas that were written before: thousands of hypotheses are one formula."""


def _built(build: Callable[..., Formula], symbols: Mapping[str, Any]) -> Formula:
    key = (build, *symbols.items())
    try:
        if key not in BUILT:
            BUILT[key] = build(**symbols)
        return BUILT[key]
    except TypeError:  # parts have no hash
        return build(**symbols)


def _symbols(values: Values, prefix: str = "") -> tuple[dict[str, Any], dict[Any, Any]]:
    """Symbols in the place of numbers, functions and parts, and what each stands for."""
    symbols: dict[str, Any] = {}
    meaning: dict[Any, Any] = {}
    for name, value in values.items():
        symbols[name], means = _symbol(f"{prefix}{name}", value)
        meaning |= means
    return symbols, meaning


def _symbol(name: str, value: Any) -> tuple[Any, dict[Any, Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        pairs = [_symbol(f"{name}_{i}", member) for i, member in enumerate(value, 1)]
        return tuple(s for s, _ in pairs), {m: v for _, means in pairs for m, v in means.items()}
    if isinstance(value, Part):
        given = {**value.schedule.defaults, **value.values}
        symbols, meaning = _symbols(given, f"{name}_")
        return value.schedule.build(**symbols), meaning
    if isinstance(value, bool | str | Formula) or value is None:
        return value, {}
    symbol = Function(name) if callable(value) else Symbol(name, real=True)
    return symbol, {symbol: value}
