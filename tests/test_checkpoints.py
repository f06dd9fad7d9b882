"""A state carried over between two targets: what is kept is found by value, and a wrong conversion is refused."""

import importlib.util
import math
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lawful.properties.translation import carrying
from lawful.properties.translation.carrying import Carried, Told, carried
from lawful.properties.translation.converting import code_of, read
from lawful.properties.translation.kept import _bases, _counted, _is_one_number
from lawful.properties.translation.trees import leaves, like, name_of, numbers, rebuilt
from lawful.verify.language.families import find_rule

ADAM = {"lr": 2.0**-7, "beta1": 0.875, "beta2": 0.96875, "eps": 2.0**-20, "weight_decay": 0.0}
"""Numbers that float32 holds."""

PROGRAM = f"command:{sys.executable} {Path(__file__).parent.parent / 'docs' / 'programs' / 'adamw.py'}"
TORCH, ADAMW = Told("torch.optim:Adam", "adam", {}, ADAM), Told("torch.optim:AdamW", "adamw", {}, ADAM)


@pytest.mark.parametrize(("states", "goes_on"), [({}, True), ({"m": "2*m"}, False), ({"v": "m"}, False)])
def test_a_checkpoint_carried_over(states: dict[str, str], goes_on: bool) -> None:
    found = carried(TORCH, ADAMW, states)
    assert not found.reason and (found.ratio <= 1) == goes_on
    assert 'b_state["exp_avg"]' in found.code and 'b_state["step"] = t' in found.code


def test_a_checkpoint_at_another_setting_does_not_go_on() -> None:
    assert carried(TORCH, replace(ADAMW, setting={**ADAM, "lr": 0.0079}), {}).ratio > 1


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_a_checkpoint_carried_over_to_a_program_and_back(first: int, second: int) -> None:
    """Which keeps what it keeps in lists, under names of its own."""
    pair = ADAMW, Told(PROGRAM, "adamw", {}, ADAM)
    found = carried(pair[first], pair[second], {})
    assert not found.reason and found.ratio <= 1 and found.dtype == "float64"
    assert '"memory.m"' in found.code and '"memory.t"' in found.code


def test_a_count_that_is_not_carried_over_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has made more steps of its own before."""

    def without(*known: Any) -> str:
        return "\n".join(line for line in code_of(*known).splitlines() if 'b_state["step"]' not in line)

    monkeypatch.setattr(carrying, "code_of", without)
    assert carried(TORCH, ADAMW, {}).ratio > 1


def test_what_is_kept_nowhere_is_said() -> None:
    found = carried(TORCH, Told("torch.optim:Adam", "adam(amsgrad=True)", {}, ADAM), {})
    assert "nothing that torch.optim:Adam saves is v_max" in found.reason, found


FRAMES = {
    "optax": Told("optax:adamw", "adamw", {}, ADAM),
    "keras": Told("keras.optimizers:AdamW", 'adamw(eps="hat")', {}, ADAM),
    "mlx": Told("mlx.optimizers:AdamW", "adamw", {"bias_correction": True}, ADAM),
    "thinc": Told("thinc.api:Adam", 'adamw(eps="hat", decay_order="after")', {"grad_clip": 0.0}, ADAM),
    "river": Told("river.optim:Adam", 'adam(eps="hat")', {}, ADAM),
    "paddle": Told("paddle.optimizer:AdamW", "adamw", {}, ADAM),
    "pennylane": Told("pennylane:AdamOptimizer", 'adam(eps="hat")', {}, ADAM),
    "numpyro": Told("numpyro.optim:Adam", "adam", {}, ADAM),
    "warp": Told("warp.optim:Adam", "adam", {}, ADAM),
}


@pytest.mark.filterwarnings("ignore")  # frameworks warn as they are imported
@pytest.mark.parametrize("name", FRAMES)
def test_what_another_framework_keeps_is_found(name: str) -> None:
    """And is carried over to torch, as far as torch's rule is the same: without eps none is outside a hat."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    told = FRAMES[name]
    there = carried(told, told, {})
    assert not there.reason and there.ratio <= 1, there
    if "hat" not in told.rule:
        assert all(_goes_on(pair) for pair in ((told, ADAMW), (ADAMW, told)))


@pytest.mark.filterwarnings("ignore")
def test_a_buffer_of_which_the_negative_is_kept() -> None:
    """Keras adds what it keeps of the momentum to the weight."""
    pytest.importorskip("keras")
    setting = {"lr": 0.125, "momentum": 0.875, "weight_decay": 0.0}
    keras = Told("keras.optimizers:SGD", 'sgd(decay="lr*wd", lr_place="inside")', {}, setting)
    found = carried(keras, Told("torch.optim:SGD", "sgd", {}, setting), {"b": "b/lr"})
    assert not found.reason and found.ratio <= 1 and "b = -(a_state[" in found.code
    assert carried(keras, Told("torch.optim:SGD", "sgd", {}, setting), {"b": "-b/lr"}).ratio > 1


def _goes_on(pair: tuple[Told, Told]) -> bool:
    found: Carried = carried(*pair, {})
    return not found.reason and found.ratio <= 1


# ------------------------------------------------------------------------------------------------ trees
Pair = namedtuple("Pair", ["mu", "nu"])


def test_a_tree_of_any_form_is_rebuilt_with_other_leaves() -> None:
    tree = {"a": [Pair(np.ones(2, np.float32), 3)], ("b", 0): torch.zeros(1), "c": [1.0, 2.0]}
    places = dict(leaves(tree))
    assert list(places) == [("a", 0, "mu"), ("a", 0, "nu"), (("b", 0),), ("c",)]
    other = {
        place: like(leaf, 7 * torch.ones_like(n))
        for place, leaf in places.items()
        if (n := numbers(leaf)) is not None
    }
    found = rebuilt(tree, other)
    assert isinstance(found["a"][0], Pair) and found["a"][0].mu.dtype == np.float32
    assert found["a"][0].mu.tolist() == [7, 7] and found["a"][0].nu == 7 and found["c"] == [7.0, 7.0]
    assert numbers(True) is None and numbers("7") is None


@pytest.mark.parametrize(
    ("places", "name"),
    [
        ([(0, "exp_avg"), (1, "exp_avg")], "exp_avg"),
        ([("0.m",), ("1.m",)], "*.m"),
        ([("mom1", (0, "x")), ("mom1", (1, "x"))], "mom1"),
        ([(0, 2), (0, 5)], "0"),
        ([(2,), (5,)], "2"),
    ],
)
def test_places_are_called_by_what_they_have_in_common(places: list[tuple[Any, ...]], name: str) -> None:
    assert name_of(places) == name


def test_a_conversion_is_given_what_it_asks_for() -> None:
    convert = read('def convert_state(a_state, t):\n    return {"n": a_state["m"] + t}\n')
    assert convert({"m": 1}, t=2, x=3) == {"n": 3}


def test_a_number_may_stand_in_every_lane_and_come_from_the_count_alone() -> None:
    """As Paddle's RAdam keeps its powers and ρ; the neighbour: a tensor that is no one number."""
    assert _is_one_number(torch.full((3, 2), 0.5)) and not _is_one_number(torch.tensor([0.5, 0.25]))
    assert like(torch.zeros(3, 2), torch.tensor(0.5)).tolist() == [[0.5, 0.5]] * 3
    rule = find_rule("radam")
    codes = [*_counted(rule, {s: d for s, d in rule.defaults.items()})]
    rho = [eval(code, {"t": 3.0, "math": math}) for code in codes]
    assert any(abs(value - 3 * 0.999**3 / (1 - 0.999**3)) < 1e-9 for value in rho)
    assert [*_counted(find_rule("sgd"), {})] == []
    nadam = find_rule("nadam")
    assert 0.96 in {float(base) for base in _bases(nadam, nadam.defaults) if base.is_number}
