"""What changed between two atlases: of each optimizer, the last release in the one and in the other."""

from collections.abc import Mapping

from lawful.reports.atlas.data import Atlas
from lawful.reports.atlas.rows import Row
from lawful.reports.changes import CIRCUMSTANCES, Change, changes

WORSE, BETTER, OTHERWISE = "for the worse", "for the better", "otherwise"


def changed(before: Atlas, after: Atlas) -> dict[str, list[Change]]:
    """Section → what changed in it: circumstances, for the worse, for the better, otherwise."""
    old, new = _last(before), _last(after)
    circumstances = changes({CIRCUMSTANCES: _circumstances(before)}, {CIRCUMSTANCES: _circumstances(after)})
    found: dict[str, list[Change]] = {WORSE: [], BETTER: [], OTHERWISE: []}
    for subject in {**old, **new}:
        one, other = old.get(subject), new.get(subject)
        change = Change(subject, _told(one), _told(other))
        if change.before != change.after:
            found[_direction(one, other)].append(change)
    return circumstances | {section: those for section, those in found.items() if those}


def _circumstances(atlas: Atlas) -> dict[str, str]:
    return {**atlas.versions, **{row.package: row.version for row in atlas.rows}}


def _last(atlas: Atlas) -> Mapping[str, Row]:
    """What was asked → the answer of the last release that was asked it."""
    return {_subject(row): row for row in atlas.rows}


def _subject(row: Row) -> str:
    about = row.package, f"{row.target}({row.arguments})" if row.arguments else row.target
    return " ".join(filter(None, (*about, row.property, row.path, row.dtype)))


def _told(row: Row | None) -> str:
    return f"{row.verdict}, {row.follows}".removesuffix(", ") if row else ""


def _direction(before: Row | None, after: Row | None) -> str:
    if before is None or after is None or before.verdict is after.verdict:
        return OTHERWISE
    return WORSE if after.verdict.rank > before.verdict.rank else BETTER
