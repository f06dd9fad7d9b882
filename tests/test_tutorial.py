"""docs/tutorial.md, followed by somebody who has nothing but that page; what docs and README name is there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command

from examples.pages import ROOT, blocks, page
from lawful.verify.front.cli import app

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STEP, DECAY = (
    '                p.sub_(group["lr"] * m / (v.sqrt() + group["eps"]))\n',
    '                p.mul_(1 - group["lr"] * group["weight_decay"])\n',
)

Lawful = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (code,) = blocks(page("tutorial.md"), "python")
    (tmp_path / "mine.py").write_text(code)
    return tmp_path


def asked(lawful: Lawful, folder: Path) -> subprocess.CompletedProcess[str]:
    only = ("--profile", "quick", "--dtype", "float64", "--property", "conformance")
    return lawful(folder, "check", "mine.py:MyAdamW", "--rule", "adamw", *only)


def test_the_slip_is_named(mine: Path, lawful: Lawful) -> None:
    done = asked(lawful, mine)
    assert done.returncode == 1
    assert "decay of the updated weight" in " ".join(done.stdout.split())


def test_mended_as_the_page_says_it_is_lawful(mine: Path, lawful: Lawful) -> None:
    code = (mine / "mine.py").read_text()
    assert STEP + DECAY in code
    (mine / "mine.py").write_text(code.replace(STEP + DECAY, DECAY + STEP))
    done = asked(lawful, mine)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_and_their_options_are_there(path: Path) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"^(?:\$ )?lawful ([a-z-]+)\b([^#\n]*)", path.read_text(), re.MULTILINE):
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options, f"lawful {name}{rest}"
