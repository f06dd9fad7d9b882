"""A step of a rule, followed: which lines lead from tensors and scalars to values and budgets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import torch
from sympy import Expr, Symbol
from torch import Tensor

from lawful.verify.oracle.balls import Ball, Real, is_exact, tensor
from lawful.verify.oracle.formats import Format
from lawful.verify.oracle.fused.tape import Following, Lane, Tape, Unfollowed
from lawful.verify.oracle.scalars import Scalar
from lawful.verify.oracle.step import Node, Step


@dataclass(frozen=True)
class Result:
    """The lines of a ball's parts.

    Attributes:
        high: of the centre.
        low: of the centre, in double-double.
        radius: of the radius.
        exact: whether the radius is the constant 0 unless some lane has no verdict.
    """

    high: int
    low: int | None
    radius: int
    exact: bool

    def ball(self, parts: Iterator[Tensor]) -> Ball:
        """The ball whose parts come next."""
        centre = next(parts), None if self.low is None else next(parts)
        radius = next(parts)
        return Ball(centre, 0.0 if self.exact and not radius.any() else radius)


@dataclass(frozen=True)
class Recording:
    """A step, written down.

    Attributes:
        tape: the lines. Its lanes are the parts of the tensors' balls, tensor by tensor; its numbers those of the
            format, then those of each scalar.
        scalars: the scalars that are read, in the order in which they are.
        results: of each symbol.
    """

    tape: Tape
    scalars: tuple[Expr, ...]
    results: Mapping[Symbol, Result]

    @cached_property
    def lines(self) -> list[int]:
        """Those of all results' parts, one after the other."""
        return [line for r in self.results.values() for line in (r.high, r.low, r.radius) if line is not None]

    def balls(self, parts: Iterable[Tensor]) -> dict[Symbol, Ball]:
        """The results whose parts these are."""
        found = iter(parts)
        return {symbol: result.ball(found) for symbol, result in self.results.items()}


def of_format(fmt: Format) -> tuple[float, ...]:
    """The numbers that a step reads of a format."""
    return fmt.unit, fmt.tiny, fmt.cast, fmt.largest


def of_scalar(scalar: Scalar) -> tuple[float, float, float]:
    """The numbers that a step reads of a scalar."""
    return scalar.number, scalar.rest, scalar.error


def of_ball(ball: Ball) -> tuple[Real, ...]:
    """What a step reads of a tensor: the parts of its ball that there are."""
    there = (*ball.centre, None if is_exact(ball) else ball.radius)
    return tuple(part for part in there if part is not None)


def followed(step: Step, nodes: Mapping[Symbol, Node]) -> Recording:
    """Follows a step.

    Raises:
        Unfollowed: it does what a lane cannot do alone, or comes to one number for all lanes.
    """
    tape = Tape()
    run = _Step(step, tape)
    try:
        with Following(tape):
            balls = run.results(nodes)
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:  # as symbols are no numbers
        raise Unfollowed(str(error)) from error
    results = {s: _result(ball, s in run.exact) for s, ball in balls.items()}
    return Recording(tape, tuple(run.scalars), results)


class _Step(Step):
    """A step on symbols."""

    def __init__(self, step: Step, tape: Tape) -> None:
        tensors = {s: _ball(ball, tape) for s, ball in step.tensors.items()}
        super().__init__({}, tensors, _format(step.fmt, tape))
        self._plain, self._tape = step, tape
        self.exact: set[Symbol] = set()

    def scalar(self, node: Expr) -> Scalar:
        """A scalar whose numbers are on the tape."""
        if node not in self.scalars:
            self.scalars[node] = _scalar(self._plain.scalar(node), self._tape)
        return self.scalars[node]

    def cast(self, size: float) -> float:
        """What casting a number of this size can lose, in one line for all sizes."""
        number, fmt = self._tape.number, self.fmt
        tiny = number("and", number("lt", 0.0, size), number("lt", size, fmt.tiny / fmt.unit))
        digits: float = number("where", tiny, fmt.tiny, 0.0)
        return fmt.cast * size + digits

    def largest(self, *numbers: float) -> float:
        """The largest of some numbers, whichever it is."""
        number = self._tape.number

        def larger(a: float, b: float) -> float:
            return number("where", number("gt", b, a), b, a)

        return reduce(larger, numbers)

    def narrowed(self, number: float) -> float:
        """A number in float32."""
        return self._tape.number("narrow", number)

    def finite(self, symbol: Symbol, ball: Ball) -> Ball:
        """The ball with a radius for every lane."""
        if is_exact(ball):
            self.exact.add(symbol)
        return ball.widened(torch.where(self.known(ball), tensor(ball.radius), torch.inf))


def _format(fmt: Format, tape: Tape) -> Format:
    unit, tiny, cast, largest = map(tape.given_number, of_format(fmt))
    return replace(fmt, unit=unit, tiny=tiny, cast=cast, largest=largest)


def _scalar(scalar: Scalar, tape: Tape) -> Scalar:
    number, rest, error = map(tape.given_number, of_scalar(scalar))
    found = Scalar(None, error)
    vars(found).update(number=number, rest=rest)  # in place of what would be computed from the value
    return found


def _ball(ball: Ball, tape: Tape) -> Ball:
    high, *others = (tape.given_lane() for _ in of_ball(ball))
    low = None if ball.centre[1] is None else others.pop(0)
    return Ball((high, low), others[0] if others else 0.0)


def _result(ball: Ball, exact: bool) -> Result:
    high, low, radius = (_line(part) for part in (*ball.centre, ball.radius))
    assert high is not None and radius is not None
    return Result(high, low, radius, exact)


def _line(part: Real | None) -> int | None:
    if part is None or isinstance(part, Lane):
        return part if part is None else part.place
    raise Unfollowed(f"{part!r} is one number for all lanes")
