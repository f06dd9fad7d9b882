"""What transformations of a rule come to: which rules they lead to, and which settings of the rule they amount to."""

from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import b, beta1, beta2, eps, lr, m, v, weight_decay
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.lion import lion
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import false_if
from lawful.verify.transformations.scaled import scale as c

OWN = Source("lawful", "derived here; the statement is elementary")

lion_at_equal_betas_is_the_sign_of_adams_step = Equivalence(
    "The sign of AdamW's step, whatever its second moment, is Lion whose two betas are AdamW's β1.",
    find_rule("signed(adamw)"),
    lion().replace({beta2: beta1}),
    source=OWN,
    refuses=false_if("with a β2 of its own", right=lion()),
)

# ------------------------------------------------------------------ a loss scale that is not taken back
sgd_on_scaled_gradients_has_another_lr_and_wd = Equivalence(
    "SGD on gradients times c, as of a sum in a mean's place, is SGD with lr·c and wd/c: both must change.",
    find_rule("scaled(sgd)"),
    sgd().replace({lr: c * lr, weight_decay: weight_decay / c}),
    under={b: b / c},
    source=OWN,
    refuses=false_if("with lr·c alone", right=sgd().replace({lr: c * lr})),
)

adam_on_scaled_gradients_has_another_eps_and_wd = Equivalence(
    "Adam with L2 on gradients times c is Adam with eps/c and wd/c at the same lr.",
    find_rule("scaled(adam)"),
    adam().replace({eps: eps / c, weight_decay: weight_decay / c}),
    under={m: m / c, v: v / c**2},
    source=OWN,
    refuses=false_if("with eps/c alone", right=adam().replace({eps: eps / c})),
)

adamw_on_scaled_gradients_has_another_eps = Equivalence(
    "AdamW on gradients times c is AdamW with eps/c: its decay does not see the scale.",
    find_rule("scaled(adamw)"),
    adamw().replace({eps: eps / c}),
    under={m: m / c, v: v / c**2},
    source=OWN,
    refuses=false_if("as it is", right=adamw()),
)
