"""What a repeat needs to know of the machine, the versions and the settings."""

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

from lawful.verify.evidence import Severity

PACKAGES = ("lawful", "torch", "sympy", "numpy", "hypothesis", "python-flint")


@dataclass(frozen=True)
class Session:
    """The circumstances of a run.

    Attributes:
        versions: distribution → version, `python` among them; packages that are absent are left out.
        platform: operating system and architecture.
        cpu: the processor's name.
        flags: the instruction sets that it reports, sorted.
        devices: the accelerators that torch sees.
        profile: how thorough the run was asked to be.
        fail_on: down to which severity findings counted.
        seed: of everything drawn.
        arguments: of the command line.
        time: when it began, UTC, ISO 8601.
    """

    versions: dict[str, str] = field(default_factory=dict)
    platform: str = ""
    cpu: str = ""
    flags: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    profile: str = "default"
    fail_on: Severity = Severity.CONTRACT
    seed: int = 0
    arguments: list[str] = field(default_factory=list)
    time: str = ""

    @classmethod
    def here(
        cls,
        profile: str = "default",
        seed: int = 0,
        arguments: list[str] | None = None,
        fail_on: Severity = Severity.CONTRACT,
    ) -> Self:
        """This machine, now."""
        cpu = _cpuinfo()
        return cls(
            versions=versions(),
            platform=f"{platform.system()} {platform.release()} {platform.machine()}",
            cpu=cpu.get("model name", platform.processor()),
            flags=sorted(cpu.get("flags", cpu.get("Features", "")).split()),
            devices=_devices(),
            profile=profile,
            fail_on=fail_on,
            seed=seed,
            arguments=arguments or [],
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def versions() -> dict[str, str]:
    """Distribution → version, of those that a verdict depends on, and of Python."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _cpuinfo() -> dict[str, str]:
    """Key → value of the first processor in `/proc/cpuinfo`; empty where there is no such file."""
    path = Path("/proc/cpuinfo")
    first = path.read_text().split("\n\n")[0] if os.access(path, os.R_OK) else ""
    return {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())
    }


def _devices() -> list[str]:
    import torch  # slow to import, and needed by nothing else in the reports

    if not torch.cuda.is_available():
        return []
    return [f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())]
