"""What is said of precision, schedules, betas, Muon and loss scales."""

from lawful.verify.laws.averages import (
    a_schedule_averages_the_run_at_rate_1,
    cosine_is_half_a_wave_of_the_run,
    linear_decay_is_the_mean_of_the_run,
    schedule_free_is_the_plain_mean,
)
from lawful.verify.laws.reddi_threshold import (
    betas_that_are_safe,
    reddi_has_one_threshold,
    second_moment_falls_at_most_by_beta2,
    thresholds_of_reddis_problem,
)
from lawful.verify.laws.scaling import (
    a_loss_scale_divides_eps,
    clipping_weighs_each_step,
    eps_halves_the_steps_of_its_size,
    l2_feels_a_loss_scale,
)
from lawful.verify.laws.spectral import (
    muon_keeps_a_spectral_box,
    newton_schulz_never_leaves_its_interval,
    small_singular_values_grow,
)
from lawful.verify.laws.stagnation import (
    a_narrow_second_moment_never_falls,
    decay_above_the_roundoff_moves_every_weight,
    decay_below_half_the_roundoff_is_lost,
    steps_above_the_roundoff_move_every_weight,
    steps_below_half_the_roundoff_are_lost,
)
from lawful.verify.theory.ledger import Saying, Truth

weights_in_bfloat16_decay = Saying(
    "Weights kept in bfloat16 decay as those in float32 do.",
    Truth.FALSE,
    "Rounded to nearest, decay changes no weight below lr·wd = 2⁻⁹ and every one from above 2⁻⁸: at lr = 1e-3 and "
    "wd = 0.1 it never acts.",
    laws=[decay_below_half_the_roundoff_is_lost, decay_above_the_roundoff_moves_every_weight],
)

small_rates_need_wide_weights = Saying(
    "Small learning rates need weights in float32.",
    Truth.TRUE,
    "In a format of unit roundoff u a first step of lr moves no weight above 2·lr/u and every one below lr/u: in "
    "bfloat16 at lr = 1e-4, none above 0.0512.",
    laws=[steps_below_half_the_roundoff_are_lost, steps_above_the_roundoff_move_every_weight],
)

adam_in_bfloat16_forgets = Saying(
    "Adam's second moment forgets old gradients in bfloat16 too.",
    Truth.QUALIFIED,
    "At β2 above 1 − 2⁻⁹, so at 0.999, a second moment kept in bfloat16 never falls; at 0.95 it does.",
    laws=[a_narrow_second_moment_never_falls],
)

a_larger_beta2_mends_adam = Saying(
    "Adam converges on Reddi's problem once β2 is large enough.",
    Truth.QUALIFIED,
    "On its cycle, C, −1, −1 with C > 2 and β1 = 0, there is one β2*(C) above which Adam moves towards the optimum; "
    "for any β1 and eps, β2 > 2/C is enough. How large is large depends on the problem.",
    laws=[
        reddi_has_one_threshold,
        thresholds_of_reddis_problem,
        betas_that_are_safe,
        second_moment_falls_at_most_by_beta2,
    ],
)

decaying_lr_is_averaging = Saying(
    "Decaying the learning rate does what averaging the weights does.",
    Truth.QUALIFIED,
    "On the same gradients, for updates that depend on neither lr nor the weight, exactly: linear decay to 0 leaves "
    "the plain mean of the run at constant lr, a cosine one weighed by half a sine wave. Training sees other "
    "gradients where the weights are others.",
    laws=[
        a_schedule_averages_the_run_at_rate_1,
        linear_decay_is_the_mean_of_the_run,
        cosine_is_half_a_wave_of_the_run,
    ],
)

schedule_free_averages = Saying(
    "Schedule-free optimizers average the iterates in place of a schedule.",
    Truth.TRUE,
    "At constant lr and r = 0, gradients are taken at (1 − β1)·z + β1·x̄, x̄ being the plain mean of all z.",
    laws=[schedule_free_is_the_plain_mean],
    said=["https://arxiv.org/abs/2405.15682"],
)

muon_orthogonalises = Saying(
    "Muon makes its update orthogonal.",
    Truth.QUALIFIED,
    "With the usual five iterations, singular values above 0.0063 of the norm go into [0.68, 1.137], not to 1; "
    "smaller ones may come out anywhere below 1.203, and those near 0 stay near 0.",
    laws=[newton_schulz_never_leaves_its_interval, small_singular_values_grow],
)

decay_bounds_muons_spectral_norm = Saying(
    "Under Muon with weight decay the spectral norm of the weights is at most 1/wd.",
    Truth.QUALIFIED,
    "What is proved is 1.203/wd, as singular values of the update go up to that; from outside, the norm only comes "
    "near it.",
    laws=[muon_keeps_a_spectral_box],
)

adam_ignores_the_loss_scale = Saying(
    "Adam does not feel the scale of the loss, nor clipping by the norm.",
    Truth.QUALIFIED,
    "A constant factor is exactly a change of eps, and of wd under L2; factors that differ from step to step change "
    "the steps, on gradients of one sign by at most the ratio of the factors.",
    laws=[
        a_loss_scale_divides_eps,
        l2_feels_a_loss_scale,
        clipping_weighs_each_step,
        eps_halves_the_steps_of_its_size,
    ],
)
