"""Adam in 8 bits: the code, its error budget, the optimizer, and what must be refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.asking import conformance
from lawful.optimizers import Adam, Adam8bit
from lawful.optimizers._dynamic import code_book, packed, unpacked
from lawful.properties.scenarios.drawing import PROFILES
from lawful.verify.language.families import find_rule
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.kinds.quantization import half_spacing, largest

BUDGET_OF_FLOATS = 1 + 2.0**-20


def refused(cls: type, rule: str = "adam8bit", dtype: torch.dtype = torch.float32) -> bool:
    profile = PROFILES["default" if dtype is torch.float32 else "quick"]
    found = conformance(cls, rule, dtype, profile).evidence()
    assert found.verdict.value in ("lawful", "unlawful")
    return found.verdict.value == "unlawful"


# -------------------- the code
def values(signed: bool) -> Tensor:
    """Over twelve decades, with zeros and the codes' own midpoints."""
    generator = torch.Generator().manual_seed(0)
    sizes = 10.0 ** (-12 * torch.rand(4000, generator=generator, dtype=torch.float64))
    book = code_book(signed).double()
    found = torch.cat([sizes, torch.zeros(50), (book[1:] + book[:-1]) / 2, torch.ones(1)])
    return (
        torch.where(torch.rand(len(found), generator=generator) < 0.5, -found, found)
        if signed
        else found.abs()
    )


def lost(rounded: Tensor, exact: Tensor, signed: bool, block: int) -> Tensor:
    """The error in units of what rounding to the nearest code may lose."""
    top = largest(exact.abs(), block)
    return (rounded - exact).abs() / (half_spacing(exact.abs() / top, signed) * top).clamp(min=1e-300)


def test_the_code_has_256_values_as_published() -> None:
    for signed, ends in ((True, (-0.99296875, 1.0)), (False, (0.0, 1.0))):
        book = code_book(signed)
        assert book.unique().numel() == 256 and (float(book[0]), float(book[-1])) == pytest.approx(ends)
    assert float(code_book(False)[1]) == pytest.approx(3.25e-7) and float(
        code_book(False)[-2]
    ) == pytest.approx(1 - 0.45 / 128)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("block", [0, 16, 256])
@pytest.mark.parametrize("scale", [1.0, 1e-20, 1e20])
def test_rounding_to_the_nearest_code_is_within_its_budget(signed: bool, block: int, scale: float) -> None:
    exact = values(signed) * scale
    codes, scales = packed(exact, signed, block)
    assert codes.dtype is torch.uint8 and scales.dtype is torch.float32
    rounded = unpacked(codes, scales, signed, block, torch.float64)
    assert lost(rounded, exact, signed, block).max() <= BUDGET_OF_FLOATS + 1e-3


@pytest.mark.parametrize("signed", [True, False])
def test_another_rounding_or_another_code_is_not(signed: bool) -> None:
    exact = values(signed)
    book = code_book(signed).double()
    down = book[(torch.searchsorted(book, exact, right=True) - 1).clamp(min=0)]
    coarse = (exact * 100).round() / 100
    whole = unpacked(*packed(exact, signed, 0), signed, 0, torch.float64)
    assert lost(down, exact, signed, 0).max() > 1.5 and lost(coarse, exact, signed, 0).max() > 1.2
    assert (
        lost(whole, exact, signed, 16).max() > 10
    )  # one scale for the tensor where there is one for each block


def test_a_linear_code_is_admitted_for_the_first_moment_and_not_for_the_second() -> None:
    first, second = values(True), values(False)
    assert lost((first * 127).round() / 127, first, True, 0).max() <= BUDGET_OF_FLOATS
    assert lost((second * 255).round() / 255, second, False, 0).max() > 30


# -------------------- the optimizer
def moved(optimizer: Any, x: Tensor, steps: int = 12) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        x.grad = torch.randn(x.shape, generator=generator) * 10.0 ** torch.linspace(-2, 1, x.numel()).view(
            x.shape
        )
        optimizer.step()
    return x.detach()


@pytest.mark.parametrize("options", [{"optim_bits": 32, "min_8bit_size": 1}, {"min_8bit_size": 257}])
def test_in_32_bits_it_is_adam_bit_for_bit(options: dict[str, int]) -> None:
    x, y = torch.ones(16, 16, requires_grad=True), torch.ones(16, 16, requires_grad=True)
    ours = moved(Adam8bit([x], lr=0.1, weight_decay=0.1, **options), x)
    adam = moved(Adam([y], lr=0.1, weight_decay=0.1), y)
    assert ours.equal(adam)
    x = torch.ones(16, 16, requires_grad=True)
    assert not moved(Adam8bit([x], lr=0.1, weight_decay=0.1, min_8bit_size=256), x).equal(adam)


@pytest.mark.parametrize("block", [16, 256])
def test_it_takes_two_bytes_and_eight_for_each_block(block: int) -> None:
    x = torch.ones(64, 64, requires_grad=True)
    optimizer = Adam8bit([x], block_size=block)
    moved(optimizer, x, 1)
    tensors = [s for s in optimizer.state[x].values() if isinstance(s, Tensor)]
    assert sum(s.numel() * s.element_size() for s in tensors) == x.numel() * (2 + 8 / block)


def test_the_moments_stay_within_the_losses_of_all_steps() -> None:
    """Σ βᵗ⁻ˢ·loss_s, with the loss of each step as the docstring says."""
    x, beta2 = torch.ones(512, requires_grad=True), 0.9
    optimizer = Adam8bit([x], betas=(0.5, beta2), min_8bit_size=1, block_size=64)
    exact, budget = torch.zeros(512, dtype=torch.float64), torch.zeros(512, dtype=torch.float64)
    generator = torch.Generator().manual_seed(2)
    for _ in range(20):
        x.grad = torch.randn(512, generator=generator)
        optimizer.step()
        exact = beta2 * exact + (1 - beta2) * x.grad.double() ** 2
        budget, seen = beta2 * budget, exact + beta2 * budget
        top = largest(seen, 64)
        budget = budget + half_spacing(seen / largest((exact - budget).clamp(min=0), 64), False) * top
        state = optimizer.state[x]
        kept = unpacked(state["exp_avg_sq"], state["exp_avg_sq_scale"], False, 64, torch.float64)
        assert ((kept - exact).abs() <= budget * BUDGET_OF_FLOATS + 1e-6 * exact).all()
    assert (budget < 0.2 * exact + 1e-3).all()


@pytest.mark.parametrize("bad", [{"optim_bits": 4}, {"min_8bit_size": -1}, {"block_size": -256}])
def test_senseless_bits_and_sizes_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(bad))} must be .* got"):
        Adam8bit([torch.ones(1, requires_grad=True)], **bad)  # type: ignore[arg-type]


# -------------------- conformance
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_it_is_lawful(dtype: torch.dtype) -> None:
    assert not refused(Adam8bit, dtype=dtype)


class RoundedFirst(Adam8bit):
    """Steps with the moments as they are kept."""

    def moments(self, b: Any, h: Any) -> tuple[list[Tensor], list[Tensor]]:
        super().moments(b, h)
        states = list(b.each())
        m, v = (
            [self.read(p, s, name, signed, h) for p, _, s in states]
            for name, signed in (("exp_avg", True), ("exp_avg_sq", False))
        )
        return m, v


def with_(h: Any, **changes: Any) -> Any:
    return SimpleNamespace(**{**vars(h), **changes})


class Silent(Adam8bit):
    """Says nothing of bits and sizes: 8 bits everywhere."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: Any = (0.9, 0.999), weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, betas, 1e-8, weight_decay, 8, 1, 32)


class Uncorrected(Silent):
    """Has no bias corrections."""

    def descend(self, b: Any, h: Any, m: Any, scale: Any) -> None:
        torch._foreach_addcdiv_(b.params, m, scale, -h.lr)


class Linear(Silent):
    """Keeps the second moment in equal steps: what is small becomes 0."""

    def write(self, value: Tensor, state: Any, name: str, signed: bool, h: Any) -> None:
        state[name] = value if signed else (value / value.max() * 255).round() / 255 * value.max()


class Forgetful(Silent):
    """Keeps no first moment."""

    def write(self, value: Tensor, state: Any, name: str, signed: bool, h: Any) -> None:
        super().write(value * (not signed), state, name, signed, h)


class Everywhere(Adam8bit):
    """Quantises small tensors too, and in 32 bits."""

    def write(self, value: Tensor, state: Any, name: str, signed: bool, h: Any) -> None:
        super().write(value, state, name, signed, with_(h, optim_bits=8, min_8bit_size=1))


class OneScale(Adam8bit):
    """Has one scale for the tensor, whatever the block size."""

    def moments(self, b: Any, h: Any) -> tuple[list[Tensor], list[Tensor]]:
        return super().moments(b, with_(h, block_size=0))


class Hasty(Adam8bit):
    """Steps 1 ‰ too far; in 32 bits that shows."""

    def descend(self, b: Any, h: Any, m: Any, scale: Any) -> None:
        super().descend(b, with_(h, lr=1.001 * h.lr), m, scale)


@pytest.mark.parametrize("cls", [RoundedFirst, Silent])
def test_a_correct_one_is_not_refused(cls: type) -> None:
    assert not refused(cls)


@pytest.mark.parametrize(
    "cls",
    [
        Uncorrected,
        Linear,
        Forgetful,
        Everywhere,
        OneScale,
        Hasty,
    ],
)
def test_a_defect_is_refused(cls: type) -> None:
    assert refused(cls)


def test_other_rules_are_refused() -> None:
    assert refused(Adam8bit, 'adam8bit(decay="after")') and refused(Silent, "adam")
    assert not refused(Adam, "adam8bit(bits=32)")


def test_the_second_oracle_has_adams_values() -> None:
    eight, adam = find_rule("adam8bit"), find_rule("adam")
    hypers = [{s: default for s, default in rule.defaults.items()} for rule in (eight, adam)]
    x0, gradients = [1.0, 2.0], [[0.5, -3.0], [1.0, 1e-3]]
    left, right = (
        exact_trajectory(rule, x0, gradients, [hyper] * 2)[-1]
        for rule, hyper in zip((eight, adam), hypers, strict=True)
    )
    assert all(float((a - b).mid()) == 0 for a, b in zip(left, right, strict=True))
