"""Putting values into expressions."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import ITE, Expr, Max, Min, Piecewise, sympify


def put(expr: Any, values: Mapping[Expr, Any]) -> Expr:
    """The expression with all values put in at once, as by sympy's `xreplace`.

    sympy factors the differences of the members of a maximum whenever one is built anew, which took half of all time.
    Here a member goes where another is at least as large by the symbols' assumptions; else they stay side by side.
    """
    return putting(values)(expr)


def putting(values: Mapping[Expr, Any]) -> Callable[[Any], Expr]:
    """`put` for several expressions: what stands in more than one of them is built once."""
    built: dict[Expr, Expr] = {sympify(old): sympify(new) for old, new in values.items()}

    def new(node: Any) -> Any:
        if node not in built:
            if not node.args:
                return node
            parts = [new(part) for part in node.args]
            built[node] = node if parts == list(node.args) else _made(node.func, parts)
        return built[node]

    return lambda expr: new(sympify(expr))


def _made(kind: Any, parts: list[Any]) -> Any:
    if kind is Piecewise:
        return _decided(kind(*parts))
    if kind not in (Max, Min):
        return kind(*parts)
    members = list(dict.fromkeys(e for part in parts for e in (part.args if part.func is kind else [part])))
    if kind.zero in members:  # ∞ in a maximum, −∞ in a minimum: nothing passes it
        return kind.zero
    members = [member for member in members if member != kind.identity]  # −∞ in a maximum: everything does
    for member in tuple(members):
        if any(_covers(kind, other, member) for other in members if other is not member):
            members.remove(member)
    return kind(*members, evaluate=False)


def _decided(made: Any) -> Any:
    """With "and" and "or" in its conditions alone: sympy writes a condition on something of two cases as a choice of
    conditions."""
    return made.xreplace({choice: choice.to_nnf() for choice in made.atoms(ITE)})


def _covers(kind: Any, other: Expr, member: Expr) -> bool:
    gap = other - member if kind is Max else member - other
    return bool(gap.is_nonnegative)
