"""What versions of a package the index has, as pip sees it."""

import subprocess
import sys
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from lawful.verify.atlas.query import Query
from lawful.verify.errors import Unanswerable, first_line, unknown

AVAILABLE = "Available versions: "


def versions(package: str) -> list[str]:
    """The final releases, the oldest first.

    Raises:
        Unanswerable: the index has none, or cannot be asked.
    """
    command = [sys.executable, "-m", "pip", "index", "versions", package, "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = next((line for line in done.stdout.splitlines() if line.startswith(AVAILABLE)), "")
    if not said:
        why = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if "WARNING" not in line]
        raise Unanswerable(f"no versions of {package} are known: {first_line(' '.join(why))}.")
    return sorted(filter(_is_version, said.removeprefix(AVAILABLE).split(", ")), key=Version)


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def between(versions: list[str], since: str, until: str) -> list[str]:
    """Those from one to another, which may be left out.

    Raises:
        Unanswerable: one of the two is not among them, or nothing is between them.
    """
    for version in filter(None, (since, until)):
        if version not in versions:
            raise unknown("version", version, versions)
    first = versions.index(since) if since else 0
    found = versions[first : versions.index(until) + 1 if until else None]
    if not found:
        raise Unanswerable(f"no release is between {since} and {until}, for {since} is the newer.")
    return found


def with_latest(plan: list[Query]) -> list[Query]:
    """The plan, and the same of the newest release of each package that comes from an index.

    Raises:
        Unanswerable: see `versions`.
    """
    last = {one.release.package: one for one in plan if one.release.requirements[0].count("==")}
    newest = {package: versions(package)[-1] for package in last}
    added = [
        replace(one, release=replace(one.release, version=version, requirements=(f"{package}=={version}", *needs)))
        for one in plan
        if (package := one.release.package) in last and one.release == last[package].release
        for version, needs in [(newest[package], one.release.requirements[1:])]
    ]  # fmt: skip
    return [*plan, *(one for one in added if one.key not in {each.key for each in plan})]
