"""A schedule that is a function of the steps, as other frameworks have them, driven as a scheduler of torch's."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from torch.optim import Optimizer

from lawful.verify.candidates.adapter import Rates


class Along:
    """Sets in each group what the function gives that is made with the rate that the group begins with.

    Attributes:
        make: what makes the function.
        rates: how it is called.
    """

    make: ClassVar[Callable[..., Any]]
    rates: ClassVar[Rates]

    def __init__(self, optimizer: Optimizer, **arguments: Any) -> None:
        """Makes a function for each group, and sets what it gives after no step."""
        self.optimizer, self.done = optimizer, 0
        begun = [float(group["lr"]) for group in optimizer.param_groups]
        self.functions = [type(self).make(**{self.rates.first: rate, **arguments}) for rate in begun]
        self._set()

    def step(self) -> None:
        """The rates of the next step."""
        self.done += 1
        self._set()

    def _set(self) -> None:
        for group, function in zip(self.optimizer.param_groups, self.functions, strict=True):
            group["lr"] = self.rates.at(function, self.done)


def along(make: Callable[..., Any], rates: Rates) -> type[Along]:
    """The scheduler of what makes a function of the steps, which takes what that takes but for the first rate."""
    taken = [p for p in inspect.signature(make).parameters.values() if p.name != rates.first]
    optimizer = inspect.Parameter("optimizer", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    taken = [p.replace(kind=p.KEYWORD_ONLY) for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    said: Mapping[str, Any] = {
        "__module__": make.__module__,
        "__signature__": inspect.Signature([optimizer, *taken]),
        "make": staticmethod(make),
        "rates": rates,
    }
    return type(make.__name__, (Along,), dict(said))
