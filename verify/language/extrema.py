"""The larger and the smaller of several: sympy's `Max` and `Min`, left as they stand.

sympy asks of each pair first which is larger, and factors their difference for it; rules, in which nobody knows, took
longer over that than over all else.
"""

from typing import Any

import sympy
from sympy import Expr


def Max(*of: Any) -> Expr:  # as mathematics has it
    """The largest of these."""
    return _extremum(sympy.Max, of)


def Min(*of: Any) -> Expr:
    """The smallest of these."""
    return _extremum(sympy.Min, of)


def _extremum(kind: Any, of: tuple[Any, ...]) -> Expr:
    """That of what others of its kind are of, too."""
    members = [e for one in of for e in (one.args if isinstance(one, kind) else (one,))]
    return kind(*members, evaluate=False)
