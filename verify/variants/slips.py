"""Slips of the pen: what may stand at one place of an expression instead of what should."""

from collections.abc import Callable, Iterator, Mapping

from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, Rational, Symbol, sign, sqrt
from sympy.core.function import Application
from sympy.core.relational import Relational

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import TUPLES, t, x
from lawful.verify.language.tensors import IfPositive, OfTensor

HALF = Rational(1, 2)

Slips = Iterator[Expr]


def of_sum(node: Expr) -> Slips:
    """A term left out, or with the other sign; what is left of 1; eps moved into the root, or taken as a bound."""
    if not isinstance(node, Add):
        return
    for term in node.args:
        yield node - term
        yield node - 2 * term
    if 1 in node.args:
        yield 1 - node
    small = [a for a in node.args if a.is_Symbol and a.name.startswith("eps")]
    for root in (a for a in node.args if a.is_Pow and a.exp == HALF):
        scale, inside = root.base.as_independent(*_changing(root), as_Add=False)
        for e in small:
            yield sqrt(root.base + e)
            yield sqrt(root.base + e**2)
            yield Max(root, e)
            yield sqrt(scale) * (sqrt(inside) + e)


def of_product(node: Expr) -> Slips:
    """A factor left out, twice, or divided by instead; a product taken as a sum."""
    if not isinstance(node, Mul):
        return
    for factor in node.args:
        yield node / factor
        if not factor.is_Number:
            yield node * factor
            yield node / factor**2
    yield from _decays(node)


def _decays(node: Expr) -> Slips:
    """x·(1 − a) as x − a."""
    if x in node.args:
        (scale,) = (node / x,)
        yield x + (scale - 1 if isinstance(scale, Add) else scale)


def of_decay(node: Expr) -> Slips:
    """x·(1 − a) − u as (x − u)·(1 − a)."""
    if not isinstance(node, Add):
        return
    for term in node.args:
        scale = term / x if term.is_Mul and x in term.args else None
        if isinstance(scale, Add):
            yield (x + node - term) * scale


def of_power(node: Expr) -> Slips:
    """No root, no square, a root of a root."""
    if not isinstance(node, Pow):
        return
    if abs(node.exp) == HALF:
        yield node.base ** (2 * node.exp)
        if isinstance(node.base, Add):
            yield Add(*(sqrt(term) if term.is_nonnegative else term for term in node.base.args)) ** (
                2 * node.exp
            )
    elif node.exp == 2:
        yield node.base
        yield Abs(node.base)
    elif node.exp.is_Rational and node.exp != -1:
        yield node.base ** (node.exp / 2)


def of_choice(node: Expr) -> Slips:
    """The other extremum; one argument alone; a size with its sign; one case for all."""
    if isinstance(node, Max | Min):
        yield (Min if isinstance(node, Max) else Max)(*node.args)
        yield from node.args
    if isinstance(node, Abs | sign):
        yield node.args[0]
    if isinstance(node, Piecewise):
        yield from (branch for branch, _ in node.args)
    if isinstance(node, IfPositive):
        q, a, b = node.args
        yield from (a, b, IfPositive(q, b, a), IfPositive(-q, a, b))
    if isinstance(node, Relational):
        yield node.reversedsign.func(node.lhs, node.rhs) if node.rel_op in "<>" else node
    if isinstance(node, OfTensor) and len(node.args) == 1:
        yield node.args[0]


def of_number(node: Expr) -> Slips:
    """Another constant, larger by one or by a tenth."""
    if node.is_Number and node not in (-1, 0, HALF, -HALF):
        yield node + 1 if node.is_Integer else node * Rational(11, 10)


def of_count(node: Expr) -> Slips:
    """A step early, a step late."""
    if node == t:
        yield t + 1
        yield t - 1


def of_name(node: Expr, mates: Mapping[Symbol, tuple[Expr, ...]]) -> Slips:
    """Another name of the same kind: the other beta, the value before the step or after it."""
    yield from mates.get(node, ())


ANYWHERE: tuple[Callable[[Expr], Slips], ...] = (
    of_sum, of_product, of_decay, of_power, of_choice, of_number, of_count,
)  # fmt: skip


def slips(node: Expr, mates: Mapping[Symbol, tuple[Expr, ...]]) -> Slips:
    """All of them, at one node."""
    yield from of_name(node, mates)
    for kind in ANYWHERE:
        yield from kind(node)


def held_together(rule: Rule) -> dict[Symbol, tuple[Expr, ...]]:
    """Hyperparameter → the others in the same argument, such as the other beta."""
    groups = [[s for s in held if s in rule.defaults] for held in {**TUPLES, **rule.tuples}.values()]
    return {s: tuple(o for o in group if o != s) for group in groups for s in group}


def _changing(expr: Expr) -> list[Expr]:
    """What is a tensor, as far as can be seen: not a hyperparameter, not t."""
    return [s for s in expr.free_symbols if s.name.endswith(("_t", "_hat"))] + list(expr.atoms(Application))
