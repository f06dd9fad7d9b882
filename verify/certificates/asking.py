"""What `coqc` says of one certificate, and of the law of a wrong rule."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from lawful.verify.certificates.certificate import Certificate
from lawful.verify.certificates.folder import hashed
from lawful.verify.certificates.mutated import mutated
from lawful.verify.certificates.outcome import Outcome
from lawful.verify.theory.law import find_law

AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
"""What Coq's library of real numbers rests on."""

LIMIT = 600
"""How many seconds of a processor one file may take, however busy the machine is."""


def coqc(folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    """Compiles one file of the folder."""
    limited = ["sh", "-c", f'ulimit -S -t {LIMIT}; exec "$@"', "sh"]
    command = [*limited, "coqc", "-q", "-R", ".", "Lawful", f"{name}.v"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def version() -> str:
    """`8.16.1`."""
    said = subprocess.run(["coqc", "--version"], capture_output=True, text=True, check=True).stdout
    return str((re.findall(r"\d+(?:\.\d+)+", said) or [said.strip()])[0])


def outcome(folder: Path, one: Certificate) -> Outcome:
    """What becomes of one certificate."""
    blank = Outcome(one.law, one.kind, False, one.reason, stamp=one.stamp, hash=one.hash)
    if one.reason:
        return blank
    if hashed(folder, one.law) != one.hash:
        return replace(blank, why="its file is not the one that was written for it")
    began = perf_counter()
    done = coqc(folder, one.law)
    axioms = rests_on(done.stdout)
    found = replace(blank, axioms=tuple(sorted(axioms)), seconds=perf_counter() - began)
    if "has not failed" in done.stderr:
        return replace(found, why="its false neighbour was accepted", neighbour=False)
    if done.returncode:
        return replace(found, why=_fault(done))
    answers = re.findall(r"^(?:Axioms:|Closed under the global context)$", done.stdout, re.MULTILINE)
    others = ", ".join(sorted(axioms - AXIOMS))
    why = (
        f"it rests on {others}" if others else "" if len(answers) == 1 else "it does not say on what it rests"
    )
    return replace(found, certified=not why, why=why, neighbour=None if one.neighbour else True)


def rests_on(said: str) -> set[str]:
    """The axioms that `Print Assumptions` names."""
    return set(re.findall(r"^([A-Za-z_][\w.']*)(?= :|$)", said, re.MULTILINE)) - {"Axioms"}


def _fault(done: "subprocess.CompletedProcess[str]") -> str:
    """Why a file was not accepted."""
    if done.returncode < 0:
        return f"coqc was ended by signal {-done.returncode}; it may take {LIMIT} s of a processor"
    return " ".join(done.stderr.split())[-300:] or "coqc failed and said nothing"


def with_mutant(folder: Path, one: Outcome) -> Outcome:
    """A mutant is refused, accepted, or not asked: none is known to be false, or `coqc` came to no end."""
    if not (text := mutated(find_law(one.law))):
        return one
    name = f"{one.law}_mutant"
    (folder / f"{name}.v").write_text(text, encoding="utf-8")
    done = coqc(folder, name)
    answered = not done.returncode or "has not failed" in done.stderr
    return replace(one, mutant=not done.returncode if answered else None)
