"""Families and transformations found and named: all that stand in modules of `lawful.verify.rules` and
`lawful.verify.transformations`, so that adding one is one file.
"""

import ast
import importlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from lawful.verify.errors import Unanswerable, short, unknown
from lawful.verify.language.family import Family, OutOfScope
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule, spelled
from lawful.verify.language.transformation import Transformation, identity
from lawful.verify.package import modules


@cache
def rules() -> Mapping[str, Family]:
    """Every family there is, by normal name: those of `lawful.verify.rules` and of the entry points `lawful.rules`."""
    found = {
        normal(f.name): f
        for module in modules("lawful.verify.rules")
        for f in vars(module).values()
        if isinstance(f, Family)
    }
    for entry in entry_points(group="lawful.rules"):
        found[normal(entry.name)] = entry.load()
    return MappingProxyType(dict(sorted(found.items())))


@cache
def transformations() -> Mapping[str, Transformation]:
    """Every transformation there is, by normal name."""
    named = (value for module in modules("lawful.verify.transformations") for value in vars(module).values())
    found = {normal(value.name): value for value in named if isinstance(value, Transformation)}
    return MappingProxyType(dict(sorted(found.items())))


def claimed_alone(name: str) -> tuple[Transformation, str] | None:
    """The transformation that something of this name is documented to be, where there is no optimizer, and how that is
    written: `clipped(over='value')`; None where it is none."""
    for how in transformations().values():
        if name in how.claims:
            said = ", ".join(f"{n}={value!r}" for n, value in how.claims[name].items())
            return how, spelled(how.name, said)
    return None


def alone(spec: str) -> str:
    """The transformation that a text names of what is given, and of no rule; "" where it names another thing."""
    name, inner, _ = parsed(spec) if spec else ("", "", {})
    found = transformations().get(normal(name))
    return found.name if found and found.claims and inner in ("", identity.name) else ""


def refuse_if_out_of_scope(name: str) -> None:
    """Raises `Unanswerable`, with the reason, if a name is one that no rule can have."""
    for module in modules("lawful.verify.rules"):
        for found in vars(module).values():
            if isinstance(found, OutOfScope) and normal(found.name) == normal(name):
                raise Unanswerable(f"{found.name} {found.reason}.")


def find_family(spec: str) -> tuple[Family, dict[str, Any]]:
    """The family and the conventions that a text names: `adamw`, `adamw(eps="hat")`, `package.module:NAME`, or what a
    transformation makes of one, `lookahead(adamw, k=6)`; there, what is imported stands in quotation marks.

    Raises:
        Unanswerable: the text is not of that form, or names no family.
    """
    name, inner, said = parsed(spec)
    if normal(name) in transformations():
        return _transformed(transformations()[normal(name)], inner, said)
    if inner and normal(name) in rules():
        raise Unanswerable(f"{name} is a rule, and makes none of another, as {spec} would have it.")
    if inner:
        raise unknown("transformation", name, (found.name for found in transformations().values()))
    if ":" in name:
        return _imported(name), said
    if normal(name) == identity.name:
        return identity, said
    if normal(name) not in rules():
        refuse_if_out_of_scope(name)
        raise unknown("rule", name, (f.name for f in rules().values()), "lawful rules")
    return rules()[normal(name)], said


def _transformed(how: Transformation, inner: str, said: Mapping[str, Any]) -> tuple[Family, dict[str, Any]]:
    """What a transformation makes of a rule that a text names, or alone, of what is given; numbers that are no
    convention's are hyperparameters."""
    if not (inner := inner or (identity.name if how.claims else "")):
        raise Unanswerable(f"{how.name} makes a rule of another: say which, as in {how.name}(adamw).")
    family, conventions = find_family(inner)
    if f"{how.name}(" in family.name:
        raise Unanswerable(f"{how.name}({family.name}): {how.name} is there already.")
    known = {**how.conventions, **family.conventions}
    pins = {name: value for name, value in said.items() if name not in known}
    if wrong := [name for name, value in pins.items() if type(value) not in (int, float)]:
        if wrong[0] in {symbol.name for symbol in _made(how, family, ())().defaults}:
            raise Unanswerable(f"{how.name}({inner}): {wrong[0]} is a number, and not {pins[wrong[0]]!r}.")
        raise unknown(f"convention of {how.name}({inner})", wrong[0], known)
    chosen = {**conventions, **{name: value for name, value in said.items() if name in known}}
    return _made(how, family, tuple(pins.items())), chosen


MADE: dict[tuple[str, int, tuple[tuple[str, float], ...]], Family] = {}
"""What transformations have made: of each family, with each choice of numbers, one."""


def _made(how: Transformation, family: Family, pins: tuple[tuple[str, float], ...]) -> Family:
    key = how.name, id(family), pins
    if key not in MADE:
        MADE[key] = how.of(family, dict(pins))
    return MADE[key]


def _imported(name: str) -> Family:
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # whatever a user's module does wrong, the question cannot be answered
        raise Unanswerable(f"rule {name!r}: {error}.") from error
    if isinstance(found, Rule):
        return _alone(found)
    if not isinstance(found, Family):
        raise Unanswerable(f"rule {name!r} is a {type(found).__name__}, not a Rule or a Family.")
    return found


def _alone(rule: Rule) -> Family:
    """A family of one."""

    def build() -> Rule:
        return rule

    build.__name__ = rule.name
    return Family(build)


def parsed(spec: str) -> tuple[str, str, dict[str, Any]]:
    """The name, what stands in brackets as a rule, and what is given by keyword."""
    name, bracket, rest = spec.strip().partition("(")
    if not bracket:
        return name, "", {}
    try:
        if not name:
            raise ValueError("there is no name before the bracket")
        call = ast.parse(f"_({rest}", mode="eval").body
        if (
            not isinstance(call, ast.Call)
            or not isinstance(call.func, ast.Name)
            or len(call.args) > 1
            or not all(k.arg for k in call.keywords)
        ):
            raise ValueError("conventions are given by keyword.")
        if twice := [name for name, count in Counter(k.arg for k in call.keywords).items() if count > 1]:
            raise ValueError(f"{twice[0]} is given twice")
        inner = "".join(map(_inner, call.args))
        return name, inner, {str(k.arg): _value(k) for k in call.keywords}
    except (SyntaxError, ValueError) as error:
        said = getattr(error, "msg", error)  # a SyntaxError's own text has a line of ours in it
        why = str(said).removesuffix(".")
        raise Unanswerable(
            f"rule {short(spec)!r} is not of the form name(convention=value, …): {why}."
        ) from error


def _value(said: ast.keyword) -> Any:
    """What is given for a convention."""
    text = ast.unparse(said.value)
    try:
        return ast.literal_eval(said.value)
    except ValueError:
        meant = (
            f', perhaps {said.arg}="{text}" is meant' if said.arg and isinstance(said.value, ast.Name) else ""
        )
        raise ValueError(f"{text} is no value{meant}") from None


def _inner(node: ast.expr) -> str:
    """The rule that a transformation is applied to, as a text."""
    if isinstance(node, ast.Name | ast.Call):
        return ast.unparse(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{ast.unparse(node)} is no rule")


def find_rule(spec: str) -> Rule:
    """The rule that a text names (see `find_family`)."""
    found, conventions = find_family(spec)
    return found(**conventions)
