"""The plan of an atlas: packages, versions, targets, arguments and questions, from a TOML file."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from lawful.verify.atlas.query import CLASSES, Ask, Query, Release
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Dtype, Profile


class _Target(msgspec.Struct, forbid_unknown_fields=True):
    target: str
    rule: str = ""
    arguments: dict[str, Any] = {}
    names: dict[str, str] = {}
    ask: tuple[Ask, ...] | None = None


class _Package(msgspec.Struct, forbid_unknown_fields=True):
    versions: list[str]
    targets: list[str | _Target]
    needs: list[str] = []
    variables: dict[str, str] = {}
    source: str = ""
    ask: tuple[Ask, ...] | None = None


class _Plan(msgspec.Struct, forbid_unknown_fields=True):
    package: dict[str, _Package]
    ask: tuple[Ask, ...] = (Ask.IDENTIFY,)
    profile: Profile = Profile.QUICK
    dtypes: tuple[Dtype, ...] = tuple(Dtype)
    seed: int = 0
    timeout: float = 60.0


def read(path: str | Path) -> list[Query]:
    """What the plan in a file wants, in its order: which optimizers there are, and what these are asked next.

    Raises:
        Unanswerable: the file cannot be read, is no plan, or leaves a version open.
    """
    try:
        plan = msgspec.toml.decode(Path(path).read_bytes(), type=_Plan)
    except OSError as error:
        raise Unanswerable(f"the plan {str(path)!r} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unanswerable(f"{str(path)!r} is not the plan of an atlas: {error}.") from error
    return [
        _wanted(plan, package, target, replace(found, variables=tuple(package.variables.items())))
        for name, package in plan.package.items()
        for version in package.versions
        for found in [release(name, version, package.needs, package.source, Path(path).parent)]
        for target in package.targets
    ]  # fmt: skip


def _wanted(plan: _Plan, package: _Package, said: str | _Target, found: Release) -> Query:
    target = _Target(said) if isinstance(said, str) else said
    return Query(
        found, target.target, CLASSES, target.rule, target.arguments, target.names,
        plan.profile, tuple(map(str, plan.dtypes)), plan.seed, plan.timeout,
        then=next(asks for asks in (target.ask, package.ask, plan.ask) if asks is not None),
    )  # fmt: skip


def release(
    package: str, version: str, needs: Iterable[str] = (), source: str = "", folder: Path = Path()
) -> Release:
    """A version of a package, and what is installed for it.

    Args:
        package: the distribution's name.
        version: of it.
        needs: what is installed beside it: `name==version` each, for nothing else is.
        source: where it comes from, if not from an index: a folder or a URL in which `{version}` stands for that.
        folder: from which a folder is meant.

    Raises:
        Unanswerable: one of the needs is not pinned.
    """
    for need in needs:
        if "==" not in need and " @ " not in need:
            raise Unanswerable(
                f"{need!r}, which {package} needs, leaves its version open: say {need}==VERSION."
            )
    place = source.replace("{version}", version)
    url = place if "://" in place else (folder / place).resolve().as_uri()
    return Release(package, version, (f"{package} @ {url}" if source else f"{package}=={version}", *needs))
