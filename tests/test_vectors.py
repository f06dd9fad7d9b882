"""Vectors: the same bytes each time, right in every format, wrong ones refused, and the readers of the docs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lawful.properties.vectors.files import judged, missing, read, written
from lawful.properties.vectors.making import PLAIN, Vector, vectors
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict

DOCS = Path(__file__).parent.parent / "docs"
READERS = DOCS / "vectors"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("vectors")
    files = {}
    for rule in ("adamw", "sgd"):
        files[rule] = folder / f"{rule}.jsonl"
        files[rule].write_text(written(rule, vectors(rule), "a test"))
    return files


def ran(vector: Vector, optimizer: Callable[..., Any], dtype: torch.dtype) -> list[list[float]]:
    """What an optimizer of torch's makes of a scenario."""
    x = torch.tensor(vector.first, dtype=dtype).reshape(vector.shape).requires_grad_()
    one = optimizer([x], vector.hyperparameters)
    seen = []
    for step, slope in enumerate(vector.gradients, 1):
        one.param_groups[0].update(vector.set.get(step, {}))
        x.grad = torch.tensor(slope, dtype=dtype).reshape(vector.shape)
        one.step()
        seen.append(x.detach().double().reshape(-1).tolist())
    return seen


def torchs(params: Any, hyper: dict[str, float]) -> torch.optim.Optimizer:
    betas = hyper["beta1"], hyper["beta2"]
    return torch.optim.AdamW(params, hyper["lr"], betas, hyper["eps"], hyper["weight_decay"])


def results(file: Path, vectors: list[Vector], optimizer: Callable[..., Any] = torchs) -> Path:
    lines = [
        json.dumps({"name": v.name, "format": fmt, "values": ran(v, optimizer, getattr(torch, fmt))})
        for v in vectors
        for fmt in v.budget
    ]
    file.write_text("\n".join(lines))
    return file


def test_what_follows_its_rule_is_right_in_every_format(made: dict[str, Path], tmp_path: Path) -> None:
    found = read(made["adamw"])
    seen = judged(found, results(tmp_path / "r", found))
    assert [each for each in seen if each.verdict is not Verdict.LAWFUL] == []
    assert {each.format for each in seen} == {"float64", "float32", "bfloat16", "float16"}
    assert 0 < max(each.worst for each in seen) and missing(found, seen) == []


def test_what_does_not_is_refused_and_named(made: dict[str, Path], tmp_path: Path) -> None:
    def uncorrected(params: Any, hyper: dict[str, float]) -> torch.optim.Optimizer:
        return torch.optim.Adam(params, hyper["lr"], (hyper["beta1"], hyper["beta2"]), hyper["eps"])

    found = read(made["adamw"])
    seen = judged(found, results(tmp_path / "r", found, uncorrected))
    wrong = [each for each in seen if each.format == "float64"]
    assert all(each.verdict is Verdict.UNLAWFUL and each.where.startswith("at step 1") for each in wrong)


@pytest.mark.parametrize("rule", ["adamw", "sgd"])
def test_every_wrong_neighbour_is_refused_where_it_says_and_named(
    rule: str, made: dict[str, Path], tmp_path: Path
) -> None:
    found = read(made[rule])
    assert sum(len(v.wrong) for v in found) > 20
    for vector in found:
        for wrong in vector.wrong:
            for fmt in wrong.formats:
                line = {"name": vector.name, "format": fmt, "values": wrong.values}
                (tmp_path / "r").write_text(json.dumps(line))
                (one,) = judged(found, tmp_path / "r")
                assert one.worst > PLAIN and one.like


def test_the_same_rule_gives_the_same_bytes(made: dict[str, Path]) -> None:
    assert written("sgd", vectors("sgd"), "a test") == made["sgd"].read_text()


@pytest.mark.parametrize("rule", ["lamb", "muon", "cautious(lion)", "clipped(sgd)"])
def test_rules_of_whole_tensors_have_them_too(rule: str) -> None:
    found = vectors(rule)
    assert len(found) >= 4 and all(v.budget for v in found)


# ---------------------------------------------------------------------------------------------- the docs' readers
def printed(*command: object) -> list[str]:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def changed(file: Path, folder: Path, old: str, new: str) -> Path:
    text = file.read_text()
    assert old in text
    (folder / file.name).write_text(text.replace(old, new))
    return folder / file.name


@pytest.mark.parametrize(
    "reader, command, old, new",
    [
        ("reader.py", sys.executable, "lr * weight_decay * x[i]", "weight_decay * x[i]"),
        ("reader.js", "node", "lr * weight_decay * x", "weight_decay * x"),
    ],
)
def test_a_reader_tells_right_from_wrong(
    reader: str, command: str, old: str, new: str, made: dict[str, Path], tmp_path: Path
) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"there is no {command}")
    right = printed(command, READERS / reader, made["adamw"])
    assert len(right) == 6 and all(line.startswith("ok") for line in right)
    wrong = printed(command, changed(READERS / reader, tmp_path, old, new), made["adamw"])
    assert all(line.startswith("NOT OK") for line in wrong)


def test_a_reader_sees_when_it_has_no_teeth(made: dict[str, Path], tmp_path: Path) -> None:
    toothless = changed(READERS / "reader.py", tmp_path, "abs(a - b) <= c", "abs(a - b) <= 1e-2 + c")
    said = printed(sys.executable, toothless, made["adamw"])
    assert all(line.startswith("NOT OK ['") for line in said)


def test_the_reader_in_c(made: dict[str, Path], tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("there is no cc")
    wrong = changed(READERS / "reader.c", tmp_path, "(1 - tau) * d", "d")
    for source, words in ((READERS / "reader.c", {"ok"}), (wrong, {"ok", "NOT"})):
        subprocess.run(["cc", "-o", tmp_path / "a", source, "-lm"], check=True)
        with made["sgd"].open() as file:
            said = subprocess.run([tmp_path / "a"], stdin=file, capture_output=True, text=True, check=True)
        assert {line.split()[0] for line in said.stdout.splitlines()} == words


@pytest.mark.parametrize("file", list(READERS.iterdir()), ids=lambda file: file.name)
def test_readers_are_short(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 30


def test_the_schema_knows_every_key(made: dict[str, Path]) -> None:
    said = json.loads((DOCS / "vectors.schema.json").read_text())["$defs"]
    head, *scenarios = map(json.loads, made["sgd"].read_text().splitlines())
    assert head.keys() == said["head"]["properties"].keys()
    assert all(line.keys() == said["scenario"]["properties"].keys() for line in scenarios)


# ----------------------------------------------------------------------------------------------- what is refused
def test_a_file_that_was_changed_is_refused(made: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(Unanswerable, match="was changed"):
        read(changed(made["sgd"], tmp_path, '"lr": 0.05', '"lr": 0.06'))


@pytest.mark.parametrize(
    "line, said",
    [
        ("nonsense", "is no JSON"),
        ("[]", "is no object"),
        ('{"name": "every"}', "missing required field"),
        ('{"name": "every word", "format": "float64", "values": []}', "did you mean every term"),
        ('{"name": "every term", "format": "float46", "values": []}', "did you mean float64"),
        ('{"name": "every term", "format": "float64", "values": [[1.0]]}', "must be 6 lists of 8 numbers"),
        ('{"name": "every term", "format": "float64", "values": [["x"]]}', "must be 6 lists of 8 numbers"),
    ],
)
def test_results_that_are_none_are_refused(
    line: str, said: str, made: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "r").write_text(line)
    with pytest.raises(Unanswerable, match=said):
        judged(read(made["sgd"]), tmp_path / "r")


def test_a_value_that_is_not_finite_is_wrong(made: dict[str, Path], tmp_path: Path) -> None:
    found = read(made["sgd"])
    line = {"name": found[0].name, "format": "float64", "values": [["NaN"] * 8] * 6}
    (tmp_path / "r").write_text(json.dumps(line))
    assert judged(found, tmp_path / "r")[0].verdict is Verdict.UNLAWFUL


def test_the_command_line(lawful: Callable[..., Any], made: dict[str, Path], tmp_path: Path) -> None:
    assert lawful(tmp_path, "vectors", "sgd", "-o", "sgd.jsonl").returncode == 0
    found = read(tmp_path / "sgd.jsonl")
    exact = [json.dumps({"name": v.name, "format": "float64", "values": v.expected}) for v in found]
    (tmp_path / "r").write_text("\n".join(exact))
    done = lawful(tmp_path, "vectors", "--verify", "sgd.jsonl", "r")
    assert done.returncode == 0 and done.stdout.count("✓") == len(found)
    (tmp_path / "r").write_text("\n".join(exact[1:]))
    assert lawful(tmp_path, "vectors", "--verify", "sgd.jsonl", "r").returncode == 3
    wrong = found[0].wrong[0]
    (tmp_path / "r").write_text(
        json.dumps({"name": found[0].name, "format": "float64", "values": wrong.values})
    )
    done = lawful(tmp_path, "vectors", "--verify", "sgd.jsonl", "r")
    assert done.returncode == 1 and wrong.what in done.stdout.replace("\n", " ")
    assert lawful(tmp_path, "vectors").returncode == 2
    assert lawful(tmp_path, "vectors", "sdg", "-o", "x").returncode == 2
