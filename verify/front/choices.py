"""What can be chosen of the whole, in words; light, for pytest reads it at every start."""

from enum import StrEnum

from lawful.verify.evidence import Severity


class FailOn(StrEnum):
    """Down to which severity findings count."""

    CORE = "core"
    CONTRACT = "contract"
    ALL = "all"

    @property
    def severity(self) -> Severity:
        """The least grave that counts."""
        return Severity.EXTRA if self is FailOn.ALL else Severity(self.value)
