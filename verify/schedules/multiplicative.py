"""Times a function of the step, at every step."""

from collections.abc import Callable

from sympy import Dummy, Expr, Integer, Product

from lawful.verify.language.schedule import Formula, b, eta, function, k, schedule

SHRINKING = function("lambda k: k / (k + 1)")
TRIED = (function("lambda k: 0.95"), function("lambda k: 1.5 if k % 2 else 0.5"), SHRINKING)


@schedule("MultiplicativeLR", domains={"lr_lambda": TRIED})
def multiplicative(*, lr_lambda: Callable[[Expr], Expr]) -> Formula:
    """The rate times a function of each step from the first on; its value at 0 is never used."""
    j = Dummy("j", integer=True)
    rate = b * Product(lr_lambda(j), (j, 1, k))
    return Formula(rate, length=Integer(8), recursion=eta * lr_lambda(k))
