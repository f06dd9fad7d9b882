"""Selections and case distinctions."""

from collections.abc import Callable

from sympy import Abs, Add, Expr, Ge, Gt, Le, Lt, Max, Min, Piecewise, sign

from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.budget import Branches, Selection
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.step import Node


def selection(select: Callable[..., Ball]) -> Callable[[Expr, Compiler], Node]:
    """How a `Selection` among the arguments is compiled."""
    return lambda expr, compiler: Selection(select, tuple(compiler.node(arg) for arg in expr.args))


compiled.register(Max, selection(balls.maximum))
compiled.register(Min, selection(balls.minimum))
compiled.register(sign, selection(balls.sign))
compiled.register(Abs, selection(balls.absolute))


@compiled.register(Piecewise)
def branches(expr: Expr, compiler: Compiler) -> Node:
    """`Branches` whose conditions are differences of tensors."""
    *cases, (otherwise, last) = expr.args
    if last != True:  # noqa: E712
        raise NotImplementedError(f"a case distinction needs a last case for everything else: {expr}")
    conditions = ((_difference(c), c.func in (Gt, Lt), e) for e, c in cases)
    nodes = tuple((compiler.node(d), strictly, compiler.node(e)) for d, strictly, e in conditions)
    return Branches(nodes, compiler.node(otherwise))


def _difference(relation: Expr) -> Expr:
    """What is positive where a relation holds.

    Raises:
        NotImplementedError: an equation, which rounding decides.
    """
    if relation.func not in (Gt, Ge, Lt, Le):
        raise NotImplementedError(f"the condition {relation} on tensors has no error analysis yet")
    return Add(relation.gts, -relation.lts)
