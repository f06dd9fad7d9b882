"""Which parameters decay: what divides them rightly is never refused, what does not is found."""

from pathlib import Path
from typing import Any

import pytest
from torch import nn

import lawful
from examples import dividing as own
from lawful.optimizers.decay import decay_groups
from lawful.properties.checks import properties
from lawful.properties.groups.models import MODELS
from lawful.verify.candidates.grouper import Grouper
from lawful.verify.candidates.roles import names, roles
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.division import ROLES, find_division

DECAYS = {"rule": "decays"}

RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (decay_groups, {}),
    (decay_groups, {"rule": "decays(embeddings=False)", "arguments": {"embeddings": False}}),
    (decay_groups, {"rule": "decays(positions=False)", "arguments": {"positions": False}}),
    (own.spares_embeddings, {"rule": "decays(embeddings=False)"}),
    (own.as_an_optimizer, DECAYS),
    (own.with_decay_by_another_name, {"rule": "decays", "names": {"weight_decay": "wd"}}),
]


@pytest.mark.parametrize(
    ("function", "asked"), RIGHT, ids=[f"{f.__name__}-{i}" for i, (f, _) in enumerate(RIGHT)]
)
def test_what_is_right_is_not_refused(function: Any, asked: dict[str, Any]) -> None:
    seen = lawful.check(function, **asked)
    assert seen.verdict is Verdict.LAWFUL and not any(e.findings for e in seen.results.values()), repr(seen)


WRONG: list[tuple[Any, str, dict[str, Any], str]] = [
    (own.by_dimensions, "division", DECAYS, "of Vision lets decay cls_token, pos_embed: exempt"),
    (
        own.by_dimensions,
        "division",
        DECAYS,
        "of Encoder lets decay attention.bias_k, attention.bias_v: biases",
    ),
    (
        own.by_dimensions,
        "division",
        DECAYS,
        "of Convolutional lets decay channel_norm.weight, wide_norm.weight: norms",
    ),
    (own.by_name_and_torchs_norms, "division", DECAYS, "of Vision lets decay relative_position_bias_table"),
    (
        own.by_name_and_torchs_norms,
        "division",
        DECAYS,
        "of Seq2Seq lets decay relative_attention_bias.weight: biases",
    ),
    (
        own.by_name_and_torchs_norms,
        "division",
        DECAYS,
        "of Convolutional lets decay channel_norm.weight: norms",
    ),
    (own.by_name_and_torchs_norms, "division", DECAYS, "normed.parametrizations.weight.original0: vectors"),
    (
        own.spares_embeddings,
        "division",
        DECAYS,
        "does not let decay embed_tokens.weight = lm_head.weight: embeddings",
    ),
    (own.spares_heads, "division", DECAYS, "of Encoder does not let decay pooler.weight: matrices"),
    (own.ignores_the_model, "division", DECAYS, "of Vision lets decay cls_token, pos_embed: exempt"),
    (
        decay_groups,
        "division",
        {"rule": "decays(positions=False)"},
        "of Encoder lets decay position_embeddings.weight",
    ),
    (own.loses_scalars, "division-holds-all", DECAYS, "of Convolutional leaves out temperature"),
    (
        own.repeats_what_is_tied,
        "division-holds-all",
        DECAYS,
        "has several times embed_tokens.weight = lm_head.weight",
    ),
    (own.halves, "division-by-the-decay", DECAYS, "has a weight decay of 0.0625, where 0.125 was asked for"),
]


@pytest.mark.parametrize(
    ("function", "asked", "how", "said"), WRONG, ids=[f"{f.__name__}-{s[-20:]}" for f, _, _, s in WRONG]
)
def test_what_is_wrong_is_found(function: Any, asked: str, how: dict[str, Any], said: str) -> None:
    found = []
    for make in MODELS.values():
        arguments = {**how.get("arguments", {}), "model": make}
        seen = lawful.check(function, properties=[asked], **{**how, "arguments": arguments})
        found += [finding.message for evidence in seen.results.values() for finding in evidence.findings]
    assert any(said in message for message in found), found


def test_every_question_has_a_twin_that_fails_it() -> None:
    assert {n for n, each in properties().items() if each.asks is Grouper} == {
        name for _, name, _, _ in WRONG
    }


def test_every_role_is_in_some_model_and_every_parameter_has_one() -> None:
    met = set()
    for make in MODELS.values():
        model = make()
        every = roles(model)
        assert every.keys() == set(model.parameters()) == names(model).keys()
        met |= {role for own in every.values() for role in own}
    assert met == ROLES.keys()


def test_a_tied_weight_has_the_roles_of_all_of_its_places() -> None:
    model = MODELS["Decoder"]()
    assert roles(model)[model.lm_head.weight] == {"embeddings", "matrices"}
    assert not find_division("decays(embeddings=False)").of(roles(model)[model.lm_head.weight])


@pytest.mark.parametrize(
    ("function", "rule", "more", "said"),
    [
        (decay_groups, "decays(embedings=False)", {}, "did you mean embeddings"),
        (decay_groups, "decays(embeddings=0)", {}, "embeddings is True or False"),
        (decay_groups, "decays", {"arguments": {"modle": 1}}, "did you mean model"),
        (decay_groups, "decays", {"names": {"weight_decay": "wd"}}, "unknown argument of decay_groups 'wd'"),
        (own.with_decay_by_another_name, "decays", {}, "say --arg wd=VALUE"),
    ],
)
def test_what_cannot_be_asked_is_said(function: Any, rule: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Unanswerable) as refusal:
        lawful.check(function, rule, **more)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


def test_what_makes_no_groups_is_found() -> None:
    def nothing(model: nn.Module) -> None:
        """Makes none."""

    seen = lawful.check(nothing, "decays")
    assert seen.verdict is Verdict.UNLAWFUL
    assert "makes a NoneType, and no list of groups" in repr(seen)


PLACE = Path(own.__file__)


def test_the_command_line_asks_about_a_model_of_ones_own(command: Any, tmp_path: Path) -> None:
    wrong = command(tmp_path, "check-groups", f"{PLACE}:by_dimensions", "--model", f"{PLACE}:small_model")
    assert wrong.returncode == 1
    assert "lets decay relative_position_bias_table: biases" in " ".join(wrong.stdout.split())
    right = command(
        tmp_path, "check-groups", "lawful.optimizers.decay:decay_groups", "--model", f"{PLACE}:small_model"
    )
    assert right.returncode == 0 and "It follows decays." in right.stdout
    assert (
        command(tmp_path, "check-groups", f"{PLACE}:by_dimensions", "--model", "nowhere:make").returncode == 2
    )


def test_the_rule_is_printed_in_a_report(command: Any, tmp_path: Path) -> None:
    asked = "check-groups", "lawful.optimizers.decay:decay_groups", "--model", f"{PLACE}:small_model"
    assert command(tmp_path, *asked, "--report", "out").returncode == 0
    assert all(role in (tmp_path / "out" / "report.html").read_text() for role in ROLES)
    printed = command(tmp_path, "rules", "decays(embeddings=False)").stdout
    assert "without decay: embeddings" in printed and "without decay: biases" in printed


@pytest.fixture(name="command")
def _command(request: pytest.FixtureRequest) -> Any:
    """The command line; its fixture has the package's name."""
    return request.getfixturevalue("lawful")
