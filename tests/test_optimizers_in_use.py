"""The reference optimizers: what users of any optimizer rely on."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.references import VARIANTS, assert_same, draws, feed, leaves, name_of, run, start_and_grads
from lawful.optimizers import _bucket, available
from lawful.verify.language.families import find_rule

variants = pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
separable = pytest.mark.parametrize(
    ("name", "options"), [v for v in VARIANTS if find_rule(v[0]).scope != "optimizer"], ids=name_of
)


@separable
@pytest.mark.parametrize("elements", [16, 1 << 17])
def test_each_parameter_goes_as_if_alone(
    name: str, options: dict[str, Any], elements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through mixed formats, absent gradients, and a bucket or many for each format."""
    monkeypatch.setattr(_bucket, "CPU_ELEMENTS", elements)
    start, grads = start_and_grads()
    dtypes = [torch.float32, torch.bfloat16, torch.float64, torch.float32, torch.float32, torch.complex64]
    start = [t.to(d) for t, d in zip(start, [*dtypes, torch.float32], strict=True)]
    grads = [[g.to(x.dtype) for g, x in zip(row, start, strict=True)] for row in grads]
    grads = [[None if (i + j) % 3 == 0 else g for j, g in enumerate(row)] for i, row in enumerate(grads)]
    together = run(name, options, start, grads)
    for j, x in enumerate(start):
        own = [[row[j]] for row in grads if row[j] is not None]
        assert_same([together[j]], run(name, options, [x], own))


@separable
def test_groups_and_late_groups_keep_their_own_hyperparameters(name: str, options: dict[str, Any]) -> None:
    start, grads = start_and_grads()
    params = leaves(start)
    other = {**options, "lr": 0.3, **({} if name == "rprop" else {"weight_decay": 0.0})}
    optimizer = available()[name]([{"params": params[:2]}, {"params": params[2:4], **other}], **options)
    feed(optimizer, params, grads[:2])
    optimizer.add_param_group({"params": params[4:], "lr": 0.7})
    feed(optimizer, params, grads[2:])
    assert_same(params[:2], run(name, options, start[:2], [row[:2] for row in grads]))
    assert_same(params[2:4], run(name, other, start[2:4], [row[2:4] for row in grads]))
    assert_same(params[4:], run(name, {**options, "lr": 0.7}, start[4:], [row[4:] for row in grads[2:]]))


@variants
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.complex64])
def test_resumes_and_duplicates_bit_for_bit(name: str, options: dict[str, Any], dtype: torch.dtype) -> None:
    start, grads = start_and_grads(dtype=dtype)
    expected = run(name, options, start, grads)
    params = leaves(start)
    optimizer = available()[name](params, **options)
    feed(optimizer, params, grads[:3])
    saved = io.BytesIO()
    torch.save(optimizer.state_dict(), saved)
    saved.seek(0)
    fresh = leaves(params)
    loaded = available()[name](fresh, **options)
    loaded.load_state_dict(torch.load(saved))
    copies = [copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))]
    for duplicate in [loaded, *copies, optimizer]:
        own = duplicate.param_groups[0]["params"]
        feed(duplicate, own, grads[3:])
        assert_same(own, expected)


@variants
@pytest.mark.parametrize("maximize", [False, True])
def test_maximize_is_the_negated_gradient_and_no_gradient_is_touched_or_kept(
    name: str, options: dict[str, Any], maximize: bool
) -> None:
    start, grads = start_and_grads()
    params = leaves(start)
    optimizer = available()[name](params, **options, maximize=maximize)
    for row in grads:
        for p, g in zip(params, row, strict=True):
            p.grad = g.clone()
        optimizer.step()
        assert_same([p.grad for p in params if p.grad is not None], row)
        for p in params:  # a stored alias would now be destroyed
            assert p.grad is not None
            p.grad.fill_(1e3)
    sign = -1 if maximize else 1
    assert_same(params, run(name, options, start, [[sign * g for g in row] for row in grads]))


@variants
def test_sparse_and_complex_stand_for_dense_and_real(name: str, options: dict[str, Any]) -> None:
    (x, *_), grads = draws([(5, 2)], 4)[0], [row[0] for row in draws([(5, 2)], 4)]
    expected = run(name, options, [x], [[g] for g in grads])
    rows = torch.tensor([[4, 0, 1, 2, 3, 1]])
    values = [torch.stack([g[4], g[0], g[1] / 2, g[2], g[3], g[1] / 2]) for g in grads]
    sparse = [torch.sparse_coo_tensor(rows, v, (5, 2), check_invariants=True) for v in values]
    assert_same(run(name, options, [x], [[g] for g in sparse]), expected)
    (z,) = leaves([torch.view_as_complex(x)])
    optimizer = available()[name]([z], **options)
    for g in grads:
        z.grad = torch.view_as_complex(g).conj().resolve_conj().conj()  # the outer one is lazy
        optimizer.step()
    assert_same([torch.view_as_real(z)], expected)


@variants
def test_layouts_are_updated_in_place(name: str, options: dict[str, Any]) -> None:
    start, *grads = ([row[0], row[0], row[0]] for row in draws([(4, 6)], 5))
    store = torch.zeros(4, 12)
    params = [torch.zeros(6, 4).t(), store[:, ::2], torch.zeros(4, 6)]
    for p, x in zip(params, start, strict=True):
        p.copy_(x).requires_grad_()
    where = [p.data_ptr() for p in params]
    feed(available()[name](params, **options), params, grads)
    same = (
        assert_same if find_rule(name).scope == "lane" else torch.testing.assert_close
    )  # sums follow the memory
    same(params, run(name, options, start, grads))
    assert [p.data_ptr() for p in params] == where and not store[:, 1::2].any()


@variants
def test_low_precision_counts_past_256_and_keeps_its_format(name: str, options: dict[str, Any]) -> None:
    x = torch.ones(3, dtype=torch.bfloat16, requires_grad=True)
    optimizer = available()[name]([x], **options)
    x.grad = torch.ones_like(x)
    for _ in range(300):
        optimizer.step()
    assert x.isfinite().all() and optimizer.state[x]["step"] == 300
    kept = optimizer.param_groups[0]["state_dtype"] or torch.bfloat16
    formats = {s.dtype for s in optimizer.state[x].values() if isinstance(s, Tensor)}
    assert formats - {torch.uint8} <= {kept}


LATE = {
    "asgd": "a step's rate is set before it",
    "rprop": "lr is the first step's",
    "adamwschedulefree": "averages on",
}
"""Rules that do not stand still as soon as lr is 0."""


@pytest.mark.parametrize(("name", "options"), [v for v in VARIANTS if v[0] not in LATE], ids=name_of)
def test_learning_rate_may_change_be_zero_or_a_tensor(name: str, options: dict[str, Any]) -> None:
    start, grads = start_and_grads()
    params, twins = leaves(start), leaves(start)
    lr = torch.tensor(0.5)
    one = available()[name](params, **{**options, "lr": lr})
    two = available()[name](twins, **{**options, "lr": 0.5})
    feed(one, params, grads[:2])
    feed(two, twins, grads[:2])
    before = leaves(params)
    lr.zero_()
    two.param_groups[0]["lr"] = 0.0
    feed(one, params, grads[2:4])
    feed(two, twins, grads[2:4])
    if name != "lars":  # its lr is in the velocity, which goes on
        assert_same(params, before)
    assert all(state["step"] == 4 for state in one.state.values())
    lr.fill_(0.25)
    two.param_groups[0]["lr"] = 0.25
    feed(one, params, grads[4:])
    feed(two, twins, grads[4:])
    assert_same(params, twins)
    assert one.param_groups[0]["lr"] is lr and lr == 0.25


@variants
def test_closure_and_hooks(name: str, options: dict[str, Any]) -> None:
    start, grads = start_and_grads(1)
    params, seen = leaves(start), []
    optimizer = available()[name](params, **options)
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append("after"))

    def closure() -> float:
        seen.append("closure")
        loss = torch.stack([(p * g).sum() for p, g in zip(params, grads[0], strict=True)]).sum()
        optimizer.zero_grad()
        loss.backward()
        return loss.item()

    assert optimizer.step(closure) == pytest.approx(
        sum((x * g).sum().item() for x, g in zip(start, grads[0], strict=True))
    )
    assert seen == ["before", "closure", "after"]
    assert_same(params, run(name, options, start, grads))
