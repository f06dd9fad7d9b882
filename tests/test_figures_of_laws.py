"""Figures in laws and claims, computed again without them: in fractions, or with mpmath to forty digits."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import torch
from mpmath import mpf, sqrt
from torch import Tensor

mpmath.mp.dps = 40
Gradient = Callable[[mpf], mpf]
NONE, ONE, DEFAULT = mpf(0), mpf(1), (mpf("0.9"), mpf("0.999"))


def adam(
    gradients: Iterable[Gradient],
    start: mpf,
    lr: mpf = ONE,
    betas: tuple[mpf, mpf] = DEFAULT,
    correct: bool = True,
    decay: mpf = NONE,
) -> list[mpf]:
    """The weights of Adam at eps = 0, each gradient being a function of the weight."""
    x, m, v, path = start, mpf(0), mpf(0), [start]
    for t, gradient in enumerate(gradients, start=1):
        g = gradient(x)
        m, v = (b * s + (1 - b) * h for b, s, h in zip(betas, (m, v), (g, g * g), strict=True))
        first, second = (1 - betas[0] ** t, 1 - betas[1] ** t) if correct else (1, 1)
        x = (1 - decay) * x - lr * (m / first) / sqrt(v / second)
        path.append(x)
    return path


def steps(path: list[mpf]) -> list[mpf]:
    return [abs(b - a) for a, b in pairwise(path)]


def of_sizes(*sizes: float) -> list[Gradient]:
    return [lambda x, size=size: mpf(size) for size in sizes]  # type: ignore[misc]


# ---------------------------------------------------------------------------------------------- step sizes
def test_uncorrected_steps_are_3_16_at_first_and_6_57_at_most_in_the_twelfth() -> None:
    seen = steps(adam(of_sizes(*[1.0] * 200), mpf(0), correct=False))
    assert 3.16 < seen[0] < 3.17
    assert seen.index(max(seen)) == 11 and 6.56 < max(seen) < 6.57


@pytest.mark.parametrize("betas", [("0.9", "0.999"), ("0.5", "0.9"), ("0.9", "0.95"), ("0.3", "0.2")])
def test_the_largest_step_grows_to_that_of_the_long_run_from_below(betas: tuple[str, str]) -> None:
    first, second = map(mpf, betas)
    path = adam(of_sizes(*((second / first) ** k for k in range(1, 60))), mpf(0), betas=(first, second))
    long_run = (1 - first) / sqrt((1 - second) * (1 - first**2 / second))
    seen = steps(path)
    assert all(a < b for a, b in pairwise(seen)) and seen[-1] < long_run


# ------------------------------------------------------------------------------- L2 without a gradient
@pytest.mark.parametrize("wd", ["0.1", "7"])
def test_only_the_first_step_without_a_gradient_is_lr(wd: str) -> None:
    seen = steps(adam([lambda x: mpf(wd) * x] * 200, mpf(1), lr=mpf("0.01")))
    assert mpmath.almosteq(seen[0], mpf("0.01"), 1e-35)
    assert seen[1] < mpf("0.01") and seen[99] < mpf("0.005")


def test_the_path_without_a_gradient_is_the_same_for_every_wd() -> None:
    one, other = (adam([lambda x, wd=wd: mpf(wd) * x] * 50, mpf(1), lr=mpf("0.01")) for wd in (1, 30))  # type: ignore[misc]
    assert all(mpmath.almosteq(a, b, 1e-30) for a, b in zip(one, other, strict=True))


# ------------------------------------------------------------------------------------------ Reddi's problem
def of_reddi(c: int, periods: int) -> list[Gradient]:
    return of_sizes(*[c, -1, -1] * periods)


def ends(path: list[mpf]) -> list[mpf]:
    return [b - a for a, b in pairwise(path[::3])]


def test_amsgrad_moves_by_its_maximum_which_never_reaches_the_largest_square() -> None:
    c, x, v, top, before = 4, mpf(0), mpf(0), mpf(0), mpf(0)
    share = 1 / mpf(1 + c * c)
    for _ in range(200):
        start, maxima = x, []
        for g in (c, -1, -1):
            v = share * v + (1 - share) * g * g
            top = max(top, v)
            maxima.append(top)
            x -= g / sqrt(top)
        assert mpmath.almosteq(x - start, -(c - 2) / sqrt(maxima[0]), 1e-30)
        assert maxima[0] == maxima[1] == maxima[2] and before <= top < c * c
        before = top


@pytest.mark.parametrize("decay", ["0", "0.001", "0.2", "0.9"])
def test_adamw_never_comes_below_0_on_reddis_problem(decay: str) -> None:
    path = adam(of_reddi(4, 60), mpf(0), betas=(mpf(0), 1 / mpf(17)), correct=False, decay=mpf(decay))
    assert all(x > 0 for x in path[3::3])


@pytest.mark.parametrize(
    ("second", "down"), [("0.0588235", False), ("0.5", True), ("0.75", True), ("0.99", True)]
)
def test_more_memory_turns_adam_on_reddis_problem(second: str, down: bool) -> None:
    long_run = ends(adam(of_reddi(4, 800), mpf(0), betas=(mpf(0), mpf(second)), correct=False))[-1]
    assert (long_run < 0) is down


# --------------------------------------------------------------------------------------------------- ADOPT
def mean_step(call: int, k: int = 5) -> Fraction:
    """ADOPT's mean step in units of (1 − β1)·lr from m = 0 and v = k², where the clip is a whole number or 5."""
    bound = next((Fraction(c) for c in range(1, k) if (call - 1) < (c + 1) ** 4), Fraction(k))
    normal = [max(-bound, min(bound, Fraction(g, k))) for g in (k * k, -k)]
    return -(normal[0] + (k - 1) * normal[1]) / k


def test_clipped_adopt_turns_at_call_257_and_is_whole_at_call_626() -> None:
    assert mean_step(2) == 1 - Fraction(2, 5)
    assert mean_step(82) > 0 and mean_step(257) == 0
    assert mean_step(626) == -Fraction(1, 5)


# --------------------------------------------------------------------------------------------------- torch
def after(
    optimizer: type, start: float, gradients: list[float], **hyper: float
) -> tuple[Tensor, dict[str, Tensor]]:
    p = torch.tensor([start], dtype=torch.float64, requires_grad=True)
    running = optimizer([p], **hyper)
    for gradient in gradients:
        p.grad = torch.tensor([gradient], dtype=torch.float64)
        running.step()
    return p.detach(), running.state[p]


def test_torchs_first_buffer_is_not_dampened_so_neither_is_the_first_error() -> None:
    """x = 2, wd = 1/2: the buffers of L2 and of decay differ by wd·x = 1, and not by (1 − d)·wd·x."""
    hyper = {"lr": 0.125, "momentum": 0.5, "dampening": 0.25}
    _, coupled = after(torch.optim.SGD, 2.0, [1.0], weight_decay=0.5, **hyper)
    _, apart = after(torch.optim.SGD, 2.0 * (1 - 0.125 * 0.5), [1.0], **hyper)
    assert (coupled["momentum_buffer"] - apart["momentum_buffer"]).item() == 1.0


def test_decay_alone_needs_an_eps() -> None:
    """What the law says at eps > 0 is no statement at eps = 0, where a step without a gradient is 0/0."""
    alone = {"lr": 0.5, "weight_decay": 0.5}
    assert after(torch.optim.AdamW, 1.0, [0.0, 0.0], eps=1e-8, **alone)[0].item() == 0.75**2
    assert after(torch.optim.AdamW, 1.0, [0.0], eps=0.0, **alone)[0].isnan().item()
