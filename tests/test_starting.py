"""The process that judges stays light: what it says and hears needs neither torch nor sympy."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from lawful.verify.front.cli import main
sys.argv = ["lawful", *{question}]
try:
    main()
except SystemExit as end:
    print(end.code, sorted({{"torch", "sympy", "numpy", "matplotlib"}} & set(sys.modules)))
"""


def after(folder: Path, *question: str) -> str:
    """Its exit code, and what of the heavy libraries it has imported in the end."""
    script = SCRIPT.format(question=list(question))
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (["check", "adamw", "--property", "quiet"], 0),
        (["check", "torch.optim:Adamm", "--rule", "adam", "--property", "quiet"], 2),
        (["check", "torch.optim:SGD", "--property", "layout", "--profile", "quick"], 1),
    ],
)
def test_a_check_imports_torch_in_its_workers_alone(tmp_path: Path, question: list[str], code: int) -> None:
    assert after(tmp_path, *question) == f"{code} []"


def test_what_is_imported_is_seen(tmp_path: Path) -> None:
    assert "sympy" in after(tmp_path, "rules")
