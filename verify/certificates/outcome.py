"""What became of laws' certificates, as it is kept in a file, and what of that holds for a law as it is now."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from lawful.verify.certificates.stamp import stamp
from lawful.verify.errors import Unanswerable
from lawful.verify.theory.law import Law
from lawful.verify.theory.proof import Proof

RESULT = "certificates.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a law's certificate.

    Attributes:
        law: its name.
        kind: its kind.
        certified: whether it was accepted, on the axioms of the real numbers alone.
        why: what was wrong; or why there is no certificate.
        neighbour: whether its false neighbour was refused; None where that was not asked.
        axioms: those that it rests on.
        seconds: how long `coqc` took.
        mutant: whether the law of a rule with one change was refused; None where that was not asked.
        stamp: of what the certificate was made from.
        hash: SHA-256 of what `coqc` read.
    """

    law: str
    kind: str
    certified: bool
    why: str = ""
    neighbour: bool | None = None
    axioms: tuple[str, ...] = ()
    seconds: float = 0.0
    mutant: bool | None = None
    stamp: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Outcomes:
    """What a version of `coqc` said of certificates."""

    coqc: str
    laws: list[Outcome] = field(default_factory=list)

    def save(self, file: Path) -> None:
        """Writes them as JSON."""
        file.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")

    @classmethod
    def load(cls, file: Path) -> "Outcomes":
        """Those of a file.

        Raises:
            Unanswerable: it cannot be read, or is no such file.
        """
        try:
            return msgspec.json.decode(file.read_bytes(), type=cls)
        except (OSError, msgspec.MsgspecError) as error:
            raise Unanswerable(f"{file} does not say what became of certificates: {error}.") from error

    def told(self, law: Law, proof: Proof) -> Proof:
        """A law's proof with what was said of it as it is now."""
        return replace(proof, coqc=self.coqc, uncertified=self.against(law))

    def against(self, law: Law) -> str:
        """Why a law as it is now is not certified; empty if it is: an answer about what has changed since is none."""
        found = next((one for one in self.laws if one.law == law.name), None)
        if found is None:
            return "it was not asked"
        if found.stamp != stamp(law):
            return "the law or the scripts have changed since it was asked"
        return "" if found.certified else found.why or "it was refused"
