"""The theorem for a claim, by its kind."""

from lawful.verify.certificates.forcing import forced
from lawful.verify.certificates.sequences import always
from lawful.verify.certificates.statements import equal, positive
from lawful.verify.certificates.terms import Untranslatable
from lawful.verify.certificates.theorem import Theorem
from lawful.verify.provers.claims import Always, Claim, Equal, Forced, Positive


def theorem(claim: Claim) -> Theorem:
    """The theorem for a claim.

    Raises:
        Untranslatable: its kind has no form yet, or it has something without words in Coq.
    """
    if isinstance(claim, Equal):
        return equal(claim)
    if isinstance(claim, Positive):
        return positive(claim)
    if isinstance(claim, Always):
        return always(claim)
    if isinstance(claim, Forced):
        return forced(claim)
    raise Untranslatable(f"{type(claim).__name__} is not translated")
