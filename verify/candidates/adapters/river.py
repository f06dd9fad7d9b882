"""river: optimizers of weights in a dict, a number for each feature, as its linear models hold them."""

import inspect
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from lawful.verify.candidates.adapter import TORCH, Adapter, Inputs
from lawful.verify.candidates.adapters.holding import Holding
from lawful.verify.candidates.places import name_of
from lawful.verify.candidates.protocol import Array, Maker

RATE = "lr"


class Driven(Holding):
    """An optimizer at work; each element of each parameter is a feature."""

    def step(self, parameters: list[Array], gradients: list[Array | None]) -> list[Array]:
        """The parameters after a step as river's models make it, which let the optimizer look ahead before they take a
        gradient; one that is not there is of features that are not there.
        """
        weights, slopes = _features(parameters), _features(gradients)
        after = self.optimizer.step(self.optimizer.look_ahead(weights), slopes)
        return [_array(after, number, p) for number, p in enumerate(parameters)]

    def set(self, name: str, value: float) -> None:
        """The learning rate."""
        from river.optim.schedulers import Constant

        self.optimizer.lr = Constant(value)

    def save(self) -> Any:
        """All that the optimizer holds; what it holds of features, as arrays of parameters, by their numbers."""
        held = super().save()
        return {name: _arrays(v) if isinstance(v, defaultdict) else v for name, v in held.items()}

    def load(self, saved: Any) -> None:
        """The same, held by this one."""
        super().load(
            {n: defaultdict(float, _numbered(v)) if isinstance(v, Arrays) else v for n, v in saved.items()}
        )


class Arrays(dict[int, Array]):
    """What is held of features, as arrays of parameters by their numbers."""


def _features(arrays: list[Any]) -> dict[tuple[int, ...], Any]:
    return _numbered({number: a for number, a in enumerate(arrays) if a is not None})


def _numbered(there: Mapping[int, Array]) -> dict[tuple[int, ...], Any]:
    return {(number, *place): a[place] for number, a in there.items() for place in np.ndindex(a.shape)}


def _arrays(features: Mapping[tuple[int, ...], Any]) -> Arrays:
    """What is held of features as arrays again: all of a parameter's are there, or none."""
    places: dict[int, list[tuple[int, ...]]] = {}
    for number, *place in features:
        places.setdefault(number, []).append(tuple(place))
    return Arrays((number, _filled(features, number, there)) for number, there in places.items())


def _filled(features: Mapping[tuple[int, ...], Any], number: int, places: list[tuple[int, ...]]) -> Array:
    shape = tuple(max(along) + 1 for along in zip(*places, strict=True))
    return np.array([features[number, *place] for place in np.ndindex(shape)]).reshape(shape)


def _array(weights: Mapping[tuple[int, ...], Any], number: int, like: Array) -> Array:
    """A parameter again, in the format in which its weights are."""
    values = [weights[number, *place] for place in np.ndindex(like.shape)]
    return np.array(values).reshape(like.shape) if values else like


def maker(found: Any) -> Maker:
    """A class of optimizers."""
    taken = inspect.signature(found).parameters
    return Maker.of(found, taken.values(), Driven.begin, {RATE} & taken.keys())


def script(inputs: Inputs) -> list[str]:
    """river alone."""
    place = (inputs.tensor, *inputs.lane)
    return [
        "import numpy as np",
        "from river.optim.schedulers import Constant",
        *inputs.imported,
        "",
        "",
        "def features(arrays):",
        f"    arrays = [np.array(values, np.{inputs.dtype}) for values in arrays]",
        "    return {(i, *place): a[place] for i, a in enumerate(arrays) for place in np.ndindex(a.shape)}",
        "",
        "",
        f"x = features({inputs.first!r})",
        f"optimizer = {name_of(inputs.target)}(**{dict(inputs.arguments)!r})",
        f"settings = {dict(inputs.settings)!r}",
        f"for step, gradients in enumerate({inputs.gradients!r}, 1):",
        "    for name, value in settings.get(step, {}).items():",
        "        optimizer.lr = Constant(value)",
        "    x = optimizer.step(optimizer.look_ahead(x), features(gradients))",
        f"value = float(x[{place!r}])",
    ]


RIVER = Adapter(
    name="river",
    extra="river",
    roots=("river",),
    words={**TORCH.words, "momentum": ("rho",)},
    hints=TORCH.hints,
    maker=maker,
    script=script,
)
"""`river.optim:Adam` and the others there."""
