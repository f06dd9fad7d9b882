"""A *transformation* is a function from a rule to a rule, marked by `@transformation`; of a family it makes a family.

Its keyword arguments are its conventions, as a family's are. What it adds to the hyperparameters may be fixed where it
is named: `lookahead(adamw, k=6)`.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Add, Expr, Symbol, expand

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.domain import Domain
from lawful.verify.language.family import Family, Words, Written, family
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import g, lr, weight_decay, x


@dataclass(frozen=True)
class Transformation(Written):
    """A way to make another rule of a rule: `build` takes the rule, and then its conventions.

    Attributes:
        words: convention → value → what an implementation has that follows it, as a noun phrase.
        claims: what is documented to do it where there is no optimizer, by name → the conventions that it follows.
    """

    before: ClassVar[int] = 1
    words: Words = field(default_factory=dict)
    claims: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, inner: Family, pins: Mapping[str, float] = MappingProxyType({})) -> Family:
        """The family of what it makes of another's members.

        Args:
            inner: the other.
            pins: hyperparameter of the transformation, by name → its value.

        Raises:
            Unanswerable: a convention that both have, something that is no hyperparameter of the transformation, a
                value outside its domain, or a rule of which it can make nothing.
        """
        bare = inner()
        made = self.build(bare)  # what it can make nothing of says so first
        if both := self.conventions.keys() & inner.conventions.keys():
            raise Unanswerable(f"{self.name}({inner.name}): both have a convention {min(both)!r}.")
        _pinned(self, bare, made, pins)  # pins that do not fit say so where they are named

        def build(**conventions: Any) -> Rule:
            own = {name: value for name, value in conventions.items() if name in self.conventions}
            rule = inner(**{name: value for name, value in conventions.items() if name not in own})
            return _pinned(self, rule, self.build(rule, **own) if own or rule is not bare else made, pins)

        build.__name__ = f"{self.name}({', '.join([inner.name, *(f'{n}={v:g}' for n, v in pins.items())])})"
        parameters = [*self.parameters, *inner.parameters]
        build.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return Family(build, inner.spellings, inner.allows, {**inner.words, **self.words})


def transformation(
    words: Words = MappingProxyType({}), claims: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
) -> Callable[[Callable[..., Rule]], Transformation]:
    """Marks a function from a rule to a rule as a transformation (see `Transformation`)."""
    return lambda build: Transformation(build, words, claims)


@family()
def identity() -> Rule:
    """What is given is handed on: of this a transformation is made that stands alone, an average or a clip."""
    return Rule("identity", g, {}, {}, Source("lawful", "what is given, as it is"))


def _pinned(how: Transformation, rule: Rule, made: Rule, pins: Mapping[str, float]) -> Rule:
    if not pins:
        return made
    added = {s.name: s for s in made.defaults if s not in rule.defaults}
    for name, value in pins.items():
        if name not in added:
            raise unknown(f"convention or hyperparameter of {how.name}", name, [*how.conventions, *added])
        if abs(value) > sys.float_info.max:
            raise Unanswerable(f"{how.name}: {name} is larger than any float.")
        if added[name].is_integer and value != int(value):
            raise Unanswerable(f"{how.name}: {name}={value:g} is no whole number.")
        if value not in made.domain(added[name]):
            raise Unanswerable(f"{how.name}: {name}={value:g} is not in {made.domain(added[name])}.")
    return made.replace({added[name]: value for name, value in pins.items()})


# ------------------------------------------------------------------------------------------- what they are written with
def changed(
    rule: Rule,
    x: Expr,
    source: Source,
    state: Mapping[Symbol, Expr] = MappingProxyType({}),
    init: Mapping[Symbol, Expr] = MappingProxyType({}),
    defaults: Mapping[Symbol, float] = MappingProxyType({}),
    domains: Mapping[Symbol, Domain] = MappingProxyType({}),
    names: Mapping[Symbol, Expr] = MappingProxyType({}),
    **more: Any,
) -> Rule:
    """The rule with another next parameter, and with state, hyperparameters and named expressions more.

    Raises:
        Unanswerable: it has one of these symbols already.
    """
    for symbol in (*state, *defaults):
        if symbol in rule.state or symbol in rule.defaults:
            raise Unanswerable(f"{rule} has {symbol} already, which what is made of it needs for itself.")
    made = replace(
        rule,
        x=x,
        state={**rule.state, **state},
        init={**rule.init, **init},
        defaults={**rule.defaults, **defaults},
        domains={**rule.domains, **domains},
        names={**rule.names, **names},
        source=replace(source, of=rule.source),
        **more,
    )
    if made.torn:
        raise Unanswerable(f"{rule}: what is made of it looks at all tensors, and at the shape of each.")
    return made


def given(rule: Rule, gradient: Expr) -> Rule:
    """The rule with something else for a gradient, an expression in `g`."""
    return replace(rule.replace({g: gradient}), fixed=rule.fixed)


def fed(rule: Rule, gradient: Expr, source: Source, **more: Any) -> Rule:
    """The rule `given` another gradient; `more` of it as in `changed`."""
    inner = given(rule, gradient)
    return changed(inner, inner.x, source, **more)


def parts(rule: Rule) -> tuple[Expr, Expr]:
    """What of the next parameter is the old one, decayed, and what is taken from it, in units of the learning rate.

    Decay that is added to the gradient belongs to the step.
    """
    still = put(rule.x, {weight_decay: 0})
    step = Add(*(term for term in Add.make_args(expand(still, deep=False)) if term != x))
    decayed = rule.x - still
    apart = not decayed.free_symbols & {g, *rule.state}
    return (x + decayed, -step / lr) if apart else (x, (x - rule.x) / lr)
