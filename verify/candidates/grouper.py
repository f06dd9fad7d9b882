"""A function under test that divides a model's parameters into groups, with and without weight decay."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from torch.optim import Optimizer

from lawful.verify.candidates.loading import given, looked_up
from lawful.verify.candidates.refusing import refuse_arguments, refuse_words
from lawful.verify.errors import Unanswerable
from lawful.verify.language.division import CLAIMS, Division, find_division, is_division
from lawful.verify.language.names import DIVISION

Values = Mapping[str, Any]

DECAY = 0.125
"""The weight decay that is asked for."""

MODEL = "model"
"""The argument that holds what makes the model that is divided, in place of those that are built in."""


@dataclass(frozen=True)
class Grouper:
    """What makes groups of a model's parameters, with the division that it claims.

    Args:
        cls: the function, or a class.
        division: what it claims.
        arguments: arguments that the user fixes.
        names: the rule's word → the function's.
    """

    cls: Any
    division: Division
    arguments: Values = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    kind, torchs = "division", True
    off: Values = field(default_factory=dict, init=False)

    @classmethod
    def takes(cls, maker: Any, rule: str = "") -> bool:
        """Whether something is asked which parameters decay: by what is said of it, or by its name."""
        return is_division(rule or cls.claimed(maker))

    @classmethod
    def claimed(cls, maker: Any) -> str:
        """What it claims by its name."""
        return DIVISION if getattr(maker, "__name__", "") in CLAIMS else ""

    @classmethod
    def taken(cls, maker: Any) -> dict[str, inspect.Parameter]:
        """What it is called with beside a model."""
        return dict(list(inspect.signature(maker).parameters.items())[1:])

    @classmethod
    def of(
        cls,
        target: Any,
        rule: str = "",
        arguments: Values | None = None,
        names: Mapping[str, str] | None = None,
    ) -> "Grouper":
        """The function that a target names, with what it claims.

        Raises:
            Unanswerable: unknown target, role, word or argument.
        """
        maker, values = looked_up(target), given(arguments)
        if MODEL in values:
            values[MODEL] = looked_up(values[MODEL])
        return cls(maker, find_division(rule or cls.claimed(maker)), values, names or {}).answerable()

    def answerable(self) -> "Grouper":
        """Itself, if it can be called.

        Raises:
            Unanswerable: see `of`.
        """
        known = self.taken(self.cls)
        refuse_words(self.names, DIVISION, ["weight_decay"])
        refuse_arguments((*self.names.values(), *self.arguments), self.cls.__name__, [*known, MODEL])
        unsaid = [
            p for n, p in known.items() if p.default is p.empty and n not in {*self.arguments, self.word}
        ]
        if lacking := [p.name for p in unsaid if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]:
            said = " ".join(f"--arg {name}=VALUE" for name in lacking)
            raise Unanswerable(f"{self.cls.__name__} needs more than a model: say {said}.")
        return self

    @property
    def word(self) -> str:
        """What it calls the weight decay."""
        return self.names.get("weight_decay", "weight_decay")

    @property
    def claim(self) -> str:
        """What it claims."""
        return str(self.division)

    @property
    def paths(self) -> dict[str, dict[str, Any]]:
        """It runs in one way."""
        return {"default": {}}

    def rule(self, options: Values) -> Division:
        """What it claims."""
        return self.division

    @property
    def own(self) -> Any:
        """What makes the model that the user wants divided; None for those that are built in."""
        return self.arguments.get(MODEL)

    @property
    def decay(self) -> float:
        """The weight decay that is asked for."""
        return float(self.arguments.get(self.word, DECAY)) if self.word in self.taken(self.cls) else DECAY

    def groups(self, model: nn.Module) -> list[dict[str, Any]]:
        """The groups that it makes of a model.

        Raises:
            TypeError: it makes none.
        """
        asked = {self.word: self.decay} if self.word in self.taken(self.cls) else {}
        made = self.cls(model, **{**asked, **{n: v for n, v in self.arguments.items() if n != MODEL}})
        found = made.param_groups if isinstance(made, Optimizer) else made
        if not (
            isinstance(found, list | tuple) and all(isinstance(g, dict) and "params" in g for g in found)
        ):
            raise TypeError(f"makes a {type(made).__name__}, and no list of groups")
        return [{**group, "params": list(group["params"])} for group in found]
