"""L2 regularisation and weight decay under Adam: never the same rule but at wd = 0, and how far apart."""

from sympy import Expr, Integer, Rational, Symbol

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.provers.claims import Run, g1
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import DecayFromOutside, SameBits
from lawful.verify.theory.theorems import Coefficient, Identity, Inequality, Separation

LH = "arXiv:1711.05101"
OWN = Source("lawful", "derived here; the statement is elementary")

c = Symbol("c", real=True)
y = Symbol("y", positive=True)
some_eps = Symbol("eps", positive=True)
positive_x, positive_g = Symbol("x", positive=True), Symbol("g", positive=True)
l2, decayed = Symbol("l2"), Symbol("decayed")


def with_l2(coefficient: Expr, epsilon: Expr = eps) -> Rule:
    """Adam with an L2 coefficient of one's choice."""
    return adam().replace({weight_decay: coefficient, eps: epsilon})


adamw_is_adam_without_decay = Equivalence(
    "With weight_decay = 0, Adam and AdamW are one rule.",
    adam().replace({weight_decay: 0}),
    adamw().replace({weight_decay: 0}),
    source=Source(LH, "Algorithm 2"),
    predicts=[SameBits(adam(), adamw(), {weight_decay: 0.0}), SameBits(adamw(), adam(), {weight_decay: 0.0})],
    refuses=false_if("with a common weight_decay", left=adam(), right=adamw()),
)

_wide = {l2: Run(with_l2(c, some_eps), 1)}
_u = g1 + c * x

first_l2_step_is_below_lr = Inequality(
    "With eps > 0, Adam's first step under L2 is −lr·u/(|u| + eps) with u = g + c·x: below lr whatever the "
    "coefficient c.",
    {l2 - x: -lr * _u / (abs(_u) + some_eps), lr - lr * y / (y + some_eps): lr * some_eps / (y + some_eps)},
    runs=_wide,
    greater={lr * some_eps / (y + some_eps): 0},
    source=OWN,
    refuses=false_if(
        "below lr/2", equations={lr / 2 - lr * y / (y + some_eps): lr * some_eps / (y + some_eps)}
    ),
)

first_adamw_step_can_exceed_lr = Identity(
    "For x, g > 0, AdamW's first step exceeds lr by lr·(wd·x − eps/(g + eps)): it is above lr iff wd·x > "
    "eps/(g + eps).",
    {positive_x - decayed - lr: lr * (weight_decay * positive_x - eps / (positive_g + eps))},
    runs={decayed: Run(adamw(), 1, gradients=[positive_g], start={x: positive_x})},
    source=OWN,
    refuses=false_if(
        "iff wd·x > eps", equations={positive_x - decayed - lr: lr * (weight_decay * positive_x - eps)}
    ),
)


def _one_step(values: dict[Symbol, Expr]) -> Run:
    """AdamW from x = 1 with gradient 1."""
    return Run(adamw().replace(values), 1, x, [Integer(1)], {x: Integer(1)})


_small = {
    lr: Rational(1, 8),
    weight_decay: Rational(1, 2),
    eps: 0,
    beta1: Rational(9, 10),
    beta2: Rational(999, 1000),
}

no_l2_coefficient_is_adamw = Separation(
    "Adam's first step under L2 has size lr for every coefficient (eps = 0, g + c·x ≠ 0); AdamW's is "
    "larger at x = g = 1, lr = 1/8, wd = 1/2: it goes to 13/16.",
    {(l2 - x) ** 2: lr**2, decayed: Rational(13, 16)},
    greater={(decayed - 1) ** 2: Rational(1, 8) ** 2},
    runs={l2: Run(with_l2(c, 0), 1), decayed: _one_step(_small)},
    source=Source(LH, "Proposition 2, for Adam itself"),
    predicts=[DecayFromOutside(adam(), adamw(), steps=1, difference=None)],
    refuses=false_if("AdamW with wd = 0", runs={
        l2: Run(with_l2(c, 0), 1), decayed: _one_step(_small | {weight_decay: 0}),
    }),
)  # fmt: skip

zero_gradient_coordinate_moves_by_lr = Identity(
    "Under Adam with L2 and eps = 0, a coordinate x > 0 whose loss gradient is 0 first moves by lr, "
    "whatever wd > 0.",
    {l2 - positive_x: -lr},
    runs={l2: Run(with_l2(y, 0), 1, gradients=[Integer(0)], start={x: positive_x})},
    source=OWN,
    refuses=false_if("by lr·wd·x, as decay would", equations={l2 - positive_x: -lr * y * positive_x}),
)

kappa = Symbol("kappa", positive=True)

zero_gradient_coordinate_ignores_wd = Equivalence(
    "Under Adam with L2 and eps = 0, the whole path of a coordinate with zero loss gradient does not "
    "depend on wd > 0.",
    with_l2(y, 0).replace({g: 0}),
    with_l2(kappa * y, 0).replace({g: 0}),
    under={m: kappa * m, v: kappa**2 * v},
    source=OWN,
    refuses=false_if("with a gradient", left=with_l2(y, 0), right=with_l2(kappa * y, 0)),
)

first, second, excess = (
    Symbol("M_1", positive=True),
    Symbol("M_2", positive=True),
    Symbol("delta", positive=True),
)
wd = Symbol("weight_decay", positive=True)


def preconditioned(weight: Expr, coefficient: Expr, scale: Expr) -> Expr:
    """Decayed minus L2-regularised step under a frozen preconditioner that multiplies the gradient by "
    "`scale`."""
    return ((1 - wd) * weight - lr * scale * g) - (weight - lr * scale * (g + coefficient * weight))


frozen_preconditioner_admits_no_l2 = Coefficient(
    "With a frozen preconditioner that scales two coordinates differently, no L2 coefficient reproduces "
    "decay by 1 − wd.",
    [preconditioned(x, c, first), preconditioned(x, c, first + excess)],
    for_all=(x, g),
    unknown=c,
    is_only=None,
    source=Source(LH, "Proposition 2"),
    refuses=false_if(
        "the same scale in both", differences=[preconditioned(x, c, first), preconditioned(x, c, first)]
    ),
)

s = Symbol("s", positive=True)
_scaled = c / 2 * (x * s ** Rational(1, 2)) ** 2

scale_adjusted_l2_is_decay = Coefficient(
    "With a frozen preconditioner 1/s, the regulariser (c/2)·‖x·√s‖² is decay by 1 − wd for c = wd/lr and "
    "no other c. (Equation 2 of the paper prints a further factor 1/lr; its appendix does not.)",
    [preconditioned(x, 0, 1 / s) + lr / s * _scaled.diff(x)],
    for_all=(x, g),
    unknown=c,
    is_only=wd / lr,
    source=Source(LH, "Proposition 3, as its appendix proves it"),
    refuses=false_if("the factor as printed, wd/lr²", is_only=wd / lr**2),
)
