"""Is your optimizer lawful? `lawful.check(MyAdamW, rule="adamw").raise_for_findings()`; `python -m lawful --help`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lawful.verify.front.api import check, checks_of, parametrize

    __version__: str

__all__ = ["__version__", "check", "checks_of", "parametrize"]


def __getattr__(name: str) -> Any:
    """`check` and the others, when they are asked for: importing lawful imports nothing else."""
    if name == "__version__":
        from importlib.metadata import version

        return version("lawful")
    if name in __all__:
        from lawful.verify.front import api

        return getattr(api, name)
    raise AttributeError(f"{__name__} has no {name!r}")
