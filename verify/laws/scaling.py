"""What a loss scale, and clipping by the global norm, do to Adam: both multiply the gradient before it is seen."""

from sympy import Expr, Integer, Symbol

from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.laws.step_size import inside
from lawful.verify.provers.claims import Run
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.theory.dynamics import Bound
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import Moves
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Identity

OWN = Source("lawful", "derived here; the statement is elementary")

S, spare = Symbol("S", positive=True), Symbol("eps", positive=True)

a_loss_scale_divides_eps = Equivalence(
    "A loss scale S > 0 that is not taken back, or clipping by one constant factor, is a smaller or larger eps: "
    "AdamW on S·g is AdamW on g with eps/S, at every step and with any decay.",
    adamw().replace({eps: spare / S}),
    adamw().replace({eps: spare}),
    under={m: S * m, v: S**2 * v, g: S * g},
    source=OWN,
    refuses=false_if("with the same eps", left=adamw().replace({eps: spare})),
)

l2_feels_a_loss_scale = Equivalence(
    "Adam with L2 on S·g is Adam on g with eps/S and L2 of wd/S: a loss scale that is not taken back divides its "
    "regularisation, and AdamW's not.",
    adam().replace({eps: spare / S, weight_decay: weight_decay / S}),
    adam().replace({eps: spare}),
    under={m: S * m, v: S**2 * v, g: S * g},
    source=OWN,
    refuses=false_if("with the same wd", left=adam().replace({eps: spare / S})),
)

G, step = Symbol("g", positive=True), Symbol("x_1")

eps_halves_the_steps_of_its_size = Identity(
    "On constant gradients c·eps Adam moves by lr·c/(c + 1) in its first step, c > 0: eps halves the step where the "
    "gradient is eps, or eps/S under a loss scale S, and takes 1 % of it at 99·eps.",
    {x - step: lr * G / (G + 1)},
    runs={step: Run(adam().replace({eps: spare, weight_decay: 0}), 1, x, [G * spare])},
    source=OWN,
    refuses=false_if("eps inside the root", runs={
        step: Run(adam(eps="inside").replace({eps: spare, weight_decay: 0}), 1, x, [G * spare]),
    }),
    predicts=[Moves(
        adam(), {eps: 2.0**-10, weight_decay: 0.0}, eps * lane, x - lr * lane / (abs(lane) + 1),
        lanes=(1.0, -1.0, 0.25, 96.0),
    )],
)  # fmt: skip

# ------------------------------------------------------------------------------------------- clipping
r, k = Symbol("r", real=True), Symbol("k", real=True)
least, spread = (Symbol(name, positive=True) for name in ("c", "d"))
factor = least + spread * abs(k) / (1 + abs(k))
"""By what clipping multiplies the gradient of a step: any number of [c, c + d)."""

one_sign = adam().replace({g: abs(r), weight_decay: 0, eps: 0})
clipped_m, clipped_v = (Symbol(f"{s}_clipped", **s.assumptions0) for s in (m, v))
m_low, m_high, v_low, v_high = (
    Symbol(name, nonnegative=True) for name in ("m_low", "m_high", "v_low", "v_high")
)
most = least + spread


def clipped(symbol: Symbol, kept: Symbol) -> tuple[Expr, Expr]:
    """A moment of the clipped gradients, from 0."""
    return Integer(0), adam().replace({weight_decay: 0, g: factor * abs(r)}).state[symbol].xreplace(
        {symbol: kept}
    )


clipping_weighs_each_step = Bound(
    "If clipping multiplies the gradients by factors between c and c + d, and they have one sign, then Adam's "
    "moments m' and v' of the clipped ones obey c·m ≤ m' ≤ (c + d)·m and c²·v ≤ v' ≤ (c + d)²·v: its steps are "
    "between c/(c + d) and (c + d)/c times those without clipping (eps = 0, gradients |r|). Only factors that "
    "differ from step to step change anything.",
    one_sign,
    {
        m_low: clipped_m - least * m,
        m_high: most * m - clipped_m,
        v_low: clipped_v - least**2 * v,
        v_high: most**2 * v - clipped_v,
    },
    because={
        m_low: beta1 * m_low + (1 - beta1) * (factor - least) * abs(r),
        m_high: beta1 * m_high + (1 - beta1) * (most - factor) * abs(r),
        v_low: beta2 * v_low + (1 - beta2) * (factor - least) * (factor + least) * r**2,
        v_high: beta2 * v_high + (1 - beta2) * (most - factor) * (most + factor) * r**2,
    },
    beside={clipped_m: clipped(m, clipped_m), clipped_v: clipped(v, clipped_v)},
    varying=(r, k),
    over=inside,
    source=OWN,
    refuses=false_if("factors up to c alone", gaps={
        m_low: clipped_m - least * m,
        m_high: least * m - clipped_m,
        v_low: clipped_v - least**2 * v,
        v_high: least**2 * v - clipped_v,
    }),
)  # fmt: skip
