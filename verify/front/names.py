"""The names that there are, read from the files in which they stand: nothing is imported, so it takes no time."""

import ast
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import lawful.optimizers


def rule_names() -> set[str]:
    """The names of rules, the bundled ones and those of entry points."""
    return {*_marked("lawful.verify.rules", "family"), *(e.name for e in entry_points(group="lawful.rules"))}


def transformation_names() -> set[str]:
    """The names of what makes a rule of a rule."""
    return set(_marked("lawful.verify.transformations", "transformation"))


def schedule_names() -> set[str]:
    """The names of schedules."""
    return {name.removesuffix("_") for name in _marked("lawful.verify.schedules", "schedule")}


def out_of_scope() -> set[str]:
    """The names that no rule can have."""
    return set(_made("lawful.verify.rules", "OutOfScope"))


def property_names() -> set[str]:
    """The names of properties, and of all laws, of which some are properties."""
    marked = [name for mark in ("contract", "promise") for name in _marked("lawful.properties", mark)]
    contract = {name.replace("_", "-") for name in marked}
    laws = {name for name, call in _assigned("lawful.verify.laws") if {"source"} <= _keywords(call)}
    return {*contract, *_made("lawful.properties", "Property", "Layout"), *laws}


def bundled_names() -> set[str]:
    """The names of the reference optimizers."""
    found = pkgutil.iter_modules(lawful.optimizers.__path__)
    return {module.name for module in found if not (module.ispkg or module.name.startswith("_"))}


def _marked(package: str, decorator: str) -> Iterator[str]:
    """The names of the functions with this decorator, called or not."""
    for node in _statements(package):
        if isinstance(node, ast.FunctionDef) and any(_called(d) == decorator for d in node.decorator_list):
            yield node.name


def _made(package: str, *classes: str) -> Iterator[str]:
    """The first arguments, where they are texts, of the calls of these classes."""
    for _, call in _assigned(package):
        for node in ast.walk(call):
            match node:
                case ast.Call(args=[ast.Constant(value=str(text)), *_]) if _called(node) in classes:
                    yield text


def _assigned(package: str) -> Iterator[tuple[str, ast.Call]]:
    """What is called at the top of a module, and the name that it is given."""
    for node in _statements(package):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                yield name, call


def _called(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            return name
    return ""


def _keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def _statements(package: str) -> Iterator[ast.stmt]:
    spec = find_spec(package)
    for place in (spec and spec.submodule_search_locations) or ():
        for file in sorted(Path(place).rglob("*.py")):
            yield from ast.parse(file.read_text()).body
