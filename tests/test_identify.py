"""Which rule an implementation follows: every one of ours and torch's is recognised, and what is nothing is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from lawful.properties.counterexamples.explaining import explained
from lawful.properties.identification.comparing import unexplained
from lawful.properties.identification.identify import identified
from lawful.properties.identification.inquiry import Inquiry, Proposal
from lawful.properties.identification.probes import Subject
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.candidates.loading import load
from lawful.verify.language.families import find_rule, rules
from lawful.verify.oracle.quick import Array
from lawful.verify.variants.identity import Identity
from lawful.verify.variants.sameness import Sameness, sameness
from lawful.verify.variants.variants import members, ranked, variants


def identity(cls: type, **arguments: Any) -> Identity:
    return identified(Subject(cls, arguments))


class Moments(torch.optim.Optimizer):
    """Adam in parts, one of which a subclass replaces."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                m, v = (state.get(k, torch.zeros_like(p)) for k in "mv")
                (b1, b2), gradient = group["betas"], self.gradient(p.grad, p, group)
                state["m"], state["v"] = b1 * m + (1 - b1) * gradient, b2 * v + (1 - b2) * gradient**2
                self.move(p, state, 1 - b1 ** state["t"], 1 - b2 ** state["t"], group)

    def gradient(self, g: Tensor, p: Tensor, group: Any) -> Tensor:
        return g

    def move(self, p: Tensor, s: Any, c1: float, c2: float, group: Any) -> None:
        p.mul_(1 - group["lr"] * group["weight_decay"])
        p.sub_(group["lr"] * (s["m"] / c1) / self.denominator(s, c1, c2, group["eps"]))

    def denominator(self, s: Any, c1: float, c2: float, eps: float) -> Tensor:
        root: Tensor = (s["v"] / c2).sqrt() + eps
        return root


class AdamW(Moments):
    """It is."""


class DecayAfter(Moments):
    """The updated weight decays."""

    def move(self, p: Tensor, s: Any, c1: float, c2: float, group: Any) -> None:
        p.sub_(group["lr"] * (s["m"] / c1) / self.denominator(s, c1, c2, group["eps"]))
        p.mul_(1 - group["lr"] * group["weight_decay"])


class Inside(Moments):
    """eps inside the root."""

    def denominator(self, s: Any, c1: float, c2: float, eps: float) -> Tensor:
        root: Tensor = (s["v"] / c2 + eps).sqrt()
        return root


class Maximum(Moments):
    """optax's AMSGrad: the maximum of the corrected moment."""

    def denominator(self, s: Any, c1: float, c2: float, eps: float) -> Tensor:
        s["top"] = torch.maximum(s.get("top", torch.zeros_like(s["v"])), s["v"] / c2)
        root: Tensor = s["top"].sqrt() + eps
        return root


class OtherBeta(Moments):
    """The second moment corrected as the first."""

    def denominator(self, s: Any, c1: float, c2: float, eps: float) -> Tensor:
        root: Tensor = (s["v"] / c1).sqrt() + eps
        return root


class Cube(Moments):
    """Nothing: a step by the cube of the gradient's average."""

    def move(self, p: Tensor, s: Any, c1: float, c2: float, group: Any) -> None:
        p.sub_(group["lr"] * s["m"] ** 3 / (1 + p.abs()))


@pytest.mark.parametrize(
    "name",
    [
        "lars",
        pytest.param("sgdw", marks=pytest.mark.thorough),
        pytest.param("adopt", marks=pytest.mark.thorough),
    ],
)
def test_ours_is_recognised(name: str) -> None:
    assert identity(load(name)).fits[0].rule == name


@pytest.mark.parametrize(
    "name", ["Adam", *(pytest.param(n, marks=pytest.mark.thorough) for n in ("SGD", "RAdam", "SparseAdam"))]
)
def test_torchs_is_recognised(name: str) -> None:
    found = identity(getattr(torch.optim, name))
    assert found.fits[0].rule.replace("_", "") == name.lower()
    assert found.nearest is not None and found.nearest.worst > 1e3


def test_what_is_kept_in_float32_is_recognised_there() -> None:
    """torch's NAdam keeps the product of momenta in float32."""
    found = identity(torch.optim.NAdam)
    assert (found.fits[0].rule, found.dtype) == ("nadam", "float32")


@pytest.mark.parametrize(
    ("cls", "words"),
    [
        (AdamW, "adamw"),
        (DecayAfter, "adamw, decay of the updated weight"),
        (Inside, "adamw, eps inside the root"),
        (Maximum, "adamw, the maximum of the corrected second moment"),
        (OtherBeta, "like adamw, but with v_t/(1 − beta1^t) instead of v_t/(1 − beta2^t) in v_hat"),
    ],
)
def test_conventions_and_slips_are_named(cls: type, words: str) -> None:
    assert identity(cls).fits[0].words == words


def test_what_is_nothing_fits_nothing() -> None:
    found = identity(Cube)
    assert not found.fits
    assert found.nearest is not None and found.nearest.unexplained > 0.1


class Madgrad(torch.optim.Optimizer):
    """As its authors have it: without momentum, of which the rule says nothing, x₀ is recovered from the weight."""

    root = 1 / 3

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        eps: float = 1e-6,
    ):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eps=eps))

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            lr, eps, c = group["lr"] + group["eps"], group["eps"], 1 - group["momentum"]
            for p in (p for p in group["params"] if p.grad is not None):
                state = self.state[p] or dict(k=0, s=torch.zeros_like(p), v=torch.zeros_like(p), x0=p.clone())
                g, weight = p.grad + group["weight_decay"] * p, lr * (state["k"] + 1) ** 0.5
                x0 = state["x0"] if c < 1 else p + state["s"] / (state["v"] ** self.root + eps)
                state.update(k=state["k"] + 1, s=state["s"] + weight * g, v=state["v"] + weight * g**2)
                p.mul_(1 - c).add_(x0 - state["s"] / (state["v"] ** self.root + eps), alpha=c)
                self.state[p] = state


class Root(Madgrad):
    root = 1 / 2


def test_a_rule_is_not_held_against_runs_of_which_it_says_nothing() -> None:
    found, other = (identified(Subject(cls), slips=False) for cls in (Madgrad, Root))
    assert [fit.rule for fit in found.fits] == ["madgrad"] and not other.fits


class Unrated(Madgrad):
    """Has no learning rate unless it is told."""

    def __init__(self, params: Any, lr: float | None = None, momentum: float = 0.9, eps: float = 1e-6):
        assert lr is not None and lr > 0.0
        super().__init__(params, lr, momentum, eps=eps)


def test_the_learning_rate_of_a_run_is_the_rules() -> None:
    assert identified(Subject(Unrated), slips=False).fits[0].rule == "madgrad"


def test_options_that_are_given_are_followed() -> None:
    assert identity(torch.optim.Adam, amsgrad=True).fits[0].rule == "adam(amsgrad=True)"
    assert identity(torch.optim.SGD, nesterov=True).fits[0].rule == "sgd(nesterov=True)"


def test_a_finding_names_the_convention() -> None:
    candidate = Candidate.of(DecayAfter, "adamw")
    assert explained(candidate, {}, {}, "cpu") == (
        "decay of the updated weight instead of decay of the old weight (a difference of lr·step·wd): "
        'that is adamw(decay_order="after")'
    )
    assert "v_t/(1 − beta1^t)" in explained(Candidate.of(OtherBeta, "adamw"), {}, {}, "cpu")
    assert explained(Candidate.of(AdamW, "adamw"), {}, {}, "cpu") == ""


# ------------------------------------------------------------------------------------------------------ the lattice
def test_every_convention_has_words() -> None:
    for family in rules().values():
        for name, values in family.conventions.items():
            assert not [v for v in values if family.said(name, v) == f"{name}={v!r}"], (family.name, name)


def test_the_lattice_has_each_rule_once_and_reads_its_own_names() -> None:
    everything = variants(ranked("AdamW"))
    assert len({v.rule.mathematics for v in everything}) == len(everything)
    assert sum(len(list(members(f))) for f in rules().values()) > 1.5 * len(everything)
    assert all(find_rule(v.spec).mathematics == v.rule.mathematics for v in everything[::7])


def test_the_inputs_separate_what_is_not_the_same() -> None:
    """AdamW's conventions: two that predict the same paths are the same rule, and that is proved."""
    subject = Subject(AdamW)
    probes = subject.probes([rules()["adamw"]])
    inquiry, found = Inquiry(subject, probes), [Proposal(v) for v in variants([rules()["adamw"]])[::3]]

    def together(one: Proposal, other: Proposal) -> bool:
        return all(unexplained(*_paths(one, other, probe)) < 1e-9 for probe in inquiry.probes)

    def _paths(one: Proposal, other: Proposal, probe: Any) -> tuple[Array, Array]:
        return one.predicted(probe), other.predicted(probe)

    alike = [(a, b) for i, a in enumerate(found) for b in found[:i] if together(a, b)]
    assert all(sameness(a.rule, b.rule) is not Sameness.NONE for a, b in alike)


def test_sameness_is_told_from_difference() -> None:
    assert sameness(find_rule("adamw(decouple=False)"), find_rule("adam")) is Sameness.WRITTEN
    assert sameness(find_rule("sgd"), find_rule("sgdw")) is Sameness.NONE
    adamd = find_rule("adamd")
    assert sameness(adamd, adamd.replace({})) is Sameness.WRITTEN


# ------------------------------------------------------------------------------------------------- the command line
def lawful(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "lawful.verify.front.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_from_a_fresh_process(tmp_path: Path) -> None:
    ended = lawful("identify", "torch.optim:Adagrad", "--json", str(tmp_path / "found.json"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("torch.optim:Adagrad: adagrad. Off by at most 0.")
    assert "No other of the" in ended.stdout
    assert json.loads((tmp_path / "found.json").read_text())["fits"][0]["rule"] == "adagrad"


@pytest.mark.thorough
def test_nothing_fits_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "nothing.py").write_text(NOTHING)
    ended = lawful("identify", f"{tmp_path / 'nothing.py'}:Nothing")
    assert ended.returncode == 1
    assert "none of the" in ended.stdout and "Nearest: " in ended.stdout and "unexplained" in ended.stdout


NOTHING = """
import torch


class Nothing(torch.optim.SGD):
    @torch.no_grad()
    def step(self, closure=None):
        for p in self.param_groups[0]["params"]:
            p.sub_(self.param_groups[0]["lr"] * torch.sin(p.grad) * p.abs())
"""
