"""What pytest makes of evidence: a pass, a skip, an expected failure or a failure."""

import pytest

from lawful.verify.evidence import Evidence, Finding, Verdict


def judge(evidence: Evidence) -> None:
    """Passes what is lawful, skips what does not apply, expects what is known and accepted, fails everything else."""
    if evidence.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip("; ".join(evidence.notes) or "not applicable")
    if evidence.known:
        pytest.xfail(evidence.known)
    if evidence.verdict is not Verdict.LAWFUL:
        pytest.fail(f"{evidence.verdict}: {why(evidence)}", pytrace=False)


def why(evidence: Evidence) -> str:
    """What was found; where nothing was, why nothing is concluded."""
    if evidence.findings or not evidence.comparisons:
        return "\n".join(map(told, evidence.findings)) or "; ".join(evidence.notes)
    return f"{evidence.no_verdict} of {evidence.comparisons} comparisons had no verdict"


def told(finding: Finding) -> str:
    """A finding with its counterexample."""
    example = finding.counterexample
    if example is None:
        return f"{finding.message}\n{finding.details}"
    facts = {
        "expected": f"{example.expected!r} ± {example.budget:.2e}",
        "seen": repr(example.seen),
        "constructor": example.constructor,
        "x0": example.x0,
        "gradients": example.gradients,
        "changes": example.schedule or "none",
    }
    return "\n".join([finding.message, *(f"  {name}: {value}" for name, value in facts.items())])
