"""The items that pytest collects: the proof of every law, while the workers begin, and the checks of all candidates."""

import pytest

from lawful.verify.evidence import Check, Evidence, Finding, Verdict


def test_proof(law: str) -> None:
    """The law is proved, the second check agrees, and its false neighbour is refused."""
    from lawful.verify.theory.law import find_law

    proof = find_law(law).prove()
    assert proof.proved and proof.confirmed and proof.refused, proof


def test_conformance(check: Check, evidence: Evidence) -> None:
    """Every step stays within the error budget of the rule that the candidate claims."""
    judge(evidence)


def test_quiet(check: Check, evidence: Evidence) -> None:
    """Nothing is printed, nothing warned of, and no global state changes."""
    judge(evidence)


def test_contract(check: Check, evidence: Evidence) -> None:
    """What users of `torch.optim.Optimizer` rely on beyond the formula holds."""
    judge(evidence)


def test_split(check: Check, evidence: Evidence) -> None:
    """Cut into several tensors, every step stays what it is."""
    judge(evidence)


def test_zero(check: Check, evidence: Evidence) -> None:
    """Divided by ZeroRedundancyOptimizer, every step stays what it is."""
    judge(evidence)


def test_fsdp(check: Check, evidence: Evidence) -> None:
    """Divided by fully_shard, every step stays what it is."""
    judge(evidence)


def test_law(check: Check, evidence: Evidence) -> None:
    """What a law predicts of implementations holds of this one."""
    judge(evidence)


def judge(evidence: Evidence) -> None:
    """Passes what is lawful, skips what does not apply, expects what is known and accepted, fails everything else."""
    if evidence.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip("; ".join(evidence.notes) or "not applicable")
    if evidence.known:
        pytest.xfail(evidence.known)
    if evidence.verdict is not Verdict.LAWFUL:
        said = (
            "\n".join(map(told, evidence.findings))
            or f"{evidence.no_verdict} of {evidence.comparisons} comparisons had no verdict"
        )
        pytest.fail(f"{evidence.verdict}: {said}", pytrace=False)


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
