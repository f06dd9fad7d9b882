"""L2 regularisation and weight decay under Adam: never the same rule but at wd = 0, and how far apart."""

from sympy import Expr, Integer, Rational, Symbol, sqrt

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, m, v, weight_decay, x
from lawful.verify.provers.claims import Run, any_step, g1
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.theory.inductions import Equivalence, Invariant
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

M, V = Symbol("M", real=True), Symbol("V", nonnegative=True)


def without_decay(state: Symbol) -> Expr:
    """The next moment of Adam without any decay, on the same gradients, in M and V."""
    return adam().replace({weight_decay: 0, m: M, v: V}).state[state]


adamw_moments_do_not_see_decay = Invariant(
    "On the same gradients AdamW's moments are at every step those of Adam without decay, whatever wd is and along any "
    "schedule of it.",
    adamw(),
    {m: M, v: V},
    beside={M: (Integer(0), without_decay(m)), V: (Integer(0), without_decay(v))},
    varying=(lr, weight_decay),
    source=Source(LH, "Algorithm 2"),
    refuses=false_if("those of Adam with L2", rule=adam()),
)

apart, together = Symbol("x'"), Symbol("x''")

adamw_adds_decay_alone = Identity(
    "From the same weight and moments AdamW's next weight is that of Adam without decay, less lr·wd·x: it differs from "
    "Adam only by where decay goes.",
    {apart - together: -lr * weight_decay * x},
    runs={apart: any_step(adamw()), together: any_step(adam().replace({weight_decay: 0}))},
    source=Source(LH, "Algorithm 2"),
    refuses=false_if(
        "less lr·wd·x with Adam's own L2", runs={apart: any_step(adamw()), together: any_step(adam())}
    ),
)

_wide = {l2: Run(with_l2(c, some_eps), 1)}
_u = g1 + c * x

first_l2_step_is_below_lr = Inequality(
    "With eps > 0, Adam's first step under L2 is −lr·u/(|u| + eps) with u = g + c·x: below lr whatever the coefficient "
    "c.",
    {l2 - x: -lr * _u / (abs(_u) + some_eps), lr - lr * y / (y + some_eps): lr * some_eps / (y + some_eps)},
    runs=_wide,
    greater={lr * some_eps / (y + some_eps): 0},
    source=OWN,
    refuses=false_if(
        "below lr/2", equations={lr / 2 - lr * y / (y + some_eps): lr * some_eps / (y + some_eps)}
    ),
)

first_adamw_step_can_exceed_lr = Identity(
    "For x, g > 0, AdamW's first step exceeds lr by lr·(wd·x − eps/(g + eps)): it is above lr iff wd·x > eps/(g + "
    "eps).",
    {positive_x - decayed - lr: lr * (weight_decay * positive_x - eps / (positive_g + eps))},
    runs={decayed: Run(adamw(), 1, gradients=[positive_g], start={x: positive_x})},
    source=OWN,
    refuses=false_if(
        "iff wd·x > eps", equations={positive_x - decayed - lr: lr * (weight_decay * positive_x - eps)}
    ),
)


wd = Symbol("weight_decay", positive=True)


def _from_its_timescale(decay: Expr) -> Run:
    """AdamW's first step from x = 1/wd."""
    rule = adamw().replace({weight_decay: decay, eps: some_eps})
    return Run(rule, 1, x, [positive_g], {x: 1 / wd})


no_l2_coefficient_is_adamw = Separation(
    "For no lr, wd, eps > 0 does any L2 coefficient c make Adam AdamW. Whatever c is, Adam's first step is −lr·u/(|u| "
    "+ eps) with u = g + c·x, of size below lr; from x = 1/wd on a gradient g > 0 AdamW's first step is longer, lr + "
    "lr·g/(g + eps).",
    {
        l2 - x: -lr * _u / (abs(_u) + some_eps),
        1 / wd - decayed: lr + lr * positive_g / (positive_g + some_eps),
    },
    greater={1 - y / (y + some_eps): 0, positive_g / (positive_g + some_eps): 0},
    runs={**_wide, decayed: _from_its_timescale(wd)},
    source=Source(LH, "Proposition 2, for Adam itself"),
    predicts=[DecayFromOutside(adam(), adamw(), steps=1, difference=None)],
    refuses=false_if("AdamW with wd = 0", runs={**_wide, decayed: _from_its_timescale(Integer(0))}),
)

first_step_without_gradient_is_lr = Identity(
    "Under Adam with L2 and eps = 0, a coordinate x > 0 whose loss gradient is 0 moves by lr in the first step, "
    "whatever wd > 0.",
    {l2 - positive_x: -lr},
    runs={l2: Run(with_l2(wd, 0), 1, x, [Integer(0)], {x: positive_x})},
    source=OWN,
    refuses=false_if("by lr·wd·x, as decay would", equations={l2 - positive_x: -lr * wd * positive_x}),
)

l2_2, above, less = Symbol("l2_2"), Symbol("q", positive=True), Symbol("w", positive=True)
_none, _start = [Integer(0), Integer(0)], {x: lr * (1 + above)}
_l2_alone = with_l2(wd, 0)
_mean = (beta1 * (1 + above) + above) / (1 + beta1)
_square = (beta2 * (1 + above) ** 2 + above**2) / (1 + beta2)
_gap = (beta2 + 2 * beta1 * beta2 - beta1**2).subs(beta1, less * beta2)

only_the_first_step_without_gradient_is_lr = Inequality(
    "Under Adam with L2 and eps = 0, a coordinate that starts at lr·(1 + q), q > 0, and whose loss gradient is 0 moves "
    "by lr in the first step and by lr·M/√V in the second, whatever wd > 0, with M = (β1·(1 + q) + q)/(1 + β1) and V = "
    "(β2·(1 + q)² + q²)/(1 + β2): less than lr, as M² < V, for all β1 < β2 (here β1 = w·β2 with w < 1).",
    {
        l2: lr * above,
        l2_2 - l2: -lr * _mean / sqrt(_square),
        (_square - _mean**2) * (1 + beta1) ** 2 * (1 + beta2): (
            2 * above * (1 + beta1) * (beta2 - beta1) + beta2 + 2 * beta1 * beta2 - beta1**2
        ),
    },
    greater={1 - less: 0, _gap / beta2: 0},
    over={beta2: (0, 1), less: (0, 1)},
    runs={l2: Run(_l2_alone, 1, x, _none, _start), l2_2: Run(_l2_alone, 2, x, _none, _start)},
    source=OWN,
    refuses=false_if("the second by lr too", equations={l2_2 - l2: -lr}),
)

kappa = Symbol("kappa", positive=True)

path_without_gradient_ignores_wd = Equivalence(
    "Under Adam with L2 and eps = 0, the whole path of a coordinate that starts at x ≠ 0 and whose loss gradient is "
    "always 0 does not depend on wd > 0.",
    with_l2(y, 0).replace({g: 0}),
    with_l2(kappa * y, 0).replace({g: 0}),
    under={m: kappa * m, v: kappa**2 * v},
    source=OWN,
    refuses=false_if("with a gradient", left=with_l2(y, 0), right=with_l2(kappa * y, 0)),
)


def frozen(rule: Rule, scale: Expr) -> Rule:
    """Adam that neither averages nor corrects, and divides by `scale` for ever: its preconditioner is 1/scale."""
    return rule.replace({beta1: 0, beta2: 1, eps: 0, v: scale**2})


def l2_less_decay(coefficient: Expr, scale: Expr) -> dict[Symbol, Run]:
    """A step under L2 and one under decay by 1 − wd."""
    coupled = adam(bias_correction=False).replace({weight_decay: coefficient})
    apart = adamw(bias_correction=False, decay="wd").replace({weight_decay: wd})
    return {l2: Run(frozen(coupled, scale), 1), decayed: Run(frozen(apart, scale), 1)}


s = Symbol("s", positive=True)

frozen_preconditioner_admits_no_l2 = Coefficient(
    "For Adam that divides a coordinate by a number s that stays as it is (β1 = 0, β2 = 1, eps = 0), the L2 "
    "coefficient that reproduces decay by 1 − wd is wd·s/lr and no other: it grows with s, so where wd > 0 two "
    "coordinates that are divided by different numbers have none in common.",
    [l2 - decayed],
    runs=l2_less_decay(c, s),
    for_all=(x, g1),
    unknown=c,
    is_only=wd * s / lr,
    source=Source(LH, "Proposition 2"),
    refuses=false_if("one coefficient for every s", is_only=wd / lr),
)

_regulariser = c / 2 * (x * s ** Rational(1, 2)) ** 2
_decayed = frozen(adamw(bias_correction=False, decay="wd").replace({weight_decay: wd}), s)
_regularised = frozen(adam(bias_correction=False).replace({weight_decay: 0}), s)

scale_adjusted_l2_is_decay = Coefficient(
    "For Adam that divides by a number s that stays as it is (β1 = 0, β2 = 1, eps = 0), the regulariser (c/2)·‖x·√s‖² "
    "is decay by 1 − wd for c = wd/lr and no other c. (Equation 2 of the paper prints the factor λ′/(2α), with α for "
    "lr and λ′ = λ/α, where its proof, in appendix A, has λ′/2.)",
    [l2 - decayed],
    runs={l2: Run(_regularised, 1, x, [g1 + _regulariser.diff(x)]), decayed: Run(_decayed, 1)},
    for_all=(x, g1),
    unknown=c,
    is_only=wd / lr,
    source=Source(LH, "Proposition 3, as its proof has it"),
    refuses=false_if("the factor as printed, wd/lr²", is_only=wd / lr**2),
)
