"""Exact arithmetic on expressions: rationals where no root occurs, guaranteed balls where one does.

The second prover's own evaluator. It reads the tree of an expression and nothing else of sympy: no
substitution, no simplification, no assumption.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial, reduce
from operator import add, itemgetter, mul
from typing import Any

from flint import arb, fmpq, fmpz
from sympy import Expr, Symbol, sympify

from lawful.verify.language.symbols import g, t
from lawful.verify.provers.claims import Run, nth

Number = Any
"""fmpq, or arb once an irrational root was taken."""

PRECISION = 400
"""Bits of a ball's centre, for those who need identities to show."""

TINY = arb(2) ** -150
"""A ball around 0 with a radius below this counts as 0."""


class Undecided(ArithmeticError):
    """A case distinction on a ball that lies on both sides."""


def rational(number: Any) -> Number:
    """An int, float, sympy Rational or Integer as an exact rational."""
    top, bottom = (number.p, number.q) if hasattr(number, "q") else number.as_integer_ratio()
    return fmpq(int(top), int(bottom))


def evaluate(expr: Expr, at: Mapping[Symbol, Number]) -> Number:
    """The value of an expression at a point.

    Raises:
        ZeroDivisionError: the expression has a pole there.
        Undecided: a case distinction depends on a ball that does not decide it.
        NotImplementedError: a function that this evaluator does not know.
    """
    values: list[Number] = []
    for operation, parts in _course(sympify(expr)):
        values.append(operation(at) if parts is None else operation(*[values[k] for k in parts]))
    return values[-1]


Step = tuple[Callable[..., Number], Sequence[int] | None]
"""What makes a value, and of which earlier ones; of the point itself if there are none."""


@cache
def _course(expr: Any) -> Sequence[Step]:
    """The steps that lead to the value of an expression, each part of it once: read once, taken at many points."""
    steps: list[Step] = []
    found: dict[Any, int] = {}

    def place(node: Any) -> int:
        if node not in found:
            parts = None if (leaf := _leaf(node)) else [place(part) for part in node.args]
            steps.append((leaf or _operation(node), parts))
            found[node] = len(steps) - 1
        return found[node]

    place(expr)
    return steps


def _leaf(node: Any) -> Callable[..., Number] | None:
    """How the value of a symbol, a number or a distinction of cases is had from a point."""
    if node.is_Symbol:
        return itemgetter(node)
    if node.is_Rational:
        return partial(_constant, rational(node))
    return partial(_chosen, node) if type(node).__name__ == "Piecewise" else None


def _constant(number: Number, at: Mapping[Symbol, Number]) -> Number:
    return number


def _chosen(cases: Any, at: Mapping[Symbol, Number]) -> Number:
    """The value of the first case that applies; the others need not have one."""
    for branch, condition in cases.args:
        if evaluate(condition, at):
            return evaluate(branch, at)
    raise ZeroDivisionError("no case of a distinction applies")


def _operation(node: Any) -> Callable[..., Number]:
    name = type(node).__name__
    if name not in OPERATIONS:
        raise NotImplementedError(f"no exact arithmetic for {name}")
    return OPERATIONS[name]


def power(base: Number, exponent: Number) -> Number:
    """base**exponent for an integer exponent, or one with a power of 2 below."""
    top, bottom = int(exponent.numer()), int(exponent.denom())
    while bottom % 2 == 0:
        base, bottom = root(base), bottom // 2
    if bottom != 1:
        raise NotImplementedError(f"no exact arithmetic for the power {exponent}")
    return base**top


def root(radicand: Number) -> Number:
    """√radicand: rational if that is exact, else a ball."""
    if (
        isinstance(radicand, fmpq)
        and radicand >= 0
        and _square(radicand.numer())
        and _square(radicand.denom())
    ):
        return fmpq(radicand.numer().isqrt(), radicand.denom().isqrt())
    return arb(radicand).sqrt() if isinstance(radicand, fmpq | arb) else radicand.sqrt()


def _square(number: fmpz) -> bool:
    return bool(number.isqrt() ** 2 == number)


def sign(number: Number) -> Number:
    """−1, 0 or 1."""
    if isinstance(number, arb) and number.contains(0):
        raise Undecided(f"sign of {number}")
    return fmpq(0) if number == 0 else fmpq(1 if number > 0 else -1)


def larger(first: Number, second: Number) -> Number:
    """The maximum."""
    if isinstance(first, fmpq) and isinstance(second, fmpq):
        return max(first, second)
    return (
        second.max(first)
        if isinstance(first, fmpq | arb) and not isinstance(second, fmpq)
        else first.max(second)
    )


def same(first: Number, second: Number) -> bool:
    """Whether two values that a condition compares are equal."""
    return bool(sign(first - second) == 0)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "Add": lambda *terms: reduce(add, terms),
    "Mul": lambda *factors: reduce(mul, factors),
    "Pow": power,
    "Abs": abs,
    "sign": sign,
    "Max": lambda *members: reduce(larger, members),
    "Min": lambda *members: -reduce(larger, (-member for member in members)),
    "Pi": arb.pi,
    "log": lambda a: arb(a).log(),
    "Equality": same,
    "Or": lambda *conditions: any(conditions),
    "BooleanTrue": lambda: True,
    "BooleanFalse": lambda: False,
}


def is_zero(number: Number) -> bool:
    """Exactly 0, or a ball around 0 whose radius is below `TINY`."""
    return bool(number == 0) or (isinstance(number, arb) and bool(abs(number) < TINY))


def carry_out(run: Run, at: Mapping[Symbol, Number]) -> Number:
    """What a run ends with, from numbers at every step."""
    rule = run.rule
    state = {s: evaluate(run.first_value(s), at) for s in run.system}
    for k in range(1, run.steps + 1):
        inputs = {t: evaluate(sympify(run.first), at) + k - 1, g: evaluate(run.gradient(k), at)}
        inputs |= {h: at[nth(h, k)] for h in run.varying}
        here = layers(state, inputs, at)
        defined(rule.cancelled, here)
        state = advance(run.system, here)
    return state[run.read]


def defined(divisors: Iterable[Expr], at: Mapping[Symbol, Number]) -> None:
    """Looks at what was divided by, even where it has cancelled since.

    Raises:
        ZeroDivisionError: one of them is 0 at the point.
    """
    if any(is_zero(evaluate(divisor, at)) for divisor in divisors):
        raise ZeroDivisionError("division by zero")


def advance(equations: Mapping[Symbol, Expr], at: Mapping[Symbol, Number]) -> dict[Symbol, Number]:
    """All next values of a system, from the values before."""
    return {symbol: evaluate(expr, at) for symbol, expr in equations.items()}


def layers(*values: Mapping[Symbol, Number]) -> Mapping[Symbol, Number]:
    """Symbol → value in the first mapping that has it; the last may draw values when asked."""
    *known, last = values
    found = _Layers(last)
    for mapping in reversed(known):
        found.update(mapping)
    return found


class _Layers(dict[Symbol, Number]):
    """Values, and a mapping that is asked for all others."""

    def __init__(self, last: Mapping[Symbol, Number]) -> None:
        super().__init__()
        self.last = last

    def __missing__(self, symbol: Symbol) -> Number:
        return self.last[symbol]
