"""Expressions in one line of text, as they stand in a sentence."""

from typing import Any

from sympy import Expr


def plain(expr: Expr | Any) -> str:
    """`√(v_t/(1 − beta2^t)) + eps`."""
    said = str(expr).replace("**", "^").replace("*", "·").replace("sqrt(", "√(").replace(" - ", " − ")
    return said.replace("weight_decay", "wd")
