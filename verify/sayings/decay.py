"""What is said of weight decay and L2 regularisation."""

from lawful.verify.laws.adaptive_decay import (
    adamw_adds_decay_alone,
    adamw_is_adam_without_decay,
    adamw_moments_do_not_see_decay,
    first_adamw_step_can_exceed_lr,
    first_l2_step_is_below_lr,
    first_step_without_gradient_is_lr,
    frozen_preconditioner_admits_no_l2,
    no_l2_coefficient_is_adamw,
    only_the_first_step_without_gradient_is_lr,
    path_without_gradient_ignores_wd,
    scale_adjusted_l2_is_decay,
)
from lawful.verify.laws.closed_forms import multiplier_falls_with_mean_and_noise
from lawful.verify.laws.constraint import (
    adam_with_l2_rests_at_minus_wd_x,
    adamw_rests_at_one_gradient,
    bounded_updates_keep_a_box,
    lion_keeps_the_box,
)
from lawful.verify.laws.convergence import adamw_stays_away_on_reddi
from lawful.verify.laws.decay import (
    decay_alone_is_geometric,
    l2_coefficient_is_unique,
    l2_is_decay_for_sgd,
    momentum_separates_l2_from_decay,
    nesterov_separates_l2_from_decay_at_once,
    no_decay_repairs_momentum,
)
from lawful.verify.laws.stability import decay_lowers_the_stable_curvature
from lawful.verify.laws.variants import decay_after_the_step_shrinks_the_step
from lawful.verify.theory.ledger import Saying, Truth

LH = "https://arxiv.org/abs/1711.05101"

l2_is_decay_for_plain_sgd = Saying(
    "For SGD without momentum, L2 regularisation and weight decay are the same.",
    Truth.TRUE,
    "With coefficient wd/lr, and with no other.",
    laws=[l2_is_decay_for_sgd, l2_coefficient_is_unique],
    said=[LH, "https://stackoverflow.com/questions/64621585/adamw-and-adam-with-weight-decay"],
)

l2_is_decay_for_any_sgd = Saying(
    "For SGD, L2 regularisation and weight decay are the same.",
    Truth.FALSE,
    "With momentum they part at the second step, with Nesterov's look-ahead at the first, and no coefficient repairs "
    "it.",
    laws=[
        momentum_separates_l2_from_decay,
        nesterov_separates_l2_from_decay_at_once,
        no_decay_repairs_momentum,
    ],
    said=["https://continuousfunction.ai/foundations/weight-decay-adamw/"],
)

l2_is_not_decay_for_adam = Saying(
    "For Adam, L2 regularisation is not weight decay, whatever its coefficient.",
    Truth.TRUE,
    "Adam's first step under L2 is below lr for every coefficient; AdamW's from x = 1/wd is above it. And no "
    "coefficient is right for two coordinates that are divided by different numbers.",
    laws=[no_l2_coefficient_is_adamw, first_l2_step_is_below_lr, frozen_preconditioner_admits_no_l2],
    said=[LH],
)

l2_enters_both_moments = Saying(
    "Under Adam with L2 the regulariser appears in the numerator and in the denominator of the step.",
    Truth.TRUE,
    "It is part of the gradient that both moments average. So, at eps = 0, it cancels where there is no other "
    "gradient: the whole path then ignores wd.",
    laws=[path_without_gradient_ignores_wd, first_step_without_gradient_is_lr],
    said=[LH],
)

l2_cannot_decay_under_adam = Saying(
    "Under Adam, L2 cannot act as weight decay.",
    Truth.QUALIFIED,
    "It pulls weights to 0, but not as decay does, in proportion to them: without a loss gradient (eps = 0) the first "
    "step is lr, the next one shorter, and the path the same for every wd.",
    laws=[
        first_step_without_gradient_is_lr,
        only_the_first_step_without_gradient_is_lr,
        path_without_gradient_ignores_wd,
        no_l2_coefficient_is_adamw,
    ],
    said=[LH],
)

large_gradients_are_decayed_less = Saying(
    "L2 under Adam regularises weights with large gradients relatively less than decay does.",
    Truth.TRUE,
    "For a fixed preconditioner 1/s decay is the regulariser weighed by s: L2 lacks that weight.",
    laws=[scale_adjusted_l2_is_decay],
    said=[LH],
)

noisy_gradients_are_decayed_less = Saying(
    "L2 under Adam regularises weights whose gradients change a lot relatively less.",
    Truth.TRUE,
    "What L2 adds is multiplied by lr/√v as all gradients are, and √v tends to the root of mean square and variance "
    "together: for a v that stays there.",
    laws=[multiplier_falls_with_mean_and_noise, scale_adjusted_l2_is_decay],
)

proposition_3_as_printed = Saying(
    "The regulariser that makes Adam's L2 into decay is (λ′/(2·lr))·‖x·√s‖² with λ′ = wd/lr.",
    Truth.FALSE,
    "One 1/lr too many. Proposition 3 prints it so, in equation 2; its proof in appendix A has λ′/2, which is right.",
    laws=[scale_adjusted_l2_is_decay],
    said=[LH],
)

adamw_statistics_ignore_decay = Saying(
    "AdamW's moments do not contain the decay.",
    Truth.TRUE,
    "On the same gradients they are those of Adam without decay, at every step. (That decay moves the weight at which "
    "gradients are taken is another matter.)",
    laws=[adamw_moments_do_not_see_decay],
    said=["https://junaidaliop.github.io/zij/math/adamw/"],
)

adamw_differs_in_decay_alone = Saying(
    "AdamW differs from Adam only by where the decay goes.",
    Truth.TRUE,
    "From the same weight and moments it is Adam without decay, less lr·wd·x.",
    laws=[adamw_adds_decay_alone, adamw_moments_do_not_see_decay],
    said=[LH],
)

adamw_is_a_ridge_penalty = Saying(
    "In AdamW, weight_decay is the coefficient of an L2 (ridge) penalty.",
    Truth.FALSE,
    "No coefficient makes them one. AdamW rests where |g| = eps·wd·|x|/(1 − wd·|x|), Adam with L2 where g = −wd·x.",
    laws=[no_l2_coefficient_is_adamw, adamw_rests_at_one_gradient, adam_with_l2_rests_at_minus_wd_x],
)


decay_comes_after_the_update = Saying(
    "AdamW decays the weight after the update.",
    Truth.FALSE,
    "The paper and torch decay the old weight. Decay of the new one differs by lr·wd times the step.",
    laws=[decay_after_the_step_shrinks_the_step],
    seen=["lawful check torch.optim:AdamW"],
    said=["https://openillumi.com/en/en-pytorch-adam-adamw-weight-decay-difference"],
)

without_decay_adamw_is_adam = Saying(
    "With weight_decay = 0, Adam and AdamW are the same.",
    Truth.TRUE,
    "One rule, and in torch bit for bit.",
    laws=[adamw_is_adam_without_decay],
)

torch_adam_no_longer_adds_l2 = Saying(
    "torch's Adam was changed and no longer adds L2 to the gradient: with weight_decay it is AdamW.",
    Truth.FALSE,
    "It follows the rule with L2 unless decoupled_weight_decay is set, and the two rules differ.",
    laws=[no_l2_coefficient_is_adamw],
    seen=["lawful check torch.optim:Adam"],
)

torch_default_decays = Saying(
    "In torch, weight_decay is 0.01 for AdamW and 0 for Adam unless given.",
    Truth.TRUE,
    "The checks construct both without arguments.",
    seen=["lawful check torch.optim:AdamW", "lawful check torch.optim:Adam"],
)

decay_lessens_the_pull_to_zero = Saying(
    "Weight decay multiplies the regulariser by a factor below 1 and so lessens the pull to 0.",
    Truth.FALSE,
    "It is the pull: without gradients the weight is (1 − lr·wd)ⁿ times what it was.",
    laws=[decay_alone_is_geometric],
)

decay_makes_weights_sparse = Saying(
    "Large weight decay makes weights sparse.",
    Truth.FALSE,
    "It makes them small, for lr·wd between 0 and 2. Without gradients a weight is multiplied by 1 − lr·wd in every "
    "step and never becomes 0, unless lr·wd is 1 or the number leaves its format.",
    laws=[decay_alone_is_geometric],
)

decay_avoids_exploding_gradients = Saying(
    "Weight decay avoids exploding gradients.",
    Truth.QUALIFIED,
    "It bounds weights, those of Lion and AdamW in a box whatever the gradients, and with them gradients that only "
    "grow with the weights. It does not make steps stable: on a quadratic the largest stable curvature falls, from "
    "2/lr to 2/lr − wd.",
    laws=[decay_lowers_the_stable_curvature, bounded_updates_keep_a_box, lion_keeps_the_box],
)

adamw_mends_convergence = Saying(
    "AdamW mends Adam's failures to converge.",
    Truth.FALSE,
    "At weight_decay = 0 it is Adam, failures included. With wd > 0 it stays above 0 for ever on Reddi's problem, "
    "whose optimum is the least weight allowed.",
    laws=[adamw_is_adam_without_decay, adamw_stays_away_on_reddi],
)


adamw_step_can_exceed_lr = Saying(
    "No step of AdamW exceeds lr.",
    Truth.FALSE,
    "Its first step exceeds lr where wd·x > eps/(g + eps).",
    laws=[first_adamw_step_can_exceed_lr],
)

adamw_generalises_better = Saying(
    "AdamW is more stable and generalises better than Adam with L2.",
    Truth.EMPIRICAL,
    "A matter of data and models, which no theorem decides.",
    said=[LH],
)

adamw_trains_faster_than_sgdw = Saying(
    "AdamW converges faster in training loss than SGDW.",
    Truth.EMPIRICAL,
    "Seen by the paper on CIFAR-10, and little of it on ImageNet32x32 (appendix D).",
    said=[LH],
)

decay_suits_adam_and_l2_suits_sgd = Saying(
    "With momentum SGD does worse with decay than with L2, and Adam better.",
    Truth.EMPIRICAL,
    "The rules differ, by laws; which does better is a matter of data, models and how wd was tuned.",
    laws=[momentum_separates_l2_from_decay, no_l2_coefficient_is_adamw],
)
