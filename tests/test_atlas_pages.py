"""What an atlas is told as: rows, data, pages, badges, and what changed between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.reports.atlas.badge import badge
from lawful.reports.atlas.changes import BETTER, OTHERWISE, WORSE, changed
from lawful.reports.atlas.data import Atlas, is_atlas
from lawful.reports.atlas.rows import IDENTITY, Row, parted, rows
from lawful.reports.atlas.site import write
from lawful.reports.atlas.summary import summary
from lawful.reports.atlas.telling import outcome
from lawful.reports.atlas.view import again, optimizers
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


RANKS = "vectors and scalars: adamw; matrices: adamp(nesterov=True)"
FIELD = Atlas(
    [
        row("1.0", "sgd"),
        row("2.0", "sgdw"),
        row("2.0", "sgd", Verdict.UNLAWFUL, "idle"),
        replace(row("2.0", "adamw"), arguments="betas=(0.9, 0.99), lr=0.5", conventions='eps="hat"'),
        replace(row("2.0", "adamw"), arguments="lr=-0.5"),
        replace(row("2.0", RANKS), target="some.more:Ranks"),
        replace(row("2.0", "", Verdict.INCONCLUSIVE), target="some:Unknown"),
        replace(row("9.9", "", Verdict.INCONCLUSIVE, "install"), package="lost"),
    ]
)


class Links(HTMLParser):
    """What a page refers to, and the places in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.to, self.places = list[str](), set[str]()
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.to += [said for name in ("href", "src") if (said := known.get(name))]
        self.places.add(known.get("id") or "")


def dangling(folder: Path) -> set[tuple[str, str]]:
    """The links that lead nowhere."""
    pages = {path.resolve(): Links(path) for path in folder.rglob("*.html")}
    lost = set()
    for page, links in pages.items():
        for to in links.to:
            path, _, place = to.partition("#")
            goal = (page.parent / path).resolve() if path else page
            if not goal.is_file() or (place and place not in pages[goal].places):
                lost.add((page.name, to))
    return lost


def test_a_site_is_made_of_it(tmp_path: Path) -> None:
    front = write(FIELD, tmp_path).read_text()
    page = (tmp_path / "classes" / "some" / "some.A.html").read_text()
    assert 'href="classes/some/some.A.html"' in front and 'id="2.0"' in page and "idle" in front
    assert "<b>seen" not in front + page and "&lt;b&gt;seen" in page
    rules = {path.stem for path in (tmp_path / "rules").iterdir()}
    assert rules == {"sgd", "sgdw", "adamw", "adamp"} and {
        p.stem for p in (tmp_path / "packages").iterdir()
    } == {"some", "lost"}
    first = optimizers(FIELD)[0]
    assert first.changes == [False, True]
    assert ">sgdw<" in badge(first) and (tmp_path / first.badge).read_text() == badge(first)
    assert "http" not in front.replace("http-equiv", "")


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    write(FIELD, tmp_path)
    assert len(list(tmp_path.rglob("*.html"))) == 1 + 2 + 4 + 5 and not dangling(tmp_path)
    (tmp_path / "rules" / "sgd.html").unlink()
    assert dangling(tmp_path) == {("index.html", "rules/sgd.html"), ("some.A.html", "../../rules/sgd.html")}


def test_links_last_whatever_else_is_in_the_atlas(tmp_path: Path) -> None:
    write(FIELD, tmp_path / "one")
    write(
        Atlas([*FIELD.rows[3:], replace(row("3.0", "lion"), target="some:New"), row("0.1", "adam")]),
        tmp_path / "other",
    )
    one, other = (
        {path.relative_to(tmp_path / name) for path in (tmp_path / name / "classes").rglob("*.html")}
        for name in ("one", "other")
    )
    assert one < other and len(other - one) == 1


def test_a_class_says_what_was_seen_in_which_release() -> None:
    quiet = row("3.0", "sgd", Verdict.UNLAWFUL, "quiet")
    (one,) = optimizers(
        Atlas(
            [
                row("1.0", "sgd", Verdict.UNLAWFUL, "idle"),
                row("3.0", "sgdw"),
                quiet,
                replace(quiet, version="4.0"),
            ]
        )
    )
    assert {each.property: versions for each, versions in one.faults.items()} == {
        "quiet": ["3.0", "4.0"],
        "idle": ["1.0"],
    }


def test_what_could_not_be_asked_is_no_search_in_vain() -> None:
    searched, refused = row("1.0", "", Verdict.INCONCLUSIVE), row("2.0", "", Verdict.INCONCLUSIVE)
    crashed = row("3.0", "", Verdict.CRASHED)
    (one,) = optimizers(Atlas([searched, *(replace(each, dtype="") for each in (refused, crashed))]))
    assert [seen.follows for seen in one.history] == ["no rule found", "cannot be asked", "crashed"]


def test_a_rule_of_some_tensors_is_that_rule() -> None:
    one = next(one for one in optimizers(FIELD) if one.name == "Ranks")
    assert one.rules == ["adamw", "adamp"]
    assert [one.form(rule) for rule in one.rules] == ["vectors and scalars", "matrices, nesterov=True"]


def test_the_commands_ask_the_same() -> None:
    one = optimizers(FIELD)[1]
    assert again(one).splitlines()[1] == "lawful identify some:A --arg 'betas=(0.9, 0.99)' --arg lr=0.5"


def test_a_summary_is_made_of_it() -> None:
    said = summary(FIELD)
    assert (
        "5 optimizers of 2 packages" in said
        and "| idle | 1 |" in said
        and "## What could not be asked" in said
    )
    assert "| some 2.0 | A | sgdw | fails idle |" in said and "<b>" not in said
    assert "could not" not in summary(Atlas(FIELD.rows[:3]))


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
