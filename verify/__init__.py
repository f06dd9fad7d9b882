"""The engine: rules, laws, oracle with error budget, candidates, worker pool, command line.

May import: front.
"""

from typing import TYPE_CHECKING

from lawful import __getattr__ as __getattr__

if TYPE_CHECKING:
    from lawful.verify.front.api import check

__all__ = ["check"]
