"""A folder of certificates: one file for each law, what they share, and a list of what is there."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path

from lawful.verify.certificates.certificate import Certificate, certificate
from lawful.verify.theory.law import Law

INDEX = "index.json"


def write(folder: Path, laws: Iterable[Law]) -> list[Certificate]:
    """Writes the certificates of some laws, and returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    prelude = files("lawful.verify.certificates").joinpath("prelude.v").read_text(encoding="utf-8")
    (folder / "Prelude.v").write_text(prelude, encoding="utf-8")
    found = [certificate(law) for law in laws]
    for one in found:
        if one.text:
            (folder / f"{one.law}.v").write_text(one.text, encoding="utf-8")
    index = [asdict(replace(one, text="")) for one in found]
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    return found


def read(folder: Path) -> list[Certificate]:
    """What `write` has written there, without the texts."""
    return [Certificate(**one) for one in json.loads((folder / INDEX).read_text(encoding="utf-8"))]
