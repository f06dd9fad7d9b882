"""What the laws say of schedules and of steady gradients is so of torch."""

from math import cos, pi

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR

from lawful.optimizers import Adam

UNIT = 2.0**-53
STEPS = 137


def cosine(lr: float, lr_min: float) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    schedule, found = CosineAnnealingLR(optimizer, STEPS, eta_min=lr_min), []
    for _ in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def rounding(k: int, lr: float) -> float:
    """A step rounds some ten times and takes cosines of rounded angles; later steps shrink what is lost."""
    return 10 * (k + 1) * UNIT * lr * (1 + 2 * pi)


def test_torch_cosine_recursion_is_the_closed_form() -> None:
    for k, seen in enumerate(cosine(0.3, 0.01)):
        assert abs(seen - (0.01 + 0.29 * (1 + cos(pi * k / STEPS)) / 2)) <= rounding(k, 0.3)


def test_cosine_cycle_travels_half_its_steps_and_a_half() -> None:
    gap = sum(cosine(0.3, 0.0)) - 0.3 * (STEPS / 2 + 1 / 2)
    assert abs(gap) <= sum(rounding(k, 0.3) for k in range(STEPS))


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, Adam])
def test_adam_walks_past_every_valley_of_a_wave(optimizer: type[torch.optim.Adam]) -> None:
    """In units of lr it is at k after k steps; each rounds less than k units in the last place away."""
    lr, steps = 2.0**-4, 200
    p = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    walker = optimizer([p], lr=lr, eps=0.0)
    for _ in range(steps):
        p.grad = -torch.cos(2 * pi * p.detach() / lr)
        walker.step()
    assert abs(p.item() / lr - steps) <= steps * steps * UNIT
