"""AdamW as Loshchilov & Hutter print it (arXiv:1711.05101), for warm restarts."""

from dataclasses import replace

from lawful.verify.rule import Rule, Source, family
from lawful.verify.rules.adam import adam_like


@family()
def adamwr() -> Rule:
    """The schedule's multiplier η_t = lr/lr₀ on both terms, and a decay that lr₀ does not scale.

    The schedule (cosine annealing with warm restarts) is the user's, through lr; so is the decay's normalisation,
    wd = wd_norm·√(b/(B·T)). The default is that of wd_norm = 0.05, batches of 128 out of 50000, 100 epochs.
    """
    rule = adam_like(2.5e-4, Source("arXiv:1711.05101", "Algorithm 2, lines 6-12"), True, "wd*lr/lr_0")
    return replace(rule, name="adamwr")
