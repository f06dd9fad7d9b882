"""What is said of decay and the learning rate, of the box that decay makes, and of which weights should decay."""

from lawful.verify.laws.constraint import (
    adamw_needs_a_wider_box,
    adamw_rests_at_one_gradient,
    adamw_rests_by_a_barrier,
    bounded_updates_keep_a_box,
    lion_keeps_the_box,
    resting_points_are_stationary_for_a_barrier,
)
from lawful.verify.laws.decay import decay_alone_is_geometric
from lawful.verify.laws.ema import (
    adamw_is_an_ema,
    adamw_unrolled,
    double_lr_halve_wd,
    ema_weights_sum_to_one,
    first_updates_weigh_one_less_the_start,
    fully_decoupled_timescale_ignores_lr,
)
from lawful.verify.laws.equilibrium import adamw_equilibrium, scale_invariant_weights_turn_evenly
from lawful.verify.laws.schedules import (
    decay_at_a_fixed_timescale,
    decay_at_a_fixed_timescale_grows_with_width,
    normalised_decay_is_larger_by_the_root_of_the_updates,
)
from lawful.verify.laws.step_size import no_step_is_longer_than_in_the_long_run
from lawful.verify.laws.variants import projection_takes_back_growth
from lawful.verify.theory.ledger import Saying, Truth

LH = "https://arxiv.org/abs/1711.05101"
EMA = "https://arxiv.org/abs/2405.13698"
DECOUPLING = "https://fabian-sp.github.io/posts/2024/02/decoupling/"
SPD = "https://arxiv.org/abs/2411.01713"

adamw_is_an_average = Saying(
    "AdamW's weights are an exponential moving average of its updates.",
    Truth.TRUE,
    "At rate lr·wd, along any schedule, with weights that sum to 1.",
    laws=[adamw_is_an_ema, adamw_unrolled, ema_weights_sum_to_one, first_updates_weigh_one_less_the_start],
    said=[EMA],
)

twice_the_lr_half_the_decay = Saying(
    "Who doubles lr should halve weight_decay.",
    Truth.QUALIFIED,
    "It keeps the timescale 1/(lr·wd). It keeps the path only for a scale-invariant loss, with the first weights "
    "doubled and eps halved.",
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
    said=[
        ""
        "https://docs.mosaicml.com/projects/composer/en/latest/api_reference/generated/composer.optim.DecoupledAdamW.html"
    ],
)

best_decay_falls_with_data = Saying(
    "The best weight decay is inversely proportional to the size of the data and grows with the width of the model.",
    Truth.QUALIFIED,
    "As arithmetic at a fixed timescale in epochs. That the best timescale stays the same is an observation of the "
    "paper's, which no theorem decides.",
    laws=[decay_at_a_fixed_timescale, decay_at_a_fixed_timescale_grows_with_width],
    said=[EMA],
)

mup_breaks_at_fixed_decay = Saying(
    "At a fixed weight_decay µP's scaling of lr with the width breaks down; scaled weight decay restores it.",
    Truth.QUALIFIED,
    "With lr ∝ 1/width the timescale 1/(lr·wd) grows with the width, and stays only if wd ∝ width: that is arithmetic. "
    "That training then transfers is an observation.",
    laws=[decay_at_a_fixed_timescale_grows_with_width],
    said=[EMA],
)

normalised_decay_is_much_larger = Saying(
    "Normalised weight decay is much larger than the decay that is used.",
    Truth.QUALIFIED,
    "By the root of the number of updates: larger iff there is more than one.",
    laws=[normalised_decay_is_larger_by_the_root_of_the_updates],
    said=[LH],
)

lr_and_decay_have_a_best_ratio = Saying(
    "The best weight_decay lies two or three decades from the best lr; updates should be a thousandth of the weights.",
    Truth.EMPIRICAL,
    "Public advice contradicts itself: proportional to lr in one place, inversely in another.",
)

adamw_keeps_weights_in_a_box = Saying(
    "AdamW keeps every weight within 1/wd.",
    Truth.QUALIFIED,
    "Lion keeps weights there that are there, and draws others near. AdamW's weights may go as far as ρ∞/wd, which no "
    "steps exceed; at rest on one gradient it is within 1/wd.",
    laws=[
        lion_keeps_the_box,
        adamw_needs_a_wider_box,
        no_step_is_longer_than_in_the_long_run,
        bounded_updates_keep_a_box,
        adamw_rests_by_a_barrier,
    ],
)

adamw_solves_a_constrained_problem = Saying(
    "If AdamW converges, then to a KKT point of the loss within |x| ≤ 1/wd.",
    Truth.QUALIFIED,
    "At eps > 0 exactly to a stationary point of the loss with a logarithmic barrier at 1/wd, seen here for constant "
    "gradients; the barrier vanishes with eps. The theorem itself, for eps = 0 and full batches, was not proved here.",
    laws=[resting_points_are_stationary_for_a_barrier, adamw_rests_at_one_gradient, adamw_rests_by_a_barrier],
    said=["https://proceedings.mlr.press/v235/xie24e.html"],
)

weights_reach_a_rotational_equilibrium = Saying(
    "Weight decay takes every neuron to one size and one rate of rotation.",
    Truth.QUALIFIED,
    "In a model of random gradients, orthogonal to the weight; there exactly.",
    laws=[adamw_equilibrium, scale_invariant_weights_turn_evenly],
    said=["https://arxiv.org/abs/2305.17212"],
)

no_decay_on_biases_and_norms = Saying(
    "Biases and the weights of normalisation layers should not decay.",
    Truth.EMPIRICAL,
    "What a theorem says is that decay of a weight before a normalisation, whose scale the loss does not see, sets "
    "only its size and how fast it turns; decay of a bias or a gain changes the function.",
    laws=[scale_invariant_weights_turn_evenly, decay_alone_is_geometric],
    said=["https://yao-lirong.github.io/2024/03/13/decoupled-weight-decay-regularization-sgdw-adamw.html"],
)

selective_projection = Saying(
    "Selective projection decay penalises only what moves away from the first weights.",
    Truth.TRUE,
    "It takes back a share of the growth of the distance, all of it at wd = 1, where the gradient points back and the "
    "distance grows all the same; elsewhere its step is Adam's.",
    laws=[projection_takes_back_growth],
    said=[SPD],
)

selective_projection_by_layers = Saying(
    "Selective projection decay lets layers with consistent loss reduction go further, and holds those with "
    "inconsistent reduction back.",
    Truth.QUALIFIED,
    "It holds back the tensors with Σ g·(x − x_start) > 0, and what “consistent” means is that sign, in one step. That "
    "this helps is an observation.",
    laws=[projection_takes_back_growth],
    said=[SPD],
)
