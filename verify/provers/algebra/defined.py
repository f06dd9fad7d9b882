"""Where a claim is defined: what it divides by and takes roots of, as it was written, and whether that is allowed.

sympy makes 1 of x/x, 0 of 0/(√0 + eps) and a of (√a)² before anybody looks. So rules remember what they divided by,
and what they took roots and logarithms of.
"""

from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any, Literal, NamedTuple

from sympy import Expr, count_ops, oo, sympify

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import bases, core, radicands
from lawful.verify.language.symbols import t
from lawful.verify.provers.algebra.declared import nonnegative, nonzero
from lawful.verify.provers.algebra.unroll import at, course, inputs, states
from lawful.verify.provers.algebra.vanishing import differs, rooted
from lawful.verify.provers.claims import Always, Domain, Equal, Forced, Kept, Positive, Run, n
from lawful.verify.provers.domains import limits
from lawful.verify.provers.maps import Linearised

LARGEST = 120
"""How many operations a divisor or radicand may have for algebra to be tried on it."""


class Need(NamedTuple):
    """What must not be 0, or must not be negative, for a claim to say anything.

    Attributes:
        shown: as it is printed.
        value: in the inputs of the claim.
        fails: where nothing is said: where it is `= 0`, or `< 0`.
    """

    shown: Expr
    value: Expr
    fails: Literal["= 0", "< 0"] = "= 0"

    @property
    def never(self) -> bool:
        """Whether it fails everywhere."""
        return self.value == 0 if self.fails == "= 0" else bool(self.value.is_negative)


_SHOWN: dict[tuple[Expr, str, str], bool] = {}


def impossible(claim: Any) -> list[str]:
    """What stands against a claim: it divides by 0 or takes a root of less, everywhere or on the domain it names."""
    words = {"= 0": "It divides by {}, which {} 0.", "< 0": "It takes a root of {}, which {} negative."}
    return [
        words[need.fails].format(plain(need.shown), "is" if need.never else "may be")
        for need in _unsettled(claim)
        if need.never or _inside(claim, need.value)
    ]


def excluded(claim: Any) -> list[tuple[Expr, str]]:
    """(expression, `= 0` or `< 0`) where the claim says nothing, as far as that may be."""
    open_ = (need for need in _unsettled(claim) if not need.never)
    return list(dict.fromkeys((_shorter(need), need.fails) for need in open_))


def _shorter(need: Need) -> Expr:
    """A need as the claim has it, if that can be read; else as the rule has it."""
    simple = rooted(need.value)
    short = simple if count_ops(simple) <= max(count_ops(need.shown), 12) else need.shown
    return core(short) if need.fails == "= 0" else short


def _inside(claim: Any, value: Expr) -> bool:
    """Whether the claim names the domain of all that the divisor depends on, and none of it is left out."""
    return (
        isinstance(claim, Positive) and bool(value.free_symbols) and value.free_symbols <= claim.over.keys()
    )


def _unsettled(claim: Any) -> Iterator[Need]:
    """The needs that are not provably met."""
    for need in needs(claim):
        if need.never or not _settled(need.value, need.fails, getattr(claim, "over", {})):
            yield need


def _settled(value: Expr, fails: str, over: Domain) -> bool:
    if not value.free_symbols:
        return value not in (oo, -oo) and differs(value) if fails == "= 0" else bool(value.is_nonnegative)
    key = value, fails, str(over)
    if key not in _SHOWN:
        ends = {**limits(value.free_symbols, ()), **over}
        met = nonzero if fails == "= 0" else nonnegative
        _SHOWN[key] = count_ops(value) <= LARGEST and (
            met(value, over, ends) or met(rooted(value), over, ends)
        )
    return _SHOWN[key]


@singledispatch
def needs(claim: Any) -> Iterator[Need]:
    """What a claim divides by, and takes roots of."""
    yield from ()


@needs.register(Equal)
@needs.register(Positive)
@needs.register(Forced)
def _(claim: Equal | Positive | Forced) -> Iterator[Need]:
    for expr in _sides(claim):
        yield from _of_expression(expr)
    for run in claim.runs.values():
        yield from _of_run(run)


def _sides(claim: Equal | Positive | Forced) -> Iterable[Expr]:
    if isinstance(claim, Equal):
        return (claim.left, claim.right, *claim.where.values())
    return (claim.expr,) if isinstance(claim, Positive) else claim.differences


@needs.register
def _(claim: Linearised) -> Iterator[Need]:
    """At the point: near it the same holds, as what is divided by and what roots are taken of change little."""
    for expr in claim.system.values():
        yield from (need._replace(value=at(need.value, claim.point)) for need in _of_expression(expr))


def _of_expression(expr: Any) -> Iterator[Need]:
    yield from (Need(base, base) for base in bases(sympify(expr)))
    yield from (Need(inside, inside, "< 0") for inside in radicands(sympify(expr)))


_FOUND: dict[object, list[Need]] = {}


def _of_run(run: Run) -> list[Need]:
    """The rule's needs at each step of a run, if they are not met without it; found once."""
    key = course(run), tuple(run.start.items()), run.steps, *run.divisors, "roots of", *run.radicands
    if key not in _FOUND:
        _FOUND[key] = list(_at_each_step(run))
    return _FOUND[key]


def _at_each_step(run: Run) -> Iterator[Need]:
    for expr in (*run.start.values(), *run.gradients):
        yield from _of_expression(expr)
    open_ = [
        need for need in written(run.divisors, run.radicands) if not _settled(need.value, need.fails, {})
    ]
    for k, state in enumerate(states(run)[:-1], start=1) if open_ else ():
        here = {**state, **inputs(run, k)}
        yield from (need._replace(value=at(need.value, here)) for need in open_)


def written(divisors: Iterable[Expr], roots: Iterable[Expr]) -> Iterator[Need]:
    """What a rule divides by and takes roots of, as needs."""
    yield from (Need(d, d) for d in divisors)
    yield from (Need(r, r, "< 0") for r in roots)


@needs.register(Always)
@needs.register(Kept)
def _(claim: Always | Kept) -> Iterator[Need]:
    """With what is claimed of the state before put in."""
    known = {s: at(e, {n: t - 1}) for s, e in claim.holds.items()} if isinstance(claim, Always) else {}
    over = getattr(claim, "over", {})
    for need in written(claim.divides, claim.roots):
        yield need if _settled(need.value, need.fails, over) else need._replace(value=at(need.value, known))
