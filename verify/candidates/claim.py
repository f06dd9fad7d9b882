"""Which rule a class claims by its name."""

from lawful.verify.evidence import UNCLAIMED
from lawful.verify.language.families import refuse_if_out_of_scope, rules
from lawful.verify.language.names import normal


def claimed(name: str) -> str:
    """The rule that a class's name claims; `UNCLAIMED` where it is no rule's.

    Raises:
        Unanswerable: the name is one that no rule can have.
    """
    refuse_if_out_of_scope(name)
    return rules()[normal(name)].name if normal(name) in rules() else UNCLAIMED
