"""Where Adam, AMSGrad and ADOPT drift on Reddi's problem, C, −1, −1 over and over, and on its mirror (eps = 0, β1 = 0)."""

from sympy import Expr, GoldenRatio, Rational, Symbol, oo, sqrt, sympify

from lawful.verify.claims import Bounds, Run, g1, g2, g3
from lawful.verify.inductions import Invariant
from lawful.verify.law import false_if
from lawful.verify.problems import mirrored, reddi
from lawful.verify.rule import Rule, Source
from lawful.verify.rules.adam import adam
from lawful.verify.rules.adopt import adopt
from lawful.verify.symbols import beta1, beta2, eps, g, lr, m, v, v_max, weight_decay, x
from lawful.verify.theorems import Identity, Inequality
from lawful.verify.trial import Trial

REDDI = Source("arXiv:1904.09237", "Theorem 1, made exact")
OWN = Source("lawful", "derived here; the statement is elementary")

C, w = Symbol("C", positive=True), Symbol("w", positive=True)
period = reddi(C).values
unit = {lr: 1, eps: 0, weight_decay: 0}
"""Displacements are in units of lr."""

plain_adam = adam(bias_correction=False).replace(unit)
plain_amsgrad = adam(amsgrad="paper").replace(unit)
plain_adopt = adopt(clip="none").replace(unit).at(2)
"""ADOPT after its first call, which only records v."""

REDDI_BETAS = {beta1: 0, beta2: 1 / (1 + C**2)}


def after(rule: Rule, steps: int, read: Symbol = x, start: Expr = w * C**2) -> Run:
    """Some steps of a period, from a second moment that is some fraction w of its largest value C²."""
    begin = {v: start, v_max: C**2 * (1 + w)} if v_max in rule.state else {v: start}
    return Run(rule.replace(REDDI_BETAS), steps, read, gradients=period * 2, start=begin)


end, d = Symbol("x_end"), Symbol("d")
v1, v2, v3 = (Symbol(f"v{k}", positive=True) for k in (1, 2, 3))
_K = sqrt(1 + C**2) / C
_least = _K * (1 / sqrt(2) + sqrt((1 + C**2) / (C**2 + 3)) - 1)
q = Symbol("q", positive=True)
_share = {q: Bounds((1 + C**2) / (C**2 + 3), low=Rational(1, 3))}

adam_walks_away_on_reddi = Inequality(
    "On C, −1, −1 with β1 = 0 and β2 = 1/(1 + C²), Adam moves up by more than lr·√(1 + C²)/C·(1/√2 + √((1 + C²)/(C² + 3)) − 1) "
    "every period, from every state; the mean gradient is (C − 2)/3, so for C > 2 that is away from the optimum.",
    {reddi(C).mean: (C - 2) / 3},
    greater={end - x: _least},
    over={C: (0, oo), w: (0, 1)},
    runs={end: after(plain_adam, 3)},
    through={
        v1: Bounds(after(plain_adam, 1, v), low=C**4 / (1 + C**2)),
        v2: Bounds(after(plain_adam, 2, v), high=2 * C**2 / (1 + C**2)),
        v3: Bounds(after(plain_adam, 3, v), high=C**2 * (C**2 + 3) / (1 + C**2) ** 2),
    },
    written=-C / sqrt(v1) + 1 / sqrt(v2) + 1 / sqrt(v3) - _least,
    source=REDDI,
    refuses=false_if("twice as far", greater={end - x: 4 * _least}, written=-C / sqrt(v1) + 1 / sqrt(v2) + 1 / sqrt(v3) - 4 * _least),
    predicts=[Trial(plain_adam, reddi(4), {beta1: 0.0, beta2: 0.05}, steps=2000, lanes=4)],
)  # fmt: skip

the_walk_is_never_short = Inequality(
    "That bound is above 0.2844·lr·√(1 + C²)/C for every C > 0.",
    {},
    greater={1 / sqrt(2) + sqrt((1 + C**2) / (C**2 + 3)) - 1: Rational(2844, 10000)},
    over={C: (0, oo)},
    through=_share,
    written=1 / sqrt(2) + sqrt(q) - 1 - Rational(2844, 10000),
    source=REDDI,
    refuses=false_if(
        "above 0.2845",
        greater={1 / sqrt(2) + sqrt((1 + C**2) / (C**2 + 3)) - 1: Rational(2845, 10000)},
        written=1 / sqrt(2) + sqrt(q) - 1 - Rational(2845, 10000),
    ),
)
