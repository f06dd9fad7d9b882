"""The engine: rules, laws, oracle with error budget, candidates, worker pool, command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lawful.verify.front.api import check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    if name == "check":
        from lawful.verify.front.api import check

        return check
    raise AttributeError(f"{__name__} has no {name!r}")
