"""Times gamma at every step."""

from sympy import Expr, Integer

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule("ExponentialLR", domains={"gamma": Domain((0.9, 0.5, 0.1, 1.0))})
def exponential(*, gamma: Expr) -> Formula:
    """Times gamma at every step."""
    return Formula(b * gamma**k, length=Integer(10), recursion=eta * gamma)
