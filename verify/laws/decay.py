"""L2 regularisation and weight decay under SGD: the same rule without momentum, two rules with it."""

from sympy import Eq, Expr, Integer, Piecewise, Symbol

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import b, dampening, eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.provers.claims import Run, g1, g2, n, nth
from lawful.verify.rules.adam import adamw
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.inductions import Equivalence, Invariant
from lawful.verify.theory.law import false_if
from lawful.verify.theory.prediction import ZERO, DecayFromOutside, Moves, x1
from lawful.verify.theory.prediction import c as lane
from lawful.verify.theory.theorems import Coefficient, Identity

LH = "arXiv:1711.05101"
OWN = Source("lawful", "derived here; the statement is elementary")

mu = Symbol("momentum", positive=True)
c = Symbol("c", real=True)
l2_1, l2_2, decayed_1, decayed_2 = (Symbol(f"{kind}_{k}") for kind in ("coupled", "decayed") for k in (1, 2))


def plain(rule: Rule) -> Rule:
    """Without momentum."""
    return rule.replace({momentum: 0})


def heavy(rule: Rule, *, damp: Expr = dampening) -> Rule:
    """With momentum above 0."""
    return rule.replace({momentum: mu, dampening: damp})


def both(left: Rule, right: Rule) -> dict[Symbol, Run]:
    """Two rules after one and after two steps."""
    return {l2_1: Run(left, 1), l2_2: Run(left, 2), decayed_1: Run(right, 1), decayed_2: Run(right, 2)}


l2_is_decay_for_sgd = Equivalence(
    "For SGD without momentum, L2 regularisation with coefficient wd/lr and weight decay by the factor 1 − wd are one "
    "rule.",
    plain(sgd(decay="l2")).replace({weight_decay: weight_decay / lr}),
    plain(sgd(decay="wd")),
    source=Source(LH, "Proposition 1"),
    refuses=false_if(
        "with momentum",
        left=heavy(sgd()).replace({weight_decay: weight_decay / lr}),
        right=heavy(sgd(decay="wd")),
    ),
)

l2_is_torch_decay_for_sgd = Equivalence(
    "For SGD without momentum, L2 and decay by 1 − lr·wd are one rule for one wd, whatever the schedules of lr and wd.",
    plain(sgd(decay="l2")),
    plain(sgd(decay="lr*wd")),
    varying=(lr, weight_decay),
    source=Source(LH, "Proposition 1, in the parametrisation of torch"),
    predicts=[DecayFromOutside(sgd(), sgd(decay="lr*wd"), {momentum: 0.0}, steps=20)],
    refuses=false_if("decay by 1 − wd instead", right=plain(sgd(decay="wd"))),
)

l2_coefficient_is_unique = Coefficient(
    "For SGD without momentum, no L2 coefficient but wd/lr reproduces decay by the factor 1 − wd.",
    [l2_1 - decayed_1],
    runs={l2_1: Run(plain(sgd()).replace({weight_decay: c}), 1), decayed_1: Run(plain(sgd(decay="wd")), 1)},
    for_all=(x, g1),
    unknown=c,
    is_only=weight_decay / lr,
    source=Source(LH, "Proposition 1, converse"),
    refuses=false_if("the coefficient is wd", is_only=weight_decay),
)

_per_lr = plain(sgd(decay="wd")).replace({weight_decay: weight_decay * lr})

constant_l2_follows_proportional_schedules = Equivalence(
    "For SGD without momentum, a constant L2 coefficient reproduces decay by 1 − wd_t along a schedule of lr if wd_t "
    "is the coefficient times lr_t.",
    plain(sgd(decay="l2")),
    _per_lr,
    varying=(lr,),
    source=Source(LH, "on schedules"),
    refuses=false_if(
        "wd_t constant while lr_t varies, the coefficient being right at the first step only",
        left=plain(sgd()).replace({weight_decay: weight_decay / nth(lr, 1)}),
        right=plain(sgd(decay="wd")),
    ),
)

_coupled = plain(sgd()).replace({weight_decay: nth(weight_decay, 1) / nth(lr, 1)})
_apart = plain(sgd(decay="wd"))

constant_l2_needs_proportional_schedules = Coefficient(
    "For SGD without momentum, the L2 coefficient that reproduces decay by 1 − wd₁ in the first step reproduces decay "
    "by 1 − wd₂ in the second only if wd₂/lr₂ = wd₁/lr₁.",
    [l2_1 - decayed_1, l2_2 - decayed_2],
    runs={
        l2_1: Run(_coupled, 1, varying=(lr,)),
        l2_2: Run(_coupled, 2, varying=(lr,)),
        decayed_1: Run(_apart, 1, varying=(lr, weight_decay)),
        decayed_2: Run(_apart, 2, varying=(lr, weight_decay)),
    },
    for_all=(x, g1, g2),
    unknown=nth(weight_decay, 2),
    is_only=nth(weight_decay, 1) * nth(lr, 2) / nth(lr, 1),
    source=Source(LH, "on schedules, converse"),
    refuses=false_if("only if wd₂ = wd₁", is_only=nth(weight_decay, 1)),
)

momentum_separates_l2_from_decay = Identity(
    "With momentum, L2 and decay by 1 − lr·wd agree after one step and differ after two by exactly −lr₂·wd·(μ·x₀ − "
    "d·x₁).",
    {l2_1 - decayed_1: 0, l2_2 - decayed_2: -nth(lr, 2) * weight_decay * (mu * x - dampening * l2_1)},
    runs={
        l2_1: Run(heavy(sgd()), 1, varying=(lr,)),
        l2_2: Run(heavy(sgd()), 2, varying=(lr,)),
        decayed_1: Run(heavy(sgd(decay="lr*wd")), 1, varying=(lr,)),
        decayed_2: Run(heavy(sgd(decay="lr*wd")), 2, varying=(lr,)),
    },
    predicts=[
        DecayFromOutside(
            sgd(),
            sgd(decay="lr*wd"),
            {momentum: 0.9, dampening: 0.3},
            steps=2,
            difference=-lr * weight_decay * (momentum * x - dampening * x1),
        )
    ],
    source=OWN,
    refuses=false_if("the dampening term with the other sign", equations={
        l2_2 - decayed_2: -nth(lr, 2) * weight_decay * (mu * x + dampening * l2_1)
    }),
)  # fmt: skip

nesterov_separates_l2_from_decay_at_once = Identity(
    "With Nesterov's look-ahead, L2 and decay by 1 − lr·wd differ after the first step, by −lr·wd·μ·x₀.",
    {l2_1 - decayed_1: -lr * weight_decay * mu * x},
    runs=both(heavy(sgd(nesterov=True)), heavy(sgd(nesterov=True, decay="lr*wd"))),
    predicts=[
        DecayFromOutside(
            sgd(),
            sgd(nesterov=True, decay="lr*wd"),
            {momentum: 0.9},
            {"nesterov": True},
            steps=1,
            difference=-lr * weight_decay * momentum * x,
        )
    ],
    source=OWN,
    refuses=false_if("heavy ball instead", runs=both(heavy(sgd()), heavy(sgd(decay="lr*wd")))),
)

e_x, e_b = Symbol("e_x", real=True), Symbol("e_b", real=True)


def errors(kept: Expr) -> dict[Symbol, tuple[Expr, Expr]]:
    """The next differences, where `kept` is left of the buffers'; torch's first buffer is all of the gradient."""
    fresh = weight_decay * (x + e_x)
    following = Piecewise((fresh, Eq(t, 1)), (kept + (1 - dampening) * fresh, True))
    return {e_b: (Integer(0), following), e_x: (Integer(0), e_x - lr * following + lr * weight_decay * x)}


l2_error_under_momentum = Equivalence(
    "With momentum, the differences e of the weights and of the buffers of L2 and decay obey, for all steps and along "
    "any schedules, e_b ← μ·e_b + (1 − d)·wd·(x + e_x), but e_b ← wd·x in the first step, whose buffer is not "
    "dampened, and then e_x ← e_x − lr·e_b + lr·wd·x, x being the decayed weight.",
    heavy(sgd(decay="lr*wd")),
    heavy(sgd(decay="l2")),
    under={x: x + e_x, b: b + e_b},
    beside=errors(mu * e_b),
    varying=(lr, weight_decay),
    source=OWN,
    refuses=false_if("without the momentum of the buffers' difference", beside=errors(Integer(0))),
)

no_decay_repairs_momentum = Coefficient(
    "With momentum and wd > 0, no coefficient of decoupled decay reproduces L2 over two steps.",
    [l2_1 - decayed_1, l2_2 - decayed_2],
    runs=both(
        heavy(sgd(), damp=0).replace({weight_decay: Symbol("weight_decay", positive=True)}),
        heavy(sgd(decay="lr*wd"), damp=0).replace({weight_decay: c}),
    ),
    for_all=(x, g1, g2),
    unknown=c,
    is_only=None,
    source=OWN,
    refuses=false_if(
        "without momentum", runs=both(plain(sgd()), plain(sgd(decay="lr*wd")).replace({weight_decay: c}))
    ),
)

no_decay_repairs_nesterov = Coefficient(
    "With Nesterov's look-ahead and wd > 0, no coefficient of decoupled decay reproduces L2 over two steps.",
    [l2_1 - decayed_1, l2_2 - decayed_2],
    runs=both(
        heavy(sgd(nesterov=True), damp=0).replace({weight_decay: Symbol("weight_decay", positive=True)}),
        heavy(sgd(nesterov=True, decay="lr*wd"), damp=0).replace({weight_decay: c}),
    ),
    for_all=(x, g1, g2),
    unknown=c,
    is_only=None,
    source=OWN,
    refuses=false_if("with wd = 0", runs=both(
        heavy(sgd(nesterov=True), damp=0).replace({weight_decay: 0}),
        heavy(sgd(nesterov=True, decay="lr*wd"), damp=0).replace({weight_decay: c}),
    )),
)  # fmt: skip

_g_l2 = -weight_decay * x
_g_decay = -weight_decay * x * (1 - mu) / (1 - dampening)
_moving = {b: -weight_decay * x}

stationary_points_differ = Identity(
    "With momentum, L2 stands still where g = −wd·x, decoupled decay where g = −wd·x·(1 − μ)/(1 − d).",
    {l2_1: x, l2_2: 0, decayed_1: x, decayed_2: -weight_decay * x},
    runs={
        l2_1: Run(heavy(sgd()), 1, x, [_g_l2], {b: 0}, first=2),
        l2_2: Run(heavy(sgd()), 1, b, [_g_l2], {b: 0}, first=2),
        decayed_1: Run(heavy(sgd(decay="lr*wd")), 1, x, [_g_decay], _moving, first=2),
        decayed_2: Run(heavy(sgd(decay="lr*wd")), 1, b, [_g_decay], _moving, first=2),
    },
    source=OWN,
    refuses=false_if("decoupled decay where g = −wd·x too", equations={decayed_1: x}, runs={
        decayed_1: Run(heavy(sgd(decay="lr*wd")), 1, x, [_g_l2], _moving, first=2),
    }),
)  # fmt: skip

kept = Symbol("kept", positive=True)
_undamped = heavy(sgd(decay="lr*wd"), damp=1 - kept)

decay_has_one_stationary_gradient = Coefficient(
    "With momentum, g = −wd·x·(1 − μ)/(1 − d) is the only gradient at which decoupled decay can stand still (kept = 1 "
    "− d).",
    [decayed_1 - x],
    runs={decayed_1: Run(_undamped, 1, start={b: kept * g1 / (1 - mu)}, first=2)},
    for_all=(),
    unknown=g1,
    is_only=-weight_decay * x * (1 - mu) / kept,
    source=OWN,
    refuses=false_if("the gradient of L2", is_only=_g_l2),
)

x_0, some_eps = Symbol("x_0", real=True), Symbol("eps", positive=True)
_alone = adamw().replace({g: 0, eps: some_eps})

decay_alone_is_geometric = Invariant(
    "With eps > 0 and gradients that are 0 from the first step on, AdamW's weight is (1 − lr·wd)ⁿ·x₀ after n steps: "
    "for 0 < lr·wd < 2 decay is a pull to 0, which a weight x₀ ≠ 0 never reaches unless lr·wd = 1.",
    _alone,
    {x: (1 - lr * weight_decay) ** n * x_0, m: Integer(0), v: Integer(0)},
    start={x: x_0},
    source=OWN,
    predicts=[
        Moves(
            adamw(),
            {lr: 0.5, weight_decay: 0.5, eps: 2.0**-10},
            ZERO,
            (1 - lr * weight_decay) * x,
            start=lane,
        )
    ],
    refuses=false_if("(1 − lr·wd·n)·x₀", holds={x: (1 - lr * weight_decay * n) * x_0}),
)
