"""Proofs that a linear system is stable up to a limit: Jury's conditions on its characteristic polynomial."""

from sympy import Expr, Matrix, Poly, Symbol, factor

from lawful.verify.provers.algebra.sign import certificate
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.claims import Answer, Stable

z = Symbol("z")


def stable(claim: Stable) -> Answer:
    """Whether all roots lie inside the unit circle below the limit, and one lies outside above it."""
    symbols = list(claim.system)
    matrix = Matrix([claim.system[s] for s in symbols]).jacobian(symbols)
    if matrix.free_symbols & set(symbols) or len(symbols) > 2:
        return Answer(False, ["The system is not linear in at most two quantities."])
    polynomial = matrix.charpoly(z)
    y = Symbol("y_limit", positive=True)
    below, above = {claim.parameter: claim.limit * y / (1 + y)}, {claim.parameter: claim.limit * (1 + y)}
    conditions = {words: at(condition, below) for words, condition in jury(polynomial).items()}
    conditions["above the limit a root is below −1, as −p(−1)·(−1)^degree > 0"] = -at(
        _at_minus_one(polynomial), above
    )
    found = {words: certificate(condition, claim.over) for words, condition in conditions.items()}
    lines = [f"Characteristic polynomial: {factor(polynomial.as_expr())}."]
    lines += [f"{words}: {why or 'no certificate'}." for words, why in found.items()]
    return Answer(all(found.values()), lines)


def jury(polynomial: Poly) -> dict[str, Expr]:
    """What is positive exactly if all roots lie inside the unit circle, for degree 1 or 2."""
    conditions = {"p(1) > 0": polynomial.eval(1), "p(−1)·(−1)^degree > 0": _at_minus_one(polynomial)}
    return conditions | ({"1 − p(0) > 0": 1 - polynomial.eval(0)} if polynomial.degree() == 2 else {})


def _at_minus_one(polynomial: Poly) -> Expr:
    return (-1) ** polynomial.degree() * polynomial.eval(-1)
