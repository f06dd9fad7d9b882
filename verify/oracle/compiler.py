"""A rule's expressions to nodes: which sums, products and averages the error analysis sees in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Add,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    sign,
)

from lawful.verify.language.symbols import x
from lawful.verify.language.tensors import Kept, NewtonSchulz, NewtonSchulzInBfloat16, OfTensor
from lawful.verify.oracle import balls
from lawful.verify.oracle.balls import Ball
from lawful.verify.oracle.budget import (
    Average,
    Branches,
    Dearer,
    Product,
    Root,
    Selection,
    Sum,
    Term,
    is_power_of_two,
)
from lawful.verify.oracle.orthogonalization import BFLOAT16, compiled
from lawful.verify.oracle.quantization import KEPT
from lawful.verify.oracle.reductions import REDUCTIONS
from lawful.verify.oracle.step import Node, Step, charged

HALF = Rational(1, 2)


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

    def _compile(self, expr: Expr) -> Node:
        if self.is_scalar(expr):
            exact = expr == 0 or is_power_of_two(expr)
            return lambda step: charged(
                step.scalar_ball(expr), 0.0, 0.0 if exact else step.cast(step.scalar(expr).size)
            )
        if isinstance(expr, Symbol):
            return lambda step: step.tensors[expr]
        return HANDLERS[expr.func](self, expr)

    def product(self, expr: Expr) -> Node:
        """A product, its roots apart or, where there are several, as one."""
        factors = Mul.make_args(expr)
        roots = [f for f in factors if abs(f.as_base_exp()[1]) == HALF and not self.is_scalar(f)]
        apart = self._product(expr, factors)
        if len(roots) < 2:
            return apart
        root = Pow(Mul(*(f**-2 for f in roots)), -HALF, evaluate=False)
        return Dearer(apart, self._product(expr, (*(f for f in factors if f not in roots), root)))

    def _product(self, expr: Expr, factors: Sequence[Expr]) -> Product:
        """Factor by factor; a power of a tensor is that many factors."""
        scalars: list[Expr] = []
        top: list[Node] = []
        bottom: list[Node] = []
        for factor in factors:
            self._sort_factor(factor, scalars, top, bottom)
        return Product(
            tuple(scalars), tuple(top), tuple(bottom), tuple(self._freed(expr)), tuple(self._rooted(expr))
        )

    def _rooted(self, expr: Expr) -> Iterable[tuple[Expr, Node]]:
        """√s·√v may be computed as √(s·v): such scalars, with the tensors that they may multiply under the root."""
        for base, exponent in (factor.as_base_exp() for factor in Mul.make_args(expr)):
            if abs(exponent) == HALF and not self.is_scalar(base):
                within, rest = base.as_independent(*self.tensors, OfTensor, as_Add=False)
                beside = [
                    s**2 for s in Mul.make_args(expr) if self.is_scalar(s) and s.as_base_exp()[1].q == 2
                ]
                if (scalar := Mul(within, *beside)) != 1:
                    yield scalar, self.node(rest)

    def _sort_factor(self, factor: Expr, scalars: list[Expr], top: list[Node], bottom: list[Node]) -> None:
        if self.is_scalar(factor):
            scalars.append(factor)
            return
        base, exponent = factor.as_base_exp()
        side, size = (bottom, -exponent) if exponent.could_extract_minus_sign() else (top, exponent)
        if size.is_Integer:
            side.extend([self.node(base)] * int(size))
        elif size == HALF:
            within, rest = base.as_independent(*self.tensors, OfTensor, as_Add=False)
            if within != 1:
                scalars.append(within**exponent)
            side.append(Root(self.node(rest), not nonnegative(rest)))
        else:
            raise NotImplementedError(f"the power {exponent} of a tensor has no error analysis yet: {factor}")

    def _freed(self, expr: Expr) -> Iterable[Expr]:
        """The scalars of the terms of sums in a denominator, those under roots included."""
        for base, exponent in (factor.as_base_exp() for factor in Mul.make_args(expr)):
            if exponent.could_extract_minus_sign() and isinstance(base, Add) and not self.is_scalar(base):
                yield from (
                    self._scalar_part(term) ** -exponent for term in base.args if not self.is_scalar(term)
                )

    def _scalar_part(self, term: Expr) -> Expr:
        parts = (factor.as_base_exp() for factor in Mul.make_args(term) if not factor.is_Number)
        return Mul(
            *(
                base.as_independent(*self.tensors, OfTensor, as_Add=False)[0] ** exponent
                for base, exponent in parts
            )
        )

    def sum(self, expr: Expr) -> Node:
        """An `Average` where two coefficients sum to 1, else a `Sum`."""
        terms = [arg.as_independent(*self.tensors, OfTensor, as_Add=False) for arg in self._summands(expr)]
        if len(terms) == 2 and (terms[0][0] + terms[1][0]).expand() == 1:
            (c0, r0), (c1, r1) = sorted(terms, key=lambda term: isinstance(term[0], Add))
            return Average(c0, self.node(r0), c1, self.node(r1), not nonnegative(r1))
        flat: dict[Expr, list[Expr]] = {}
        for coefficient, rest in self._flattened(terms):
            flat.setdefault(rest, []).extend(coefficient)
        summed = tuple(Term(tuple(c), None if rest == 1 else self.node(rest)) for rest, c in flat.items())
        return Sum(summed, tuple(self.node(rest) for _, rest in terms if self._distributes(rest)))

    def _summands(self, expr: Expr) -> tuple[Expr, ...]:
        """The terms of a sum, those of a stored sum that is subtracted together: g − m_t."""
        for stored in self.stored:
            taken = set((-stored).args)
            if isinstance(stored, Add) and taken < set(expr.args):
                return (*(arg for arg in expr.args if arg not in taken), Mul(-1, stored, evaluate=False))
        return tuple(Add.make_args(expr))

    def _distributes(self, rest: Expr) -> bool:
        return isinstance(rest, Add) and rest not in self.stored

    def _flattened(self, terms: Iterable[tuple[Expr, Expr]]) -> Iterable[tuple[list[Expr], Expr]]:
        """Scalars distributed over sums that need not be stored; the parameter's decay as a difference."""
        for coefficient, rest in terms:
            if self._distributes(rest):
                inner = [arg.as_independent(*self.tensors, OfTensor, as_Add=False) for arg in rest.args]
                yield from self._flattened([(coefficient * c, r) for c, r in inner])
            elif rest == x and isinstance(coefficient, Add):
                yield list(coefficient.args), rest
            elif any(_takes_scalars(factor) for factor in Mul.make_args(rest)):
                yield [Integer(1)], coefficient * rest
            else:
                yield [coefficient], rest

    def selection(self, select: Callable[..., Ball], expr: Expr) -> Node:
        """A `Selection` among the arguments."""
        return Selection(select, tuple(self.node(arg) for arg in expr.args))

    def branches(self, expr: Expr) -> Node:
        """`Branches` whose conditions are differences of tensors."""
        *cases, (otherwise, last) = expr.args
        if last != True:  # noqa: E712
            raise NotImplementedError(f"a case distinction needs a last case for everything else: {expr}")
        conditions = ((_difference(c), c.func in (Gt, Lt), e) for e, c in cases)
        compiled = tuple((self.node(d), strictly, self.node(e)) for d, strictly, e in conditions)
        return Branches(compiled, self.node(otherwise))


HANDLERS: dict[type[Expr], Callable[[Compiler, Expr], Node]] = {
    Add: Compiler.sum,
    Mul: Compiler.product,
    Pow: Compiler.product,
    Max: lambda self, expr: self.selection(balls.maximum, expr),
    Min: lambda self, expr: self.selection(balls.minimum, expr),
    sign: lambda self, expr: self.selection(balls.sign, expr),
    Abs: lambda self, expr: self.selection(balls.absolute, expr),
    **REDUCTIONS,
    **KEPT,
    NewtonSchulz: compiled(None),
    NewtonSchulzInBfloat16: compiled(BFLOAT16),
    Piecewise: Compiler.branches,
}
"""How each kind of expression is compiled."""


def _takes_scalars(factor: Expr) -> bool:
    """Whether scalars may be folded into this factor first: a denominator, or one number for the whole tensor."""
    return isinstance(factor, OfTensor) or factor.as_base_exp()[1].could_extract_minus_sign()


def _remembered(expr: Expr, node: Node) -> Node:
    def once(step: Step) -> Ball:
        if expr not in step.memo:
            step.memo[expr] = node(step)
        return step.memo[expr]

    return once


def _difference(relation: Expr) -> Expr:
    """What is positive where a relation holds.

    Raises:
        NotImplementedError: an equation, which rounding decides.
    """
    if relation.func not in (Gt, Ge, Lt, Le):
        raise NotImplementedError(f"the condition {relation} on tensors has no error analysis yet")
    return Add(relation.gts, -relation.lts)


def nonnegative(expr: Expr) -> bool:
    """Whether an expression is ≥ 0 however its parts are rounded; weights such as 1 − β are taken as ≥ 0."""
    if expr.is_nonnegative or (expr.is_Pow and expr.exp.is_even):
        return True
    if isinstance(expr, Add) and expr.args[0] == 1 and len(expr.args) == 2:
        return True
    if isinstance(expr, Kept):
        return nonnegative(expr.args[0])
    if isinstance(expr, Max):
        return any(nonnegative(a) for a in expr.args)
    return isinstance(expr, Add | Mul) and all(nonnegative(a) for a in expr.args)
