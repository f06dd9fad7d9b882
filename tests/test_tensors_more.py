"""CAME, AdamS, SPD and SGDS: their references follow them, their neighbours do not."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from sympy import Symbol

from examples.asking import conformance
from lawful.optimizers import CAME, SGDW, SPD, Adafactor, Adam, AdamS, AdamW, Muon
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.drawing import PROFILES, Profile
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, x
from lawful.verify.oracle.balls import exact
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.step import Step


def verdict(
    cls: type, rule: str, dtype: torch.dtype = torch.float64, profile: Profile = PROFILES["quick"]
) -> str:
    return conformance(cls, rule, dtype, profile).evidence().verdict.value


def altered(cls: type, **changes: Callable[[Any], Any]) -> type:
    """The optimizer with some of its hyperparameters replaced when it updates."""

    def update(self: Any, b: Any, h: Any) -> None:
        new = {name: change(getattr(h, name)) for name, change in changes.items()}
        cls.update(self, b, SimpleNamespace(**{**vars(h), **new}))  # type: ignore[attr-defined]

    return type(cls.__name__, (cls,), {"update": update, "__init__": cls.__init__})  # type: ignore[misc]


class MeanOfEachGroup(AdamS):
    """The decay is divided by the mean of one group."""

    def update_all(self, work: Any) -> None:
        for group in list(work):
            super().update_all([group])


class FromZero(SPD):
    """Draws back to 0."""

    def update(self, b: Any, h: Any) -> None:
        b.state("start")
        super().update(b, h)


class Unselective(SPD):
    """Draws back whatever the gradient says."""

    def update(self, b: Any, h: Any) -> None:
        self.gradients = b.grads
        b.grads = torch._foreach_sub(b.params, b.state("start", b.params))
        super().update(b, h)

    def adapt(self, b: Any, h: Any) -> None:
        b.grads = self.gradients
        super().adapt(b, h)


class SGDS(SGDW):
    """The decay that the momentum asks for."""

    def update(self, b: Any, h: Any) -> None:
        b.shrink(h.lr * h.weight_decay * (1 - h.dampening) / (1 - h.momentum))
        self.descend(b, h)


class Squeezed(Adafactor):
    """Keeps factors without their dimension of size 1."""

    def update(self, b: Any, h: Any) -> None:
        axes = {"row_var": -1, "col_var": -2}
        states = [(state, name, axis) for *_, state in b.each() for name, axis in axes.items()]
        for state, name, axis in states:
            if name in state:
                state[name] = state[name].unsqueeze(axis)
        super().update(b, h)
        for state, name, axis in states:
            if name in state:
                state[name] = state[name].squeeze(axis)


class Halved(Squeezed):
    """Keeps half of a factor."""

    def update(self, b: Any, h: Any) -> None:
        rows = [state for *_, state in b.each()]
        for state in rows:
            state.update({"row_var": 2 * state["row_var"]} if "row_var" in state else {})
        super().update(b, h)
        for state in rows:
            state.update({"row_var": state["row_var"] / 2} if "row_var" in state else {})


@pytest.mark.parametrize(("cls", "rows"), [(Adafactor, "row_var"), (Squeezed, "row_var"), (Halved, None)])
def test_factors_are_read_back_by_value_whatever_their_dimensions(cls: type, rows: str | None) -> None:
    candidate = Candidate.of(cls, "adafactor")
    watch = replace(conformance(candidate).watch(default_scenario(candidate, 0)), reads=True)
    assert watch.first(watch.along()) is None
    for part, reader in zip(watch.parts, watch.readers, strict=True):
        names = {s.name: name for s, name in (reader.names() or {}).items()}
        factors = {"R": rows, "C": "col_var"} if rows else {}
        assert names == (factors if part.x0.ndim >= 2 else {"v": "variance"})
    assert watch.first(watch.one_by_one()) is None


@pytest.mark.parametrize(
    ("cls", "rule"),
    [(FromZero, "spd(anchor='zero')"), (SGDS, "sgdw(decay='stable')")],
)  # fmt: skip
def test_conventions_are_lawful(cls: type, rule: str) -> None:
    assert verdict(cls, rule, torch.float32) == "lawful"


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(
    ("cls", "rule"),
    [
        (altered(CAME, eps=lambda eps: eps[::-1]), "came"),
        (altered(CAME, betas=lambda b: (b[0], b[2], b[1])), "came"),
        (altered(CAME, clip_threshold=lambda d: float("inf")), "came"),
        (MeanOfEachGroup, "adams"), (AdamW, "adams"), (AdamS, "adamw"),
        (FromZero, "spd"), (SPD, "spd(anchor='zero')"), (Unselective, "spd"), (SPD, "adam"), (Adam, "spd"),
        (SGDW, "sgdw(decay='stable')"), (SGDS, "sgdw"),
    ],
)  # fmt: skip
def test_neighbours_are_refused(cls: type, rule: str, dtype: torch.dtype) -> None:
    assert verdict(cls, rule, dtype) == "unlawful"


@pytest.mark.parametrize(
    "change",
    [
        {"lr": lambda lr: 1.5 * lr},
        {"ns_steps": lambda k: k + 1},
        {"ns_coefficients": lambda abc: (1.2 * abc[0], *abc[1:])},
        {"nesterov": lambda on: not on},
        {"weight_decay": lambda wd: 0.0},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("rule", "dtype"), [("muon(iteration='bfloat16')", torch.float32), ("muon", torch.bfloat16)]
)
def test_what_is_seen_through_the_budget_of_bfloat16(
    change: dict[str, Callable[[Any], Any]], rule: str, dtype: torch.dtype
) -> None:
    assert verdict(altered(Muon, **change), rule, dtype) == "unlawful"


@pytest.mark.parametrize(
    ("rule", "dtype", "expected"),
    [("muon(iteration='bfloat16')", torch.float32, "unlawful"), ("muon", torch.bfloat16, "lawful")],
)
def test_a_tenth_of_the_momentum_is_not_seen_in_parameters_of_bfloat16(
    rule: str, dtype: torch.dtype, expected: str
) -> None:
    assert verdict(altered(Muon, momentum=lambda momentum: 0.9 * momentum), rule, dtype) == expected


def test_groups_are_alike_in_what_a_mean_over_all_of_them_depends_on() -> None:
    assert find_rule("adams").shared == {beta2}
    assert find_rule("adams(decouple=False)").shared == find_rule("came").shared == frozenset()
    assert {s.name for s in find_rule("dadaptadam").shared} >= {"d0", "beta2"}, (
        "what the mean's state starts at too"
    )


def test_the_decay_of_adams_is_measured_by_all_parameters_of_all_groups() -> None:
    weights = [torch.tensor([2.0, -3.0], dtype=torch.float64), torch.tensor([[4.0]], dtype=torch.float64)]
    gradients = [torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([[5.0]], dtype=torch.float64)]
    params = [w.clone().requires_grad_() for w in weights]
    optimizer = AdamS([{"params": [p]} for p in params], lr=0.1, eps=0.0, weight_decay=0.5)
    for p, gradient in zip(params, gradients, strict=True):
        p.grad = gradient
    optimizer.step()
    for p, w, gradient in zip(params, weights, gradients, strict=True):
        decayed = w * (1 - 0.1 * 0.5 / 10**0.5)  # (1 + 4 + 25) / 3
        torch.testing.assert_close(p.detach(), decayed - 0.1 * gradient.sign(), rtol=1e-14, atol=0)


def test_spd_with_a_decay_of_one_gets_no_farther_than_it_was() -> None:
    """Momentum leads outward still when small gradients point back to the start."""
    ways = {}
    for weight_decay in (0.0, 1.0):
        p = torch.ones(3, dtype=torch.float64, requires_grad=True)
        optimizer, way = SPD([p], lr=0.1, weight_decay=weight_decay), []
        for size in (1.0, -1e-2, -1e-2):
            p.grad = size * torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
            optimizer.step()
            way.append(float((p.detach() - 1).norm()))
        ways[weight_decay] = way
    assert ways[1.0] == pytest.approx([ways[0.0][0]] * 3, rel=1e-14) and ways[0.0][2] > 1.5 * ways[0.0][0]


def test_the_difference_of_equal_numbers_is_exactly_nothing() -> None:
    y = Symbol("y", real=True)
    first, second = (torch.tensor([1 / 3, values], dtype=torch.float64) for values in (2.0, 2.5))
    for fmt in FORMATS.values():
        tensors = {x: exact(first, fmt.exact_centre), y: exact(second, fmt.exact_centre)}
        found = Compiler(frozenset({x, y}), frozenset()).node(x - y)(Step({}, tensors, fmt))
        radius = torch.as_tensor(found.radius)
        assert radius[0] == 0 < radius[1]
