"""What one needs beside an optimizer to decay weights: groups, strength, restarts, decay tied to the learning rate."""

from __future__ import annotations

from math import inf, isclose, sqrt
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, LinearLR

from lawful.optimizers import AdamW, AdamWR
from lawful.optimizers.decay import (
    NormalizedWarmRestarts,
    decay_groups,
    normalized_weight_decay,
    tie_decay,
    timescale,
    weight_decay_for,
)

U = 2.0**-53
rates = st.floats(1e-12, 1e3)
decays = st.floats(1e-12, 1e3)


class Model(nn.Module):
    """Tied embeddings, norms of one and two dimensions, a bias of two, a frozen matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(5, 4)
        self.conv = nn.Conv1d(4, 4, 3)
        self.norms = nn.ModuleList(
            [nn.LayerNorm((4, 4)), nn.BatchNorm1d(4), nn.RMSNorm(4), nn.GroupNorm(2, 4)]
        )
        self.bias = nn.Parameter(torch.zeros(4, 4))
        self.scale = nn.Parameter(torch.ones(()))
        self.position = nn.Parameter(torch.zeros(3, 4))
        self.frozen = nn.Linear(4, 4).requires_grad_(False)
        self.head = nn.Linear(4, 5)
        self.head.weight = self.embed.weight


def names(model: nn.Module, group: dict[str, Any]) -> set[str]:
    by_id = {id(p): name for name, p in model.named_parameters()}
    assert len({id(p) for p in group["params"]}) == len(group["params"])
    return {by_id[id(p)] for p in group["params"]}


def test_matrices_decay_and_biases_norms_scalars_and_exceptions_do_not() -> None:
    model = Model()
    decaying, spared = decay_groups(model, 0.1, ["position"])
    assert (decaying["weight_decay"], spared["weight_decay"]) == (0.1, 0.0)
    assert names(model, decaying) == {"embed.weight", "conv.weight"}
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    assert names(model, spared) == trained - names(model, decaying)
    assert {"bias", "scale", "position", "norms.0.weight", "head.bias"} <= names(model, spared)


def test_each_name_of_a_tied_parameter_can_exempt_it() -> None:
    model = Model()
    (decaying, _) = decay_groups(model, 0.1, ["head.*"])
    assert names(model, decaying) == {"conv.weight", "position"}


def test_a_group_without_members_is_left_out() -> None:
    (only,) = decay_groups(nn.Linear(2, 2, bias=False), 0.1)
    assert only["weight_decay"] == 0.1
    (only,) = decay_groups(model := Model(), 0.0)
    assert names(model, only) == {name for name, p in model.named_parameters() if p.requires_grad}


def test_groups_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no parameter of Linear matches 'wieght'"):
        decay_groups(nn.Linear(2, 2), 0.1, ["wieght"])
    with pytest.raises(ValueError, match=r"Linear has no parameter to train"):
        decay_groups(nn.Linear(2, 2).requires_grad_(False), 0.1)
    with pytest.raises(ValueError, match=r"weight_decay must be one finite number >= 0, got -0.1"):
        decay_groups(nn.Linear(2, 2), -0.1)


@given(rates, decays)
def test_timescale_and_weight_decay_are_inverse_but_for_their_roundings(lr: float, wd: float) -> None:
    """Two operations each way: at most four roundings."""
    assert isclose(weight_decay_for(timescale(lr, wd), lr), wd, rel_tol=4.01 * U)
    assert isclose(timescale(lr, weight_decay_for(wd, lr)), wd, rel_tol=4.01 * U)


@given(st.integers(-300, 300), st.integers(-300, 300))
def test_they_are_inverse_exactly_where_nothing_rounds(i: int, j: int) -> None:
    lr, wd = 2.0**i, 2.0**j
    assert weight_decay_for(timescale(lr, wd), lr) == wd and timescale(lr, weight_decay_for(wd, lr)) == wd


def test_no_decay_is_an_infinite_timescale() -> None:
    assert timescale(0.1, 0.0) == inf and weight_decay_for(inf, 0.1) == 0.0


def test_timescale_is_how_adamw_forgets() -> None:
    """After τ steps without gradient 1/e of a weight is left, up to (1 − 1/τ)^τ·e − 1 ≈ −1/(2τ)."""
    x = torch.ones((), dtype=torch.float64, requires_grad=True)
    optimizer = AdamW([x], lr=0.01, weight_decay=weight_decay_for(1000, lr=0.01))
    x.grad = torch.zeros_like(x)
    for _ in range(1000):
        optimizer.step()
    assert x.item() == pytest.approx((1 - 1 / 1000) ** 1000, rel=4000 * U)


@given(decays, st.integers(1, 10**4), st.integers(1, 10**6), st.integers(1, 10**4))
def test_normalized_decay_is_by_the_root_of_the_number_of_batches(
    wd: float, b: int, n: int, epochs: int
) -> None:
    """Two roundings and half of one on one side, two on the other."""
    assert isclose(normalized_weight_decay(wd, b, n * b, epochs), wd / sqrt(n * epochs), rel_tol=4.51 * U)


def test_a_single_batch_has_the_normalized_decay_itself() -> None:
    assert normalized_weight_decay(0.3, 128, 128, 1) == 0.3
    assert normalized_weight_decay(0.05, 128, 50_000, 100) == pytest.approx(2.53e-4, rel=1e-3)


NONSENSE = [
    (timescale, (0.0, 0.1), "lr must be one finite number > 0, got 0.0"),
    (timescale, (0.1, -1.0), "weight_decay must be one finite number >= 0, got -1.0"),
    (timescale, (float("nan"), 0.1), "lr must be"),
    (weight_decay_for, (0.0, 0.1), "timescale must be a number of steps > 0, got 0.0"),
    (weight_decay_for, (10.0, inf), "lr must be"),
    (normalized_weight_decay, (-1.0, 1, 2, 3), "weight_decay must be"),
    (normalized_weight_decay, (0.1, 3, 2, 1), "batch_size must be from 1 to dataset_size=2, got 3"),
    (normalized_weight_decay, (0.1, 0, 2, 1), "batch_size must be"),
    (normalized_weight_decay, (0.1, 1, 2, 0), "epochs must be one finite number > 0, got 0"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), NONSENSE)
def test_nonsense_is_refused(function: Any, arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def restarting(wd: float = 0.05) -> tuple[AdamWR, NormalizedWarmRestarts]:
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    x.grad, y.grad = torch.zeros(2), torch.zeros(2)
    groups = [{"params": [x], "weight_decay": wd}, {"params": [y], "weight_decay": 0.0}]
    optimizer = AdamWR(groups, lr=0.1)
    return optimizer, NormalizedWarmRestarts(optimizer, T_0=4, T_mult=2)


def test_restarts_follow_torch_and_normalize_by_the_length_of_each_run() -> None:
    optimizer, schedule = restarting()
    twin = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    torchs = CosineAnnealingWarmRestarts(twin, T_0=4, T_mult=2)
    for batch in range(12):
        decaying, spared = optimizer.param_groups
        run = 4 if batch < 4 else 8
        assert decaying["lr"] == twin.param_groups[0]["lr"]
        assert decaying["weight_decay"] == 0.05 / sqrt(run) and spared["weight_decay"] == 0.0
        optimizer.step()
        twin.step()
        schedule.step()
        torchs.step()


def test_restarts_resume() -> None:
    """The decay of a resumed run is normalised once, not again."""
    optimizer, schedule = restarting()
    for _ in range(6):
        optimizer.step()
        schedule.step()
    fresh, again = restarting()
    fresh.load_state_dict(optimizer.state_dict())
    again.load_state_dict(schedule.state_dict())
    for o, s in ((optimizer, schedule), (fresh, again)):
        o.step()
        s.step()
    seen = [(g["lr"], g["weight_decay"]) for g in optimizer.param_groups]
    assert seen == [(g["lr"], g["weight_decay"]) for g in fresh.param_groups]
    assert seen[0][1] == 0.05 / sqrt(8)


def trained(keep: Any, steps: int, scheduler: Any) -> list[tuple[float, float]]:
    x = torch.ones(2, requires_grad=True)
    x.grad = torch.zeros(2)
    optimizer = torch.optim.AdamW([x], lr=0.1, weight_decay=0.3)
    schedule = scheduler(optimizer)
    tie_decay(optimizer, keep)
    seen = []
    for _ in range(steps):
        optimizer.step()
        (group,) = optimizer.param_groups
        seen.append((group["lr"], group["weight_decay"]))
        schedule.step()
    return seen


@pytest.mark.parametrize(
    "scheduler", [lambda o: CosineAnnealingLR(o, 10, 1e-3), lambda o: LinearLR(o, 0.1, total_iters=5)]
)
def test_what_is_kept_stays_through_a_schedule(scheduler: Any) -> None:
    """Of the value at the initial rate, also where the schedule begins elsewhere; four roundings."""
    constant = trained("lr*wd", 8, scheduler)
    assert all(isclose(lr * wd, 0.1 * 0.3, rel_tol=5 * U) for lr, wd in constant)
    proportional = trained("wd/lr", 8, scheduler)
    assert all(isclose(wd / lr, 0.3 / 0.1, rel_tol=5 * U) for lr, wd in proportional)
    assert len({wd for _, wd in constant}) > 4 and len({wd for _, wd in proportional}) > 4


def test_late_groups_are_tied_too_until_the_handle_is_removed() -> None:
    x, y = (torch.ones(1, requires_grad=True) for _ in range(2))
    optimizer = AdamW([x], lr=0.1, weight_decay=0.3)
    handle = tie_decay(optimizer, "wd/lr")
    optimizer.add_param_group({"params": [y], "lr": 0.5, "weight_decay": 0.2})
    optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] /= 2
    optimizer.step()
    assert [g["weight_decay"] for g in optimizer.param_groups] == [0.15, 0.1]
    handle.remove()
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.step()
    assert optimizer.param_groups[0]["weight_decay"] == 0.15


def test_a_tie_that_cannot_hold_is_refused() -> None:
    optimizer = AdamW([torch.ones(1, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match="keep must be 'lr\\*wd' or 'wd/lr', got 'wd'"):
        tie_decay(optimizer, "wd")  # type: ignore[arg-type]
    tie_decay(optimizer, "lr*wd")
    optimizer.param_groups[0]["lr"] = 0.0
    with pytest.raises(ValueError, match="cannot be kept at lr = 0"):
        optimizer.step()
    with pytest.raises(ValueError, match=r"cannot be tied to an initial learning rate of 0\.0"):
        tie_decay(AdamW([torch.ones(1)], lr=0.0), "wd/lr")


# ------------------------------------------------------------------------------- what was once divided wrongly
class Odd(nn.Module):
    """A parameter of each kind that a number of dimensions takes for another."""

    def __init__(self) -> None:
        super().__init__()
        for name, shape in {
            "norm_scale": (4, 1, 1),
            "cls_token": (1, 1, 4),
            "gain": (4, 1),
            "bias_k": (1, 1, 4),
            "q_bias": (2, 4),
            "relative_position_bias_table": (9, 2),
            "attention_biases": (2, 9),
            "pos_embed": (1, 6, 4),
            "reg_token": (1, 3, 4),
            "unbiased": (4, 4),
            "kept": (4, 4),
        }.items():
            self.register_parameter(name, nn.Parameter(torch.zeros(shape)))
        self.head, self.attention_bias = nn.Linear(4, 1), nn.Embedding(9, 2)
        self.embed_tokens, self.wpe = nn.Embedding(5, 4), nn.Embedding(6, 4)

    def no_weight_decay(self) -> set[str]:
        return {"kept"}


def test_shapes_and_names_are_not_taken_for_others() -> None:
    model = Odd()
    decaying, _ = decay_groups(model, 0.1)
    free = {"unbiased", "head.weight", "embed_tokens.weight", "wpe.weight", "pos_embed", "reg_token"}
    assert names(model, decaying) == free
    decaying, _ = decay_groups(model, 0.1, positions=False)
    assert names(model, decaying) == free - {"wpe.weight", "pos_embed", "reg_token"}
    decaying, _ = decay_groups(model, 0.1, embeddings=False)
    assert names(model, decaying) == free - {"embed_tokens.weight", "wpe.weight"}


def test_what_a_part_of_a_model_exempts_does_not_decay() -> None:
    model = nn.ModuleDict({"backbone": Odd(), "head": nn.Linear(4, 2, bias=False)})
    decaying, spared = decay_groups(model, 0.1)
    assert "backbone.kept" in names(model, spared) and "head.weight" in names(model, decaying)
