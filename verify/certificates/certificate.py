"""The certificate of a law: a file of Coq with a theorem for each of its claims, and its false neighbour beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lawful.verify.certificates.prove import theorem
from lawful.verify.certificates.stamp import stamp
from lawful.verify.certificates.terms import Untranslatable
from lawful.verify.certificates.theorem import Theorem, comment, split, together
from lawful.verify.theory.law import Law

HEAD = "From Lawful Require Import Prelude.\n"


@dataclass(frozen=True)
class Certificate:
    """A law as a file of Coq.

    Attributes:
        law: the law's name.
        kind: the law's kind.
        text: the file; empty where the law has no certificate.
        neighbour: why the false neighbour is not in it; empty if it is.
        reason: why the law has no certificate; empty if it has.
        stamp: of what it is made from (see `stamp`).
        hash: SHA-256 of its file, with what all files share.
    """

    law: str
    kind: str
    text: str = ""
    neighbour: str = ""
    reason: str = ""
    stamp: str = ""
    hash: str = ""


def certificate(law: Law) -> Certificate:
    """The law's certificate, or why there is none."""
    return replace(_written(law), stamp=stamp(law))


def _written(law: Law) -> Certificate:
    try:
        found = {f"{law.name}_{k}": theorem(claim) for k, claim in enumerate(law.claims(), start=1)}
    except Untranslatable as why:
        return Certificate(law.name, law.kind, reason=str(why))
    if any(t.witness and t.point is None for t in found.values()):
        return Certificate(
            law.name, law.kind, reason="no short numbers were found that satisfy its hypotheses"
        )
    beside, why_not = _neighbour(law, [*found.values()])
    parts = [
        HEAD,
        comment(law.statement),
        *(t.text(name) for name, t in found.items()),
        together(law.name, [proof for name, t in found.items() for proof in t.proofs(name)]),
        *beside,
    ]
    return Certificate(law.name, law.kind, "\n".join(parts), why_not)


def _neighbour(law: Law, own: Sequence[Theorem]) -> tuple[list[str], str]:
    """That the scripts prove no false claim: one is refused where the false law has several."""
    try:
        wrong = false_beside(law.neighbour(), own)
    except Untranslatable as why:
        return [], str(why)
    if not wrong:
        return [], "its claims are those of the law, as Coq sees them"
    return [comment(f"The false neighbour, {law.refuses.words}."), refused(wrong)], ""


def false_beside(false: Law, own: Sequence[Theorem]) -> list[Theorem]:
    """The theorems of a false law that are not among those of the true one.

    Raises:
        Untranslatable: one of them cannot be said.
    """
    said = {one.statement for one in own}
    return [one for one in map(theorem, false.claims()) if one.statement not in said]


def refused(wrong: Sequence[Theorem]) -> str:
    """That not all of some statements are proved by their scripts."""
    statement = " /\\\n".join(f"  ({t.statement.strip()})" for t in wrong)
    proof = split([t.proof for t in wrong])
    return f"Goal\n{statement}.\nProof.\n  Fail (solve [\n  {proof}]).\nAbort.\n"
