"""The result in words: what is certified, what was refused, and what has no certificate."""

from collections import Counter
from collections.abc import Iterator, Sequence

from lawful.verify.certificates.certificate import Certificate
from lawful.verify.certificates.outcome import Outcome


def told(
    found: Sequence[Outcome], written: Sequence[Certificate], coq: str, mutants: bool = False
) -> list[str]:
    """The result, a line each: what was not accepted, by name; what was not written, by kind; the counts."""
    reasons = {one.law: one.reason for one in written if one.reason}
    accepted = [o for o in found if o.certified]
    lost = [o for o in found if not o.certified and o.law not in reasons]
    axioms = sorted({a for o in accepted for a in o.axioms})
    return [
        *(f"{o.law} ({o.kind}) is not certified: {o.why}." for o in lost),
        *_not_written(written),
        f"{len(accepted)} of {len(found)} laws certified by coqc {coq}; "
        f"false neighbours: {_answers([o.neighbour for o in accepted])}.",
        *([f"Mutants: {_answers([o.mutant for o in accepted])}."] if mutants else []),
        f"All rest on {', '.join(axioms)} alone." if axioms else "They rest on no axiom.",
    ]


def _not_written(written: Sequence[Certificate]) -> Iterator[str]:
    """`not written: 12 symmetry: it speaks of …`, a line for each kind and reason."""
    kinds = Counter((one.kind, one.reason) for one in written if one.reason)
    for (kind, reason), count in sorted(kinds.items()):
        yield f"not written: {count} {kind}: {reason}."


def _answers(asked: Sequence[bool | None]) -> str:
    """`refused 3, not asked 1`."""
    counts = {"refused": True, "accepted": False, "not asked": None}
    found = {word: sum(answer is value for answer in asked) for word, value in counts.items()}
    return ", ".join(f"{word} {count}" for word, count in found.items() if count or word == "refused")
