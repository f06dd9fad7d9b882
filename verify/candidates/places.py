"""Where a target may be: in a module, by its dotted name, or in a Python file; or around another, in brackets; or it is
a program, by its command line.

Nothing is imported to find that out.
"""

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from lawful.verify.errors import Unanswerable, nearest

DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*[.:][A-Za-z_]\w*")
"""What an argument may name: `torch.optim.SGD`, `torch.bfloat16`, `my.module:function`."""

FORMS = ("package.module:Class", "file.py:Class")

COMMAND = "command:"
"""How a target begins that is a program: `command:node my_adam.js`."""


@dataclass(frozen=True)
class Command:
    """A program.

    Attributes:
        words: of its command line.
    """

    words: tuple[str, ...]

    def __str__(self) -> str:
        """As it is typed."""
        return shlex.join(self.words)


def command_of(target: str) -> Command | None:
    """The program that a target is; None if it is none.

    Raises:
        Unanswerable: there is no such program, or no command line.
    """
    if not target.startswith(COMMAND):
        return None
    typed = target.removeprefix(COMMAND)
    try:
        words = tuple(shlex.split(typed))
    except ValueError as error:
        raise Unanswerable(f"the command {typed!r} cannot be read: {error}.") from error
    if not words:
        raise Unanswerable("the command is empty: say --command 'python my_adam.py'.")
    if shutil.which(words[0]) is None:
        hint = f" It is a file: say --command 'python {typed}'." if words[0].endswith(".py") else ""
        raise Unanswerable(f"no program {words[0]!r} to start {typed!r} with.{hint}")
    return Command(words)


def parted(target: str) -> tuple[str, str]:
    """A target, and what it is put around: `a:Lookahead(torch.optim:SGD)` is `a:Lookahead` around `torch.optim:SGD`."""
    if target.startswith(COMMAND):
        return target, ""
    outer, bracket, inner = target.partition("(")
    return (outer, inner[:-1]) if bracket and target.endswith(")") else (target, "")


def place_of(target: str) -> str:
    """Its module or file; "" for a bundled name; a program is where it is started."""
    return target if target.startswith(COMMAND) else parted(target)[0].rpartition(":")[0]


def name_of(target: str) -> str:
    """What it is called there: `Lookahead(SGD)`."""
    outer, inner = parted(target)
    if outer.startswith(COMMAND):
        return outer.removeprefix(COMMAND)
    name = outer.rpartition(":")[2]
    return f"{name}({name_of(inner)})" if inner else name


def imported(target: str, module: str = "", called: str = "") -> list[str]:
    """The lines of a script that import a target; a bundled name from a module, as what it is called there."""
    place, _, name = target.rpartition(":")
    if place.endswith(".py"):
        return ["from runpy import run_path", "", f"{name} = run_path({place!r})[{name!r}]"]
    return [f"from {place or module} import {name if place else called or name}"]


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
