"""AdaNorm (arXiv:2210.06364): a gradient shorter than gradients were is made as long."""

from dataclasses import replace
from typing import Literal

from sympy import Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.domain import WEIGHT
from lawful.verify.language.extrema import Min
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import g, v
from lawful.verify.language.tensors import IfPositive, Norm
from lawful.verify.language.transformation import fed, transformation

r = Symbol("adanorm_r", nonnegative=True)
length = Symbol("grad_norm", nonnegative=True)


WORDS: Words = {
    "squares": {"adapted": "squares of the longer gradient", "raw": "squares of the gradient as it is"}
}


@transformation(words=WORDS)
def adanorm(rule: Rule, *, squares: Literal["adapted", "raw"] = "adapted") -> Rule:
    """e ← r·e + (1 − r)·‖g‖, of each tensor; where e > ‖g‖ > 0, the rule on g·e/‖g‖.

    `squares="raw"`: its second moment is that of g, as the paper has it for Adam.
    """
    usual = r * length + (1 - r) * Norm(g)
    made = fed(
        rule,
        IfPositive(Min(usual - Norm(g), Norm(g)), g * usual / Norm(g), g),
        Source("arXiv:2210.06364", "Algorithm 2, from memory"),
        state={length: usual},
        defaults={r: 0.95},
        domains={r: WEIGHT},
    )
    if squares == "adapted":
        return made
    if v not in rule.state:
        raise Unanswerable(f"adanorm({rule}, squares='raw'): {rule} has no second moment.")
    back = {made.state[v]: rule.state[v]}
    return replace(made, x=put(made.x, back), state={s: put(e, back) for s, e in made.state.items()})
