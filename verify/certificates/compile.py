"""Compiles a folder of certificates with `coqc`: `python -m lawful.verify.certificates.compile DIR [--mutants]`.

A law is certified if `coqc` accepts its file, every theorem in it rests on the axioms of Coq's real numbers alone, and
its false neighbour was refused, where it could be said. With `--mutants` the law of a wrong rule is tried too.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from shutil import which
from time import perf_counter

from lawful.verify.certificates.certificate import Certificate
from lawful.verify.certificates.counts import told
from lawful.verify.certificates.folder import read
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

JOBS, LIMIT = 2, 600
"""How many files at once; how many seconds one may take."""

RESULT = "certificates.json"


def coqc(folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    """Compiles one file of the folder."""
    command = ["coqc", "-q", "-R", ".", "Lawful", f"{name}.v"]
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"it took longer than {LIMIT} s")


def outcome(folder: Path, one: Certificate) -> Outcome:
    """What becomes of one certificate."""
    if one.reason:
        return Outcome(one.law, one.kind, False, one.reason)
    began = perf_counter()
    done = coqc(folder, one.law)
    took, axioms = perf_counter() - began, rests_on(done.stdout)
    if done.returncode:
        accepted = "has not failed" in done.stderr
        why = "its false neighbour was accepted" if accepted else _short(done.stderr)
        return Outcome(one.law, one.kind, False, why, False if accepted else None, sorted(axioms), took)
    answers = len(re.findall(r"^(?:Axioms:|Closed under the global context)$", done.stdout, re.MULTILINE))
    why = ", ".join(sorted(axioms - AXIOMS)) and f"it rests on {', '.join(sorted(axioms - AXIOMS))}"
    why = why or (
        "" if answers == one.theorems else f"{answers} of {one.theorems} statements say what they rest on"
    )
    return Outcome(one.law, one.kind, not why, why, None if one.neighbour else True, sorted(axioms), took)


def rests_on(said: str) -> set[str]:
    """The axioms that `Print Assumptions` names."""
    return set(re.findall(r"^([A-Za-z_][\w.']*)(?= :|$)", said, re.MULTILINE)) - {"Axioms"}


def _short(error: str) -> str:
    return " ".join(error.split())[-300:] or "coqc failed and said nothing"


def compiled(folder: Path) -> list[Outcome]:
    """What becomes of every certificate of a folder, some at a time.

    Raises:
        RuntimeError: what they share does not compile.
    """
    if (shared := coqc(folder, "Prelude")).returncode:
        raise RuntimeError(f"Prelude.v was refused: {_short(shared.stderr)}")
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(lambda one: _noted(outcome(folder, one)), read(folder)))


def _noted(found: Outcome) -> Outcome:
    """It, told as it comes on standard error."""
    if found.seconds:
        print(
            f"{'✓' if found.certified else '✗'} {found.law} {found.seconds:.1f} s",
            file=sys.stderr,
            flush=True,
        )
    return found


def version() -> str:
    """`8.16.1`."""
    said = subprocess.run(["coqc", "--version"], capture_output=True, text=True, check=True).stdout
    return str((re.findall(r"\d+(?:\.\d+)+", said) or [said.strip()])[0])


def failed(found: Sequence[Outcome], written: Sequence[Certificate]) -> bool:
    """Whether a certificate that was written was not accepted, or one of a mutant was."""
    without = {one.law for one in written if one.reason}
    return any(not o.certified or o.mutant is False for o in found if o.law not in without)


def with_mutants(folder: Path, found: Sequence[Outcome]) -> list[Outcome]:
    """They, with what becomes of a mutant of each law that is certified."""
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(lambda one: _with_mutant(folder, one) if one.certified else one, found))


def _with_mutant(folder: Path, one: Outcome) -> Outcome:
    """A mutant is refused, accepted, or not asked: none is known to be false, or `coqc` came to no end."""
    if not (text := mutated(find_law(one.law))):
        return one
    name = f"{one.law}_mutant"
    (folder / f"{name}.v").write_text(text, encoding="utf-8")
    done = coqc(folder, name)
    answered = not done.returncode or "has not failed" in done.stderr
    return replace(one, mutant=not done.returncode if answered else None)


def main(arguments: Sequence[str]) -> int:
    """0 if every certificate that was written is accepted, 1 if not, 2 if there is no `coqc`."""
    parser = argparse.ArgumentParser(prog="compile", description="Compiles a folder of certificates.")
    parser.add_argument("folder", type=Path, help="what `lawful prove --certificates` wrote")
    parser.add_argument("--mutants", action="store_true", help="have laws of wrong rules refused too")
    asked = parser.parse_args(arguments)
    if which("coqc") is None:
        print("coqc is not installed (Debian: apt install coq); nothing was compiled.", file=sys.stderr)
        return 2
    found, coq = compiled(asked.folder), version()
    found = with_mutants(asked.folder, found) if asked.mutants else found
    result = {"coqc": coq, "laws": list(map(asdict, found))}
    (asked.folder / RESULT).write_text(json.dumps(result, indent=1) + "\n")
    written = read(asked.folder)
    print("\n".join(told(found, written, coq, asked.mutants)))
    return 1 if failed(found, written) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
