"""What is said of the size of Adam's steps."""

from lawful.verify.laws.closed_forms import (
    adam_without_momentum_is_rmsprop,
    alternating_gradients_move_adam_less,
    constant_gradients_move_adam_by_lr,
    first_step_of_adam,
    multiplier_falls_with_mean_and_noise,
    uncorrected_steps_start_too_long,
)
from lawful.verify.laws.step_size import (
    equal_betas_never_exceed_lr,
    largest_step_in_the_long_run,
    largest_step_of_adam,
    no_step_is_longer_than_in_the_long_run,
    published_step_bound_is_false,
    second_step_can_exceed_lr,
)
from lawful.verify.theory.ledger import Saying, Truth

ADAM = "https://arxiv.org/abs/1412.6980"

steps_are_bounded_as_published = Saying(
    "Adam's steps are at most lr·(1 − β1)/√(1 − β2) where 1 − β1 > √(1 − β2), and at most lr elsewhere.",
    Truth.FALSE,
    "Growing gradients exceed both. The exact supremum is lr·ρ_t, at most lr·ρ∞ where β1² < β2. (Section 2.1 of the "
    "paper calls the two “upper bounds”, and then steps “approximately bounded” by lr.)",
    laws=[
        published_step_bound_is_false,
        largest_step_of_adam,
        largest_step_in_the_long_run,
        no_step_is_longer_than_in_the_long_run,
    ],
    said=[ADAM],
)

equal_betas_bound_steps_by_lr = Saying(
    "With β1 = β2 no step of Adam is longer than lr.",
    Truth.TRUE,
    "Then m² ≤ (1 − β1ⁿ)·v whatever the gradients, so that m̂² ≤ v̂.",
    laws=[equal_betas_never_exceed_lr],
)

first_steps_are_small_without_correction = Saying(
    "Without bias correction Adam's first steps are too small.",
    Truth.FALSE,
    "They are too large: on a constant gradient 3.16·lr at first, 6.57·lr in the 12th step, at the default betas and "
    "eps = 0. v starts more slowly than m.",
    laws=[uncorrected_steps_start_too_long, first_step_of_adam],
)

adam_combines_momentum_and_rmsprop = Saying(
    "Adam combines momentum and RMSprop.",
    Truth.TRUE,
    "Without momentum it is RMSprop with bias correction, lr·√(1 − β2ᵗ).",
    laws=[adam_without_momentum_is_rmsprop],
    said=[ADAM],
)

first_average_is_the_gradient = Saying(
    "After bias correction Adam's first average is exactly the gradient.",
    Truth.TRUE,
    "So its first step is −lr·g/(|g| + eps), whatever the betas.",
    laws=[first_step_of_adam],
    said=[ADAM],
)

constant_gradients_give_lr = Saying(
    "On a constant gradient Adam's step is about lr.",
    Truth.TRUE,
    "Exactly lr at eps = 0, in every step.",
    laws=[constant_gradients_move_adam_by_lr],
    said=[ADAM],
)

adam_senses_the_direction = Saying(
    "Adam notices that it goes the same way again and again and raises the learning rate.",
    Truth.FALSE,
    "On a constant gradient its step is lr for ever.",
    laws=[constant_gradients_move_adam_by_lr],
    said=["https://es.coursera.org/lecture/advanced-learning-algorithms/advanced-optimization-5Qt9E"],
)

large_gradients_get_small_steps = Saying(
    "Parameters with consistently large gradients get smaller steps.",
    Truth.QUALIFIED,
    "Their multiplier lr/√v is smaller, the step is not: on a constant gradient it is lr, however large the gradient.",
    laws=[multiplier_falls_with_mean_and_noise, constant_gradients_move_adam_by_lr],
    said=["https://www.textbookofai.com/visualisations/adam-optimizer.html"],
)

noisy_gradients_get_large_steps = Saying(
    "Parameters with small, noisy gradients get larger steps.",
    Truth.QUALIFIED,
    "Small gradients get a larger multiplier lr/√v. Noise lessens it, and steps too: on an alternating gradient "
    "every even one is lr·(1 − β1)/(1 + β1), about lr/19 at β1 = 0.9.",
    laws=[multiplier_falls_with_mean_and_noise, alternating_gradients_move_adam_less],
    said=["https://www.cruxible.dev/learn/ml3-adam-optimizer"],
)

rapid_changes_give_small_steps = Saying(
    "If the gradient changes rapidly, the step is much smaller than lr.",
    Truth.QUALIFIED,
    "If it alternates. If it grows, steps exceed lr.",
    laws=[alternating_gradients_move_adam_less, second_step_can_exceed_lr],
    said=[ADAM],
)
