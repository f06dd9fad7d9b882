"""What an atlas is told as: rows, data, pages, badges, and what changed between two."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.reports.atlas.badge import badge
from lawful.reports.atlas.changes import BETTER, OTHERWISE, WORSE, changed
from lawful.reports.atlas.data import Atlas, is_atlas
from lawful.reports.atlas.rows import IDENTITY, Row, parted, rows
from lawful.reports.atlas.site import write
from lawful.reports.atlas.telling import outcome
from lawful.reports.atlas.view import optimizers
from lawful.verify.atlas.query import Answer, Ask, Query, Release
from lawful.verify.evidence import Verdict
from lawful.verify.variants.identity import Identity, Match


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("adamw", ("adamw", "")),
        ('adamw(eps="hat", decouple=True)', ("adamw", 'eps="hat", decouple=True')),
        ('lookahead(adamw(eps="hat"), k=6)', ("lookahead(adamw)", 'eps="hat", k=6')),
        ("matrices: muon; vectors: adamw", ("matrices: muon; vectors: adamw", "")),
    ],
)
def test_a_rule_and_its_conventions(rule: str, parts: tuple[str, str]) -> None:
    assert parted(rule) == parts


def row(version: str, rule: str, verdict: Verdict = Verdict.LAWFUL, property: str = IDENTITY) -> Row:
    about = "some", version, "some:A", "", "float64", property, rule, ""
    return Row(*about, verdict, 0.5, 0.1, "0" * 64, said="<b>seen</b>")


def identity(rule: str, change: str = "") -> Identity:
    return Identity("some:A", [Match(rule, rule, 0.5, 0.0, 1.0, change)], {}, None, 1)


def test_a_rule_with_a_change_is_not_that_rule() -> None:
    query = Query(Release("some", "1.0", ("some==1.0",)), "some:A", Ask.IDENTIFY)
    (right,) = rows(query, Answer(identity=identity("sgdw")), "")
    (wrong,) = rows(query, Answer(identity=identity("sgdw", "but with a instead of b")), "")
    assert (right.verdict, right.follows) == (Verdict.LAWFUL, "sgdw")
    assert (wrong.verdict, wrong.follows) == (Verdict.INCONCLUSIVE, "sgdw, but with a instead of b")


def test_more_questions_are_no_change() -> None:
    idle = row("1.0", "sgd", Verdict.UNLAWFUL, "idle")
    assert outcome([idle, idle]) == outcome([idle, row("2.0", "sgd", property="quiet")]) == "fails idle"
    assert outcome([row("1.0", "sgd", property="quiet"), row("1.0", "sgd", property="idle")]) == "all hold"


def test_two_atlases_are_compared_by_their_last_releases() -> None:
    before = Atlas([row("1.0", "sgd"), row("2.0", "sgdw"), row("2.0", "sgd", property="idle")])
    after = Atlas([row("3.0", "sgd"), row("3.0", "sgd", Verdict.UNLAWFUL, "idle")])
    assert set(changed(before, after)) == {WORSE, OTHERWISE, "circumstances"}
    assert set(changed(after, before)) == {BETTER, OTHERWISE, "circumstances"}
    assert changed(before, before) == {}


def test_the_command_line_compares_atlases(
    tmp_path: Path, lawful: Callable[..., CompletedProcess[str]]
) -> None:
    for name, rule in {"before": "sgd", "after": "sgdw"}.items():
        (tmp_path / name).mkdir()
        Atlas([row("1.0", rule)]).save(tmp_path / name)
    assert lawful(tmp_path, "compare", "before", "before").returncode == 0
    done = lawful(tmp_path, "compare", "before", "after/atlas.json")
    assert done.returncode == 1 and "Changed otherwise" in done.stdout and "lawful, sgdw" in done.stdout
    done = lawful(tmp_path, "compare", "before", "none.json")
    assert done.returncode == 2 and "cannot be read" in done.stderr


def test_a_site_is_made_of_it(tmp_path: Path) -> None:
    atlas = Atlas([row("1.0", "sgd"), row("2.0", "sgdw"), row("2.0", "sgd", Verdict.UNLAWFUL, "idle")])
    front = write(atlas, tmp_path).read_text()
    page = (tmp_path / "packages" / "some.html").read_text()
    assert 'href="packages/some.html#some-A"' in front and 'id="some-A"' in page and "idle" in front
    assert "<b>seen" not in front + page and "&lt;b&gt;seen" in page
    assert {path.name for path in (tmp_path / "rules").iterdir()} == {"sgdw.html"}
    (one,) = optimizers(atlas)
    assert one.changes == [False, True]
    assert ">sgdw<" in badge(one) and (tmp_path / one.badge).read_text() == badge(one)
    assert "http" not in front.replace("http-equiv", "")


def test_data_comes_back(tmp_path: Path) -> None:
    atlas = Atlas([row("1.0", "sgd")], {"torch": "2.0"})
    said = atlas.save(tmp_path)
    assert Atlas.opened(tmp_path) == atlas and is_atlas(tmp_path) and not is_atlas(tmp_path / "plan.toml")
    assert bool(said) is (find_spec("pyarrow") is None)


def test_parquet_has_the_same_rows(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    Atlas([row("1.0", "sgd"), row("2.0", "sgdw")]).save(tmp_path)
    table = parquet.read_table(tmp_path / "atlas.parquet").to_pylist()
    assert [(one["version"], one["rule"], one["verdict"]) for one in table] == [
        ("1.0", "sgd", "lawful"), ("2.0", "sgdw", "lawful"),
    ]  # fmt: skip
