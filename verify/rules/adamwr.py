"""AdamW as Loshchilov & Hutter print it (arXiv:1711.05101), for warm restarts."""

from dataclasses import replace
from typing import Literal

from lawful.verify.language.family import family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.rules.adam import EPS, adam_like

SOURCE = Source(
    "arXiv:1711.05101", "Algorithm 2, lines 6-12, from memory", checked="loshchil/AdamW-and-SGDW@0ae5185b3c"
)


@family(words=EPS)
def adamwr(*, eps: Literal["outside", "hat"] = "outside") -> Rule:
    """The schedule's multiplier η_t = lr/lr₀ on both terms, and a decay that lr₀ does not scale.

    The schedule (cosine annealing with warm restarts) is the user's, through lr; so is the decay's normalisation,
    wd = wd_norm·√(b/(B·T)) for batches of b out of B samples and T epochs (of the current restart), appendix B.1.
    The paper gives no default for wd. This one is what the authors' code recommends for CIFAR-10, wd_norm = 0.05,
    over the paper's 100 epochs of batches of 128 out of 50000: 2.53e-4. That code has Adam's epsilon hat (`eps="hat"`).
    """
    rule = adam_like(2.5e-4, SOURCE, True, "wd*lr/lr_0", eps_place=eps)
    return replace(rule, name="adamwr")
