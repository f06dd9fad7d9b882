"""What an average keeps and leaves alone: the model, modes, pairs of weights, its state."""

import io
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from lawful.properties.averages.driving import Bench
from lawful.properties.averages.promise import promise
from lawful.properties.promises import RaisedError, Said, calling
from lawful.verify.candidates.averager import Averager, kept
from lawful.verify.evidence import Severity

WAY = (1.0, 2.0, 4.0)
"""Weights that a script goes through."""


@promise()
def average_apart(bench: Bench) -> Said:
    """An update changes no weight, gradient, mode or trained parameter of the model, and what is kept shares no memory
    with it, requires no gradient that the model's does not, and stays in its mode."""
    bench.begin()
    lines = bench.script(WAY)
    for p in bench.model.parameters():
        p.grad = torch.ones_like(p) if p.requires_grad else None
    before, modes = _seen(bench.model), _modes(bench.made)
    for _ in WAY:
        bench.update()
    if _seen(bench.model) != before:
        yield "changes the model that it is told of", lines
    if _modes(bench.made) != modes:
        yield "changes modes, of training or evaluation, of what it keeps", lines
    bench.model.set([torch.full_like(p, 9.0) for p in bench.model.parameters()])
    if any(bool((value == 9).any()) for value in bench.kept.values()):
        yield "shares memory with the model", lines
    if trained := [
        name for name, p in _parameters(bench.made) if p.grad_fn is not None or p.grad is not None
    ]:
        yield f"keeps what autograd made of {', '.join(trained)}", lines


def _seen(model: nn.Module) -> list[Any]:
    values = [
        (p.tolist(), p.requires_grad, None if p.grad is None else p.grad.tolist()) for p in model.parameters()
    ]
    return [values, _modes(model)]


def _modes(made: Any) -> list[bool]:
    return [module.training for module in made.modules()] if isinstance(made, nn.Module) else []


def _parameters(made: Any) -> list[tuple[str, Tensor]]:
    return list(made.named_parameters()) if isinstance(made, nn.Module) else []


@promise()
def average_pairs(bench: Bench) -> Said:
    """A model that has other weights than that of which the average was made, fewer or more, is refused, and not
    averaged in part."""
    yield from _taken(bench, "fewer weights", nn.Linear(2, 2, bias=False), nn.Linear(2, 2))
    yield from _taken(bench, "more weights", nn.Linear(2, 2), nn.Linear(2, 2, bias=False))


@promise(severity=Severity.EXTRA)
def average_shapes(bench: Bench) -> Said:
    """A model whose weights have another shape than those of which the average was made is refused, and not spread."""
    one, three = nn.Linear(1, 2, bias=False), nn.Linear(3, 2, bias=False)
    yield from _taken(bench, "weights of another shape", one, three)


def _taken(bench: Bench, what: str, theirs: nn.Module, own: nn.Module) -> Said:
    made = bench.average_of(own)
    try:
        for _ in WAY:
            calling(lambda: bench.averager.update(made, theirs))
    except RaisedError:
        return
    yield f"takes a model with {what} than the one that it was made of", _mismatched(bench, own, theirs)


def _mismatched(bench: Bench, own: nn.Module, theirs: nn.Module) -> str:
    """Lines that tell an average of one linear layer of another."""
    made = bench.script([], f"torch.nn.{own}").splitlines()
    return "\n".join([*made[:4], f"average.{bench.averager.method}(torch.nn.{theirs})"])


class Pair(nn.Module):
    """Two layers, which have one weight in common, or one each."""

    def __init__(self, tied: bool) -> None:
        """Of ones."""
        super().__init__()
        self.first, self.last = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        self.last.weight = self.first.weight if tied else self.last.weight
        self.set(1.0)

    def set(self, value: float) -> None:
        """Puts it into the weights."""
        for p in self.parameters():
            nn.init.constant_(p, value)


@promise()
def average_ties(bench: Bench) -> Said:
    """A weight that stands at two places of a model, as a tied embedding, is averaged once in an update, as one that
    stands at one."""
    tied, apart = (_averaged(bench, Pair(tied)) for tied in (True, False))
    for step, (one, other) in enumerate(zip(tied, apart, strict=True)):
        if one != other:
            said = f"has {one!r} of a weight that stands at two places after {step} updates, and {other!r} of another"
            yield f"{said} with the same values", _tying(bench, step)
            return


def _averaged(bench: Bench, model: Pair) -> list[float]:
    """What is kept of the first weight, at first and after each update."""
    made, found = bench.average_of(model), list[float]()
    for value in (None, *WAY):
        if value is not None:
            model.set(value)
            calling(lambda: bench.averager.update(made, model), "when it is updated")
        found.append(float(kept(made, model)["first.weight"].reshape(-1)[0]))
    return found


def _tying(bench: Bench, steps: int) -> str:
    """Lines that average a model of two layers with one weight."""
    layer = "torch.nn.Linear(1, 1, bias=False)"
    script = bench.script(WAY[:steps], f"torch.nn.Sequential({layer}, {layer})")
    *lines, shown = (
        script.replace("model.weight", "model[0].weight").replace("module.weight", "module").splitlines()
    )
    at = next(place for place, line in enumerate(lines) if line.startswith("model"))
    return "\n".join([*lines[: at + 1], "model[1].weight = model[0].weight", *lines[at + 1 :], shown])


def _saves(averager: Averager) -> bool:
    return averager.whole and hasattr(averager.cls, "state_dict") and hasattr(averager.cls, "load_state_dict")


@promise(of=_saves)
def average_resumed(bench: Bench) -> Said:
    """A `state_dict` that is saved, read with `weights_only=True` and loaded into a fresh average lets it go on bit for
    bit as the first would, after any update."""
    weights = bench.weights(6)
    whole = [bench.begin().kept, *(bench.update(each) for each in weights)]
    for stop in range(len(weights)):
        first = bench.alike().begin()
        for each in weights[:stop]:
            first.update(each)
        second = bench.alike().begin()
        try:
            second.made.load_state_dict(_read(first.made.state_dict()))
        except Exception as error:
            yield f"has a state_dict that cannot be used: {type(error).__name__}: {error}", bench.script(WAY)
            return
        later = [second.kept, *(second.update(each) for each in weights[stop:])]
        if not all(map(_same, later, whole[stop:])):
            yield f"resumed after {stop} updates, is not where it would be", bench.script(WAY)
            return


def _read(state: Any) -> Any:
    """The state as it comes back from a file."""
    file = io.BytesIO()
    torch.save(deepcopy(state), file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def _same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
