"""docs/adding-a-rule.md, followed to the letter by somebody who has nothing but that page and an installed lawful."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.pages import blocks, page

PAGE = page("adding-a-rule.md")
CONSOLE = re.findall(r"^\$ lawful (check .*)\n([✓✗]) (.*) — …$", PAGE, re.MULTILINE)
METADATA = "Metadata-Version: 2.1\nName: mine\nVersion: 0\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader's folder, with what an installer makes of the page's entry points."""
    place = tmp_path_factory.mktemp("reader")
    rule, _transformation = blocks(PAGE, "python")
    (place / "rules_of_mine.py").write_text(rule)
    entry_points, settings = blocks(PAGE, "toml")
    ((group, entries),) = tomllib.loads(entry_points)["project"]["entry-points"].items()
    installed = place / "mine-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(METADATA)
    named = "\n".join(f"{name} = {value}" for name, value in entries.items())
    (installed / "entry_points.txt").write_text(f"[{group}]\n{named}\n")
    (place / "pyproject.toml").write_text(settings)
    return place


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own: entry points are looked for once."""
    command = [sys.executable, "-m", "lawful.verify.front.cli", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("words", "sign", "said"), CONSOLE, ids=lambda value: str(value)[:60])
def test_what_the_page_shows_is_what_happens(
    folder: Path,
    lawful: Callable[..., subprocess.CompletedProcess[str]],
    words: str,
    sign: str,
    said: str,
) -> None:
    done = (lawful if ":qhadam" in words else alone)(folder, *shlex.split(words), "--profile", "quick")
    assert f"{sign} {said}" in " ".join(done.stdout.split()), done.stdout + done.stderr
    assert done.returncode == "✓✗".index(sign)


def test_the_page_asks_both_ways() -> None:
    assert {sign for _, sign, _ in CONSOLE} == {"✓", "✗"} and len(CONSOLE) == 6


def test_the_name_is_known_and_printed(folder: Path) -> None:
    done = alone(folder, "rules", "qhadam")
    assert done.returncode == 0 and "1810.06801" in done.stdout
