"""`[tool.lawful]` in a pyproject.toml: what a project says of its own optimizers."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lawful.verify.errors import Unanswerable, unknown

KEYS = ("targets", "known")


def configuration(folder: Path) -> dict[str, Any]:
    """The table of the nearest pyproject.toml at or above a folder; empty where there is none.

    Raises:
        Unanswerable: the file is not TOML, or the table has an unknown key.
    """
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            return _table(path)
    return {}


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text()).get("tool", {}).get("lawful", {})
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise Unanswerable(f"{path} cannot be read: {error}.") from error
    for key in table:
        if key not in KEYS:
            raise unknown(f"key of [tool.lawful] in {path}", key, KEYS)
    return dict(table)


def known_deviation(known: dict[str, str], check: str) -> str:
    """The reason of the first pattern that matches a check's key, or ""."""
    return next((reason for pattern, reason in known.items() if fnmatchcase(check, pattern)), "")
