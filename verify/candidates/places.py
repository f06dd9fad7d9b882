"""Where a target may be: in a module, by its dotted name, or in a Python file. Nothing is imported to find that out."""

from pathlib import Path

from lawful.verify.errors import Unanswerable, nearest

FORMS = ("package.module:Class", "file.py:Class")


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
