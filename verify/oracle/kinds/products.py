"""Products, quotients and powers: which scalars and roots the error analysis sees in them."""

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, Mul, Pow, Rational, exp

from lawful.verify.oracle.budget import Dearer, Product, Root
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.kinds.functions import Power
from lawful.verify.oracle.signs import nonnegative
from lawful.verify.oracle.step import Node

HALF = Rational(1, 2)


@compiled.register(Mul)
@compiled.register(Pow)
def product(expr: Expr, compiler: Compiler) -> Node:
    """A product, its roots apart or, where there are several, as one."""
    factors = Mul.make_args(expr)
    roots = [f for f in factors if abs(f.as_base_exp()[1]) == HALF and not compiler.is_scalar(f)]
    apart = _product(expr, factors, compiler)
    if len(roots) < 2:
        return apart
    root = Pow(Mul(*(f**-2 for f in roots)), -HALF, evaluate=False)
    return Dearer(apart, _product(expr, (*(f for f in factors if f not in roots), root), compiler))


def _product(expr: Expr, factors: Sequence[Expr], compiler: Compiler) -> Product:
    """Factor by factor; a power of a tensor is that many factors."""
    scalars: list[Expr] = []
    top: list[Node] = []
    bottom: list[Node] = []
    for factor in factors:
        _sort_factor(factor, scalars, top, bottom, compiler)
    return Product(
        tuple(scalars),
        tuple(top),
        tuple(bottom),
        tuple(_freed(expr, compiler)),
        tuple(rooted(expr, compiler)),
    )


def rooted(expr: Expr, compiler: Compiler) -> Iterable[tuple[Expr, Node]]:
    """√s·√v may be computed as √(s·v): such scalars, with the tensors that they may multiply under the root."""
    for base, exponent in (factor.as_base_exp() for factor in Mul.make_args(expr)):
        if abs(exponent) == HALF and not compiler.is_scalar(base):
            within, rest = compiler.parted(base)
            beside = [
                s**2
                for s in Mul.make_args(expr)
                if compiler.is_scalar(s) and getattr(s.as_base_exp()[1], "q", 1) == 2
            ]
            if (scalar := Mul(within, *beside)) != 1:
                yield scalar, compiler.node(rest)


def _sort_factor(
    factor: Expr, scalars: list[Expr], top: list[Node], bottom: list[Node], compiler: Compiler
) -> None:
    if compiler.is_scalar(factor):
        scalars.append(factor)
        return
    if isinstance(factor, exp):
        top.append(compiler.node(factor))
        return
    base, exponent = factor.as_base_exp()
    side, size = (bottom, -exponent) if exponent.could_extract_minus_sign() else (top, exponent)
    if size.is_Integer:
        side.extend([compiler.node(base)] * int(size))
    elif size == HALF:
        within, rest = compiler.parted(base)
        if within != 1:
            scalars.append(within**exponent)
        side.append(Root(compiler.node(rest), not nonnegative(rest)))
    elif size.is_positive and compiler.is_scalar(size) and nonnegative(base):
        side.append(Power(compiler.node(base), size))
    else:
        raise NotImplementedError(f"the power {exponent} of a tensor has no error analysis yet: {factor}")


def _freed(expr: Expr, compiler: Compiler) -> Iterable[Expr]:
    """The scalars of the terms of sums in a denominator, those under roots included."""
    for base, exponent in (factor.as_base_exp() for factor in Mul.make_args(expr)):
        if exponent.could_extract_minus_sign() and isinstance(base, Add) and not compiler.is_scalar(base):
            yield from (
                _scalar_part(term, compiler) ** -exponent
                for term in base.args
                if not compiler.is_scalar(term)
            )


def _scalar_part(term: Expr, compiler: Compiler) -> Expr:
    factors = (
        factor for factor in Mul.make_args(term) if not factor.is_Number and not isinstance(factor, exp)
    )
    parts = (factor.as_base_exp() for factor in factors)
    return Mul(*(compiler.parted(base)[0] ** exponent for base, exponent in parts))
