"""Constructors are read: symbols, options, paths, defaults; and what they do not say is left alone."""

from pathlib import Path

import pytest
import torch
from torch.optim import SGD, Adam, AdamW, RMSprop

from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.describing import describe, listed
from lawful.verify.candidates.loading import load
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.symbols import beta1, beta2, lr, weight_decay


def test_symbols_and_options_of_adamw() -> None:
    candidate = Candidate.of(AdamW)
    assert {s.name: n for s, n in candidate.binding.free.items()} == {
        "lr": "lr", "beta1": "betas", "beta2": "betas", "eps": "eps", "weight_decay": "weight_decay",
    }  # fmt: skip
    assert candidate.options.names == {"amsgrad": "amsgrad", "maximize": "maximize"}
    assert list(candidate.paths) == ["loop", "foreach", "fused", "capturable", "differentiable"]
    assert candidate.unexplored == []


def test_a_convention_of_several_values_is_varied_over_those_that_a_flag_can_say() -> None:
    assert Candidate.of(AdamW).options.choices("amsgrad") == (False, True)
    assert Candidate.of(Adam, "amsgrad").options.choices("amsgrad") == (True,)
    assert Candidate.of(AdamW, "adamw(amsgrad=True)").options.choices("amsgrad") == (True,)


def test_constructor_arguments() -> None:
    candidate = Candidate.of(Adam, "amsgrad", {"eps": 0.5})
    hyper = {lr: 0.1, beta1: 0.8, beta2: 0.9, weight_decay: 0.3}
    hyper |= {s: 0.0 for s in candidate.rule({}).hyperparameters if s not in hyper}
    assert candidate.arguments_for({"amsgrad": True}, hyper) == {
        "amsgrad": True, "lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.3, "eps": 0.5,
    }  # fmt: skip


def test_defaults_are_the_candidates_own() -> None:
    candidate = Candidate.of(AdamW)
    assert (candidate.binding.default(beta2), candidate.binding.default(weight_decay)) == (0.999, 1e-2)


def test_a_convention_may_be_spelled_by_an_argument() -> None:
    class Unclipped(torch.optim.Optimizer):
        def __init__(self, params, lr=1e-3, betas=(0.9, 0.9999), eps=1e-6, clip_lambda=lambda t: t**0.25):  # type: ignore[no-untyped-def]
            super().__init__(params, {"lr": lr})

    candidate = Candidate.of(Unclipped, "adopt")
    hyper = {s: 0.5 for s in candidate.binding.free}
    assert candidate.arguments_for({"clip": "none"}, hyper)["clip_lambda"] is None
    assert "clip_lambda" not in candidate.arguments_for({"clip": "t^(1/4)"}, hyper)


def test_what_the_rule_does_not_know_is_named() -> None:
    assert Candidate.of(RMSprop, "rmsprop").unexplored == []
    assert Candidate.of(SGD, "lion").unexplored == ["momentum", "dampening", "nesterov"]


def test_a_file_in_a_package_is_imported_as_part_of_it(tmp_path: Path) -> None:
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text("from torch.optim import SGD\n")
    (package / "optim.py").write_text("from .base import SGD\nclass Mine(SGD):\n    pass\n")
    assert load(f"{package}/optim.py:Mine").__module__ == "mine.optim"


def test_a_module_stands_for_its_optimizers_whose_names_claim_a_rule() -> None:
    assert {"torch.optim:SGD", "torch.optim:AdamW"} <= set(listed("torch.optim").asked)
    assert "adopt" in listed("bundled").asked and listed("AdamW").asked == ["AdamW"]


def test_a_description_can_be_sent() -> None:
    described = describe("torch.optim:AdamW")
    assert described.rule == "adamw" and described.distribution.startswith("torch ")
    assert described.parameters["betas"] == "(0.9, 0.999)" and len(described.source_hash) == 64


def test_a_name_claims_its_rule_or_none() -> None:
    assert (claimed("ADOPT"), claimed("Mine")) == ("adopt", UNCLAIMED)
    with pytest.raises(Unanswerable, match="LBFGS is out of scope"):
        claimed("LBFGS")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("adamx", "unknown target 'adamx': did you mean"),
        ("torch.optim:Adamm", "did you mean Adam"),
        ("no.such.module:Adam", "cannot be imported"),
        ("nofile.py:Adam", "no file nofile.py"),
        ("torch.nn:Linear", "is not an optimizer"),
        ("math:pi", "is a float, not a class"),
    ],
)
def test_a_wrong_target_is_answered_in_words(target: str, said: str) -> None:
    with pytest.raises(Unanswerable, match=said):
        load(target)
