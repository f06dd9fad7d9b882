"""To the rate at which weights are averaged, and on with it."""

from typing import Literal

from sympy import Expr, Max, Min, Piecewise, cos, pi

from lawful.verify.language.domain import Domain
from lawful.verify.language.schedule import Formula, b, eta, k, schedule


@schedule(
    "SWALR",
    domains={"swa_lr": Domain((0.05, 0.5, 0.0)), "anneal_epochs": Domain((5, 1, 2, 100, 0))},
    also=({"swa_lr": 0.2, "anneal_epochs": 7, "anneal_strategy": "linear"},),
)
def swa(
    *, swa_lr: Expr, anneal_epochs: Expr = 10, anneal_strategy: Literal["cos", "linear"] = "cos"
) -> Formula:
    """From the rate to swa_lr in anneal_epochs steps, along half a cosine or a line, and then there; at once if 0."""

    def gone(done: Expr) -> Expr:
        share = Min(done / anneal_epochs, 1)
        return (1 - cos(pi * share)) / 2 if anneal_strategy == "cos" else share

    now, before = gone(k), gone(Max(k - 1, 0))
    ratio = swa_lr * now + (eta - swa_lr * before) / (1 - before) * (1 - now)
    return Formula(
        Piecewise((swa_lr * now + b * (1 - now), anneal_epochs > 0), (swa_lr, True)),
        length=Max(anneal_epochs, 1),
        recursion=Piecewise((ratio, k <= anneal_epochs), (swa_lr, True)),
    )
