"""Whether a function divides parameters as its rule says: on small models of several kinds, or on the user's."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import nn

from lawful.properties.checks import Property
from lawful.properties.groups.models import MODELS
from lawful.properties.promises import RaisedError, Said, calling, promised
from lawful.verify.candidates.grouper import Grouper
from lawful.verify.candidates.roles import names, roles
from lawful.verify.evidence import Severity
from lawful.verify.language.division import ROLES

NAMED = 6
"""How many parameters of one finding are named."""


@dataclass
class Bench:
    """A function that makes groups, and a model.

    Attributes:
        grouper: what is asked.
        make: what makes the model.
    """

    grouper: Grouper
    make: Callable[[], nn.Module]

    @property
    def called(self) -> str:
        """`decay_groups of Vision`."""
        return f"{self.grouper.cls.__name__} of {getattr(self.make, '__name__', 'the model')}"

    @cached_property
    def model(self) -> nn.Module:
        """The model.

        Raises:
            RaisedError: what makes it raised.
        """
        return calling(self.make, "when the model is made")  # type: ignore[no-any-return]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """What is made of its parameters.

        Raises:
            RaisedError: that raised.
        """
        return calling(lambda: self.grouper.groups(self.model))  # type: ignore[no-any-return]

    @cached_property
    def names(self) -> Mapping[nn.Parameter, str]:
        """Each parameter's names."""
        return names(self.model)

    @cached_property
    def trained(self) -> list[nn.Parameter]:
        """The parameters that are trained, each once."""
        return [p for p in self.model.parameters() if p.requires_grad]

    @cached_property
    def decays(self) -> Mapping[nn.Parameter, float]:
        """The weight decay of each parameter that is in a group; of one that says nothing, that of the optimizer."""
        return {p: g.get("weight_decay", self.grouper.decay) for g in self.groups for p in g["params"]}

    @property
    def script(self) -> str:
        """Lines that show it."""
        cls, make = self.grouper.cls, self.make
        taken = self.grouper.word in self.grouper.taken(cls)
        decay = f", {self.grouper.word}={self.grouper.decay}" if taken else ""
        return "\n".join([
            f"from {cls.__module__} import {cls.__name__}",
            f"from {getattr(make, '__module__', '')} import {getattr(make, '__name__', '')}",
            f"model = {getattr(make, '__name__', '')}()",
            "names = {p: name for name, p in model.named_parameters()}",
            f"for group in {cls.__name__}(model{decay}):",
            "    print({**group, 'params': [names[p] for p in group['params']]})",
        ])  # fmt: skip


Look = Callable[[Bench], Said]


def promise(severity: Severity = Severity.CONTRACT) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings."""

    def benches(grouper: Grouper) -> Iterator[Bench]:
        models = [grouper.own] if grouper.own else MODELS.values()
        return (Bench(grouper, make) for make in models)

    return lambda look: promised(look, benches, Grouper, severity=severity)


@promise(Severity.CORE)
def division(bench: Bench) -> Said:
    """Every parameter that is trained decays, or does not, as its roles in the model say, a tied weight by all of its
    places."""
    try:
        decays = bench.decays
    except RaisedError as error:
        yield str(error), bench.script
        return
    every = roles(bench.model)
    wrong: dict[tuple[str, bool], list[str]] = {}
    for p in bench.trained:
        due = bench.grouper.division.of(every[p])
        if p in decays and (decays[p] != 0) != due:
            deciding = sorted(role for role in every[p] if due or not bench.grouper.division.decays[role])
            wrong.setdefault((deciding[0], due), []).append(bench.names[p])
    for (role, due), which in wrong.items():
        said = f"{'does not let decay' if due else 'lets decay'} {_enumerated(which)}"
        yield f"{said}: {role}, {ROLES[role][1]}, {'do' if due else 'do not'}", bench.script


def _enumerated(which: list[str]) -> str:
    more = f" and {len(which) - NAMED} more" if len(which) > NAMED else ""
    return ", ".join(which[:NAMED]) + more


@promise()
def division_holds_all(bench: Bench) -> Said:
    """Every parameter that is trained is in one group, and in one alone, also where it is tied to another place."""
    held = [p for group in bench.groups for p in group["params"]]
    for said, which in (
        ("leaves out", [p for p in bench.trained if p not in bench.decays]),
        ("has several times", [p for p in bench.decays if sum(p is other for other in held) > 1]),
        ("has what is not the model's", [p for p in bench.decays if p not in bench.names]),
    ):
        if which:
            yield f"{said} {_enumerated([bench.names.get(p, 'a tensor') for p in which])}", bench.script


@promise()
def division_by_the_decay(bench: Bench) -> Said:
    """What decays does so by the weight decay that was asked for; what does not, by 0."""
    others = {decay for decay in bench.decays.values() if decay not in (0, bench.grouper.decay)}
    if others:
        yield (
            f"has a weight decay of {min(others)!r}, where {bench.grouper.decay} was asked for",
            bench.script,
        )
