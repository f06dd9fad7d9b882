"""An atlas as one page of Markdown: what is followed, what is broken, what could not be asked."""

from collections.abc import Iterable

from lawful.reports.atlas import view
from lawful.reports.atlas.data import Atlas
from lawful.reports.words import plain, plural


def summary(atlas: Atlas) -> str:
    """The last release of each optimizer in a row."""
    found, lost = view.optimizers(atlas), view.unasked(atlas)
    packages = {row.package for row in atlas.rows}
    versions = ", ".join(f"{name} {version}" for name, version in atlas.versions.items())
    pending = f"; {plural(atlas.pending, 'question')} still open" if atlas.pending else ""
    parts = [
        "# Atlas",
        f"{plural(len(found), 'optimizer')} of {plural(len(packages), 'package')}, {plural(len(atlas.rows), 'answer')}"
        f"{pending}. {versions}.",
        _table(
            ("property", "not held, or undecided, by"),
            ((name, f"{count}") for name, count in view.broken(found).items()),
        ),
        _table(
            ("package", "class", "follows", "breaks"),
            (
                (f"{one.package} {one.latest.version}", one.name, one.latest.follows, one.latest.broken)
                for one in found
            ),
        ),
    ]
    if lost:
        rows = ((f"{row.package} {row.version}", row.target, row.property, row.said) for row in lost)
        parts += ["## What could not be asked", _table(("package", "target", "ended at", "why"), rows)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    """Text that somebody else wrote, as one cell."""
    return plain(text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
