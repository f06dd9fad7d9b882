"""Where a target may be: in a module, by its dotted name, or in a Python file; or around another, in brackets.

Nothing is imported to find that out.
"""

import re
from pathlib import Path

from lawful.verify.errors import Unanswerable, nearest

DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*[.:][A-Za-z_]\w*")
"""What an argument may name: `torch.optim.SGD`, `torch.bfloat16`, `my.module:function`."""

FORMS = ("package.module:Class", "file.py:Class")


def parted(target: str) -> tuple[str, str]:
    """A target, and what it is put around: `a:Lookahead(torch.optim:SGD)` is `a:Lookahead` around `torch.optim:SGD`."""
    outer, bracket, inner = target.partition("(")
    return (outer, inner[:-1]) if bracket and target.endswith(")") else (target, "")


def place_of(target: str) -> str:
    """Its module or file; "" for a bundled name."""
    return parted(target)[0].rpartition(":")[0]


def name_of(target: str) -> str:
    """What it is called there: `Lookahead(SGD)`."""
    outer, inner = parted(target)
    name = outer.rpartition(":")[2]
    return f"{name}({name_of(inner)})" if inner else name


def refuse_place(place: str) -> None:
    """Does nothing if this is a file that exists, or may be a module.

    Raises:
        Unanswerable: it is neither.
    """
    path = Path(place)
    if path.suffix == ".py" and not path.is_file():
        hint = nearest(str(path), map(str, path.parent.glob("*.py")))
        raise Unanswerable(f"no file {path}; {hint}" if hint else f"no file {path}.")
    if path.suffix != ".py" and (path.is_file() or not all(p.isidentifier() for p in place.split("."))):
        raise Unanswerable(
            f"{place!r} is neither a module nor a Python file: a target is {' or '.join(FORMS)}."
        )
