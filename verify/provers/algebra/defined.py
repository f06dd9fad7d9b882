"""Where a claim is defined: what it divides by, as it was written, and whether that can be 0.

sympy makes 1 of x/x and 0 of 0/(√0 + eps) before anybody looks. So rules remember what they divided by.
"""

from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any

from sympy import Abs, Expr, Pow, count_ops, oo, sympify

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule, bases
from lawful.verify.language.symbols import t
from lawful.verify.provers.algebra.declared import nonzero
from lawful.verify.provers.algebra.unroll import at, course, inputs, rooted, states
from lawful.verify.provers.claims import Always, Domain, Equal, Forced, Kept, Positive, Run, n
from lawful.verify.provers.domains import limits

LARGEST = 120
"""How many operations a divisor may have for algebra to be tried on it."""

Divisor = tuple[Expr, Expr]
"""What is divided by as it is printed, and in the inputs of the claim."""

_SHOWN: dict[tuple[Expr, str], bool] = {}


def impossible(claim: Any) -> list[str]:
    """What stands against a claim: it divides by what is 0 everywhere, or somewhere on the domain that it names."""
    return [
        f"It divides by {plain(shown)}, which {'is' if value == 0 else 'may be'} 0."
        for shown, value in _unsettled(claim)
        if value == 0 or _inside(claim, value)
    ]


def excluded(claim: Any) -> list[Expr]:
    """What must not be 0 for the claim to say anything, as far as it may be."""
    return list(dict.fromkeys(_shorter(*divisor) for divisor in _unsettled(claim) if divisor[1] != 0))


def _shorter(shown: Expr, value: Expr) -> Expr:
    """A divisor as the claim has it, if that can be read; else as the rule has it."""
    simple = rooted(value)
    return _core(simple if count_ops(simple) <= max(count_ops(shown), 12) else shown)


def _core(expr: Expr) -> Expr:
    """What is 0 where a size or a power of it is."""
    if isinstance(expr, Abs) or (isinstance(expr, Pow) and expr.exp.is_positive):
        return _core(expr.args[0])
    return expr


def _inside(claim: Any, value: Expr) -> bool:
    """Whether the claim names the domain of all that the divisor depends on, and none of it is left out."""
    return (
        isinstance(claim, Positive) and bool(value.free_symbols) and value.free_symbols <= claim.over.keys()
    )


def _unsettled(claim: Any) -> Iterator[Divisor]:
    """The divisors that are not provably different from 0."""
    for shown, value in divisors(claim):
        if value == 0 or not _settled(value, getattr(claim, "over", {})):
            yield shown, value


def _settled(value: Expr, over: Domain) -> bool:
    if not value.free_symbols:
        return value not in (0, oo, -oo)
    key = value, str(over)
    if key not in _SHOWN:
        ends = {**limits(value.free_symbols, ()), **over}
        _SHOWN[key] = count_ops(value) <= LARGEST and (
            nonzero(value, over, ends) or nonzero(rooted(value), over, ends)
        )
    return _SHOWN[key]


@singledispatch
def divisors(claim: Any) -> Iterator[Divisor]:
    """What a claim divides by."""
    yield from ()


@divisors.register(Equal)
@divisors.register(Positive)
@divisors.register(Forced)
def _(claim: Equal | Positive | Forced) -> Iterator[Divisor]:
    for expr in _sides(claim):
        yield from ((base, base) for base in bases(sympify(expr)))
    for run in claim.runs.values():
        yield from _of_run(run)


def _sides(claim: Equal | Positive | Forced) -> Iterable[Expr]:
    if isinstance(claim, Equal):
        return (claim.left, claim.right, *claim.where.values())
    return (claim.expr,) if isinstance(claim, Positive) else claim.differences


_DIVIDED: dict[object, list[Divisor]] = {}


def _of_run(run: Run) -> list[Divisor]:
    """The rule's divisors at each step of a run, if they are not settled without it; found once."""
    key = course(run), tuple(run.start.items()), run.steps, *run.divisors
    if key not in _DIVIDED:
        _DIVIDED[key] = list(_at_each_step(run))
    return _DIVIDED[key]


def _at_each_step(run: Run) -> Iterator[Divisor]:
    open_ = [d for d in run.divisors if not _settled(d, {})]
    for expr in (*run.start.values(), *run.gradients):
        yield from ((base, base) for base in bases(sympify(expr)))
    for k, state in enumerate(states(run)[:-1], start=1) if open_ else ():
        yield from ((d, at(d, {**state, **inputs(run, k)})) for d in open_)


@divisors.register(Always)
@divisors.register(Kept)
def _(claim: Always | Kept) -> Iterator[Divisor]:
    """With what is claimed of the state before put in."""
    known = {s: at(e, {n: t - 1}) for s, e in claim.holds.items()} if isinstance(claim, Always) else {}
    yield from ((d, d if _settled(d, claim_over(claim)) else at(d, known)) for d in claim.divides)


def claim_over(claim: Always | Kept) -> Domain:
    """The domain that a claim names."""
    return getattr(claim, "over", {})


def of_rule(rule: Rule) -> list[Expr]:
    """What a rule divides by that may be 0."""
    return [d for d in rule.divisors if not _settled(d, limits(d.free_symbols, [rule]))]
