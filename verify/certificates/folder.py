"""A folder of certificates: one file for each law, what they share, and a list of what is there."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from lawful.verify.certificates.certificate import Certificate, certificate
from lawful.verify.theory.law import Law

INDEX, SHARED = "index.json", "Prelude.v"


def write(folder: Path, laws: Iterable[Law]) -> list[Certificate]:
    """Writes the certificates of some laws, and returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    prelude = files("lawful.verify.certificates").joinpath("prelude.v").read_text(encoding="utf-8")
    (folder / SHARED).write_text(prelude, encoding="utf-8")
    found = [_write(folder, certificate(law)) for law in laws]
    index = [asdict(replace(one, text="")) for one in found]
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    return found


def _write(folder: Path, one: Certificate) -> Certificate:
    file = folder / f"{one.law}.v"
    if not one.text:
        file.unlink(missing_ok=True)
        return one
    file.write_text(one.text, encoding="utf-8")
    return replace(one, hash=hashed(folder, one.law))


def read(folder: Path) -> list[Certificate]:
    """What `write` has written there, without the texts."""
    return [Certificate(**one) for one in json.loads((folder / INDEX).read_text(encoding="utf-8"))]


def hashed(folder: Path, name: str) -> str:
    """SHA-256 of what `coqc` reads: a file, and what all files share."""
    return sha256((folder / SHARED).read_bytes() + (folder / f"{name}.v").read_bytes()).hexdigest()
