"""Which forms of a rule can be set to do what which others do: `python benchmarks/translation.py [--near] [FAMILY …]`.

Writes the tables of docs/translation-tables.md anew for these families; for all of `FAMILIES` without. Minutes each,
ten for RAdam's sixteen forms, more for AdamW's seventy; how far it is is printed. With `--near` those forms alone are
held against one another that differ in one convention.
"""

import re
import sys
from pathlib import Path
from time import process_time

from lawful.reports.translation_matrix import lines, neighbour_lines
from lawful.verify.translation.matrix import matrix, neighbours

FAMILIES = "adagrad lion adafactor muon sgdw lamb nadam adam rmsprop sgd radam adamw".split()
PAGE = Path(__file__).parent.parent / "docs" / "translation-tables.md"


def main() -> None:
    """Writes each family's part of the page, where one stands or at its end."""
    near = "--near" in sys.argv
    for family in [word for word in sys.argv[1:] if word != "--near"] or FAMILIES:
        began = process_time()
        found = neighbour_lines(family, neighbours(family, tell)) if near else lines(matrix(family, tell))
        head, *rest = list(found)
        part = "\n".join([head, *rest]) + "\n"
        text = PAGE.read_text()
        there = re.compile(rf"^{re.escape(head)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
        before, _, after = text.partition(found[0] if (found := there.search(text)) else "\0")
        PAGE.write_text(f"{before.rstrip()}\n\n{part}\n{after}".rstrip("\n") + "\n")
        tell(f"{family}: {process_time() - began:.0f} s of processor time")


def tell(line: str) -> None:
    """How far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
