"""A wrong question is answered by one line that says what was wrong and what is allowed; exit code 2."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "broken.py": "def f(:\n",
    "lacking.py": "import zqxwv\n",
    "quits.py": "raise SystemExit(3)\n",
    "interrupts.py": "raise KeyboardInterrupt\n",
    "exits.py": "import os\nos._exit(0)\n",
    "loops.py": "while True:\n    pass\n",
    "binary.py": "\0\1\2",
    "notes.txt": "no Python\n",
    "other.py": "number = 1\n\n\nclass Other:\n    pass\n",
    "record.jsonl": "{}\n",
    "empty.jsonl": "",
    "needy.py": """
import torch


class SGD(torch.optim.SGD):
    def __init__(self, params, total_steps, lr=1e-3):
        super().__init__(params, lr=lr)


class Secretive(type):
    @property
    def __signature__(cls):
        raise RuntimeError("two\\nlines \\x1b[31m")


class Hidden(torch.optim.SGD, metaclass=Secretive):
    pass
""",
}

SGD = "check torch.optim:SGD"
QUESTIONS = {
    # targets
    "check nosuch": ["target 'nosuch'", "adamw", "package.module:Class"],
    "check adamm": ["target 'adamm'", "did you mean adam or "],
    "check :Adam": ["package.module:Class or file.py:Class"],
    "check ..": ["'..'", "package.module:Class or file.py:Class"],
    "check torch.optm:Adam": ["torch.optm", "did you mean torch.optim"],
    "check torch.optim:Adamm": ["optimizer in torch.optim 'Adamm'", "did you mean Adam"],
    "check nosuchpackage:Adam": ["nosuchpackage cannot be imported", "No module named"],
    "check torch.nn:Linear": ["torch.nn:Linear is not an optimizer", "no step"],
    "check torch.optim:lr_scheduler": ["torch.optim:lr_scheduler is a module, not a class"],
    "check othr.py:Other": ["no file othr.py", "did you mean other.py"],
    "check notes.txt:SGD": ["'notes.txt'", "file.py:Class"],
    "check other.py": ["other.py has no optimizer", "other.py:Class --rule RULE"],
    "check other.py:Other": ["other.py:Other is not an optimizer"],
    "check other.py:number": ["other.py:number is a int, not a class"],
    "check broken.py:SGD": ["broken.py cannot be imported", "SyntaxError"],
    "check binary.py:SGD": ["binary.py cannot be imported"],
    "check lacking.py:SGD": ["lacking.py cannot be imported", "'zqxwv'", "installed"],
    "check quits.py:SGD": ["quits.py cannot be imported", "SystemExit: 3"],
    "check interrupts.py:SGD": ["interrupts.py:SGD", "raises KeyboardInterrupt"],
    "check exits.py:SGD": ["exits.py:SGD", "ended itself with exit code 0"],
    "check loops.py:SGD --timeout 1": ["loops.py:SGD", "more than 1 s"],
    "check needy.py:Hidden --rule sgd": ["needy.py:Hidden", "RuntimeError: two lines"],
    # rules and arguments
    "check torch.optim:LBFGS": ["LBFGS is out of scope", "closure"],
    f"{SGD} --rule sdg": ["rule 'sdg'", "did you mean", "spd or sgd?"],
    f"{SGD} --rule sgd(nestrov=True)": ["convention of sgd 'nestrov'", "did you mean nesterov"],
    f"{SGD} --rule sgd(nesterov=3)": ["nesterov is one of False, True"],
    f"{SGD} --rule sgd(nesterov=True": ["'sgd(nesterov=True'", "name(convention=value, …)"],
    f"{SGD} --rule nosuchpackage:RULE": ["rule 'nosuchpackage:RULE'", "No module named"],
    f"{SGD} --rule exits:RULE": ["exits:RULE", "ended itself with exit code 0"],
    f"{SGD} --arg lr": ["--arg 'lr'", "name=value"],
    f"{SGD} --arg lr=(0.1": ["--arg 'lr=(0.1'", "'(0.1' is neither"],
    f"{SGD} --arg lrr=0.1": ["argument of SGD 'lrr'", "did you mean lr"],
    f"{SGD} --arg lr=abc": ["lr='abc' is not in (0, ∞)"],
    "check torch.optim:Adam --arg betas=abc": ["betas='abc' does not give beta1, beta2"],
    "identify torch.optim:Muon --arg ns_steps=200": ["Muon cannot be run", "steps must be less than 100"],
    f"{SGD} --arg lr=-1": ["SGD cannot be constructed with lr=-1", "ValueError"],
    "check needy.py:SGD": ["SGD needs", "--arg total_steps=VALUE"],
    # options
    "check sgd --profil quick": ["--profil", "--profile"],
    "check sgd --profile quik": ["--profile", "'quik' is not one of 'quick', 'default', 'thorough'"],
    "check sgd --dtype float23": ["--dtype", "'float23' is not one of", "'float32'"],
    "check sgd --device cuba": ["device 'cuba'", "did you mean cuda"],
    "check sgd --device cuda:99": ["device 'cuda:99' cannot be used here"],
    "check sgd --seed -1": ["--seed -1 is negative"],
    "check sgd --seed x": ["--seed"],
    "check sgd --timeout nan": ["--timeout nan", "between 0.1 and 86400"],
    "check sgd --workers -1": ["--workers"],
    "check sgd --report notes.txt": ["notes.txt/record.jsonl", "cannot be written"],
    "check": ["argument", "targets"],
    "chek sgd": ["'chek'", "'check'"],
    # the other commands
    "identify nosuch": ["target 'nosuch'", "adamw", "package.module:Class"],
    "identify torch.optim:LBFGS": ["LBFGS is out of scope"],
    f"{SGD.replace('check', 'identify')} --arg lrr=0.1": ["argument of SGD 'lrr'", "did you mean lr"],
    "identify needy.py:SGD": ["SGD cannot be run", "total_steps"],
    "identify sgd --seed -1": ["--seed -1 is negative"],
    "adequacy adm": ["rule 'adm'", "did you mean adam"],
    "prove nosuch": ["law 'nosuch'"],
    "laws nosuch": ["law 'nosuch'"],
    "rules adm": ["rule 'adm'", "did you mean adam"],
    "report nosuch.jsonl": ["'nosuch.jsonl' cannot be read"],
    "report .": ["'record.jsonl', line 1"],
    "report ..": ["'..' cannot be read"],
    "vectors --verify nosuch.jsonl nosuch.jsonl": ["nosuch.jsonl cannot be read: No such file"],
    "check --command adamw.py": ["no program 'adamw.py'", "--command 'python adamw.py'"],
    "report notes.txt": ["'notes.txt', line 1"],
    "report record.jsonl": ["'record.jsonl', line 1"],
    "report empty.jsonl": ["'empty.jsonl' holds no event"],
    "replay nosuch.jsonl": ["'nosuch.jsonl' cannot be read"],
    "compare empty.jsonl record.jsonl": ["'empty.jsonl' holds no event"],
}
"""Command line → what the line on standard error says."""


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_line_says_what_was_wrong(
    question: str, folder: Path, lawful: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    ended = lawful(folder, *question.split())
    stderr = ended.stderr
    assert ended.returncode == 2
    assert not ended.stdout
    assert stderr.startswith("lawful: ") and stderr.endswith("\n") and stderr.count("\n") == 1, stderr
    assert "\x1b" not in stderr
    for words in QUESTIONS[question]:
        assert words in stderr


@pytest.mark.parametrize("question", ["check sgd --profil quick", "report notes.txt"])
def test_the_process_ends_with_2(question: str, folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "lawful.verify.front.cli", *question.split()]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert not ended.stdout
    assert ended.stderr.count("\n") == 1 and "Traceback" not in ended.stderr
