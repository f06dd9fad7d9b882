"""The forms of a rule against one another, as a page in Markdown."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from rich.console import Console

from lawful.verify.translation.answer import Case, Translation
from lawful.verify.translation.matrix import Matrix


def show_matrix(matrix: Matrix, console: Console) -> None:
    """Prints which forms of a rule can be set to do what which others do."""
    for line in lines(matrix):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def lines(matrix: Matrix) -> Iterator[str]:
    """The classes, then a table of what is not always so."""
    yield f"## {matrix.family}"
    yield ""
    yield "Each form of a line can be set to do what each other of it does:"
    yield ""
    for number, forms in enumerate(matrix.classes, start=1):
        yield f"{number}. {', '.join(f'`{form}`' for form in forms)}"
    if not matrix.answers:
        return
    yield ""
    yield "| from | to | can be set to do the same | seconds |"
    yield "| --- | --- | --- | --- |"
    place = {forms[0]: number for number, forms in enumerate(matrix.classes, start=1)}
    pairs = [(a, b) for a in place.values() for b in place.values() if a != b]
    for (one, other), answer in zip(pairs, matrix.answers, strict=True):
        yield f"| {one} | {other} | {_said(answer, place)} | {answer.seconds:.1f} |"


def neighbour_lines(family: str, answers: Iterable[Translation]) -> Iterator[str]:
    """The same of forms that differ in one convention, each from one to the other."""
    yield f"## {family}, one convention apart"
    yield ""
    yield "| from | to | can be set to do the same | seconds |"
    yield "| --- | --- | --- | --- |"
    for answer in answers:
        yield f"| `{answer.first}` | `{answer.second}` | {_said(answer)} | {answer.seconds:.1f} |"


def _said(answer: Translation, place: Mapping[str, int] = MappingProxyType({})) -> str:
    cases = "; ".join(filter(None, map(_case, answer.cases)))
    match answer.outcome:
        case "yes":
            return "yes"
        case "where":
            return f"where {cases}"
        case "no":
            of = answer.witness.of if answer.witness else None
            follows = f", as {place[of[0]]} → {place[of[1]]}" if of else ""
            return f"no{follows}{f', but where {cases}' if cases else ''}"
    return f"not known{f', but where {cases}' if cases else ''}: {answer.reason}"


def _case(case: Case) -> str:
    return "both have begun, with the state carried over" if case.begun else ", ".join(case.where)
