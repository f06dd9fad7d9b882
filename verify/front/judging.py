"""What pytest makes of evidence: a pass, a skip, an expected failure or a failure."""

import pytest

from lawful.verify.evidence import Check, Evidence, Verdict


def judge(check: Check, evidence: Evidence) -> None:
    """Passes what is lawful, skips what does not apply, expects what is known and accepted, fails everything else."""
    if evidence.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip("; ".join(evidence.notes) or "not applicable")
    if evidence.known:
        pytest.xfail(evidence.known)
    if evidence.verdict is not Verdict.LAWFUL:
        pytest.fail(f"{evidence.verdict}: {_told(check, evidence)}", pytrace=False)


def _told(check: Check, evidence: Evidence) -> str:
    from lawful.reports.model import Result
    from lawful.reports.telling import in_full

    if not evidence.comparisons and not evidence.findings:
        return "; ".join(evidence.notes)
    if not evidence.findings:
        return f"in {evidence.no_verdict} of {evidence.comparisons} comparisons rounding explains any value"
    return in_full([Result(check, evidence)])
