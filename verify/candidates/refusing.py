"""Words and arguments that a user says of a target, refused where there are no such."""

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Symbol

from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.language.rule import Rule


def refuse_words(said: Iterable[str], claim: str, known: Iterable[str]) -> None:
    """Does nothing if each is a word of what is claimed.

    Raises:
        Unanswerable: one is not.
    """
    words = [*known]
    for word in said:
        if word not in words:
            raise unknown(f"word of {claim}", word, words)


def refuse_arguments(said: Iterable[str], name: str, known: Iterable[str]) -> None:
    """Does nothing if each is an argument of what has this name.

    Raises:
        Unanswerable: one is not.
    """
    arguments = [*known]
    for argument in said:
        if argument not in arguments:
            raise unknown(f"argument of {name}", argument, arguments)


def refuse_texts(given: Mapping[str, Any], rule: Rule, names: Mapping[Symbol, str]) -> None:
    """Does nothing if no argument that holds a hyperparameter of the rule is given a text.

    Raises:
        Unanswerable: one is.
    """
    for symbol, name in names.items():
        if isinstance(text := given.get(name), str):
            held = [s for s, other in names.items() if other == name]
            wrong = (
                f"is not in {rule.domain(symbol)}"
                if len(held) == 1
                else f"does not give {', '.join(map(str, held))}"
            )
            raise Unanswerable(f"{name}={text!r} {wrong}.")
