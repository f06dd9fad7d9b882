"""Every optimizer of a name against every other, whatever they are made of: here of nothing but what a pool says."""

from typing import Any

import pytest

from lawful.properties.translation.carrying import Carried
from lawful.properties.translation.sides import Side, relief
from lawful.reports.translation import sentences
from lawful.reports.translation_crossed import crossed_lines
from lawful.verify.errors import Unanswerable
from lawful.verify.front.crossing import crossed
from lawful.verify.front.translations import between
from lawful.verify.language.families import find_rule

FOLLOWED = {"a:AdamW": "adamw", "b:AdamW": 'adamw(decay="wd")', "c:AdamW": 'adamw(eps="hat")'}


class Told:
    """A pool that has been told what targets follow."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def call(self, place: str, *asked: Any, **more: Any) -> Any:
        what = place.rpartition(":")[2]
        self.asked.append(f"{what} {asked[0]}")
        return getattr(self, f"_{what}")(*asked)

    def _own(self, place: str) -> list[str]:
        return ["a:AdamW", "b:AdamW", "b:Adam", "b:Nothing"]

    def _side(self, target: str, *_: Any) -> Side:
        if target not in FOLLOWED:
            raise Unanswerable(f"{target} follows no rule that is known, so there is nothing to translate.")
        rule = FOLLOWED[target]
        defaults = {s.name: d for s, d in find_rule(rule).defaults.items()}
        return Side(target, rule, rule, "", {rule: {}}, defaults, {s: s for s in defaults})

    def _call(self, target: str, rule: str, chosen: Any, values: Any) -> str:
        if values["weight_decay"] > 100:
            raise Unanswerable(f"{target} has no argument for weight_decay, which would have to be 200.")
        return f"{target}({values['weight_decay']:g})"

    def _carried(self, *_: Any) -> Carried:
        return Carried(ratio=0.5)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    for module in ("crossing", "translations"):
        monkeypatch.setattr(f"lawful.verify.front.{module}.refuse_at_a_glance", lambda *_: None)
    return Told()


def test_each_of_a_name_is_held_against_each_other(told: Told) -> None:
    found = crossed("adamw-like", ["a", "d:Other"], 0, 1.0, asked=told)
    assert found.rules == {"a:AdamW": "adamw", "b:AdamW": 'adamw(decay="wd")'}
    assert list(found.untold) == ["d:Other"] and "no rule" in found.untold["d:Other"]
    assert [(a.first, a.second, a.found) for a in found.answers] == [
        ("a:AdamW", "b:AdamW", True),
        ("b:AdamW", "a:AdamW", True),
    ]
    page = "\n".join(crossed_lines(found))
    assert "| 1 | 2 | `b:AdamW(1e-05)`, proved | goes on, off by 0.5 of" in page
    assert "Left out is `d:Other`" in page
    assert len(told.asked) == len(set(told.asked)) and told.asked.count("side a:AdamW") == 1


def test_where_there_is_none_the_matrix_says_no(told: Told) -> None:
    found = crossed("adamw-like", ["a:AdamW", "c:AdamW"], 0, 1.0, asked=told)
    page = "\n".join(crossed_lines(found))
    assert "| 1 |  | anew at every step |" in page and "no, proved there" in page


@pytest.mark.parametrize(
    ("places", "words"), [(["a:AdamW"], "is the only one here"), (["d:Other"], "d:Other")]
)
def test_one_alone_is_a_wrong_question(told: Told, places: list[str], words: str) -> None:
    with pytest.raises(Unanswerable, match=words):
        crossed("adamw-like", places, 0, 1.0, asked=told)


def test_no_name_of_a_rule_is_a_wrong_question(told: Told) -> None:
    with pytest.raises(Unanswerable, match="unknown rule"):
        crossed("adamww-like", ["a"], 0, 1.0, asked=told)


def test_what_the_constructor_has_no_argument_for_is_said(told: Told) -> None:
    answer = between("adamw", "a:AdamW", {"weight_decay": 200.0}, {}, "", 0, 1.0, told)
    assert not answer.found and answer.lacks and not answer.call
    assert next(iter(sentences(answer))) == (
        "a:AdamW cannot be set so: a:AdamW has no argument for weight_decay, which would have to be 200."
    )


def test_the_answer_names_what_was_typed(told: Told) -> None:
    answer = between("a:AdamW", "c:AdamW", {}, {}, "", 0, 1.0, told)
    head = next(iter(sentences(answer)))
    assert head.startswith("No setting of c:AdamW (adamw(eps=hat)) does what a:AdamW (adamw) does, set so")
    rules = between("adam", 'adam(eps = "hat")', {}, {}, "", 0, 1.0)
    assert next(iter(sentences(rules))).startswith('No setting of adam(eps = "hat") does what adam does')


def test_what_a_rule_is_followed_with() -> None:
    assert relief("clip is 0.0") == {"clip": 0.0} and relief("clip is None") == {"clip": None}
    assert relief("") == {}
