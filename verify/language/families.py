"""Families found and named: all that stand in modules of `lawful.verify.rules`, so that adding a rule is one file."""

import ast
import importlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.family import Family, OutOfScope
from lawful.verify.language.rule import Rule
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


def refuse_if_out_of_scope(name: str) -> None:
    """Raises `Unanswerable`, with the reason, if a name is one that no rule can have."""
    for module in modules("lawful.verify.rules"):
        for found in vars(module).values():
            if isinstance(found, OutOfScope) and normal(found.name) == normal(name):
                raise Unanswerable(f"{found.name} {found.reason}.")


def normal(name: str) -> str:
    """A rule's name as it is compared: lower case, without `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def find_family(spec: str) -> tuple[Family, dict[str, Any]]:
    """The family and the conventions that a text names: `adamw`, `adamw(eps="hat")` or `package.module:NAME`.

    Raises:
        Unanswerable: the text is not of that form, or names no family.
    """
    name, conventions = _parse(spec)
    if ":" in name:
        return _imported(name), conventions
    if normal(name) not in rules():
        refuse_if_out_of_scope(name)
        raise unknown("rule", name, (f.name for f in rules().values()))
    return rules()[normal(name)], conventions


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


def _parse(spec: str) -> tuple[str, dict[str, Any]]:
    name, bracket, rest = spec.strip().partition("(")
    if not bracket:
        return name, {}
    try:
        call = ast.parse(f"_({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            raise ValueError("conventions are given by keyword")
        return name, {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
    except (SyntaxError, ValueError) as error:
        raise Unanswerable(f"rule {spec!r} is not of the form name(convention=value, …): {error}.") from error


def find_rule(spec: str) -> Rule:
    """The rule that a text names (see `find_family`)."""
    found, conventions = find_family(spec)
    return found(**conventions)
