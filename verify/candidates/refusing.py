"""Words and arguments that a user says of a target, refused where there are no such."""

from collections.abc import Iterable

from lawful.verify.errors import unknown


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
