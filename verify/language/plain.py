"""Expressions in one line of text, as they stand in a sentence."""

from typing import Any

from sympy import Add, Expr
from sympy.printing.str import StrPrinter


class _Plain(StrPrinter):  # type: ignore[misc]  # sympy is untyped
    def _print_Abs(self, expr: Expr) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Add(self, expr: Expr, order: Any = None) -> str:
        """What is added before what is subtracted."""
        terms = sorted(Add.make_args(expr), key=lambda term: bool(term.could_extract_minus_sign()))
        first, *others = (self._print(term) for term in terms)
        return " ".join([first, *(f"− {o[1:]}" if o.startswith("-") else f"+ {o}" for o in others)])


def plain(expr: Expr | Any) -> str:
    """`√(v_t/(1 − beta2^t)) + eps`."""
    said = (
        str(_Plain({"full_prec": False}).doprint(expr))
        .replace("**", "^")
        .replace("*", "·")
        .replace("sqrt(", "√(")
    )
    return said.replace("weight_decay", "wd")
