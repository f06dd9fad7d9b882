"""What can be a target, how its constructor is read, and what is said of what cannot be asked."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lawful.properties.trial import tried
from lawful.verify.candidates.adapting import ready
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.loading import load, named
from lawful.verify.candidates.signature import parameters
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import UNCLAIMED, Check
from lawful.verify.language.symbols import lr, momentum, weight_decay

MINE = """
import functools
import torch


def halved(params, lr=1e-3, momentum=0.0):
    return torch.optim.SGD(params, lr=lr, momentum=momentum)


def tensor(params, lr=1e-3):
    return torch.zeros(1)


partial = functools.partial(torch.optim.SGD, momentum=0.5)
made = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)


class Sharp(torch.optim.SGD):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, lr=lr)

    def step(self, closure):
        with torch.enable_grad():
            closure()
            self.zero_grad()
            closure()
        return super().step()


class Sleeping(torch.optim.SGD):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, lr=lr)
        self.awake = False

    def train(self):
        self.awake = True

    def eval(self):
        self.awake = False

    def step(self, closure=None):
        if not self.awake:
            raise RuntimeError("call train() first")
        return super().step(closure)


class Labelled(torch.optim.SGD):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, lr=lr)
        self.labels = [group["label"] for group in self.param_groups]


class Around(torch.optim.Optimizer):
    def __init__(self, params, inner, every=2, **kwargs):
        super().__init__(params, dict(every=every, **kwargs))
        self.inner = inner(self.param_groups, **kwargs)

    def step(self, closure=None):
        return self.inner.step(closure)


class OtherWords(torch.optim.SGD):
    def __init__(self, params, learning_rate=1e-3, mu=0.0, decay=0.0, dampening=0.0, nesterov=False):
        super().__init__(params, learning_rate, mu, dampening, decay, nesterov)


class NoRate(torch.optim.SGD):
    def __init__(self, params, eta=1e-3):
        super().__init__(params, lr=eta)
"""

Lawful = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("targets") / "targets_of_mine.py"
    place.write_text(MINE)
    return str(place)


def refusal(mine: str, name: str, rule: str = "sgd", **arguments: Any) -> str:
    with pytest.raises(Unanswerable) as refused:
        tried(Check("quiet", rule, f"{mine}:{name}", "default", arguments=arguments), 0)
    return str(refused.value)


# ------------------------------------------------------------------------------------------- constructors
class Through(torch.optim.Adam):
    """Its parents' arguments go through it."""

    def __init__(self, *args: Any, extra: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extra = extra


class Fixing(torch.optim.Adam):
    """One is fixed on the way."""

    def __init__(self, params: Any, lr: float = 0.1, **kwargs: Any) -> None:
        super().__init__(params, lr=lr, weight_decay=0, **kwargs)


class Swallowing(torch.optim.Adam):
    """None goes through."""

    def __init__(self, params: Any, lr: float = 0.1, **kwargs: Any) -> None:
        super().__init__(params, lr=lr)


class Grandchild(Through):
    """Through two constructors; one default is its own."""

    def __init__(self, params: Any, amsgrad: bool = True, **kwargs: Any) -> None:
        super().__init__(params, amsgrad=amsgrad, **kwargs)


def test_what_a_constructor_hands_on_is_read() -> None:
    of_adam = set(parameters(torch.optim.Adam))
    assert set(parameters(Through)) == {*of_adam, "extra"}
    assert set(parameters(Grandchild)) == {*of_adam, "extra"}
    assert parameters(Grandchild)["amsgrad"].default is True


def test_what_does_not_arrive_is_not() -> None:
    assert set(parameters(Fixing)) == set(parameters(torch.optim.Adam)) - {"weight_decay"}
    assert set(parameters(Swallowing)) == {"lr"}


def test_it_is_bound_and_claimed_as_its_parent_is() -> None:
    through, plain = Candidate.of(Through, "adam"), Candidate.of(torch.optim.Adam)
    assert through.binding.names == plain.binding.names
    assert list(through.paths) == list(plain.paths)
    assert through.unexplored == ["extra", *plain.unexplored]


def test_what_a_class_among_the_arguments_takes_is_handed_on(mine: str) -> None:
    around = Candidate.of(f"{mine}:Around", "sgd", {"inner": "torch.optim.SGD"})
    assert {lr, momentum, weight_decay} <= around.binding.names.keys()
    with pytest.raises(
        Unanswerable, match="needs arguments of which the rule knows nothing: --arg inner=VALUE"
    ):
        Candidate.of(f"{mine}:Around", "sgd")


# ------------------------------------------------------------------------------------------------ targets
def test_a_function_is_the_class_of_what_it_makes(mine: str) -> None:
    tried(Check("quiet", "sgd", f"{mine}:halved", "default"), 0)
    tried(Check("quiet", "sgd", f"{mine}:partial", "loop"), 0)
    assert momentum in Candidate.of(f"{mine}:halved", "sgd").binding.names
    assert Candidate.of(f"{mine}:partial", "sgd").binding.default(momentum) == 0.5


def test_a_step_that_wants_a_closure_is_given_one(mine: str) -> None:
    tried(Check("quiet", "sgd", f"{mine}:Sharp", "default"), 0)
    weight = torch.ones(2, requires_grad=True)
    weight.grad = torch.tensor([1.0, 2.0])
    load(f"{mine}:Sharp")([weight], lr=1.0).step()
    assert weight.tolist() == [0.0, -1.0]


def test_one_that_must_be_told_to_train_is_told(mine: str) -> None:
    tried(Check("quiet", "sgd", f"{mine}:Sleeping", "default"), 0)
    assert ready(torch.optim.SGD) is torch.optim.SGD


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("made", "is a SGD, not a class or a function that makes an optimizer: name its class"),
        ("tensor", "makes a Tensor, which has no step"),
        (
            "Labelled",
            "cannot be constructed with groups of parameters: the constructor raises KeyError: 'label'.",
        ),
        ("NoRate", "no argument for the learning rate, lr: say --name lr=eta"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(mine: str, name: str, words: str) -> None:
    assert words in refusal(mine, name)


def test_a_single_target_that_cannot_be_asked_ends_with_2(mine: str, lawful: Lawful) -> None:
    ended = lawful(Path(mine).parent, "check", f"{mine}:Labelled", "--rule", "sgd")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and "Scenario" not in ended.stderr


# ---------------------------------------------------------------------------------------------- arguments
def test_a_dotted_name_is_the_object_that_it_names() -> None:
    assert named("torch.optim.SGD") is torch.optim.SGD
    assert named("torch.bfloat16") is torch.bfloat16
    assert (named("mean"), named("no.such.place"), named(0.5)) == ("mean", "no.such.place", 0.5)
    with pytest.raises(Unanswerable, match=r"unknown object in torch\.optim 'SGDD': did you mean SGD"):
        named("torch.optim.SGDD")


def test_words_are_mapped(mine: str) -> None:
    plain = Candidate.of(f"{mine}:OtherWords", "sgd")
    assert weight_decay not in plain.binding.names
    assert plain.proposals == {"mu": "momentum", "decay": "weight_decay"}
    said = Candidate.of(f"{mine}:OtherWords", "sgd", names={"weight_decay": "decay", "momentum": "mu"})
    assert said.binding.names[weight_decay] == "decay" and said.binding.names[momentum] == "mu"
    assert not said.proposals and not said.unexplored


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"weight_dcay": "decay"}, "unknown word of sgd 'weight_dcay': did you mean weight_decay"),
        ({"weight_decay": "dcay"}, "unknown argument of OtherWords 'dcay': did you mean decay"),
    ],
)
def test_words_that_are_none_are_refused(mine: str, names: dict[str, str], words: str) -> None:
    with pytest.raises(Unanswerable, match=words):
        Candidate.of(f"{mine}:OtherWords", "sgd", names=names)


def test_the_project_says_rule_and_names(mine: str, lawful: Lawful, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f"""
[tool.lawful]
targets = [{{target = "{mine}:OtherWords", rule = "sgd", names = {{weight_decay = "decay", momentum = "mu"}}}}]
"""
    )
    options = ["--property", "defaults", "--json", "-"]
    ended = lawful(tmp_path, "check", *options)
    (result,) = json.loads(ended.stdout)["results"]
    assert result["check"]["rule"] == "sgd"
    assert result["check"]["names"] == {"weight_decay": "decay", "momentum": "mu"}


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ('[{target = "sgd", rul = "sgd"}]', "'rul': did you mean rule"),
        ('[{rule = "sgd"}]', "must be"),
        ('[{target = "sgd", names = {lr = 1}}]', "must be"),
    ],
)
def test_a_target_of_the_project_that_says_nothing_sensible_is_refused(
    targets: str, words: str, lawful: Lawful, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.lawful]\ntargets = {targets}\n")
    ended = lawful(tmp_path, "check")
    assert ended.returncode == 2 and words in ended.stderr and ended.stderr.count("\n") == 1


def test_a_class_whose_name_is_no_rule_claims_none(mine: str) -> None:
    candidate = Candidate.of(f"{mine}:OtherWords")
    assert candidate.family.name == UNCLAIMED
