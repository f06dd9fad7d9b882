"""Who may import whom: each wing says it in its `__init__`, and the imports are held against that."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("verify", "properties", "reports", "optimizers")
BARE = {"__init__", "errors", "evidence", "package"}
"""The modules of `verify` that stand beside the wings; all may be imported by name."""

LONGEST = 300


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module(path: Path) -> str:
    name = ".".join(("lawful", *path.relative_to(ROOT).with_suffix("").parts))
    return name.removesuffix(".__init__")


MODULES = {module(path): path for package in PACKAGES for path in files(package)}


def statements(path: Path, lazy: bool = True) -> list[ast.stmt]:
    """All imports of a file; those at its top alone, but for what `if TYPE_CHECKING` guards, unless `lazy`."""
    tree = ast.parse(path.read_text())
    return [n for n in (ast.walk(tree) if lazy else tree.body) if isinstance(n, (ast.Import, ast.ImportFrom))]


def imports(path: Path, lazy: bool = True) -> set[str]:
    """The modules of ours that a file imports."""
    found = set()
    for node in statements(path, lazy):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    ours = {name for name in found if name.startswith("lawful.")}
    return {name if name in MODULES else name.rpartition(".")[0] for name in ours}


def wing(name: str) -> str:
    """`verify/oracle` for a module in that wing, `verify/errors` for one beside the wings, `reports` for one there."""
    parts = name.split(".")[1:]
    inside = parts[0] in ("verify", "properties") and (ROOT / parts[0] / "/".join(parts[1:2])).is_dir()
    beside = parts[0] == "verify" and len(parts) > 1
    return "/".join(parts[:2]) if len(parts) > 1 and (inside or beside) else parts[0]


WINGS = sorted({wing(name) for name in MODULES if wing(name).removeprefix("verify/") not in BARE})


def may_import(name: str) -> set[str]:
    """What a wing's `__init__` says, whole words: `oracle` is `verify/oracle` or `properties/oracle`."""
    said = re.search(r"May import: (.*?)\.\n", (ROOT / name / "__init__.py").read_text(), re.DOTALL)
    assert said, f"{name}/__init__.py does not say what it may import"
    return {word.strip() for word in said[1].replace("\n", " ").split(",")}


def allowed(importer: str, imported: str) -> bool:
    said = may_import(importer)
    return (
        importer == imported or "everything" in said or bool({imported, imported.rpartition("/")[2]} & said)
    )


@pytest.mark.parametrize("name", WINGS)
def test_a_wing_imports_what_it_says(name: str) -> None:
    met = {(m, other) for m in MODULES if wing(m) == name for other in imports(MODULES[m])}
    assert sorted(pair for pair in met if not allowed(name, wing(pair[1]))) == []


@pytest.mark.parametrize("name", WINGS)
def test_a_wing_says_nothing_in_vain(name: str) -> None:
    met = {wing(other) for m in MODULES if wing(m) == name for other in imports(MODULES[m])}
    words = met | {other.rpartition("/")[2] for other in met}
    assert may_import(name) - {"everything", "nothing of ours"} <= words


def refuse_circles(names: dict[str, str]) -> None:
    """Raises `CycleError` if modules, called by these names, import one another in a circle."""
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for module, name in names.items():
        graph[name] |= {names[o] for o in imports(MODULES[module]) if o in names} - {name}
    TopologicalSorter(graph).prepare()


def test_no_import_goes_in_a_circle() -> None:
    refuse_circles({m: m for m in MODULES})


def test_no_wing_is_in_a_circle() -> None:
    """But for the front, which looks up when it is asked."""
    refuse_circles({m: wing(m) for m in MODULES if wing(m) not in ("verify", "verify/front")})


def test_a_circle_is_refused() -> None:
    low, high = "lawful.verify.errors", "lawful.verify.language.rule"
    with pytest.raises(CycleError):
        refuse_circles(
            {low: "a", "lawful.verify.language.family": "b", high: "b", "lawful.verify.oracle.oracle": "a"}
        )


def test_nothing_but_the_front_looks_up() -> None:
    upper = {m for m in MODULES if wing(m).startswith(("properties", "reports"))}
    for name, path in MODULES.items():
        if wing(name).startswith("verify"):
            assert not imports(path, lazy=False) & upper, name
            assert wing(name) == "verify/front" or not imports(path) & upper, name


def test_verify_has_wings_and_little_beside_them() -> None:
    assert {path.stem for path in (ROOT / "verify").glob("*.py")} <= BARE


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "benchmarks"])
def test_files_are_short(folder: str) -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in files(folder)}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_the_two_provers_share_no_code() -> None:
    algebra = {name for path in files("verify/provers/algebra") for name in imports(path)}
    arithmetic = {name for path in files("verify/provers/arithmetic") for name in imports(path)}
    assert algebra and not {n for n in algebra if "arithmetic" in n}
    assert arithmetic and not {n for n in arithmetic if "algebra" in n}


def test_the_two_oracles_share_no_numerics() -> None:
    numerics = {f"lawful.verify.oracle.{name}" for name in ("balls", "budget", "scalars")}
    assert numerics < set(MODULES)
    assert not imports(ROOT / "verify/oracle/confirm.py") & numerics


@pytest.mark.parametrize(
    "module", ["lawful.verify.front.pytest_plugin", "lawful.verify.front.cli", "lawful.optimizers"]
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
    texts = [p for f in (*PACKAGES, "tests", "benchmarks", "docs") for p in files(f)]
    texts += [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    assert not [(p.name, w) for p in texts for w in words if w in p.read_text()]
