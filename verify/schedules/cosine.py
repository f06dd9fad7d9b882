"""Half a period of a cosine."""

from typing import Literal

from sympy import Eq, Expr, Min, Mod, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule(
    "CosineAnnealingLR",
    domains={"T_max": Domain((5, 1, 2, 100), low=1), "eta_min": Domain((0.01, 0.0, 0.5))},
    edges=({"T_max": 0},),
)
def cosine(*, T_max: Expr, eta_min: Expr = 0.0, after: Literal["rises", "stays"] = "rises") -> Formula:
    """From the rate to eta_min along half a period of a cosine in T_max steps; then it rises again, or stays."""
    done = k if after == "rises" else Min(k, T_max)
    high, low = 1 + cos(pi * done / T_max), 1 + cos(pi * (done - 1) / T_max)
    again = eta + (b - eta_min) * (1 - cos(pi / T_max)) / 2
    ratio = eta_min + (eta - eta_min) * high / low
    onwards = Piecewise((again, Eq(Mod(k - 1 - T_max, 2 * T_max), 0)), (ratio, True))
    return Formula(
        eta_min + (b - eta_min) * high / 2,
        length=T_max,
        recursion=onwards if after == "rises" else Piecewise((ratio, k <= T_max), (eta, True)),
    )
