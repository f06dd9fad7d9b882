"""Selections and case distinctions: a condition that rounding may turn admits both of its branches."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from sympy import Abs, Add, Expr, Ge, Gt, Le, Lt, Max, Min, Piecewise, sign
from torch import Tensor

from lawful.verify.language.tensors import IfPositive
from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball, Centre, tensor
from lawful.verify.oracle.budget import Branches, Selection
from lawful.verify.oracle.compiler import Compiler, compiled
from lawful.verify.oracle.step import Node, Step


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


@dataclass(frozen=True)
class Choice:
    """One of two by the sign of a quantity; both where rounding may turn it."""

    quantity: Node
    positive: Node
    otherwise: Node

    def __call__(self, step: Step) -> Ball:
        """The branch where the sign is sure, the hull of both elsewhere."""
        q = self.quantity(step)
        mid, radius = tensor(q.mid), tensor(q.radius)
        holds = mid > 0
        sure = (mid - radius > 0) | (mid + radius <= 0)
        (a, there), (b, else_) = _apart(step, self.positive), _apart(step, self.otherwise)
        step.reach(torch.where(sure, torch.where(holds, there, else_), torch.maximum(there, else_)))
        gap = torch.abs(tensor(a.mid) - tensor(b.mid)) + torch.maximum(tensor(a.radius), tensor(b.radius))
        chosen = torch.where(holds, tensor(a.radius), tensor(b.radius))
        return Ball(balls.choose(holds, *_alike(a.centre, b.centre)), torch.where(sure, chosen, gap))


def _apart(step: Step, branch: Node) -> tuple[Ball, Tensor]:
    """A branch, and what is reached in it: where the other is taken, that is not felt. What is evaluated in it for the
    first time is forgotten, for elsewhere it is."""
    before, known, step.reached = step.reached, {*step.memo}, None
    ball, reached = branch(step), step.reached
    step.reached = before
    for expr in step.memo.keys() - known:
        del step.memo[expr]
    return ball, tensor(0.0) if reached is None else reached


def _alike(a: Centre, b: Centre) -> tuple[Centre, Centre]:
    """Both centres as tensors."""
    first, second = ((tensor(c[0]), None if c[1] is None else tensor(c[1])) for c in (a, b))
    return first, second


compiled.register(IfPositive, lambda expr, compiler: Choice(*map(compiler.node, expr.args)))
