"""Of which expressions the sign is sure."""

from sympy import Add, Expr, Max, Mul

from lawful.verify.language.tensors import Kept


def nonnegative(expr: Expr) -> bool:
    """Whether an expression is ≥ 0 however its parts are rounded; weights such as 1 − β are taken as ≥ 0."""
    if expr.is_nonnegative or (expr.is_Pow and (expr.exp.is_even or expr.exp.is_integer is False)):
        return True
    if expr.is_Pow and expr.exp.is_real:
        return nonnegative(expr.base)
    if isinstance(expr, Add) and expr.args[0] == 1 and len(expr.args) == 2:
        return True
    if isinstance(expr, Kept):
        return nonnegative(expr.args[0])
    if isinstance(expr, Max):
        return any(nonnegative(a) for a in expr.args)
    return isinstance(expr, Add | Mul) and all(nonnegative(a) for a in expr.args)
