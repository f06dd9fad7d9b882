"""Rprop: steps of a size that grows while the gradient's sign stays, and shrinks when it changes."""

from sympy import Gt, Lt, Piecewise, Symbol, sign

from lawful.verify.language.domain import Domain
from lawful.verify.language.extrema import Max, Min
from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import g, lr, x

etaminus, etaplus = Symbol("etaminus", positive=True), Symbol("etaplus", positive=True)
least, largest = Symbol("step_size_min", nonnegative=True), Symbol("step_size_max", positive=True)
g_prev = Symbol("g_prev", real=True)
s = Symbol("s", nonnegative=True)

DEFAULTS = {lr: 1e-2, etaminus: 0.5, etaplus: 1.2, least: 1e-6, largest: 50.0}
DOMAINS = {
    etaminus: Domain((0.3, 0.5, 0.9), high=1.0, open_low=True),
    etaplus: Domain((1.5, 1.2, 2.0), low=1.0, open_low=True),
    least: Domain((1e-2, 1e-6, 0.0)),
    largest: Domain((1.0, 50.0, 5.0), open_low=True),
}
G = Symbol("g_t")


@family()
def rprop() -> Rule:
    """torch.optim.Rprop, which is iRprop⁻: a gradient whose sign has changed counts as 0, in the next step too."""
    turned = Lt(g * g_prev, 0)
    g_t = Piecewise((0, turned), (g, True))
    factor = Piecewise((etaplus, Gt(g * g_prev, 0)), (etaminus, turned), (1, True))
    s_t = Min(Max(s * factor, least), largest)
    return Rule(
        "rprop",
        x=x - s_t * sign(g_t),
        state={g_prev: g_t, s: s_t},
        init={s: lr},
        defaults=DEFAULTS,
        domains=DOMAINS,
        tuples={"etas": (etaminus, etaplus), "step_sizes": (least, largest)},
        source=Source(
            "Riedmiller & Braun 1993; Igel & Hüsken 2000", "iRprop⁻, from memory", checked="torch 2.13.0"
        ),
        names={G: g_t},
    )
