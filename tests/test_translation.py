"""How one rule must be set to do what another does: what is found is proved, what is not there is not found."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from sympy import Symbol, sympify

from lawful.properties.translation.sides import another
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, t, weight_decay
from lawful.verify.translation.answer import Case, Translation
from lawful.verify.translation.found import unconditional
from lawful.verify.translation.matrix import classes_of, matrix
from lawful.verify.translation.proving import equivalence, proved
from lawful.verify.translation.question import Question
from lawful.verify.translation.rewriting import corrected, corrections, homogeneous
from lawful.verify.translation.scaled import on_other_gradients
from lawful.verify.translation.translate import translated

YES = {
    ("adamw", 'adamw(decay="wd")'): {"weight_decay": "lr*weight_decay"},
    ("adamw", 'adamw(decay_order="after")'): {
        "lr": "lr/(1 - lr*weight_decay)",
        "weight_decay": "weight_decay*(1 - lr*weight_decay)",
    },
    ('adamw(amsgrad=True, decay="wd", decay_order="after")', "adamw(amsgrad=True)"): {
        "lr": "lr*(1 - weight_decay)",
        "weight_decay": "weight_decay/(lr*(1 - weight_decay))",
    },
    ("adamprox", "adamw"): {"lr": "lr/(1 + lr*weight_decay)"},
    ("sgd", 'sgd(lr_place="inside")'): {},
    ("sgdw", 'sgdw(decay="stable")'): {"weight_decay": "weight_decay*(1 - momentum)/(1 - dampening)"},
    ('nadam(momentum="constant")', 'nadam(momentum="constant", second="beta2*v")'): {
        "lr": "lr*sqrt(beta2)",
        "eps": "eps*sqrt(beta2)",
    },
    ("lion", 'lion(decay="wd")'): {"weight_decay": "lr*weight_decay"},
    ("muon", 'muon(rate="match_rms_adamw")'): {
        "lr": "5*lr*sqrt(Max(1, rows/cols))/sqrt(Max(rows, cols))",
        "weight_decay": "weight_decay*sqrt(Max(rows, cols))/(5*sqrt(Max(1, rows/cols)))",
    },
}


def rules(first: str, second: str) -> tuple[Any, Any]:
    return find_rule(first), find_rule(second)


@pytest.mark.parametrize("pair", YES, ids=" to ".join)
def test_a_setting_that_does_the_same_is_found_and_proved(pair: tuple[str, str]) -> None:
    found = unconditional(*rules(*pair))
    assert found is not None and not found.above and found.scheduled != (pair[0] == "sgd")
    assert found.proof.proved and found.proof.confirmed and found.proof.refused
    changed = {s: e for s, e in found.setting.items() if e != s}
    names = {
        s.name: s
        for s in (*find_rule(pair[0]).defaults, *(f for e in changed.values() for f in e.free_symbols))
    }
    for symbol, expr in changed.items():
        assert (expr - sympify(YES[pair][symbol.name], locals=names)).simplify() == 0
    assert {s.name for s in changed} == YES[pair].keys()


def test_what_rounding_is_left_out_is_said() -> None:
    """An iteration in bfloat16 is the same one in real numbers, and a decimal is the fraction that it stands for."""
    answer = translated(*rules("muon", 'muon(rate="match_rms_adamw", iteration="bfloat16")'))
    assert answer.outcome == "yes" and "bfloat16" in answer.rounding
    assert translated(*rules('muon(rate="match_rms_adamw")', "muon")).outcome == "yes"


def test_what_must_follow_the_learning_rate_is_said() -> None:
    """wd alone, in place of lr·wd, has to be set anew; in place of wd times the schedule's multiplier it need not."""
    follows = unconditional(*rules("adamw", 'adamw(decay="wd")'))
    kept = unconditional(*rules("adamw", 'adamw(decay="wd*lr/lr_0")'))
    buffer = unconditional(*rules("sgd", 'sgd(lr_place="inside")'))
    assert follows and follows.following == (weight_decay,)
    assert kept and kept.scheduled and not kept.following
    assert buffer and not buffer.scheduled


def test_where_something_is_not_0() -> None:
    answer = translated(*rules('sgd(first_step="damped")', "sgd"))
    assert answer.outcome == "where" and [case.where for case in answer.cases] == [
        ["momentum > 0", "1 − dampening > 0"],
        ["momentum = 0"],
    ]
    first, last = answer.cases
    assert first.values({"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.0})["lr"] == 0.05
    assert first.states == {"b": "b/(1 − dampening)"} and last.setting["lr"] == "lr"


def test_a_wrong_setting_is_not_proved() -> None:
    question = Question.of(*rules("adam", 'adam(eps="hat")'))
    proof = proved(equivalence(question, {s: s for s in question.second.defaults}, {}))
    assert not proof.proved and not proof.confirmed


def test_a_state_carried_over_once_both_have_begun() -> None:
    answer = translated(*rules("rmsprop", "rmsprop(start=1)"))
    assert answer.outcome == "no" and [case.begun for case in answer.cases] == [False, True]
    assert not answer.cases[-1].applies({})


# ------------------------------------------------------------------------------------------------ gradients
@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("adamw", {"eps": "c·eps"}),
        ("adam", {"eps": "c·eps", "weight_decay": "c·wd"}),
        ("sgd", {"lr": "lr/c", "weight_decay": "c·wd"}),
        ("lion", {}),
    ],
)
def test_the_setting_that_undoes_a_change_of_the_gradients(rule: str, changed: dict[str, str]) -> None:
    answer = translated(*on_other_gradients(*rules(rule, rule), "*c"))
    assert answer.outcome == "yes" and answer.general
    said = {s: e for s, e in answer.general.setting.items() if e != s.replace("weight_decay", "wd")}
    assert said == changed


@pytest.mark.parametrize("change", ["c", "*-2", "*0", "+3", "* x", "/0", ""])
def test_other_changes_are_refused(change: str) -> None:
    with pytest.raises(Unanswerable, match=r"is not of the form \*c"):
        on_other_gradients(*rules("adam", "adam"), change)


# ------------------------------------------------------------------------------------------------ the parts
@pytest.mark.parametrize("name", ["adamw", "lamb", "lion", "muon", "radam", "adafactor"])
def test_a_rewritten_rule_does_the_same(name: str) -> None:
    rule = find_rule(name)
    place = Question.of(rule, rule).points()[1]
    known = corrections(rule)
    back = {s: 1 - p for p, e in known.items() for s in e.free_symbols}
    other = homogeneous(corrected(rule, known))
    put_back = replace(
        other, x=other.x.xreplace(back), state={s: e.xreplace(back) for s, e in other.state.items()}
    )
    assert np.allclose(
        place.run(rule, place.setting), place.run(put_back, place.setting), rtol=1e-10, atol=1e-13
    )


def test_what_averages_are_divided_by_is_positive_for_betas_alone() -> None:
    assert set(corrections(find_rule("adam"))) == {Symbol("beta1", nonnegative=True) ** t, beta2**t}


def test_forms_that_can_be_set_alike_are_one_class() -> None:
    lion = ["lion", 'lion(decay="wd")', "lion(decouple=False)"]
    assert classes_of(lion) == [lion[:2], lion[2:]]


def test_an_answer_that_is_no_general_one() -> None:
    case = Case(["eps"], [], {}, False, {"lr": "lr"}, {}, {"setting": {"lr": "2*lr"}}, True, [], [], "", "")
    assert Translation("a", "b", [case]).outcome == "open" and case.where == ["eps = 0"]
    assert case.applies({"eps": 0.0}) and not case.applies({"eps": 0.1})
    assert case.values({"lr": 0.5}) == {"lr": 1.0}


# ------------------------------------------------------------------------------------------------ the command
Ask = Callable[..., CompletedProcess[str]]


@pytest.fixture
def translate(lawful: Ask, tmp_path: Path) -> Ask:
    return partial(lawful, tmp_path, "translate")


def test_two_rules(translate: Ask) -> None:
    setting = "--arg", "lr=0.1", "--arg", "weight_decay=0.5"
    ended = translate("adamw", 'adamw(decay="wd")', *setting, "--json", "-")
    assert ended.returncode == 0 and '"weight_decay":0.05' in ended.stdout
    ended = translate("adam", "adamw", "--arg", "weight_decay=0.1")
    assert ended.returncode == 1 and "[proved]" in ended.stdout and "every setting fails" in ended.stdout


def test_a_call_to_paste(translate: Ask) -> None:
    ended = translate("adam", "torch.optim:AdamW", "--arg", "lr=0.01")
    said = "torch.optim.AdamW(params, lr=0.01, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0)"
    assert ended.returncode == 0 and said in ended.stdout
    assert "weight_decay is 0.01 by default in torch.optim:AdamW" in ended.stdout


def test_a_call_that_the_constructor_refuses_is_no_setting(translate: Ask) -> None:
    arguments = (
        argument for each in ("lr=0.1", "momentum=0.9", "dampening=0.5") for argument in ("--arg", each)
    )
    ended = translate("sgd(nesterov=True)", "torch.optim:SGD", *arguments)
    assert ended.returncode == 1 and "requires a momentum and zero dampening" in ended.stdout


def test_who_follows_another_rule_than_its_name_says() -> None:
    assert another("adamw", "adamw(decouple=False)", []) and another("adamw", "adam", ["amsgrad"])
    assert not another("adam", "adam(amsgrad=True)", ["amsgrad"]) and not another("adam", "adam", [])


@pytest.mark.thorough
def test_two_targets(translate: Ask) -> None:
    """What both follow is found first: half a minute each."""
    ended = translate("torch.optim:SGD", "torch_optimizer:QHM", "--arg", "momentum=0.9", "--arg", "lr=0.1")
    assert ended.returncode == 0 and "goes on where the first would have gone" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("adam",), ["missing argument"]),
        (("adamm", "adam"), ["unknown rule 'adamm'", "adam"]),
        (("adam", "adamw", "--arg", "epss=1"), ["hyperparameter of adam 'epss'", "did you mean eps"]),
        (("adam", "adamw", "--arg", "eps=-1"), ["eps=-1 is not in [0, ∞)"]),
        (("adam", "adamw", "--arg", "betas=0.9"), ["betas=0.9 does not give beta1, beta2"]),
        (("adam", "adamw", "--arg", "eps=1", "--arg", "eps=2"), ["--arg eps is given twice"]),
        (("adam", "adamw", "--arg", "betas=(0.9,0.99)", "--arg", "beta1=0.5"), ["beta1 is given twice"]),
        (("adam", "adamw", "--name", "rate=lr"), ["--name rate", "are rules"]),
        (("adam", "--gradients", "*1e400"), ["between 1e-30 and 1e30"]),
        (("--all", "adam", "--arg", "lr=1"), ["--all adam is of every form as it is"]),
        (("adam", "--gradients", "x"), ["--gradients 'x' is not of the form"]),
        (("torch.optim:Nothing", "adam"), ["Nothing"]),
        (
            ("torch.optim:SGD", "sgd", "--arg", "lr=0.1", "--arg", "nesterov=True"),
            ["torch.optim:SGD refuses lr=0.1, nesterov=True", "Nesterov momentum requires a momentum"],
        ),
        (("torch.optim:Adam", "adam", "--arg", "maximize=True"), ["goes up its gradients"]),
        (("torch.optim:Adam", "adam", "--arg", "fused=True", "--arg", "foreach=True"), ["fused"]),
        (("adam", "adamw", "sgd"), ["from one to one other", "sgd"]),
        (("adam", "adamw", "--arg", "lr=nan"), ["lr='nan' is not in (0, ∞)"]),
        (("adam", "adamw", "--arg", "weight_decay=1e400"), ["weight_decay=inf is not in"]),
        (("adam", "adamw", "--arg", "eps"), ["'eps' is not of the form name=value"]),
        (('adam(eps="hot")', "adam"), ["eps is one of"]),
        (('adam(eps="hat"', "adam"), ["was never closed"]),
        (("lbfgs", "adam"), ["out of scope"]),
        (("cosine", "adam"), ["unknown rule 'cosine'"]),
        (("adam", "adamw", "--seed", "-1"), ["--seed -1 is negative"]),
        (("--all", "lionn-like"), ["unknown rule 'lionn'", "lion"]),
        (("--all", "adamw-like", "torch.optim"), ["is the only one here"]),
    ],
)
def test_wrong_questions_are_told_in_one_line(
    translate: Ask, arguments: tuple[str, ...], words: list[str]
) -> None:
    ended = translate(*arguments)
    assert ended.returncode == 2 and "Traceback" not in ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr


def test_every_form_against_every_other(translate: Ask) -> None:
    ended = translate("--all", "lion")
    assert (
        ended.returncode == 0
        and "lion(decouple=False)" in ended.stdout
        and "weight_decay = 0" in ended.stdout
    )


def test_a_matrix_is_of_the_family_by_the_name_that_is_printed() -> None:
    """`sparse_adam`, with whatever stands between its words."""
    found = matrix("sparse_adam")
    assert found.family == "sparse_adam" and not found.undecided
    assert {form for forms in found.classes for form in forms} >= {"sparse_adam", 'sparse_adam(eps="inside")'}
