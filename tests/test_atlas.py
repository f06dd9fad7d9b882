"""The atlas: plans, records that are gone on with, rows, pages, bisection; releases in environments of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.reports.atlas.data import Atlas
from lawful.reports.atlas.rows import IDENTITY
from lawful.verify.atlas import asking
from lawful.verify.atlas.asking import LONGEST, Batch, Inside, Told, batches
from lawful.verify.atlas.environment import lacking
from lawful.verify.atlas.plan import read
from lawful.verify.atlas.query import CLASSES, Answer, Ask, Failure, Query, Release
from lawful.verify.atlas.ways import Way, here
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.front.atlas import UnderWay
from lawful.verify.front.survey import Survey
from lawful.verify.variants.identity import Identity, Match

Lawful = Callable[..., "CompletedProcess[str]"]

PLAN = """
ask = ["identify", "contract"]
dtypes = ["float32"]

[package.some]
versions = ["1.0", "2.0"]
targets = ["some", {target = "some.more:Other", rule = "sgd", arguments = {lr = 0.5}, ask = ["identify"]}]
needs = ["einops==0.8.1"]
"""


def planned(folder: Path, text: str = PLAN) -> list[Query]:
    (folder / "plan.toml").write_text(text)
    return read(folder / "plan.toml")


def identity(target: str, rule: str, change: str = "") -> Identity:
    return Identity(target, [Match(rule, rule, 0.5, 0.0, 1.0, change)], {}, None, 1)


def answered(query: Query) -> Answer:
    """What a release with two optimizers says, one of them another rule in its second version."""
    if query.ask == CLASSES:
        named = [query.target] if ":" in query.target else [f"{query.target}:A", f"{query.target}:B"]
        return Answer(targets=named)
    rule = "adam" if query.release.version == "2.0" and query.target.endswith("B") else "adamw(eps='hat')"
    return Answer(identity=identity(query.target, rule), seconds=0.1)


def answers(batch: Batch) -> Told:
    """Like the atlas's own, without an environment."""
    further: list[Query] = []
    for query in batch:
        further += query.of(answered(query).targets)
        yield query, answered(query)
    yield from ((query, answered(query)) for query in further[: LONGEST - len(batch)])


def test_a_plan_says_what_is_asked(tmp_path: Path) -> None:
    some, other, *rest = planned(tmp_path)
    assert [str(one) for one in rest] == ["some 2.0, some: classes", "some 2.0, some.more:Other: classes"]
    assert some.release.requirements == ("some==1.0", "einops==0.8.1") and some.dtypes == ("float32",)
    assert some.then == (Ask.IDENTIFY, Ask.CONTRACT) and other.then == (Ask.IDENTIFY,)
    assert (other.rule, other.arguments) == ("sgd", {"lr": 0.5})


def test_the_plans_of_the_repository_are_plans() -> None:
    plans = Path(__file__).parent.parent / "benchmarks" / "atlas"
    packages = {path.stem: {one.release.package for one in read(path)} for path in plans.glob("*.toml")}
    assert len(packages["ten"]) == 10 and len(packages["field"]) >= 40


def test_a_release_has_its_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the process that is asked, which is another one than that of the same release without."""
    plain, given = planned(tmp_path), planned(tmp_path, PLAN + 'variables = {TORCHDYNAMO_DISABLE = "1"}\n')
    assert plain[0].key != given[0].key and len(batches([plain[0], given[0]])) == 2
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(asking.subprocess, "Popen", lambda *_, env, **__: seen.append(env))
    Inside(tmp_path, variables=given[0].release.variables)._started()
    assert seen[0]["TORCHDYNAMO_DISABLE"] == "1" and seen[0]["PATH"] == os.environ["PATH"]


def test_what_runs_already_is_not_installed_again() -> None:
    """Another build of it would be asked, and one for other devices cannot even be imported."""
    pins = [f"torch=={version('torch')}", f"numpy=={version('numpy')}", "numpy==1.0", "no-such==1", "no name"]
    assert lacking(pins) == pins[2:]


def test_a_folder_can_be_a_release(tmp_path: Path) -> None:
    text = '[package.some]\nversions = ["1.0"]\ntargets = ["some"]\nsource = "here/{version}"\n'
    (one,) = planned(tmp_path, text)
    assert one.release.requirements == (f"some @ {(tmp_path / 'here' / '1.0').as_uri()}",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[package.some]\nversions = []\ntargets = []\nask = ['proof']", "proof"),
        ("[package.some]\nversion = []\ntargets = []", "version"),
        ("[package.some]\nversions = ['1']\ntargets = ['some']\nneeds = ['einops']", "einops==VERSION"),
        ("[package", "not the plan of an atlas"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Unanswerable, match=said):
        planned(tmp_path, text)


def surveyed(folder: Path, plan: Sequence[Query], way: Way) -> Survey:
    survey = Survey(plan, folder, way)
    survey.run()
    return survey


def test_an_atlas_has_every_answer_once(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    survey = surveyed(tmp_path, plan, here(2, answers))
    assert not survey.atlas().pending and survey.wanted == len(survey.told)
    assert len((tmp_path / "record.jsonl").read_text().splitlines()) == 1 + 4 + 2 * (2 * 2 + 1)
    assert [(row.version, row.target, row.rule) for row in survey.atlas().rows if row.property == IDENTITY][:3] == [
        ("1.0", "some:A", "adamw"), ("1.0", "some:A", "adamw"), ("1.0", "some:B", "adamw"),
    ]  # fmt: skip


class KilledError(Exception):
    """Stands for whatever ends a run."""


def killed_after(count: int) -> Way:
    """A way on which the run ends once so many answers have come."""

    def way(batches: Sequence[Batch]) -> Told:
        for number, one in enumerate(here(1, answers)(batches)):
            if number == count:
                raise KilledError
            yield one

    return way


@pytest.mark.parametrize("count", [0, 1, 5, 9])
def test_a_killed_atlas_goes_on_where_it_was(tmp_path: Path, count: int) -> None:
    plan, asked = planned(tmp_path), list[str]()
    whole = surveyed(tmp_path / "whole", plan, here(2, answers)).atlas()
    with pytest.raises(KilledError):
        surveyed(tmp_path / "cut", plan, killed_after(count))
    with (tmp_path / "cut" / "record.jsonl").open("ab") as record:
        record.write(b'{"position": 7, "torn')

    def counted(batch: Batch) -> Told:
        for query, answer in answers(batch):
            asked.append(query.key)
            yield query, answer

    survey = surveyed(tmp_path / "cut", plan, here(1, counted))
    assert not survey.atlas().pending and unsealed(survey.atlas()) == unsealed(whole)
    assert len(asked) == len(set(asked)) == len(survey.told) - count


def unsealed(atlas: Atlas) -> list[tuple[object, ...]]:
    """The rows, but for what differs from run to run."""
    return [
        tuple(v for name, v in vars(row).items() if name not in ("seconds", "record")) for row in atlas.rows
    ]


def test_it_is_known_how_many_questions_there_are(tmp_path: Path) -> None:
    survey, seen = Survey(planned(tmp_path), tmp_path, here(1, answers)), list[tuple[int, int]]()
    survey.listener = lambda done, *_: seen.append((done, survey.wanted))
    survey.run()
    assert seen[0] == (1, 4 + 4) and seen[-1] == (14, 14) and all(done <= wanted for done, wanted in seen)
    seen.clear()
    survey.plan = [
        replace(one, seed=1) for one in survey.plan
    ]  # another plan: what it does not ask, does not count
    survey.run()
    assert seen[0] == (1, 4 + 4) and seen[-1] == (14, 14)


def test_what_could_not_be_installed_is_asked_again(tmp_path: Path) -> None:
    plan = planned(tmp_path)

    def offline(batch: Batch) -> Told:
        yield from (
            (q, Answer(failure=Failure("install", Verdict.INCONCLUSIVE, "no network"))) for q in batch
        )

    first = surveyed(tmp_path, plan, here(1, offline)).atlas()
    assert {(row.property, row.said) for row in first.rows} == {("install", "no network")}
    assert len((tmp_path / "record.jsonl").read_text().splitlines()) == 1 + len(plan)
    assert {row.property for row in surveyed(tmp_path, plan, here(1, answers)).atlas().rows} == {IDENTITY}


def test_another_writer_and_other_versions_are_refused(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    survey = Survey(plan, tmp_path, here(1, answers))
    survey.listener = lambda *_: Survey(plan, tmp_path, here(1, answers)).run()
    with pytest.raises(Unanswerable, match="another process writes"):
        survey.run()
    shutil.rmtree(tmp_path / "other", ignore_errors=True)
    surveyed(tmp_path / "other", plan, here(1, answers))
    other = Survey(plan, tmp_path / "other", here(1, answers))
    other.versions = {"torch": "1.0"}
    with pytest.raises(Unanswerable, match=r"made with .*torch .*-o says another folder"):
        other._refuse_others({"torch": "0.4"})


def test_batches_are_of_one_release(tmp_path: Path) -> None:
    every = [q for one in planned(tmp_path) for q in one.of(f"some:C{i}" for i in range(9))]
    found = batches(every)
    assert sorted(q.key for batch in found for q in batch) == sorted(q.key for q in every)
    assert all(len({q.release for q in batch}) == 1 and len(batch) <= LONGEST for batch in found)


def test_there_must_be_such_a_plan(tmp_path: Path, lawful: Lawful) -> None:
    done = lawful(tmp_path, "atlas", "none.toml")
    assert done.returncode == 2 and "cannot be read" in done.stderr and not (tmp_path / "atlas").exists()


def test_what_is_under_way_is_known(tmp_path: Path) -> None:
    seen, under_way = list[str](), UnderWay()

    def looking(batch: Batch) -> Told:
        seen.append(under_way.said)
        yield from answers(batch)

    plan = planned(tmp_path)
    surveyed(tmp_path, plan, here(1, looking, under_way))
    assert seen[0] == f"asking {plan[0].release}" and under_way.said == ""


def test_a_few_of_what_is_under_way_are_named() -> None:
    under_way = UnderWay()
    for number in range(5):
        under_way([Query(Release("p", str(number), ()), "p:C", Ask.IDENTIFY)], True)
    assert under_way.said == "asking p 0, p 1, p 2 and 2 more"
