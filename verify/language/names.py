"""Names as they are compared."""


def normal(name: str) -> str:
    """A rule's name as it is compared: lower case, without `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


DIVISION = "decays"
"""What a rule is called that says which parameters decay."""
