"""Who may import whom: each room says it in its `__init__`, and the imports are held against that."""

import importlib.util
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location(
    "architecture", Path(__file__).parent.parent / "docs" / "architecture.py"
)
assert SPEC is not None and SPEC.loader is not None
house = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(house)

LONGEST = 300
"""Lines of a file."""


@pytest.mark.parametrize("place", house.ROOMS)
def test_a_room_imports_what_it_says(place: str) -> None:
    met = {(name, other) for name in modules_of(place) for other in house.imports(name)}
    assert sorted(pair for pair in met if not allowed(place, house.room(pair[1]))) == []


def modules_of(place: str) -> list[str]:
    return [name for name in house.MODULES if house.room(name) == place]


def allowed(importer: str, imported: str) -> bool:
    said = house.may_import(importer)
    within = "the rooms within" in said and imported.startswith(f"{importer}/")
    return importer == imported or within or bool({imported.rpartition("/")[2], "everything"} & said)


def test_what_a_room_does_not_say_is_refused() -> None:
    assert allowed("verify/provers", "verify/oracle") and not allowed("verify/oracle", "verify/provers")
    assert not allowed("verify/laws", "verify/candidates") and not allowed("optimizers", "verify/language")


@pytest.mark.parametrize("place", house.ROOMS)
def test_a_room_says_nothing_in_vain(place: str) -> None:
    met = {
        house.room(other).rpartition("/")[2] for name in modules_of(place) for other in house.imports(name)
    }
    assert house.may_import(place) - {"everything", "nothing of ours", "the rooms within"} <= met


def refuse_circles(names: Mapping[str, str]) -> None:
    """Raises `CycleError` if modules, called by these names, import one another in a circle."""
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for module, name in names.items():
        graph[name] |= {names[other] for other in house.imports(module) if other in names} - {name}
    TopologicalSorter(graph).prepare()


def test_no_import_goes_in_a_circle() -> None:
    refuse_circles({name: name for name in house.MODULES})


def test_no_room_is_in_a_circle() -> None:
    """But for the front, which looks up when it is asked."""
    rooms = {name: house.room(name) for name in house.MODULES}
    refuse_circles({name: place for name, place in rooms.items() if place not in ("verify", "verify/front")})


def test_a_circle_is_refused() -> None:
    low, high = "lawful.verify.language.symbols", "lawful.verify.oracle.oracle"
    with pytest.raises(CycleError):
        refuse_circles({low: "a", "lawful.verify.language.rule": "b", high: "a"})


def test_nothing_but_the_front_looks_up() -> None:
    upper = {name for name in house.MODULES if house.room(name).startswith(("properties", "reports"))}
    engine = [name for name in house.MODULES if house.room(name).startswith("verify")]
    assert not [name for name in engine if house.imports(name, lazy=False) & upper]
    assert {house.room(name) for name in engine if house.imports(name) & upper} == {"verify/front"}


def test_the_engine_has_rooms_and_little_beside_them() -> None:
    assert {path.stem for path in (house.ROOT / "verify").glob("*.py")} == house.BESIDE


@pytest.mark.parametrize("folder", [*house.PACKAGES, "tests", "benchmarks", "docs"])
def test_files_are_short(folder: str) -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in house.files(folder)}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_the_picture_is_of_this_house() -> None:
    """Every arrow between rooms that the imports make is in the page's table; every room is in the picture."""
    picture, page = house.PICTURE.read_text(), (house.ROOT / "docs" / "architecture.md").read_text()
    assert [place for place in house.floors() if f">{place}<" not in picture] == []
    assert [place for place in house.floors() if house.row(place) not in page] == []


def test_the_two_provers_share_no_code() -> None:
    algebra, arithmetic = (
        {other for name in house.MODULES if f".{prover}" in name for other in house.imports(name)}
        for prover in ("provers.algebra", "provers.arithmetic")
    )
    assert algebra and not {name for name in algebra if "arithmetic" in name}
    assert arithmetic and not {name for name in arithmetic if "algebra" in name}


def test_the_two_oracles_share_no_numerics() -> None:
    numerics = {f"lawful.verify.oracle.{name}" for name in ("balls", "budget", "scalars")}
    assert numerics < house.MODULES.keys()
    assert not house.imports("lawful.verify.oracle.confirm") & numerics


@pytest.mark.parametrize(
    "module", ["lawful", "lawful.verify.front.pytest_plugin", "lawful.verify.front.cli", "lawful.optimizers"]
)
def test_starting_is_cheap(module: str) -> None:
    """What is imported at every start of pytest, and before the workers are, is light."""
    script = (
        f"import sys, {module}; print(sorted({{'torch', 'sympy', 'numpy', 'matplotlib'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_names_this_machine() -> None:
    """The project stands alone: no path of a machine, no registry."""
    words = ["/" + "work/", "../" + "shared", "/" + "root/", "pypi" + ".org/simple"]
    root: Path = house.ROOT
    texts = [p for f in (*house.PACKAGES, "tests", "benchmarks", "docs") for p in house.files(f)]
    texts += [*root.glob("*.md"), *(root / "docs").glob("*.md"), root / "pyproject.toml", root / "Makefile"]
    texts += [*(root / "findings").glob("*")]
    assert not [(p.name, w) for p in texts for w in words if w in p.read_text()]
