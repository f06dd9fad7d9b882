"""Sums: which averages, decays and distributed scalars the error analysis sees in them."""

from collections.abc import Iterable

from sympy import Add, Expr, Integer, Mul

from lawful.verify.language.symbols import x
from lawful.verify.language.tensors import OfTensor
from lawful.verify.oracle.budget import Average, Sum, Term
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.kinds.products import rooted
from lawful.verify.oracle.signs import nonnegative
from lawful.verify.oracle.step import Node


@compiled.register(Add)
def total(expr: Expr, compiler: Compiler) -> Node:
    """An `Average` where two coefficients sum to 1, else a `Sum`."""
    terms = [compiler.parted(arg) for arg in _summands(expr, compiler)]
    if len(terms) == 2 and (terms[0][0] + terms[1][0]).expand() == 1:
        (c0, r0), (c1, r1) = sorted(terms, key=lambda term: isinstance(term[0], Add))
        return Average(c0, compiler.node(r0), c1, compiler.node(r1), not nonnegative(r1))
    flat: dict[Expr, list[Expr]] = {}
    for coefficient, rest in _flattened(terms, compiler):
        flat.setdefault(rest, []).extend(coefficient)
    summed = tuple(Term(tuple(c), None if rest == 1 else compiler.node(rest)) for rest, c in flat.items())
    inner = tuple(compiler.node(rest) for _, rest in terms if _distributes(rest, compiler))
    return Sum(summed, inner, tuple(pair for c, rest in terms for pair in rooted(c * rest, compiler)))


def _summands(expr: Expr, compiler: Compiler) -> tuple[Expr, ...]:
    """The terms of a sum, those of a stored sum that is subtracted together: g − m_t."""
    for stored in compiler.stored:
        taken = set((-stored).args)
        if isinstance(stored, Add) and taken < set(expr.args):
            return (*(arg for arg in expr.args if arg not in taken), Mul(-1, stored, evaluate=False))
    return tuple(Add.make_args(expr))


def _distributes(rest: Expr, compiler: Compiler) -> bool:
    return isinstance(rest, Add) and rest not in compiler.stored


def _flattened(terms: Iterable[tuple[Expr, Expr]], compiler: Compiler) -> Iterable[tuple[list[Expr], Expr]]:
    """Scalars distributed over sums that need not be stored; the parameter's decay as a difference."""
    for coefficient, rest in terms:
        if _distributes(rest, compiler):
            inner = [compiler.parted(arg) for arg in rest.args]
            yield from _flattened([(coefficient * c, r) for c, r in inner], compiler)
        elif rest == x and isinstance(coefficient, Add):
            yield list(coefficient.args), rest
        elif any(_takes_scalars(factor) for factor in Mul.make_args(rest)):
            yield [Integer(1)], coefficient * rest
        else:
            yield [coefficient], rest


def _takes_scalars(factor: Expr) -> bool:
    """Whether scalars may be folded into this factor first: a denominator, or one number for the whole tensor."""
    return isinstance(factor, OfTensor) or factor.as_base_exp()[1].could_extract_minus_sign()
