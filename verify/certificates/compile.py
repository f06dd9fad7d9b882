"""Compiles a folder of certificates with `coqc`: `python -m lawful.verify.certificates.compile DIR [--mutants]`.

A law is certified if `coqc` accepts its file, every theorem in it rests on the axioms of Coq's real numbers alone, and
its false neighbour was refused, where it could be said. With `--mutants` the law of a wrong rule is tried too. What was
accepted before by the same `coqc`, word for word, is not asked again.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from shutil import which

from lawful.verify.certificates.asking import coqc, outcome, version, with_mutant
from lawful.verify.certificates.certificate import Certificate
from lawful.verify.certificates.counts import told
from lawful.verify.certificates.folder import read
from lawful.verify.certificates.outcome import RESULT, Outcome, Outcomes
from lawful.verify.errors import Unanswerable

JOBS = 2
"""How many files at once."""


def compiled(folder: Path, coq: str, mutants: bool = False) -> list[Outcome]:
    """What becomes of every certificate of a folder, some at a time; the file of results is written as they come.

    Raises:
        RuntimeError: what they share does not compile.
    """
    if (shared := coqc(folder, "Prelude")).returncode:
        raise RuntimeError(f"Prelude.v was refused: {shared.stderr}")
    known = accepted_before(folder, coq)
    with ThreadPoolExecutor(JOBS) as pool:
        asked = [pool.submit(_answer, folder, dict(known), mutants, one) for one in read(folder)]
        for answer in as_completed(asked):
            known[answer.result().law] = answer.result()
            Outcomes(coq, list(known.values())).save(folder / RESULT)
    return [known[one.law] for one in read(folder)]


def accepted_before(folder: Path, coq: str) -> dict[str, Outcome]:
    """What this version of `coqc` has accepted of what stands in the folder."""
    try:
        before = Outcomes.load(folder / RESULT)
    except Unanswerable:
        return {}
    found = {o.law: o for o in before.laws if o.certified and before.coqc == coq}
    same = [one for one in read(folder) if one.law in found and found[one.law].hash == one.hash]
    return {one.law: replace(found[one.law], stamp=one.stamp) for one in same}


def _answer(folder: Path, known: Mapping[str, Outcome], mutants: bool, one: Certificate) -> Outcome:
    """What becomes of a certificate, and of a mutant of its law if that is wanted and it is accepted."""
    before = known.get(one.law)
    found = before or outcome(folder, one)
    if before is None and not one.reason:
        _tell(found.certified, one.law, f"{found.seconds:.1f} s")
    if mutants and found.certified and found.mutant is None:
        found = with_mutant(folder, found)
        _tell(found.mutant, one.law, "of a mutant")
    return found


def _tell(holds: bool | None, *words: str) -> None:
    """It as it comes, on standard error."""
    print({True: "✓", False: "✗", None: "–"}[holds], *words, file=sys.stderr, flush=True)


def failed(found: Sequence[Outcome], written: Sequence[Certificate]) -> bool:
    """Whether a certificate that was written was not accepted, or one of a mutant was."""
    without = {one.law for one in written if one.reason}
    return any(not o.certified or o.mutant is False for o in found if o.law not in without)


def main(arguments: Sequence[str]) -> int:
    """0 if every certificate that was written is accepted, 1 if not, 2 if there is no `coqc`."""
    parser = argparse.ArgumentParser(prog="compile", description="Compiles a folder of certificates.")
    parser.add_argument("folder", type=Path, help="what `lawful prove --certificates` wrote")
    parser.add_argument("--mutants", action="store_true", help="have laws of wrong rules refused too")
    asked = parser.parse_args(arguments)
    if which("coqc") is None:
        print("coqc is not installed (Debian: apt install coq); nothing was compiled.", file=sys.stderr)
        return 2
    coq = version()
    found, written = compiled(asked.folder, coq, asked.mutants), read(asked.folder)
    print("\n".join(told(found, written, coq, asked.mutants)))
    return 1 if failed(found, written) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
