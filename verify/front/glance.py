"""What is refused at a glance, before there are workers: a file, a class, a rule or a property that is not there.

Nothing is imported for it. What cannot be told from names and files alone is left to the worker that imports the
target.
"""

import ast
from collections.abc import Iterable
from fnmatch import filter as matching
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

from lawful.verify.candidates.places import FORMS, command_of, parted, refuse_place
from lawful.verify.errors import nearest, unknown
from lawful.verify.front.names import (
    bundled_names,
    out_of_scope,
    property_names,
    rule_names,
    schedule_names,
    transformation_names,
)
from lawful.verify.language.names import DIVISION, normal


def refuse_at_a_glance(
    targets: Iterable[str], rules: Iterable[str] = (), properties: Iterable[str] = ()
) -> None:
    """Does nothing if all of these may be there.

    Args:
        targets: as the user wrote them.
        rules: likewise, with their conventions; "" for none.
        properties: names of properties, or patterns of them.

    Raises:
        Unanswerable: one of them is not.
    """
    for rule in filter(None, rules):
        _refuse_rule(rule)
    for pattern in properties:
        if not matching(names := property_names(), pattern):
            raise unknown("property", pattern, names)
    for target in targets:
        for each in filter(None, parted(target)) if command_of(target) is None else ():
            _refuse_target(each)


def _refuse_target(target: str) -> None:
    place, colon, name = target.rpartition(":")
    if colon:
        refuse_place(place)
        _refuse_name(place, name)
    else:
        _refuse_word(target)


def _refuse_rule(text: str) -> None:
    """A rule that is none; what has no name at all is told where rules are read."""
    name = text.partition("(")[0].strip()
    known = rule_names() | transformation_names() | schedule_names() | {DIVISION}
    if name and ":" not in name and normal(name) not in map(normal, {*known, *out_of_scope()}):
        raise unknown("rule", name, known, "lawful rules")


def _refuse_word(target: str) -> None:
    """A bundled name, `bundled`, or a module."""
    known = bundled_names()
    if target == "bundled" or normal(target) in map(normal, known):
        return
    if target.isidentifier() and find_spec(target) is None:
        raise unknown("target", target, [*known, *FORMS])
    refuse_place(target)


def _refuse_name(place: str, name: str) -> None:
    """A name that is not in a module, where one that is like it is."""
    names = _names_in(source_of(place))
    if name not in names and nearest(name, names):
        raise unknown(f"optimizer in {place}", name, names)


def source_of(place: str) -> Path | None:
    """The file of a module, whose packages are not imported."""
    if place.endswith(".py"):
        return Path(place)
    first, *rest = place.split(".")
    spec = find_spec(first)
    for part in rest:
        found = spec.submodule_search_locations if spec else None
        spec = PathFinder.find_spec(part, list(found)) if found else None
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


def _names_in(source: Path | None) -> set[str]:
    """The names that a module has by what stands in its file; none where it may have others."""
    try:
        nodes = list(ast.walk(ast.parse(source.read_bytes()))) if source and source.suffix == ".py" else []
    except (OSError, SyntaxError, ValueError):
        return set()
    if MAKERS & {name for node in nodes for name in (*_mentioned(node), *_bound(node))}:
        return set()
    return {name for node in nodes for name in _bound(node)}


MAKERS = {"*", "__getattr__", "__dict__", "modules", "globals", "locals", "vars", "setattr", "exec", "eval"}
"""What a module mentions that has names besides those that stand in its file."""


def _mentioned(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name


def _bound(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (name.asname or name.name.partition(".")[0] for name in names)
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
            yield name
