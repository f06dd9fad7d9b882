"""Which forms of a rule can be set to do what which others do: `python benchmarks/translation.py [FAMILY …]`.

Writes the tables of docs/translation.md anew for these families; for all of `FAMILIES` without. Some minutes each.
"""

import re
import sys
from pathlib import Path

from lawful.reports.translation_matrix import lines
from lawful.verify.translation.matrix import matrix

FAMILIES = ("sgd", "sgdw", "lion", "adam", "rmsprop", "nadam", "lamb")
PAGE = Path(__file__).parent.parent / "docs" / "translation.md"


def main() -> None:
    """Writes each family's part of the page, where one stands or at its end."""
    for family in sys.argv[1:] or FAMILIES:
        text = PAGE.read_text()
        part = "\n".join(lines(matrix(family))) + "\n"
        there = re.compile(rf"^## {family}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
        found = there.sub(lambda _, part=part: f"{part}\n", text) if there.search(text) else f"{text}\n{part}"
        PAGE.write_text(found.rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
