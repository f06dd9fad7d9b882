"""Is your optimizer lawful? `lawful.check(MyAdamW, rule="adamw").raise_for_findings()`; `python -m lawful --help`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lawful.verify.front.api import check

    __version__: str

__all__ = ["__version__", "check"]


def __getattr__(name: str) -> Any:
    """`check` and `__version__`, when they are asked for: importing lawful imports nothing else."""
    if name == "check":
        from lawful.verify.front.api import check

        return check
    if name == "__version__":
        from importlib.metadata import version

        return version("lawful")
    raise AttributeError(f"{__name__} has no {name!r}")
