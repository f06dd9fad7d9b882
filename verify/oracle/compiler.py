"""A rule's expressions to nodes, each evaluated once per step; how, the modules of `lawful.verify.oracle.kinds` say."""

from dataclasses import dataclass, field
from functools import singledispatch

from sympy import Expr, Symbol

from lawful.verify.language.tensors import OfTensor
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.scalars import is_power_of_two
from lawful.verify.oracle.step import Node, Step, charged


@dataclass
class Compiler:
    """Compiles expressions to nodes.

    Args:
        tensors: the symbols that stand for tensors.
        stored: expressions that an implementation must store, the next state: nothing moves across them.
    """

    tensors: frozenset[Symbol]
    stored: frozenset[Expr]
    _nodes: dict[Expr, Node] = field(default_factory=dict)

    def node(self, expr: Expr) -> Node:
        """The node of an expression, evaluated once per step wherever it occurs."""
        if expr not in self._nodes:
            self._nodes[expr] = _remembered(expr, self._compile(expr))
        return self._nodes[expr]

    def is_scalar(self, expr: Expr) -> bool:
        """Whether no tensor occurs in it."""
        return not (expr.free_symbols & self.tensors or expr.has(OfTensor))

    def parted(self, term: Expr) -> tuple[Expr, Expr]:
        """The scalar by which a term is multiplied, and the rest."""
        scalar, rest = term.as_independent(*self.tensors, OfTensor, as_Add=False)
        return scalar, rest

    def _compile(self, expr: Expr) -> Node:
        if self.is_scalar(expr):
            exact = expr == 0 or is_power_of_two(expr)
            return lambda step: charged(
                step.scalar_ball(expr), 0.0, 0.0 if exact else step.cast(step.scalar(expr).size)
            )
        if isinstance(expr, Symbol):
            return lambda step: step.tensors[expr]
        return compiled(expr, self)


@singledispatch
def compiled(expr: Expr, compiler: Compiler) -> Node:
    """The node of an expression of tensors; each kind of expression registers its own way.

    Raises:
        NotImplementedError: no kind is registered for it.
    """
    raise NotImplementedError(f"{type(expr).__name__} of a tensor has no error analysis yet: {expr}")


def _remembered(expr: Expr, node: Node) -> Node:
    def once(step: Step) -> Ball:
        if expr not in step.memo:
            step.memo[expr] = node(step)
        return step.memo[expr]

    return once
