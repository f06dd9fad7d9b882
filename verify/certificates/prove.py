"""The theorem for a claim, by its kind."""

from functools import singledispatch
from typing import Any

from lawful.verify.certificates.forcing import forced
from lawful.verify.certificates.sequences import always, kept
from lawful.verify.certificates.statements import equal, positive
from lawful.verify.certificates.terms import Untranslatable
from lawful.verify.certificates.theorem import Theorem
from lawful.verify.provers.claims import (
    Always,
    Covariant,
    Declared,
    Equal,
    Expansion,
    Forced,
    Kept,
    MeanStep,
    Positive,
    Stable,
    Stored,
)
from lawful.verify.provers.maps import Linearised


@singledispatch
def theorem(claim: Any) -> Theorem:
    """The theorem for a claim.

    Raises:
        Untranslatable: its kind has no form here, or it has something without words in Coq.
    """
    raise Untranslatable(f"a claim of the kind {type(claim).__name__} has no form here")


theorem.register(Equal, equal)
theorem.register(Positive, positive)
theorem.register(Always, always)
theorem.register(Kept, kept)
theorem.register(Forced, forced)

BEYOND = {
    Expansion: "it speaks of a limit, and the scripts know no analysis",
    MeanStep: "it speaks of a stationary distribution, and the scripts know no probability",
    Covariant: "it speaks of the form of expressions, functions of whole tensors among them, not of numbers",
    Stable: "it speaks of limits of linear systems, and the scripts know no analysis",
    Linearised: "it speaks of a derivative, and the scripts know no analysis",
    Declared: "no theorem rests on it: what a state is declared to be is never assumed here",
    Stored: "it counts what a program stores, and is no statement about real numbers",
}
"""Kinds of claims without a certificate, and why."""


def _beyond(claim: Any) -> Theorem:
    raise Untranslatable(BEYOND[type(claim)])


for kind in BEYOND:
    theorem.register(kind, _beyond)
