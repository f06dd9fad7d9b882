"""Where an admissible order of evaluation overflows, there is no verdict; where none does, there is one."""

import pytest
import torch

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, eps, lr, v
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle, State

HALF = FORMATS[torch.float16]


def decided(rule: str, gradient: float, **hyper: float) -> bool:
    """Whether the first step has a finite budget in float16."""
    found = find_rule(rule)
    oracle = Oracle(found, HALF)
    values = {s: hyper.get(s.name, default) for s, default in found.defaults.items()}
    state = oracle.start(torch.zeros(1, dtype=torch.float16))
    for _ in range(2):
        state = oracle.step(state, torch.tensor([gradient], dtype=torch.float16), values)
    return bool(torch.isfinite(torch.as_tensor(state.x.radius)).all())


@pytest.mark.parametrize(
    ("rule", "gradient", "hyper"),
    [
        ("adamw", 507.0, {"beta2": 0.9}),  # g² overflows, though (1 − β2)·g·g does not
        ("adamw", 250.0, {"lr": 1e-4}),  # √v̂/lr overflows: lr may be folded into the denominator
        ('adamw(bias_correction=False, eps="inside")', 300.0, {}),  # g² again
        ("sgd", 40000.0, {"momentum": 0.9, "lr": 1e-4}),  # the buffer overflows, the step would not
        ("rmsprop", 300.0, {"eps": 1e-3}),
    ],
)
def test_an_intermediate_that_may_overflow_leaves_no_verdict(
    rule: str, gradient: float, hyper: dict[str, float]
) -> None:
    assert not decided(rule, gradient, **hyper)


@pytest.mark.parametrize("rule", ["adamw", "sgd", "rmsprop", "lion", "amsgrad", "adopt"])
def test_ordinary_gradients_have_a_verdict(rule: str) -> None:
    assert decided(rule, 1.5, eps=1e-2, lr=0.1)


@pytest.mark.parametrize(("second", "finite"), [(1000.0, True), (25704.0, False)])
def test_a_corrected_moment_may_overflow_where_the_moment_does_not(second: float, finite: bool) -> None:
    """At t = 2 and β2 = 0.9, v is divided by 0.19 before its root is taken, or its root by √0.19."""
    rule = find_rule("adam")
    oracle = Oracle(rule, HALF)
    values = {**rule.defaults, beta2: 0.9, lr: 0.5, eps: 0.1}
    here = oracle.start(torch.zeros(1, dtype=torch.float16))
    slots = {**here.slots, v: oracle.ball(torch.tensor([second], dtype=torch.float16))}
    state = oracle.step(State(1, here.x, slots), torch.ones(1, dtype=torch.float16), values)
    assert bool(torch.isfinite(torch.as_tensor(state.x.radius)).all()) is finite
