"""Check published optimizers: `python benchmarks/libraries.py FOLDER` runs, records and prints the table.

The records lie in FOLDER; `--read` prints the table of those that are there without running anything.
Libraries that are not installed are left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lawful.reports.model import Report, Result

HERE = Path(__file__).parent
SIGNS = {
    "lawful": "✓",
    "unlawful": "✗",
    "not applicable": "–",
    "inconclusive": "?",
    "crashed": "!",
    "timed out": "⧖",
}
SCHEDULED = '(decay="wd*lr/lr_0")'
APART = '(decay="wd*lr/lr_0", decouple=True)'
BETAS = "betas=(0.8,0.95)"


@dataclass(frozen=True)
class Case:
    """A class, the rule that it is held against, and the constructor arguments that are fixed for that."""

    target: str
    rule: str
    arguments: str = ""

    @property
    def command(self) -> list[str]:
        """The arguments of `lawful`."""
        fixed = [word for argument in self.arguments.split() for word in ("--arg", argument)]
        return ["check", self.target, "--rule", self.rule, *fixed, "--timeout", "120"]

    @property
    def installed(self) -> bool:
        """Whether the library is here."""
        return find_spec(self.target.partition(":")[0].partition(".")[0]) is not None


CASES = [
    Case("torch.optim:SGD", "sgd"),
    Case("torch.optim:Adam", "adam"),
    Case("torch.optim:Adam", "amsgrad"),
    Case("torch.optim:Adam", "adamw"),
    Case("torch.optim:AdamW", "adamw"),
    Case("torch.optim:RMSprop", "rmsprop"),
    Case("torch.optim:Adagrad", "adagrad"),
    Case("torch.optim:Adagrad", "adagrad", "initial_accumulator_value=0.1"),
    Case("torch.optim:Adadelta", "adadelta"),
    Case("torch.optim:Adamax", "adamax"),
    Case("torch.optim:NAdam", "nadam"),
    Case("torch.optim:RAdam", "radam"),
    Case("torch.optim:ASGD", "asgd"),
    Case("torch.optim:Rprop", "rprop"),
    Case("torch.optim:Adafactor", "adafactor"),
    Case("torch.optim:Muon", 'muon(iteration="bfloat16")'),
    Case("adopt:ADOPT", "adopt"),
    Case("lion_pytorch:Lion", "lion"),
    Case("lion_pytorch:Lion", f"lion{SCHEDULED}", "decoupled_weight_decay=True lr=0.05"),
    Case("lion_pytorch.foreach:Lion", "lion"),
    Case("lion_pytorch.foreach:Lion", f"lion{SCHEDULED}", "decoupled_weight_decay=True lr=0.05"),
    Case("lion_pytorch.cautious_lion:Lion", "lion", "cautious_factor=1.0"),
    Case("pytorch_optimizer:SGDW", "sgdw"),
    Case("pytorch_optimizer:SGDW", "sgd", "weight_decouple=False"),
    Case("pytorch_optimizer:Lion", "lion"),
    Case("pytorch_optimizer:ADOPT", "adopt"),
    Case("pytorch_optimizer:ADOPT", 'adopt(first_call="decays")', "clip_lambda=None"),
    Case("pytorch_optimizer:ADOPT", "library_rules:adopt_counting_calls"),
    Case("torch_optimizer:SGDW", "sgdw"),
    Case("torch_optimizer:SGDW", "sgdw", "weight_decay=0.0"),
    Case("optimi:SGD", "sgd"),
    Case("optimi:SGD", "sgdw"),
    Case("optimi:SGD", "library_rules:SGD_AVERAGED", "dampening=True"),
    Case("optimi:SGD", "library_rules:SGD_AVERAGED_FROM_FIRST", "dampening=True torch_init=True"),
    Case("optimi:SGD", f"sgdw{APART}", "decouple_lr=True lr=0.05"),
    Case("optimi:Adam", "adam"),
    Case("optimi:Adam", "adam", BETAS),
    Case("optimi:Adam", "adam", f"{BETAS} kahan_sum=False"),
    Case("optimi:Adam", "adamw", BETAS),
    Case("optimi:AdamW", "adamw"),
    Case("optimi:AdamW", "adamw", BETAS),
    Case("optimi:AdamW", f"adamw{APART}", f"{BETAS} decouple_lr=True lr=0.05"),
    Case("optimi:Lion", "lion"),
    Case("optimi:Lion", "lion", BETAS),
    Case("optimi:Lion", f"lion{APART}", f"{BETAS} decouple_lr=True lr=0.05"),
]


def run(case: Case, folder: Path) -> None:
    """Runs one check as a user would; its record and report are left in the folder."""
    python_path = os.pathsep.join([str(HERE), str(HERE.parent / ".src"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "lawful.verify.front.cli", *case.command, "--report", str(folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": python_path}, stdout=subprocess.DEVNULL)


def verdicts(results: list[Result]) -> str:
    """`loop ✓✓✓✓, foreach ✓✓✗✗`: one sign for each dtype, in the order in which they were run."""
    signs: dict[str, str] = {}
    for result in results:
        if result.check.property == "conformance":
            path = result.check.path
            signs[path] = signs.get(path, "") + SIGNS[result.evidence.verdict]
    return ", ".join(f"{path} {row}" for path, row in signs.items())


def worst(results: list[Result]) -> str:
    """The largest deviation of the paths that are lawful, in units of the budget."""
    conformance = [r.evidence for r in results if r.check.property == "conformance"]
    lawful = [evidence.worst for evidence in conformance if SIGNS[evidence.verdict] == "✓"]
    return f"{max(lawful):.2f}" if lawful else ""


def rows(folder: Path) -> Iterator[str]:
    """The table's lines, from the records."""
    yield "| library | class | fixed arguments | rule | four dtypes | largest lawful |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for number, case in enumerate(CASES):
        record = folder / f"{number:02d}" / "record.jsonl"
        if record.is_file():
            report = Report.read(record)
            library = report.targets[0].distribution
            cells = [
                library,
                case.target,
                case.arguments,
                case.rule,
                verdicts(report.results),
                worst(report.results),
            ]
            yield (
                "| " + " | ".join(f"`{c}`" if c and i in (1, 2, 3) else c for i, c in enumerate(cells)) + " |"
            )


def main() -> None:
    """Runs what is installed, then prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--read", action="store_true", help="only print the table of the records in the folder"
    )
    parser.add_argument("--only", default="", help="run only targets in which this occurs")
    args = parser.parse_args()
    for number, case in enumerate(CASES):
        if not args.read and case.installed and args.only in case.target:
            run(case, args.folder / f"{number:02d}")
    print("\n".join(rows(args.folder)))


if __name__ == "__main__":
    main()
