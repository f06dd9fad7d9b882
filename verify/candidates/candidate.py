"""A candidate: an implementation under test, the rule that it claims, and how its constructor maps to its symbols.

Everything here that imports the candidate's module runs in a worker process; the parent only sees `Description`.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import isnan
from pathlib import Path
from typing import Any

from sympy import Symbol

from lawful.verify.candidates.loading import bundled, load, module
from lawful.verify.errors import Unanswerable, first_line, unknown
from lawful.verify.language.rule import Family, Rule, find_family, normal, refuse_if_out_of_scope, rules

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "lr": ("learning_rate", "learningrate", "step_size"),
    "decouple": (
        "decoupled_weight_decay",
        "decouple_weight_decay",
        "weight_decouple",
        "decouple_wd",
        "decoupled",
    ),
    "alpha": ("rho", "decay_rate"),
    "beta2_decay": ("decay_rate",),
    "d": ("clip_threshold",),
    "beta1": ("beta_1",),
    "beta2": ("beta_2",),
    "amsgrad": ("ams_bound",),
}
"""Other words that constructors use for a symbol or a convention."""


@dataclass(frozen=True)
class Description:
    """What a worker says of a target: enough to ask questions about it without importing it.

    Attributes:
        target: as the user wrote it.
        name: the class's name.
        module: where it was found.
        signature: its constructor, as text.
        parameters: constructor parameter → default (a JSON value; `...` for none, as text for anything else).
        distribution: `name version` of the package that it belongs to, or "".
        source_hash: SHA-256 of the file that defines it.
        rule: the rule that its name claims, or "".
        paths: the ways in which it can run.
    """

    target: str
    name: str
    module: str
    signature: str
    parameters: dict[str, Any]
    distribution: str
    source_hash: str
    rule: str
    paths: list[str]


PATHS = ("foreach", "fused", "capturable", "differentiable")
"""Constructor flags that choose a way to run, not a rule."""


@dataclass(frozen=True)
class Candidate:
    """A class with the rule that it claims.

    Args:
        cls: the optimizer's class.
        family: the rule's family.
        pinned: conventions that the claim fixes.
        arguments: constructor arguments that the user fixes.
    """

    cls: type
    family: Family
    pinned: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, target: str | type, rule: str = "", arguments: Mapping[str, Any] | None = None
    ) -> "Candidate":
        """The candidate that a target and a rule name; the class's own name is the claim where no rule is given.

        Raises:
            Unanswerable: unknown target, rule, convention or constructor argument, or one that is missing.
        """
        found = load(target) if isinstance(target, str) else target
        family, pinned = find_family(rule or claimed(found))
        family(**pinned)
        candidate = cls(found, family, pinned, dict(arguments or {}))
        for name in candidate.arguments:
            if name not in candidate.parameters:
                raise unknown(f"argument of {found.__name__}", name, candidate.parameters)
        if candidate.missing:
            given = " ".join(f"--arg {name}=VALUE" for name in candidate.missing)
            raise Unanswerable(f"{found.__name__} needs arguments of which the rule knows nothing: {given}.")
        return candidate

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The constructor's parameters, without self and the optimized parameters."""
        try:
            everything = list(inspect.signature(self.cls).parameters.values())
        except (TypeError, ValueError) as error:
            raise Unanswerable(f"{self.cls.__name__} has no readable signature: {error}.") from error
        return {p.name: p for p in everything[1:] if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}

    @cached_property
    def hyperparameters(self) -> dict[Symbol, str]:
        """Rule symbol → constructor parameter, of those that the user has not fixed."""
        return {symbol: name for symbol, name in self.bound.items() if name not in self.arguments}

    @cached_property
    def bound(self) -> dict[Symbol, str]:
        """Rule symbol → constructor parameter (`betas` for both betas), fixed or not."""
        single = {s: self._number(s.name) for s in self._claimed.hyperparameters}
        found = {s: name or self._held(s)[0] for s, name in single.items()}
        return {symbol: name for symbol, name in found.items() if name in self.parameters}

    @cached_property
    def _claimed(self) -> Rule:
        return self.family(**self.pinned)

    def _held(self, symbol: Symbol) -> tuple[str, int]:
        """The tuple that may hold a hyperparameter, "" for none, and its place there."""
        return self._claimed.tuple_of(symbol) or ("", 0)

    @cached_property
    def options(self) -> dict[str, str]:
        """Convention → constructor parameter, for conventions that the constructor lets the user choose."""
        spelled = {c: n for c, words in self.family.spellings.items() for n in words if n in self.parameters}
        plain = [c for c in (*self.family.conventions, "maximize") if c not in self.family.spellings]
        known = {name: self._spelling(name) for name in plain}
        numbers = set(self.bound.values())
        chosen = {c: n for c, n in known.items() if n is not None and n not in numbers and self._is_flag(n)}
        return {**chosen, **spelled}

    def _number(self, name: str) -> str | None:
        """The parameter that holds a hyperparameter; a switch of the same name is something else."""
        found = self._spelling(name)
        return None if found is None or isinstance(self.parameters[found].default, bool) else found

    def _is_flag(self, name: str) -> bool:
        return isinstance(self.parameters[name].default, bool) or self.parameters[name].default is None

    def _spelling(self, name: str) -> str | None:
        return next((n for n in (name, *SYNONYMS.get(name, ())) if n in self.parameters), None)

    def choices(self, option: str) -> tuple[Any, ...]:
        """The values of a convention that the constructor can express, the claim's own first."""
        if option in self.pinned:
            return (self.pinned[option],)
        allowed = (False, True) if option == "maximize" else self.family.conventions[option]
        expressible = [value for value in allowed if self._sayable(option, value)]
        return tuple(value for value in expressible if self._agrees(option, value)) or tuple(expressible)

    def _sayable(self, option: str, value: Any) -> bool:
        """Whether the constructor has an argument for this value; a default may be said by leaving it out."""
        if option in self.family.spellings:
            return value in self.spelling(option) or value == self.family.conventions[option][0]
        return isinstance(value, bool)

    def _agrees(self, option: str, value: Any) -> bool:
        """Whether an argument that the user fixed, if it is this option's, may mean this value."""
        name = self.options.get(option, "")
        if name not in self.arguments:
            return True
        given, means = self.arguments[name], self._argument(option, value)
        others = [self._argument(option, v) for v in self.family.conventions.get(option, ())]
        return given not in others if means is KEEP else bool(means == given)

    def rule(self, options: Mapping[str, Any]) -> Rule:
        """The rule that these options choose."""
        return self.family(**{**self.pinned, **options})

    def constructor(self, options: Mapping[str, Any], hyper: Mapping[Symbol, float]) -> dict[str, Any]:
        """Constructor arguments for these options and hyperparameters."""
        chosen = {
            self.options[o]: self._argument(o, value) for o, value in options.items() if o in self.options
        }
        chosen = {name: value for name, value in chosen.items() if value is not KEEP}
        return {**chosen, **self.group(hyper), **self.arguments}

    def _argument(self, option: str, value: Any) -> Any:
        if option in self.family.spellings:
            return self.spelling(option).get(value, KEEP)
        return value

    def spelling(self, option: str) -> Mapping[Any, Any]:
        """For an option that the constructor spells in its own way: value → argument."""
        return self.family.spellings[option][self.options[option]]

    def group(self, hyper: Mapping[Symbol, float]) -> dict[str, Any]:
        """Hyperparameters as the keys of a parameter group; NaN stands for None."""
        result: dict[str, Any] = {}
        for symbol, name in self.bound.items():
            held, place = self._held(symbol)
            others = result.get(name, self.parameters[name].default)
            before, after = _around(others, place)
            value = _argument_of(symbol, hyper[symbol])
            result[name] = (*before, value, *after) if name == held else value
        return result

    def default(self, symbol: Symbol) -> float | None:
        """The constructor's own default of a hyperparameter, where it is a number."""
        name = self.bound.get(symbol)
        value = self.arguments.get(name or "", self.parameters[name].default) if name else None
        held, place = self._held(symbol)
        if name == held and isinstance(value, tuple | list):
            value = value[place] if place < len(value) else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @cached_property
    def paths(self) -> dict[str, dict[str, Any]]:
        """Ways to run → the constructor arguments that choose them; `loop` first, or `default` where none is named."""
        flags = [f for f in PATHS if f in self.parameters and self._is_flag(f)]
        plain = {f: False for f in flags if f in ("foreach", "fused")}
        first = "loop" if "foreach" in plain else "default"
        rest = {f: {**{k: v for k, v in plain.items() if k != f and f != "foreach"}, f: True} for f in flags}
        return {first: plain, **rest}

    @cached_property
    def unexplored(self) -> list[str]:
        """Constructor parameters that the rule says nothing about; they stay at their defaults."""
        used = {*self.bound.values(), *self.options.values(), *PATHS, *self.arguments}
        return [name for name in self.parameters if name not in used]

    @property
    def missing(self) -> list[str]:
        """Constructor parameters without a default that nobody says anything about."""
        return [name for name in self.unexplored if self.parameters[name].default is inspect.Parameter.empty]


def _argument_of(symbol: Symbol, value: float) -> float | int | None:
    if isnan(value):
        return None
    return int(value) if symbol.is_integer else value


def _around(value: Any, place: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What stands before and after a place of a tuple; nothing where there is no tuple."""
    members = tuple(value) if isinstance(value, tuple | list) else ()
    return members[:place], members[place + 1 :]


KEEP = object()
"""An argument that is left to the constructor's default."""


def claimed(cls: type) -> str:
    """The rule that a class's name claims.

    Raises:
        Unanswerable: the name is no rule's.
    """
    if normal(cls.__name__) in rules():
        return rules()[normal(cls.__name__)].name
    return no_claim(cls.__name__)


def no_claim(name: str) -> str:
    """Raises `Unanswerable`: the class's name is no rule's, and none was given."""
    refuse_if_out_of_scope(name)
    names = ", ".join(f.name for f in rules().values())
    raise Unanswerable(f"which rule does {name} claim? Say --rule RULE, one of {names}.")


def describe(target: str) -> Description:
    """The description of a target.

    Raises:
        Unanswerable: see `load`.
    """
    cls = load(target)
    claim = rules()[normal(cls.__name__)].name if normal(cls.__name__) in rules() else ""
    family = rules()[normal(cls.__name__)] if claim else Family(lambda: None)  # type: ignore[arg-type, return-value]
    candidate = Candidate(cls, family)
    file = inspect.getsourcefile(cls)
    return Description(
        target=target,
        name=cls.__name__,
        module=cls.__module__,
        signature=first_line(str(inspect.signature(cls)))[:1000],
        parameters={n: _json(p.default) for n, p in candidate.parameters.items()},
        distribution=_distribution(cls.__module__),
        source_hash=hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else "",
        rule=claim,
        paths=list(candidate.paths),
    )


def targets_of(target: str) -> list[str]:
    """The targets that a word stands for: one; all optimizers of a module whose names claim a rule; all `bundled`.

    Raises:
        Unanswerable: a module without any.
    """
    from lawful.optimizers import available

    if target == "bundled":
        return list(available())
    if ":" in target or normal(target) in map(normal, available()):
        return [target]
    if target.isidentifier() and importlib.util.find_spec(target) is None:
        bundled(target)
    classes = {
        n: c
        for n, c in vars(module(target)).items()
        if isinstance(c, type) and callable(getattr(c, "step", None))
    }
    found = [f"{target}:{name}" for name in sorted(classes) if normal(name) in rules()]
    if not found:
        raise Unanswerable(
            f"{target} has no optimizer whose name is a rule's; say {target}:Class --rule RULE."
        )
    return found


def _json(value: Any) -> Any:
    if value is inspect.Parameter.empty:
        return "..."
    return value if type(value) in (bool, int, float, str, type(None)) else repr(value)


def _distribution(module: str) -> str:
    top = module.partition(".")[0]
    names = _distributions().get(top, [])
    return f"{names[0]} {importlib.metadata.version(names[0])}" if names else ""


@cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()
