"""What a computation does, written down line by line while it is done: on numbers, and on tensors lane by lane.

A `Number` is a float of one step and a `Lane` stands for one element of a tensor; both remember the line that they come
from. A number decides branches by its value at hand; such a decision is a guard, without which the lines mean nothing.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode


class Unfollowed(Exception):
    """What was done cannot be written down."""


@dataclass(frozen=True)
class Line:
    """An operation.

    Attributes:
        name: of the operation; `lane` and `number` are what is given.
        arguments: earlier lines, by their number, and constants, as what `float.hex` makes of them.
        varies: whether lanes differ in it.
    """

    name: str
    arguments: tuple[int | str, ...]
    varies: bool


@dataclass
class Tape:
    """The lines, and which of them must be true or false."""

    lines: list[Line] = field(default_factory=list)
    guards: dict[int, bool] = field(default_factory=dict)
    _given: dict[str, int] = field(default_factory=dict)
    _known: dict[Line, int] = field(default_factory=dict)

    def given_lane(self) -> "Lane":
        """The next tensor that is given."""
        return Lane(self, self._write(Line("lane", (str(self._next("lane")),), True)))

    def given_number(self, now: float) -> "Number":
        """The next number that is given, and its value at hand."""
        return Number(self, self._write(Line("number", (str(self._next("number")),), False)), now)

    def lane(self, name: str, *arguments: Any) -> "Lane":
        """An operation on lanes."""
        return Lane(self, self._operation(name, arguments))

    def number(self, name: str, *arguments: Any) -> "Number":
        """An operation on numbers."""
        now = NUMBERS[name](*map(_now, arguments))
        return Number(self, self._operation(name, arguments), now)

    def decided(self, name: str, *arguments: Any) -> bool:
        """A comparison of numbers: what it is at hand, and from now on must be."""
        now = bool(NUMBERS[name](*map(_now, arguments)))
        self.guards[self._operation(name, arguments)] = now
        return now

    def _operation(self, name: str, arguments: tuple[Any, ...]) -> int:
        places = tuple(map(self._place, arguments))
        varies = any(isinstance(p, int) and self.lines[p].varies for p in places)
        return self._write(Line(name, places, varies))

    def _write(self, line: Line) -> int:
        if line not in self._known:
            self._known[line] = len(self.lines)
            self.lines.append(line)
        return self._known[line]

    def _next(self, kind: str) -> int:
        self._given[kind] = self._given.get(kind, -1) + 1
        return self._given[kind]

    def _place(self, argument: Any) -> int | str:
        if isinstance(argument, Number | Lane):
            return argument.place
        if not isinstance(argument, int | float) or isnan(argument):
            raise Unfollowed(f"{argument!r} is neither a constant nor a line")
        return float(argument).hex()


def _now(argument: Any) -> Any:
    return argument.now if isinstance(argument, Number) else argument


# ------------------------------------------------------------------------------------------------------------- numbers
NUMBERS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "abs": abs, "neg": operator.neg, "narrow": lambda a: float(np.float32(a)),
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne,
    "and": operator.and_, "where": lambda truth, a, b: a if truth else b,
}  # fmt: skip


def _forward(name: str) -> Any:
    def method(self: "Number", other: Any) -> Any:
        return NotImplemented if isinstance(other, Tensor) else self.tape.number(name, self, other)

    return method


def _backward(name: str) -> Any:
    return lambda self, other: self.tape.number(name, other, self)


def _compared(name: str) -> Any:
    return lambda self, other: self.tape.decided(name, self, other)


class Number(float):
    """A number and the line that it comes from.

    To whom does not ask what it is, it is NaN, which no tape takes: nothing becomes a constant unseen.
    """

    tape: Tape
    place: int
    now: float

    def __new__(cls, tape: Tape, place: int, now: float) -> "Number":
        """The value of a line at hand."""
        self = super().__new__(cls, nan)
        self.tape, self.place, self.now = tape, place, now
        return self

    __add__, __radd__ = _forward("add"), _backward("add")
    __sub__, __rsub__ = _forward("sub"), _backward("sub")
    __mul__, __rmul__ = _forward("mul"), _backward("mul")
    __truediv__, __rtruediv__ = _forward("div"), _backward("div")
    __gt__, __ge__, __lt__, __le__ = map(_compared, ("gt", "ge", "lt", "le"))
    __eq__, __ne__, __hash__ = _compared("eq"), _compared("ne"), float.__hash__

    def __abs__(self) -> "Number":
        """|number|."""
        return self.tape.number("abs", self)

    def __neg__(self) -> "Number":
        """−number."""
        return self.tape.number("neg", self)

    def __bool__(self) -> bool:
        """Whether it is not 0."""
        return self.tape.decided("ne", self, 0.0)


# --------------------------------------------------------------------------------------------------------------- lanes
class Lane(Tensor):
    """An element of a tensor, and the line that it comes from."""

    tape: Tape
    place: int

    @staticmethod
    def __new__(cls, tape: Tape, place: int) -> "Lane":
        """The value of a line."""
        self = Tensor._make_subclass(cls, torch.empty(()))
        self.tape, self.place = tape, place
        return self


class Following(TorchFunctionMode):
    """While it is entered, what torch is asked for is written on the tape."""

    def __init__(self, tape: Tape) -> None:
        """Nothing is written yet."""
        super().__init__()
        self._tape = tape

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Writes a function down.

        Raises:
            Unfollowed: it is none of `LANES`.
        """
        name = func.__name__.strip("_")
        if name not in LANES:
            raise Unfollowed(f"{name} is not done lane by lane")
        return LANES[name](self._tape.lane, *args, **(kwargs or {}))


def _plain(name: str) -> Callable[..., Lane]:
    return lambda lane, *arguments: lane(name, *arguments)


def _swapped(name: str) -> Callable[..., Lane]:
    return lambda lane, a, b: lane(name, b, a)


def _add(lane: Callable[..., Lane], a: Any, b: Any, *, alpha: float = 1) -> Lane:
    if not isinstance(alpha, Number) and alpha == 1:
        return lane("add", a, b)
    return lane("multiply_add", b, alpha, a)


def _nan_to_num(lane: Callable[..., Lane], a: Any, *instead: float) -> Lane:
    if instead != (0.0, 0.0, 0.0):
        raise Unfollowed(f"{instead} in place of NaN and ∞")
    return lane("where", lane("isfinite", a), a, 0.0)


LANES: Mapping[str, Callable[..., Lane]] = {
    **{name: _plain(name) for name in ("sub", "mul", "div", "neg", "abs", "sign", "maximum", "where")},
    **{name: _plain(name) for name in ("gt", "ge", "lt", "le", "eq", "and", "or", "isfinite")},
    "square_root": _plain("sqrt"),
    "add": _add,
    "radd": _add,
    "rsub": _swapped("sub"),
    "rmul": _swapped("mul"),
    "truediv": _plain("div"),
    "rdiv": lambda lane, a, b: lane("mul", lane("div", 1.0, a), b),
    "tensor": lambda lane, value, dtype: lane("copy", value),
    "clamp_min": lambda lane, a, least: lane("where", lane("gt", least, a), least, a),
    "clamp_max": lambda lane, a, most: lane("where", lane("lt", most, a), most, a),
    "addcmul": lambda lane, c, a, b: lane("multiply_add", a, b, c),
    "nan_to_num": _nan_to_num,
    "zeros_like": lambda lane, a: lane("copy", 0.0),
}
"""What torch is asked for → how it is written; the order of arguments decides what becomes of NaN and of −0."""
