"""Whether an implementation conforms to a rule, or has another property, asked in this process."""

from __future__ import annotations

import torch

from lawful.properties.checks import properties, run
from lawful.properties.conformance import Conformance
from lawful.properties.scenarios.drawing import PROFILES, Profile
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence
from lawful.verify.language.family import _written


def conformance(
    target: Candidate | type | str,
    rule: str = "",
    dtype: torch.dtype = torch.float32,
    profile: Profile = PROFILES["quick"],
    path: str = "",
    shrinking: bool = False,
) -> Conformance:
    """The check of an implementation that claims a rule, on the first of its paths unless one is named."""
    candidate = target if isinstance(target, Candidate) else Candidate.of(target, rule)
    chosen = candidate.paths[path or next(iter(candidate.paths))]
    return Conformance(candidate, chosen, dtype, "cpu", profile, 0, lambda entry: None, shrinking)


def evidence_of(candidate: Candidate, name: str, seed: int = 0, dtype: str = "") -> Evidence:
    """What the check of one property sees, on the candidate's first path; in the format that it is asked in, if none is
    said."""
    path = next(iter(candidate.paths))
    check = Check(name, candidate.family.name, "", path, dtype or properties()[name].dtype)
    return run(candidate, check, Settings(profile="quick", seed=seed))


def written() -> int:
    """How many rules stand written in this process."""
    return _written.cache_info().currsize
