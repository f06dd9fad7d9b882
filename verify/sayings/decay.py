"""What is said of weight decay and L2 regularisation."""

from lawful.verify.laws.adaptive_decay import (
    adamw_is_adam_without_decay,
    first_adamw_step_can_exceed_lr,
    first_step_without_gradient_is_lr,
    frozen_preconditioner_admits_no_l2,
    no_l2_coefficient_is_adamw,
    path_without_gradient_ignores_wd,
    scale_adjusted_l2_is_decay,
)
from lawful.verify.laws.constraint import (
    adam_with_l2_rests_at_minus_wd_x,
    adamw_needs_a_wider_box,
    adamw_rests_at_one_gradient,
    lion_keeps_the_box,
)
from lawful.verify.laws.decay import (
    decay_alone_is_geometric,
    l2_coefficient_is_unique,
    l2_is_decay_for_sgd,
    momentum_separates_l2_from_decay,
    nesterov_separates_l2_from_decay_at_once,
    no_decay_repairs_momentum,
)
from lawful.verify.laws.ema import (
    adamw_is_an_ema,
    adamw_unrolled,
    double_lr_halve_wd,
    ema_weights_sum_to_one,
    fully_decoupled_timescale_ignores_lr,
)
from lawful.verify.laws.equilibrium import adamw_equilibrium, scale_invariant_weights_turn_evenly
from lawful.verify.laws.schedules import (
    decay_at_a_fixed_timescale,
    decay_at_a_fixed_timescale_grows_with_width,
    normalised_decay_is_larger_by_the_root_of_the_updates,
)
from lawful.verify.laws.variants import decay_after_the_step_shrinks_the_step, projection_takes_back_growth
from lawful.verify.theory.ledger import Saying, Truth

LH = "https://arxiv.org/abs/1711.05101"
EMA = "https://arxiv.org/abs/2405.13698"
DECOUPLING = "https://fabian-sp.github.io/posts/2024/02/decoupling/"

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
    "With momentum they part at the second step, with Nesterov's look-ahead at the first, and no "
    "coefficient repairs it.",
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
    "Adam's first step under L2 has size lr for every coefficient; AdamW's has not.",
    laws=[no_l2_coefficient_is_adamw, frozen_preconditioner_admits_no_l2],
    said=[LH],
)

l2_enters_both_moments = Saying(
    "Under Adam with L2 the regulariser appears in the numerator and in the denominator of the step.",
    Truth.TRUE,
    "It is part of the gradient that both moments average: a coordinate that has no other moves by lr, "
    "whatever wd is.",
    laws=[first_step_without_gradient_is_lr, path_without_gradient_ignores_wd],
    said=[LH],
)

l2_cannot_decay_under_adam = Saying(
    "Under Adam, L2 cannot act as weight decay: weights do not shrink.",
    Truth.FALSE,
    "A coordinate without a loss gradient shrinks by lr in every step, at a rate that ignores wd.",
    laws=[first_step_without_gradient_is_lr, path_without_gradient_ignores_wd],
)

large_gradients_are_decayed_less = Saying(
    "L2 under Adam regularises weights with large gradients relatively less than decay does.",
    Truth.TRUE,
    "For a frozen preconditioner 1/s, decay is the regulariser weighed by s: L2 lacks that weight.",
    laws=[scale_adjusted_l2_is_decay],
    said=[LH],
)

proposition_3_as_printed = Saying(
    "The regulariser that makes Adam's L2 into decay is (wd/(2·lr²))·‖x·√s‖².",
    Truth.FALSE,
    "One 1/lr too many: equation 2 of the paper prints it, the appendix's proof does not.",
    laws=[scale_adjusted_l2_is_decay],
    said=[LH],
)

adamw_statistics_ignore_decay = Saying(
    "AdamW's moments do not contain the decay.",
    Truth.QUALIFIED,
    "Not the decay of this step; but over time through the weight, at which gradients are taken.",
    laws=[adamw_is_an_ema],
    said=["https://junaidaliop.github.io/zij/math/adamw/"],
)

adamw_is_a_ridge_penalty = Saying(
    "In AdamW, weight_decay is the coefficient of an L2 (ridge) penalty.",
    Truth.FALSE,
    "No coefficient makes them one. AdamW rests where |g| = eps·wd·|x|/(1 − wd·|x|), Adam with L2 where g = "
    "−wd·x.",
    laws=[no_l2_coefficient_is_adamw, adamw_rests_at_one_gradient, adam_with_l2_rests_at_minus_wd_x],
)

adamw_is_an_average = Saying(
    "AdamW's weights are an exponential moving average of its updates.",
    Truth.TRUE,
    "At rate lr·wd, along any schedule, with weights that sum to 1.",
    laws=[adamw_is_an_ema, adamw_unrolled, ema_weights_sum_to_one],
    said=[EMA],
)

twice_the_lr_half_the_decay = Saying(
    "Who doubles lr should halve weight_decay.",
    Truth.QUALIFIED,
    "It keeps the timescale 1/(lr·wd). It keeps the path only for a scale-invariant loss, with the first "
    "weights doubled and eps halved.",
    laws=[double_lr_halve_wd, adamw_is_an_ema],
    said=[DECOUPLING, EMA],
)

adamw_decouples_decay_from_lr = Saying(
    "AdamW decouples weight decay from the learning rate.",
    Truth.QUALIFIED,
    "True of the paper's algorithm, whose timescale is 1/wd. False of torch and optax, whose decay is lr·wd.",
    laws=[fully_decoupled_timescale_ignores_lr, adamw_is_an_ema],
    seen=["lawful check torch.optim:AdamW"],
    said=[LH, "https://chanlumerico.github.io/lucid/api/lucid.optim/AdamW"],
)

default_decay_is_too_much_without_lr = Saying(
    "The default weight_decay of 0.01 must become much smaller where decay is not multiplied by lr.",
    Truth.TRUE,
    "The timescale falls from 1/(0.001·0.01) = 100,000 steps to 1/0.01 = 100.",
    laws=[fully_decoupled_timescale_ignores_lr, adamw_is_an_ema],
    said=[DECOUPLING],
)

best_decay_falls_with_data = Saying(
    "The best weight decay is inversely proportional to the size of the data and grows with the width of "
    "the model.",
    Truth.QUALIFIED,
    "As arithmetic at a fixed timescale in epochs. That the best timescale stays the same is an "
    "observation, and one that does not hold in training of one epoch.",
    laws=[decay_at_a_fixed_timescale, decay_at_a_fixed_timescale_grows_with_width],
    said=[EMA],
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
    "Adam was changed and no longer adds L2 to the gradient: with weight_decay it is AdamW.",
    Truth.QUALIFIED,
    "False of torch, whose Adam follows the rule with L2 unless decoupled_weight_decay is set. True of "
    "Keras.",
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
    "It is the pull: without a gradient the weight is (1 − lr·wd)ⁿ times what it was.",
    laws=[decay_alone_is_geometric],
)

adamw_mends_convergence = Saying(
    "AdamW mends Adam's failures to converge.",
    Truth.FALSE,
    "At weight_decay = 0 it is Adam, failures included.",
    laws=[adamw_is_adam_without_decay],
)

normalised_decay_is_much_larger = Saying(
    "Normalised weight decay is much larger than the decay that is used.",
    Truth.QUALIFIED,
    "By the root of the number of updates: larger iff there is more than one.",
    laws=[normalised_decay_is_larger_by_the_root_of_the_updates],
    said=[LH],
)

adamw_keeps_weights_in_a_box = Saying(
    "AdamW keeps every weight within 1/wd.",
    Truth.QUALIFIED,
    "Lion does from the first step on. AdamW may go as far as ρ∞/wd; 1/wd binds where its iterates "
    "converge, if they do.",
    laws=[adamw_needs_a_wider_box, lion_keeps_the_box],
    said=["https://proceedings.mlr.press/v235/xie24e.html"],
)

weights_reach_a_rotational_equilibrium = Saying(
    "Weight decay takes every neuron to one size and one rate of rotation.",
    Truth.QUALIFIED,
    "In a model of random gradients, orthogonal to the weight; there exactly.",
    laws=[adamw_equilibrium, scale_invariant_weights_turn_evenly],
    said=["https://arxiv.org/abs/2305.17212"],
)

selective_projection = Saying(
    "Selective projection decay penalises only what moves away from the first weights.",
    Truth.TRUE,
    "And with wd = 1 takes back exactly the growth of the distance.",
    laws=[projection_takes_back_growth],
    said=["https://arxiv.org/abs/2411.01713"],
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

lr_and_decay_have_a_best_ratio = Saying(
    "The best weight_decay lies two or three decades from the best lr; updates should be a thousandth of "
    "the weights.",
    Truth.EMPIRICAL,
    "Public advice contradicts itself: proportional to lr in one place, inversely in another.",
)
