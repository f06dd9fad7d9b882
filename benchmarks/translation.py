"""Which forms of a rule can be set to do what which others do: `python benchmarks/translation.py [FAMILY …]`.

Writes the tables of docs/translation-tables.md anew for these families; for all of `FAMILIES` without. Minutes each,
for AdamW's seventy forms and RAdam's sixteen more than that; how far it is is printed.
"""

import re
import sys
from pathlib import Path
from time import process_time

from lawful.reports.translation_matrix import lines
from lawful.verify.translation.matrix import matrix

FAMILIES = "adagrad lion adafactor muon sgdw lamb nadam adam rmsprop sgd radam adamw".split()
PAGE = Path(__file__).parent.parent / "docs" / "translation-tables.md"


def main() -> None:
    """Writes each family's part of the page, where one stands or at its end."""
    for family in sys.argv[1:] or FAMILIES:
        began = process_time()
        part = "\n".join(lines(matrix(family, tell))) + "\n"
        text = PAGE.read_text()
        there = re.compile(rf"^## {family}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
        before, _, after = text.partition(found[0] if (found := there.search(text)) else "\0")
        PAGE.write_text(f"{before.rstrip()}\n\n{part}\n{after}".rstrip("\n") + "\n")
        tell(f"{family}: {process_time() - began:.0f} s of processor time")


def tell(line: str) -> None:
    """How far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
