"""The rooms of the house and who imports whom, read off the code.

`python docs/architecture.py` draws architecture.svg and writes the table of architecture.md.

A room is a package whose `__init__` says in a sentence what may be there and, behind "May import:", whom it may know.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ROOT = Path(__file__).parent.parent
PACKAGES = ("verify", "properties", "reports", "optimizers")
BESIDE = {"__init__", "encoding", "errors", "evidence", "package"}
"""The modules of `verify` that stand beside its rooms; everybody may be allowed them by name."""

PICTURE, PAGE = ROOT / "docs" / "architecture.svg", ROOT / "docs" / "architecture.md"
HEAD = "| room | what may be there | may import |\n| --- | --- | --- |\n"


def files(folder: str) -> list[Path]:
    """The Python files of a folder of the repository, sorted."""
    return sorted((ROOT / folder).rglob("*.py"))


def _module(path: Path) -> str:
    return ".".join(("lawful", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {_module(path): path for package in PACKAGES for path in files(package)}
"""Every module → its file."""


@cache
def imports(name: str, lazy: bool = True) -> frozenset[str]:
    """The modules of ours that a module imports; those inside functions and `if TYPE_CHECKING` only if `lazy`."""
    tree = ast.parse(MODULES[name].read_text())
    found: set[str] = set()
    for node in ast.walk(tree) if lazy else tree.body:
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    ours = {name if name in MODULES else name.rpartition(".")[0] for name in found}
    return frozenset(ours & MODULES.keys())


def room(name: str) -> str:
    """A module's room: `verify/oracle`, `properties`, `reports`; `verify/errors` for one beside the rooms."""
    top, *rest = name.split(".")[1:]
    inside = (
        bool(rest)
        and (top == "verify" or (ROOT / top / rest[0]).is_dir())
        and top in ("verify", "properties")
    )
    return f"{top}/{rest[0]}" if inside else top


ROOMS = sorted({room(name) for name in MODULES if room(name).removeprefix("verify/") not in BESIDE})


def sentence(place: str) -> str:
    """What may be in a room."""
    return _documented(place).split("\n\n")[0].replace("\n", " ")


def may_import(place: str) -> set[str]:
    """Whom a room may know, by the last word of its path; `everything`, `nothing of ours`, `the rooms within`."""
    said = re.search(r"May import: (.*?)\.$", _documented(place), re.DOTALL | re.MULTILINE)
    if said is None:
        raise LookupError(f"{place}/__init__.py does not say what it may import")
    return {" ".join(word.split()) for word in said[1].split(",")}


def _documented(place: str) -> str:
    return ast.get_docstring(ast.parse((ROOT / place / "__init__.py").read_text())) or ""


def row(place: str) -> str:
    """A room's line in the table of architecture.md."""
    return f"| `{place}/` | {sentence(place)} | {', '.join(sorted(may_import(place)))} |"


@cache
def arrows() -> dict[str, set[str]]:
    """Each room → the rooms that it imports from."""
    met: dict[str, set[str]] = {place: set() for place in ROOMS}
    for name in MODULES:
        if (here := room(name)) in met:
            met[here] |= {room(other) for other in imports(name)} & met.keys() - {here}
    return met


def floors() -> dict[str, int]:
    """Each room → its floor: one above the highest room that it imports from. `verify` and its front stand on top."""
    height: dict[str, int] = {}

    def of(place: str) -> int:
        if place not in height:
            below = (
                arrows()[place] if place not in ("verify", "verify/front") else set(ROOMS) - {place, "verify"}
            )
            height[place] = 1 + max(map(of, below), default=-1)
        return height[place]

    return {place: of(place) for place in ROOMS if place != "verify"}


# ------------------------------------------------------------------------------------------------ the picture
COLOURS = {"verify": "#dbe9f6", "properties": "#fdebcf", "reports": "#e5f2dc", "optimizers": "#f2e0ee"}


def drawn() -> Figure:
    """The rooms on their floors; an arrow to what a room imports from, but for those that follow from others."""
    places = _places()
    height = max(y for _, y in places.values()) + 1
    figure = Figure(figsize=(11, 1.05 * height), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(-0.5, height - 0.5))
    axes.axis("off")
    boxes = {place: _box(axes, place, at) for place, at in places.items()}
    for place in sorted(places.keys() - {"verify/front"}):
        for other in sorted(arrows()[place] - _reached(arrows()[place])):
            look = {"arrowstyle": "-|>", "color": "#888", "linewidth": 0.9}
            ends = {"patchA": boxes[place], "patchB": boxes[other], "shrinkA": 0, "shrinkB": 1}
            axes.annotate("", places[other], places[place], arrowprops={**look, **ends})
    return figure


def _places() -> dict[str, tuple[float, float]]:
    """Where each room stands: on its floor, above the middle of what it imports from."""
    levels, found = floors(), dict[str, tuple[float, float]]()

    def middle(place: str) -> float:
        below = [found[other][0] for other in arrows()[place] if other in found]
        return sum(below) / len(below) if below else 0.5

    for floor in sorted(set(levels.values())):
        row = sorted((p for p in levels if levels[p] == floor), key=middle)
        found |= {place: ((i + 0.5) / len(row), floor) for i, place in enumerate(row)}
    return found


def _reached(places: set[str]) -> set[str]:
    """Everything that these rooms import from, directly or not."""
    below = set[str]().union(*(arrows()[place] for place in places))
    return below | _reached(below) if below else below


def _box(axes: Axes, place: str, at: tuple[float, float]) -> Any:
    box = {"boxstyle": "round,pad=0.5", "facecolor": COLOURS[place.partition("/")[0]], "edgecolor": "#666"}
    text = axes.text(*at, place, ha="center", va="center", fontsize=11, bbox=box, zorder=3)
    return text.get_bbox_patch()


def main() -> None:
    """Writes the picture, and the table of the page."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "architecture", "font.family": "sans-serif"}):
        drawn().savefig(PICTURE, metadata={"Date": None})
    before, _, rest = PAGE.read_text().partition(HEAD)
    after = rest[rest.index("\n\n") :]
    table = sorted(floors(), key=lambda place: (-floors()[place], place))
    PAGE.write_text(before + HEAD + "\n".join(map(row, table)) + after)


if __name__ == "__main__":
    main()
