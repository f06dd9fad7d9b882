"""A small number beside the second moment, under the root that is divided by, whatever eps is."""

from dataclasses import replace
from typing import Literal

from sympy import Symbol

from lawful.verify.errors import Unanswerable
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Words
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import beta2, t, v, v_max
from lawful.verify.language.transformation import changed, transformation

padding = Symbol("padding", nonnegative=True)
KEPT = (v_max, v)
WORDS: Words = {
    "beside": {
        "moment": "a number beside the second moment",
        "corrected": "a number beside the corrected second moment",
    }
}


@transformation(words=WORDS)
def padded(rule: Rule, *, beside: Literal["moment", "corrected"] = "moment") -> Rule:
    """The rule with v + c wherever it reads the second moment, or its maximum, that it keeps as it is; v + c·(1 − β₂ᵗ)
    where that is divided by 1 − β₂ᵗ before c is added.

    A gradient of the size of √c is divided by more than itself.
    """
    second = next((s for s in KEPT if s in rule.state), None)
    corrected = beside == "corrected"
    if corrected and not rule.x.has(beta2**t):
        raise Unanswerable(f"padded({rule}, beside='corrected'): {rule} does not correct its second moment.")
    more = padding * (1 - beta2**t) if corrected else padding
    held = second and {rule.state[second]: rule.state[second] + more}
    if not held or not any(e.has(*held) for s, e in {**rule.state, None: rule.x}.items() if s not in KEPT):
        raise Unanswerable(f"padded({rule}): {rule} does not divide by a second moment.")
    state = {s: e if s in KEPT else put(e, held) for s, e in rule.state.items()}
    made = replace(rule, state=state, names={s: put(e, held) for s, e in rule.names.items()})
    return changed(
        made,
        put(rule.x, held),
        Source("pytorch-optimizer 4.1.0", "exp_avg_sq_eps"),
        defaults={padding: 1e-15},
        domains={padding: Domain((1e-3, 1e-15, 1e-8, 0.0))},
    )
