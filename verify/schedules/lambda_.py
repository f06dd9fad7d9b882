"""Times a function of the steps."""

from collections.abc import Callable

from sympy import Expr, Integer

from lawful.verify.language.schedule import Formula, b, function, k, schedule

TRIED = tuple(map(function, ("lambda k: 0.95**k", "lambda k: min(k / 4, 1.0)", "lambda k: 1 / (1 + k)")))


@schedule("LambdaLR", domains={"lr_lambda": TRIED})
def lambda_(*, lr_lambda: Callable[[Expr], Expr]) -> Formula:
    """The rate times a function of the steps."""
    return Formula(b * lr_lambda(k), length=Integer(8))
