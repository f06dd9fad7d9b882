"""Every AdamW that is installed against every other: `python benchmarks/adamw_translated.py [PLACE …]`.

Writes the tables of docs/adamw-translated.md anew: what `lawful translate --all adamw-like PLACE …` prints, without
workers, with a checkpoint carried over wherever there is a setting.
"""

import sys
from pathlib import Path

from frameworks_translated import Here, tell

from lawful.reports.translation_crossed import crossed_lines
from lawful.verify.front.crossing import crossed

PAGE = Path(__file__).parent.parent / "docs" / "adamw-translated.md"
BEGUN = "<!-- tables -->\n"


def main() -> None:
    """Writes the page's tables."""
    found = crossed("adamw-like", sys.argv[1:], 0, 0.0, tell, Here())
    before, _, _ = PAGE.read_text().partition(BEGUN)
    PAGE.write_text(f"{before}{BEGUN}" + "".join(f"{line}\n" for line in crossed_lines(found)))


if __name__ == "__main__":
    main()
