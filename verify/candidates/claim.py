"""Which rule a class claims by its name."""

from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import normal, refuse_if_out_of_scope, rules


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
