"""What is said of convergence: Adam, AMSGrad, ADOPT."""

from lawful.verify.laws.convergence import (
    adam_returns_on_reddi_with_more_memory,
    adam_walks_away_on_reddi,
    adopt_needs_independent_noise,
    adopt_returns_on_reddi,
    amsgrad_returns_on_reddi,
    momentum_conserves_the_sum,
    second_moment_stays_in_range_on_reddi,
    the_walk_is_never_short,
)
from lawful.verify.laws.noise import (
    adam_follows_the_majority,
    adam_walks_away_on_two_points,
    adopt_clipped_starts_the_wrong_way,
    adopt_clipped_turns_before_clipping_fades,
    adopt_fails_under_reshuffling,
    adopt_follows_the_mean_gradient,
    amsgrad_returns_on_two_points,
)
from lawful.verify.laws.stability import (
    adam_cycles_at_38_over_lr,
    adam_does_not_settle_on_its_cycle,
    frozen_adam_is_stable_up_to_38_over_lr,
)
from lawful.verify.laws.variants import amsgrad_is_three_rules
from lawful.verify.theory.ledger import Saying, Truth

REDDI = "https://arxiv.org/abs/1904.09237"
ADOPT = "https://arxiv.org/abs/2411.02853"

adam_can_fail = Saying(
    "Adam can go the wrong way even on convex problems.",
    Truth.TRUE,
    "On C, −1, −1 with β2 = 1/(1 + C²) it moves away from the optimum in every period, by a bound that is proved.",
    laws=[adam_walks_away_on_reddi, the_walk_is_never_short],
    said=[REDDI],
)

adam_never_converges = Saying(
    "Adam does not converge.",
    Truth.QUALIFIED,
    "At β1 = 0 and any β2 below 1/2 there are problems on which it goes the wrong way on average; at β2 = 1/(1 + C²), "
    "C > 2, one on which it does in every period, from every start. On a given one it goes the right way with more "
    "memory: on the latter at C = 4 for every β2 between 1/2 and 1.",
    laws=[
        adam_walks_away_on_reddi,
        adam_walks_away_on_two_points,
        adam_returns_on_reddi_with_more_memory,
        second_moment_stays_in_range_on_reddi,
    ],
    seen=["lawful race reddi1 --optimizers adam --betas 0,0.05 --betas 0,0.5"],
    said=[REDDI],
)

adopt_mends_adam = Saying(
    "ADOPT converges with any β2, as Adam does not.",
    Truth.QUALIFIED,
    "For noise that is independent from step to step. In a fixed order, or shuffled anew in every epoch, it can go the "
    "wrong way.",
    laws=[
        adopt_follows_the_mean_gradient,
        adopt_returns_on_reddi,
        adopt_needs_independent_noise,
        adopt_fails_under_reshuffling,
    ],
    said=[ADOPT, "https://github.com/iShohei220/adopt"],
)

adopt_clips_harmlessly = Saying(
    "ADOPT's clipping at t^¼ does not touch its convergence.",
    Truth.QUALIFIED,
    "It fades. But on rare large gradients, k² against −k, ADOPT follows the majority, from v = k² and m = 0, "
    "until the clip is above k − 1, and a part of the mean until it is above k: at k = 5 the wrong way before call "
    "257, clipped before call 626.",
    laws=[adopt_clipped_starts_the_wrong_way, adopt_clipped_turns_before_clipping_fades],
    said=["https://github.com/iShohei220/adopt"],
)

adopt_normalises_first = Saying(
    "ADOPT keeps the current gradient out of its second moment, and normalises before it averages.",
    Truth.TRUE,
    "So its mean step is −lr·E[g]/√v, and the average neither adds nor loses any of it.",
    laws=[adopt_follows_the_mean_gradient, momentum_conserves_the_sum],
    said=[ADOPT],
)

adopt_is_a_drop_in = Saying(
    "ADOPT replaces Adam as it stands.",
    Truth.QUALIFIED,
    "Other β2 and eps by default, eps in a maximum, and a first call that records v and moves nothing.",
    seen=["lawful check adopt", "lawful check adopt --rule adam"],
    said=["https://github.com/iShohei220/adopt"],
)

amsgrad_mends_adam = Saying(
    "AMSGrad mends what Adam does wrong.",
    Truth.QUALIFIED,
    "On Reddi's problem in every period; on two points once its maximum is large enough, which takes a run of large "
    "gradients. The regret bound that is quoted for it (Theorem 4) has a disputed proof (arXiv:1904.03590).",
    laws=[amsgrad_returns_on_reddi, amsgrad_returns_on_two_points],
    said=[REDDI],
)

torch_amsgrad_is_amsgrad = Saying(
    "torch's amsgrad=True is AMSGrad.",
    Truth.FALSE,
    "There are three forms. torch corrects the maximum afterwards, so what it divides by can shrink, as in Adam.",
    laws=[amsgrad_is_three_rules],
    seen=["lawful check torch.optim:Adam"],
)

adam_follows_frequent_gradients = Saying(
    "Without memory Adam follows the majority of the gradients, not their mean.",
    Truth.TRUE,
    "At β1 = β2 = 0, where its step is lr times the sign of the gradient: on a rare large gradient the wrong way.",
    laws=[adam_follows_the_majority],
)

adopt_is_better_than_adam = Saying(
    "ADOPT does better than Adam, from toy problems to language models.",
    Truth.EMPIRICAL,
    "On the toy problems the drifts are theorems, some of them against it; on models it is an observation.",
    laws=[adopt_follows_the_mean_gradient, adopt_needs_independent_noise],
    said=[ADOPT],
)

adam_rivals_sgd = Saying(
    "With decoupled decay Adam generalises as well as SGD with momentum.",
    Truth.EMPIRICAL,
    "Seen by the paper on image classification.",
    said=["https://arxiv.org/abs/1711.05101"],
)

adam_settles_at_38_over_lr = Saying(
    "Adam trains at the edge of stability, where the preconditioned curvature is 38/lr.",
    Truth.QUALIFIED,
    "38/lr is the exact limit of Adam with a frozen v at β1 = 0.9. With v moving, its cycle there repels in at least "
    "one direction: networks are observed near it, on a quadratic Adam does not settle.",
    laws=[
        frozen_adam_is_stable_up_to_38_over_lr,
        adam_cycles_at_38_over_lr,
        adam_does_not_settle_on_its_cycle,
    ],
    said=["https://arxiv.org/abs/2207.14484"],
)
