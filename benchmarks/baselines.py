"""How optimizers are usually tested: four ways, to be set beside what lawful finds on the same corpus.

Each trains a small linear model, with the candidate's defaults, and refuses what raises or what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lawful.verify.candidates.loading import bundled
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_rule
from lawful.verify.language.names import normal

Optimizer = Callable[[list[Tensor]], torch.optim.Optimizer]


@dataclass(frozen=True)
class Training:
    """Losses before each step and after the last, and the parameters then."""

    losses: list[float]
    parameters: list[Tensor]


def trained(make: Optimizer, steps: int, dtype: torch.dtype) -> Training:
    """Least squares with a bias; without it for optimizers that take matrices alone."""
    try:
        return _trained(make, steps, dtype, bias=True)
    except ValueError:
        return _trained(make, steps, dtype, bias=False)


def _trained(make: Optimizer, steps: int, dtype: torch.dtype, bias: bool) -> Training:
    random = torch.Generator().manual_seed(0)
    inputs, wanted = (torch.randn(64, n, generator=random, dtype=dtype) for n in (8, 4))
    weight = torch.randn(4, 8, generator=random, dtype=dtype).requires_grad_()
    parameters = [weight, *([torch.zeros(4, dtype=dtype, requires_grad=True)] if bias else [])]
    optimizer, losses = make(parameters), []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(torch.nn.functional.linear(inputs, *parameters), wanted)
        losses.append(float(loss.detach()))
        loss.backward()  # type: ignore[no-untyped-call]
        if len(losses) <= steps:
            optimizer.step()
    return Training(losses, [p.detach() for p in parameters])


def reference(claim: str) -> Optimizer:
    """The class in torch.optim whose name is the rule's, else the bundled one.

    Raises:
        Unanswerable: there is neither.
    """
    name = find_rule(claim).name if "(" in claim else normal(claim)
    found = {normal(n): c for n, c in vars(torch.optim).items() if isinstance(c, type)}
    make: Optimizer = found[name] if name in found else bundled(name)
    return make


def loss_goes_down(make: Optimizer, claim: str) -> bool:
    """After 20 steps the loss is lower than at first."""
    first, *_, last = trained(make, 20, torch.float32).losses
    return last < first


def loss_ratio(make: Optimizer, claim: str) -> bool:
    """After 5 steps the loss is, within 1 %, that of a reference implementation."""
    loss, wanted = (trained(m, 5, torch.float32).losses[-1] for m in (make, reference(claim)))
    return abs(loss - wanted) <= 0.01 * abs(wanted)


def close(make: Optimizer, claim: str) -> bool:
    """After 10 steps `torch.testing.assert_close` finds a reference implementation's parameters."""
    return _close(make, claim, torch.float32)


def close_in_float64(make: Optimizer, claim: str) -> bool:
    """The same in float64, to 1e-9."""
    return _close(make, claim, torch.float64, rtol=1e-9, atol=1e-9)


def _close(make: Optimizer, claim: str, dtype: torch.dtype, **tolerances: float) -> bool:
    seen, wanted = (trained(m, 10, dtype).parameters for m in (make, reference(claim)))
    try:
        torch.testing.assert_close(seen, wanted, **tolerances)
    except AssertionError:
        return False
    return True


METHODS: dict[str, Callable[[Optimizer, str], bool]] = {
    "the loss goes down": loss_goes_down,
    "loss after 5 steps, to 1 %, as a reference": loss_ratio,
    "`assert_close` with a reference, defaults": close,
    "the same in float64, to 1e-9": close_in_float64,
}


def refuses(method: Callable[[Optimizer, str], bool], make: Optimizer, claim: str) -> bool:
    """Whether a method refuses an optimizer; one without a reference it cannot judge."""
    try:
        return not method(make, claim)
    except Unanswerable:
        return False
    except Exception:
        return True
