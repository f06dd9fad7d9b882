"""Who may import whom: the lines of the design, read off the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FRONT_ENDS = {
    "cli.py",
    "console.py",
    "options.py",
    "campaign.py",
    "questions.py",
    "replay.py",
    "racing.py",
    "api.py",
    "pytest_plugin.py",
}
"""The modules of verify that may import properties and reports, inside functions."""


def imports(path: Path, *, top_level: bool = False) -> set[str]:
    """The modules of ours that a file imports; those of `if TYPE_CHECKING` are not run."""
    tree = ast.parse(path.read_text())
    body = [n for n in tree.body if not isinstance(n, ast.If)] if top_level else list(ast.walk(tree))
    named = [n.module or "" for n in body if isinstance(n, ast.ImportFrom)]
    named += [alias.name for n in body if isinstance(n, ast.Import) for alias in n.names]
    return {name for name in named if name.startswith("lawful")}


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", files("optimizers"), ids=lambda p: p.name)
def test_optimizers_import_nothing_of_ours(path: Path) -> None:
    assert all(name.startswith("lawful.optimizers") for name in imports(path))


@pytest.mark.parametrize("path", files("verify"), ids=lambda p: p.name)
def test_verify_imports_neither_properties_nor_reports(path: Path) -> None:
    upwards = {name for name in imports(path) if name.startswith(("lawful.properties", "lawful.reports"))}
    if path.name not in FRONT_ENDS:
        assert not upwards
    assert not {name for name in imports(path, top_level=True) if name in upwards}


@pytest.mark.parametrize("path", [*files("verify/rules"), ROOT / "verify/rule.py"], ids=lambda p: p.name)
def test_rules_know_no_oracle(path: Path) -> None:
    allowed = tuple(
        f"lawful.verify.{name}" for name in ("rule", "symbols", "tensors", "errors", "domain", "package")
    )
    assert all(name.startswith(allowed) for name in imports(path))


@pytest.mark.parametrize("path", [*files("verify/laws"), ROOT / "verify/law.py"], ids=lambda p: p.name)
def test_laws_know_no_candidates(path: Path) -> None:
    assert not {"lawful.verify.candidate", "lawful.verify.oracle", "lawful.verify.budget"} & imports(path)


def test_the_two_provers_share_no_code() -> None:
    algebra = {name for path in files("verify/algebra") for name in imports(path)}
    arithmetic = {name for path in files("verify/arithmetic") for name in imports(path)}
    assert not {n for n in algebra if "arithmetic" in n} and not {n for n in arithmetic if "algebra" in n}


def test_the_two_oracles_share_no_numerics() -> None:
    shared = imports(ROOT / "verify/confirm.py") & {
        "lawful.verify.balls",
        "lawful.verify.budget",
        "lawful.verify.scalars",
    }
    assert not shared


@pytest.mark.parametrize("module", ["lawful.verify.pytest_plugin", "lawful.verify.cli", "lawful.optimizers"])
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
    texts = [
        p
        for f in ("verify", "properties", "reports", "optimizers", "tests", "benchmarks", "docs")
        for p in files(f)
    ]
    texts += [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    assert not [(p.name, w) for p in texts for w in words if w in p.read_text()]
