"""A theorem of Coq as text: statement, the script that proves it, and a point at which its hypotheses hold."""

from collections.abc import Sequence
from dataclasses import dataclass

WITNESS = "_is_about_something"
"""What the name of a theorem's witness ends with."""


@dataclass(frozen=True)
class Theorem:
    """What stands in a certificate for one claim.

    Attributes:
        words: the claim in words.
        statement: after the colon.
        script: a tactic, of one line or more.
        witness: the statement that there are numbers that satisfy all hypotheses; empty where there are none.
        point: those numbers, as terms in the order of the statement; None where none were found.
    """

    words: str
    statement: str
    script: Sequence[str]
    witness: str = ""
    point: Sequence[str] | None = None

    def text(self, name: str) -> str:
        """The theorem, its proof, and its witness."""
        parts = [comment(self.words), f"Theorem {name} :", f"{self.statement}."]
        parts += [f"Proof.\n  {self.proof}.\nQed."]
        if self.witness:
            point = "".join(f" exists {value}." for value in self.point or ())
            parts += [f"Lemma {name}{WITNESS} :", f"{self.witness}.", f"Proof.{point} numbers. Qed."]
        return "\n".join(parts) + "\n"

    def proofs(self, name: str) -> list[str]:
        """What `text` proves, by name."""
        return [name, f"{name}{WITNESS}"] if self.witness else [name]

    @property
    def proof(self) -> str:
        """The script as one tactic."""
        return ";\n  ".join(self.script)


def comment(words: str) -> str:
    """Words that Coq does not read; what would end them, or begin a string, is taken out."""
    return f"(* {words.replace('*)', '* )').replace('(*', '( *').replace(chr(34), chr(39))} *)"


def stated(
    binders: str, premises: Sequence[str], lets: Sequence[str], conditions: Sequence[str], goal: str
) -> str:
    """`forall binders, premises -> let … in conditions -> goal`, a part a line."""
    lines = [f"forall{binders},"] if binders else []
    lines += [f"{p} ->" for p in premises] + list(lets) + [f"{c} ->" for c in conditions]
    return "\n".join(f"  {line}" for line in [*lines, goal])


def exists(names: Sequence[tuple[str, str]], lets: Sequence[str], props: Sequence[str]) -> str:
    """`exists x : R, … /\\ …`; empty where nothing is supposed."""
    if not props:
        return ""
    opened = " ".join(f"exists {name} : {kind}," for name, kind in names)
    return "\n".join(f"  {line}" for line in [opened, *lets, " /\\ ".join(f"({p})" for p in props)] if line)


def together(name: str, proofs: Sequence[str]) -> str:
    """All that is proved as one proof, and the question on what it rests: to ask once is twice as fast."""
    *firsts, last = proofs
    whole = "".join(f"(conj {first} " for first in firsts) + last + ")" * len(firsts)
    return f"Definition {name} := {whole}.\nPrint Assumptions {name}.\n"


def split(scripts: Sequence[str]) -> str:
    """The tactic that proves a conjunction by a script for each of its parts."""
    first, *rest = scripts
    return f"split; [{first} | {split(rest)}]" if rest else first
