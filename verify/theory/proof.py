"""What became of a law: its proof, the second check, and the neighbour that must be refused."""

from dataclasses import dataclass, field

from lawful.verify.evidence import Verdict


@dataclass(frozen=True)
class Proof:
    """How a law was proved, and what its neighbour and the second check said.

    Attributes:
        law: the law's name.
        kind: equivalence, separation, closed form, convergence …
        statement: the law in a sentence.
        formula: the law as LaTeX.
        source: where it is stated.
        proved: whether the proof went through.
        steps: the proof, a line per step.
        confirmed: whether the second check, which shares no code with the proof, agrees.
        second_check: what it was, in words.
        refused: whether the false neighbour was refused by the same procedure.
        neighbour: the false neighbour, in words.
        seconds: wall time of all three.
        proved_by: the methods of the proof.
        checked_by: those of the second check.
        role: `law`, or `lemma` if it speaks of no rule.
        rules: for which rules exactly, with what was put in for their symbols.
        given: what the symbols may be.
        not_where: where it says nothing.
        coqc, uncertified: the version that was asked about its theorem, if any, and why it did not certify it.
    """

    law: str
    kind: str
    statement: str
    formula: str
    source: str
    proved: bool
    steps: list[str]
    confirmed: bool
    second_check: str
    refused: bool
    neighbour: str
    seconds: float = 0.0
    proved_by: str = ""
    checked_by: str = ""
    role: str = "law"
    rules: list[str] = field(default_factory=list)
    given: str = ""
    not_where: list[str] = field(default_factory=list)
    coqc: str = ""
    uncertified: str = ""

    @property
    def verdict(self) -> Verdict:
        """Lawful if proved, confirmed and its neighbour refused; else inconclusive."""
        return Verdict.LAWFUL if self.proved and self.confirmed and self.refused else Verdict.INCONCLUSIVE
