"""An environment for each release, made by uv from its pins and kept; torch, lawful and what they need are shared.

It is a virtual environment whose own packages come first, and behind them those of the environment that runs. So a
release costs what it is itself, and lawful need not be installed in it.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlparse

from packaging.requirements import InvalidRequirement, Requirement

from lawful.verify.errors import Unanswerable, first_line

PATIENCE = 900.0
"""Seconds that an installation may take."""


class InstallError(Exception):
    """A release that cannot be installed; the message says why, in one line."""


def environment(requirements: Sequence[str]) -> Path:
    """The Python of the environment of these pins, which is made if it is not there. Safe between processes.

    Raises:
        InstallError: something cannot be installed.
        Unanswerable: there is no uv.
    """
    place = folder() / key(requirements)
    place.parent.mkdir(parents=True, exist_ok=True)
    python, ready = place / "bin" / "python", place / "requirements.txt"
    with _alone(place.with_suffix(".lock")):
        if not ready.exists():
            shutil.rmtree(place, ignore_errors=True)
            _uv("venv", "--python", sys.executable, str(place))
            if own := lacking(requirements):
                _uv("pip", "install", "--python", str(python), "--no-deps", *own)
            _share(place)
            ready.write_text("\n".join(requirements))
    return python


def folder() -> Path:
    """Where environments are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lawful" / "environments"


def key(requirements: Sequence[str]) -> str:
    """The name of the environment of these pins: another where what is shared, or a folder installed, is another."""
    parts = [sys.version, *_shared(), *lacking(requirements), *(_content(pin) for pin in requirements)]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _content(requirement: str) -> str:
    """The hash of a folder that is installed."""
    place = Path(unquote(urlparse(requirement.partition(" @ ")[2]).path))
    if " @ file:" not in requirement or not place.is_dir():
        return ""
    files = sorted(path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sha256(b"\0".join(bytes(path) + b"\0" + path.read_bytes() for path in files)).hexdigest()


def lacking(requirements: Sequence[str]) -> list[str]:
    """Those that what is shared does not have in the pinned version; it is asked as it is, in its own build."""
    return [pin for pin in requirements if not _is_shared(pin)]


def _is_shared(pin: str) -> bool:
    try:
        requirement = Requirement(pin)
        return not requirement.url and requirement.specifier.contains(version(requirement.name))
    except (InvalidRequirement, PackageNotFoundError):  # of the first, uv says what is wrong
        return False


def _share(place: Path) -> None:
    """Lets the environment see this one's packages, behind its own; and lawful, wherever it runs from."""
    (own,) = place.glob("lib/python*/site-packages")
    (own / "lawful-shared.pth").write_text(
        "".join(f"import site; site.addsitedir({p!r})\n" for p in _shared())
    )


def _shared() -> list[str]:
    import lawful

    ours = str(Path(lawful.__path__[0]).parent)
    every = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    return every if ours in every else [ours, *every]  # a checkout, before another that is installed


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Waits until no other process makes the same environment; one that was killed holds nothing."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _uv(*arguments: str) -> None:
    command = [*uv(), *arguments, "--quiet"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"it takes more than {PATIENCE:g} s") from error
    if done.returncode:
        raise InstallError(first_line(_reason(done.stderr)) or f"uv ends with exit code {done.returncode}")


def _reason(said: str) -> str:
    """What uv says, without its warnings and its ornaments."""
    lines = [line.strip(" ×╰─▶│├hint:") for line in said.splitlines() if not line.startswith("warning:")]
    return " ".join(filter(None, lines)).rpartition("cause: ")[2].removeprefix("error: ")


def uv() -> list[str]:
    """The command that starts uv.

    Raises:
        Unanswerable: it is not installed.
    """
    if find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    found = shutil.which("uv")
    if found is None:
        raise Unanswerable("uv makes the environments, and is not installed: pip install 'lawful[atlas]'.")
    return [found]
