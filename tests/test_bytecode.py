"""What is installed is compiled once; what somebody edits never is."""

import importlib
import os
import sys
from pathlib import Path

import pytest

from lawful.verify.workers.bytecode import keep


def imported(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Imports a module from a folder as a worker does; where its bytecode would be."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text("FACTOR = 1\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    module = importlib.import_module(name)
    keep(known)
    assert name in known
    return Path(module.__spec__.cached)  # type: ignore[union-attr, arg-type]


def test_what_is_installed_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert imported(tmp_path / "site-packages", "installed_once", monkeypatch).exists()


def test_what_is_edited_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not imported(tmp_path / "checkout", "edited_often", monkeypatch).exists()


def test_what_was_compiled_before_an_update_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site-packages"
    compiled = imported(place, "updated", monkeypatch)
    os.utime(compiled, (0, 0))
    del sys.modules["updated"]
    assert imported(place, "updated", monkeypatch).stat().st_mtime > 0


def test_a_folder_of_somebody_else_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "__pycache__").write_text("no folder, so that nothing can be written to it")
    assert not imported(tmp_path / "site-packages", "readable", monkeypatch).exists()
