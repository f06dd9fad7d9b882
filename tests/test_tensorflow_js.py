"""The program of the docs around TensorFlow.js, where that is installed."""

import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from examples.asking import conformance, evidence_of
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Verdict

PROGRAM = Path(__file__).parent.parent / "docs" / "programs" / "tfjs.js"


def installed(package: str) -> bool:
    found = ["node", "-e", f"require.resolve({package!r})"]
    return shutil.which("node") is not None and not subprocess.run(found, capture_output=True).returncode


@pytest.mark.skipif(
    not installed("@tensorflow/tfjs-backend-cpu"), reason="TensorFlow.js is not installed here"
)
@pytest.mark.parametrize(
    "name, rule", [("adam", "adam"), ("momentum", "sgd"), ("adamax", "adamax"), ("adadelta", "adadelta")]
)
def test_optimizers_of_tensorflow_js(name: str, rule: str) -> None:
    candidate = Candidate.of(f"command:node {PROGRAM} {name}", rule)
    evidence = conformance(candidate, dtype=torch.float32).evidence()
    assert (evidence.verdict is Verdict.LAWFUL) == (name in ("adam", "momentum")), evidence.findings
    for asked in ("resume", "set-from-outside"):
        kept = Verdict.NOT_APPLICABLE if (name, asked) == ("adamax", "resume") else Verdict.LAWFUL
        assert evidence_of(candidate, asked).verdict is kept, asked
