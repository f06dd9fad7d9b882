"""The atlas on Ray: a real cluster of three nodes on this machine, of which one is killed in mid-run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lawful.properties.settings import Settings
from lawful.verify.atlas.asking import Batch, Told
from lawful.verify.atlas.query import CLASSES, Answer, Ask, Query, Release
from lawful.verify.atlas.ways import Way, here, on_ray
from lawful.verify.errors import WorkerDiedError, WorkerRaisedError, WorkerTimeoutError
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.front.planning import Question, plan
from lawful.verify.front.session import Listener, Session
from lawful.verify.front.survey import Survey
from lawful.verify.variants.identity import Identity, Match
from lawful.verify.workers.cluster import TRIES, Cluster
from lawful.verify.workers.pool import AnyPool, Pool

ray = pytest.importorskip("ray", reason="Ray is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of Ray's own

PLAN = [
    Query(Release("some", str(version), (f"some=={version}",)), f"some:C{i}", CLASSES, then=(Ask.IDENTIFY,))
    for version in range(6)
    for i in range(4)
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def surveyed(folder: Path, way: Way) -> list[tuple[Any, ...]]:
    """The rows, but for what differs from run to run; every answer is in the record once."""
    survey = Survey(PLAN, folder, way)
    survey.run()
    assert (
        len((folder / "record.jsonl").read_text().splitlines()) == 1 + 2 * len(PLAN) == 1 + len(survey.told)
    )
    rows = survey.atlas().rows
    return [tuple(v for name, v in vars(row).items() if name not in ("seconds", "record")) for row in rows]


def test_a_node_is_killed_and_the_data_are_the_same(tmp_path: Path, cluster: Any) -> None:
    begun = tmp_path / "begun"

    def answers(batch: Batch) -> Told:  # within, so that it travels by value
        node = ray.get_runtime_context().get_node_id() if ray.is_initialized() else "here"
        with begun.open("a") as file:
            file.write(f"{batch[0].key} {node}\n")
        for query in [*batch, *(next_one for one in batch for next_one in one.of([one.target]))]:
            time.sleep(0.2)
            found = Identity(query.target, [Match("sgd", "sgd", 0.5, 0.0, 1.0)], {}, None, 1)
            told = Answer(targets=[query.target]) if query.ask == CLASSES else Answer(identity=found)
            yield query, told

    plain = surveyed(tmp_path / "here", here(6, answers))
    way = on_ray(cluster.address, answers)
    killer = Thread(target=kill_one_at_work, args=(cluster, begun))
    killer.start()
    assert surveyed(tmp_path / "ray", way) == plain
    killer.join()
    asked = [line.split() for line in begun.read_text().splitlines()]
    nodes = Counter(key for key, node in asked if node != "here")
    assert set(nodes) == {key for key, node in asked if node == "here"}
    assert max(nodes.values()) == 2  # what the node had in hand is asked again


def kill_one_at_work(cluster: Any, begun: Path) -> None:
    """Kills the first node, but for the head, that is seen at work."""
    nodes = {node.node_id: node for node in cluster.worker_nodes}
    while not (at_work := [nodes[word] for word in begun.read_text().split() if word in nodes]):
        time.sleep(0.02)
    cluster.remove_node(at_work[0], allow_graceful=False)


DRIVER = """
import sys, time
from pathlib import Path
from lawful.verify.atlas.query import CLASSES, Answer, Ask, Query, Release
from lawful.verify.atlas.ways import on_ray
from lawful.verify.front.survey import Survey

folder, address = Path(sys.argv[1]), sys.argv[2]
begun = folder / "begun"
folder.mkdir(exist_ok=True)

def answers(batch):
    for query in [*batch, *(next_one for one in batch for next_one in one.of([one.target]))]:
        with begun.open("a") as file:
            file.write(query.key + "\\n")
        time.sleep(0.2)
        yield query, Answer(targets=[query.target]) if query.ask == CLASSES else Answer()

plan = [
    Query(Release("some", str(i // 4), (f"some=={i // 4}",)), f"some:C{i % 4}", CLASSES, then=(Ask.IDENTIFY,))
    for i in range(24)
]
Survey(plan, folder, on_ray(address, answers)).run()
"""


def test_a_driver_is_killed_and_the_next_goes_on(tmp_path: Path, cluster: Any) -> None:
    folder = tmp_path / "killed"
    command = [sys.executable, "-W", "ignore", "-c", DRIVER, str(folder), cluster.address]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(known(folder)) < 8 and first.poll() is None:
        time.sleep(0.02)
    first.kill()
    first.wait()
    before, begun = known(folder), (folder / "begun").read_text().split()
    assert 8 <= len(before) < 2 * len(PLAN)
    subprocess.run(command, check=True, capture_output=True)
    after = known(folder)
    assert len(after) == len(set(after)) == 2 * len(PLAN) and after[: len(before)] == before
    again = (folder / "begun").read_text().split()[len(begun) :]
    assert set(again) >= set(after) - set(before) and not set(again) & set(before)


def known(folder: Path) -> list[str]:
    """The keys of the questions that the record has answers to."""
    record = folder / "record.jsonl"
    whole = record.read_bytes().rpartition(b"\n")[0].splitlines() if record.exists() else []
    return [key for line in whole if (key := json.loads(line)["payload"].get("key"))]


def test_checks_are_answered_as_here_though_a_node_is_killed(cluster: Any) -> None:
    kept = {"closure", "groups", "idle", "maximize", "resume", "quiet", "zero-grad", "finite"}
    settings = Settings("quick", dtypes=("float32",), only=tuple(kept))
    node, begun = cluster.add_node(num_cpus=1), list[Check]()

    def kill_in_mid_run(event: str, check: Check, **_: Any) -> None:
        if event == "started":
            begun.append(check)
            if len(begun) == 5:
                cluster.remove_node(node, allow_graceful=False)

    def seen(pool: AnyPool, listener: Listener) -> dict[str, Evidence]:
        checks = plan(pool, Question(["sgd"]), settings).checks
        with Session(pool, settings, listener) as session:
            return {check.key: replace(evidence, seconds=0.0) for check, evidence in session.run(checks)}

    with Cluster(cluster.address) as pool:
        there = seen(pool, kill_in_mid_run)
    with Pool(1) as pool:
        assert there == seen(pool, lambda event, **_: None)
    assert {check.property for check in begun} == kept and node not in cluster.worker_nodes


def test_what_is_under_way_when_it_stops_is_given_up(cluster: Any) -> None:
    with Cluster(cluster.address) as pool:
        assert pool.call("operator:add", 1, 2, gives=int, timeout=60.0) == 3
        slow = pool.ask("time:sleep", 600, gives=int, timeout=600.0)
        time.sleep(1.0)
    with pytest.raises(WorkerDiedError, match="stopped"):
        slow.result(timeout=60.0)


def test_what_ends_its_process_there_costs_its_question(cluster: Any) -> None:
    with Cluster(cluster.address) as pool:
        with pytest.raises(WorkerDiedError, match="exit code 7"):
            pool.call("os:_exit", 7, gives=int, timeout=20.0)
        with pytest.raises(WorkerTimeoutError):
            pool.call("time:sleep", 60, gives=int, timeout=0.5)
        with pytest.raises(WorkerRaisedError, match="ZeroDivisionError"):
            pool.call("operator:truediv", 1, 0, gives=float, timeout=20.0)
        assert pool.call("operator:add", 1, 2, gives=int, timeout=20.0) == 3


DEADLY = """
import os
from pathlib import Path

def seat():
    fork_server = os.getppid()
    return int(Path(f"/proc/{fork_server}/stat").read_text().rpartition(")")[2].split()[1])

def once(flag):
    if not Path(flag).exists():
        Path(flag).touch()
        os.kill(seat(), 9)
    return "answered"

def always():
    os.kill(seat(), 9)
"""


def test_a_question_whose_seat_is_lost_is_asked_again(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    with Cluster(cluster.address) as pool:
        assert pool.call("deadly:once", str(tmp_path / "flag"), gives=str, timeout=60.0) == "answered"
        with pytest.raises(WorkerDiedError, match=f"lost {TRIES} times"):
            pool.call("deadly:always", gives=str, timeout=60.0)


def test_what_no_node_survives_is_said(cluster: Any) -> None:
    def deadly(batch: Batch) -> Told:
        os._exit(7)

    told = list(on_ray(cluster.address, deadly)([PLAN[:2]]))
    assert [query for query, _ in told] == PLAN[:2]
    for _, answer in told:
        assert answer.failure is not None and answer.failure.verdict is Verdict.CRASHED
        assert f"lost {TRIES} times" in answer.failure.said
