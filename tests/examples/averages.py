"""Averages of weights that follow their rule and keep every promise, and some that break just one; passes over data
likewise.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class Ema(nn.Module):
    """In float32 for narrower weights, with the model's own buffers; the first update takes the weights as they are."""

    def __init__(self, model: nn.Module, decay: float = 0.999) -> None:
        super().__init__()
        self.decay, self.average = decay, self.copied(model).requires_grad_(False)
        self.register_buffer("updates", torch.tensor(0))

    def copied(self, model: nn.Module) -> nn.Module:
        copy = deepcopy(model)
        for p in copy.parameters():
            p.data = p.data.to(torch.promote_types(p.dtype, torch.float32))
        return copy

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for mine, theirs in self.pairs(model):
            if mine.shape != theirs.shape:
                raise ValueError(f"a weight of {theirs.shape} is no weight of {mine.shape}")
            self.move(mine, theirs)
        for mine, theirs in zip(self.average.buffers(), model.buffers(), strict=True):
            self.keep(mine, theirs)
        self.updates += 1

    def pairs(self, model: nn.Module) -> Iterable[tuple[Tensor, Tensor]]:
        return zip(self.average.parameters(), model.parameters(), strict=True)

    def move(self, mine: Tensor, theirs: Tensor) -> None:
        mine.mul_(self.kept).add_(theirs, alpha=1 - self.kept)

    def keep(self, mine: Tensor, theirs: Tensor) -> None:
        mine.copy_(theirs)

    @property
    def kept(self) -> float:
        """What is kept of the average."""
        return self.decay if int(self.updates) else 0.0


class Mean(Ema):
    """Of all weights."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)

    def move(self, mine: Tensor, theirs: Tensor) -> None:
        mine.add_((theirs - mine) / (int(self.updates) + 1))


class Shadow:
    """No module: a list of tensors in the model's format, from the first weights on."""

    def __init__(self, parameters: Iterable[Tensor], decay: float) -> None:
        self.decay, self.shadow = decay, [p.detach().clone() for p in parameters]

    @torch.no_grad()
    def update(self, parameters: Iterable[Tensor]) -> None:
        for mine, theirs in zip(self.shadow, parameters, strict=True):
            if mine.shape != theirs.shape:
                raise ValueError(f"a weight of {theirs.shape} is no weight of {mine.shape}")
            mine.lerp_(theirs, 1 - self.decay)


class Patient(Ema):
    """Forgets soon at first, and later as late as it is told."""

    def __init__(
        self, model: nn.Module, decay: float = 0.999, inv_gamma: float = 1.0, power: float = 2 / 3
    ) -> None:
        super().__init__(model, decay)
        self.gamma, self.power = inv_gamma, power

    @property
    def kept(self) -> float:
        """What is kept of the average."""
        return min(self.decay, 1 - (1 + int(self.updates) / self.gamma) ** -self.power)


class PatientFromTheFirst(Patient):
    @property
    def kept(self) -> float:
        """What is kept of the average."""
        return min(self.decay, 1 - (2 + int(self.updates) / self.gamma) ** -self.power)


def mean_of_tensors() -> Any:
    """What `AveragedModel` averages with."""

    def average(averaged: Tensor, current: Tensor, count: Any) -> Tensor:
        return averaged + (current - averaged) / (count + 1)

    return average


# -------------------------------------------------------------------------------------------- what is wrong
class TheOtherWay(Ema):
    def move(self, mine: Tensor, theirs: Tensor) -> None:
        mine.mul_(1 - self.kept).add_(theirs, alpha=self.kept) if self.kept else mine.copy_(theirs)


class OneTooMany(Mean):
    def move(self, mine: Tensor, theirs: Tensor) -> None:
        mine.add_((theirs - mine) / (int(self.updates) + 2)) if self.updates else mine.copy_(theirs)


class InFloat32(Ema):
    def move(self, mine: Tensor, theirs: Tensor) -> None:
        mine.copy_(mine.float().lerp_(theirs.float(), 1 - self.kept))


class ForgetsSome(Ema):
    """The weights that are not trained."""

    def pairs(self, model: nn.Module) -> Iterable[tuple[Tensor, Tensor]]:
        own = zip(self.average.parameters(), model.parameters(), strict=True)
        return [(mine, theirs) for mine, theirs in own if theirs.requires_grad]


class AtEachPlace(Ema):
    """As often as a weight has a name."""

    def pairs(self, model: nn.Module) -> Iterable[tuple[Tensor, Tensor]]:
        every = (each.named_parameters(remove_duplicate=False) for each in (self.average, model))
        return [(mine, theirs) for (_, mine), (_, theirs) in zip(*every, strict=True)]


class PairsWhatItCan(Ema):
    def pairs(self, model: nn.Module) -> Iterable[tuple[Tensor, Tensor]]:
        return zip(self.average.parameters(), model.parameters(), strict=False)


class Broadcasts(Ema):
    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for mine, theirs in self.pairs(model):
            self.move(mine, theirs)
        self.updates += 1


class SharesOneWeight(Ema):
    def copied(self, model: nn.Module) -> nn.Module:
        copy = super().copied(model)
        for mine, theirs in zip(copy.parameters(), model.parameters(), strict=True):
            mine.data = theirs.data if mine.ndim == 1 else mine.data
        return copy


class Evaluates(Ema):
    def update(self, model: nn.Module) -> None:
        super().update(model)
        self.average.eval()


class StopsTraining(Ema):
    def update(self, model: nn.Module) -> None:
        super().update(model)
        model.requires_grad_(False)


class Amnesiac(Ema):
    """Takes the weights as they are after a resume, for it keeps no count."""

    def __init__(self, model: nn.Module, decay: float = 0.999) -> None:
        super().__init__(model, decay)
        self.updates = self._buffers.pop("updates")  # type: ignore[assignment]


class Truncates(Ema):
    """Averages integers too, towards 0."""

    def keep(self, mine: Tensor, theirs: Tensor) -> None:
        mine.copy_(mine * self.kept + theirs * (1 - self.kept))


class InTheModelsFormat(Ema):
    def copied(self, model: nn.Module) -> nn.Module:
        return deepcopy(model)


# --------------------------------------------------------------------------------------------- passes over data
@torch.no_grad()
def refresh(loader: Iterable[Any], model: nn.Module) -> None:
    """What `update_bn` does, and everything is afterwards as it was, whatever happens."""
    batches = iter(loader)
    first = next(batches, None)
    if first is None:
        return
    modes = {module: module.training for module in model.modules()}
    norms = {module: module.momentum for module in modes if isinstance(module, _BatchNorm)}
    try:
        model.train()
        begin(norms)
        for batch in (first, *batches):
            model(batch[0] if isinstance(batch, list | tuple) else batch)
    finally:
        for norm, momentum in norms.items():
            norm.momentum = momentum
        for module, mode in modes.items():
            module.training = mode


def begin(norms: Iterable[_BatchNorm]) -> None:
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None


def refresh_all_at_once(loader: Iterable[Any], model: nn.Module) -> None:
    """Every example counts as one, and not every batch."""
    batches = [batch[0] if isinstance(batch, list | tuple) else batch for batch in loader]
    refresh([torch.cat(batches)], model)


def refresh_with_momentum(loader: Iterable[Any], model: nn.Module) -> None:
    """The last batches count most."""
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    for norm in momenta:
        norm.reset_running_stats()
    for batch in loader:
        model(batch[0] if isinstance(batch, list | tuple) else batch)
