"""How a session runs its checks: what the process that judges says to workers, and needs no torch to say."""

from dataclasses import dataclass

from lawful.verify.evidence import Dtype, Profile, Severity

PROFILES: tuple[str, ...] = tuple(map(str, Profile))
DTYPES: tuple[str, ...] = tuple(map(str, Dtype))


@dataclass(frozen=True)
class Settings:
    """How a session runs its checks.

    Attributes:
        profile: quick, default or thorough.
        seed: of everything drawn.
        timeout: seconds that one check may take; those do not count in which others had its processor.
        dtypes: of the parameters.
        devices: on which the parameters live.
        only: names of the properties that are asked, or patterns of them; all where there are none.
        paths: the ways to run that are asked; all where there are none.
        fail_on: down to which severity a finding counts; what is less grave is told beside the verdict.
    """

    profile: str = "default"
    seed: int = 0
    timeout: float = 60.0
    dtypes: tuple[str, ...] = DTYPES
    devices: tuple[str, ...] = ("cpu",)
    only: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    fail_on: Severity = Severity.CONTRACT
