"""Quiet: at its defaults a candidate prints nothing, warns of nothing and changes no global state."""

import warnings

import torch

from lawful.properties.checks import Journal, Property
from lawful.properties.runs.running import RefusedError, Run
from lawful.properties.scenarios.defaults import default_scenario
from lawful.properties.scenarios.scenarios import expand
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import first_line
from lawful.verify.evidence import Check, Evidence, Finding, Verdict


def is_quiet(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Runs the defaults for a few steps and looks at standard output and error, warnings and the global state."""
    from lawful.verify.candidates.surroundings import output, undone

    scenario = default_scenario(candidate, settings.seed)
    journal(scenario)
    try:
        with undone() as changed, output() as done, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            blocks = expand(scenario, getattr(torch, check.dtype))
            for _ in Run(candidate, candidate.paths[check.path], scenario, blocks, check.device).steps():
                pass
    except RefusedError as refusal:
        return Evidence(Verdict.NOT_APPLICABLE, notes=[f"refused: {refusal}"])
    findings = [Finding(f"{what}.") for what in done]
    findings += [Finding(f"warns: {w}.") for w in dict.fromkeys(first_line(each.message) for each in warned)]
    findings += [Finding(f"changes {name}.") for name in changed]
    verdict = Verdict.UNLAWFUL if findings else Verdict.LAWFUL
    return Evidence(verdict, scenarios=1, findings=findings)


quiet = Property(
    "quiet",
    "Nothing is printed, nothing warned of, and no global state changes.",
    is_quiet,
    dtype="float32",
    ruleless=True,
)
