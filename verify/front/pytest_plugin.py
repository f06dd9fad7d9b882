"""The pytest front end: the options `--lawful-…`, and lawful's checks as test items, for those who ask for them.

`pytest --pyargs lawful.properties --lawful-optimizer TARGET`: the items come from a collector for one file of ours,
which nobody meets who does not name it. Nothing else is imported at pytest's start, and no test, fixture or marker of
anybody's is touched.
"""

from pathlib import Path

import pytest

from lawful.verify.evidence import Profile
from lawful.verify.front.choices import FailOn

CHECKS = Path(__file__).parents[2] / "properties" / "checks.py"
"""The file that stands for the checks: `pytest properties/` and `pytest --pyargs lawful.properties` come upon it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line, each with lawful's name before it."""
    group = parser.getgroup("lawful", "lawful: check optimizers against the rules that they claim")
    for name, said in SEVERAL.items():
        metavar = name.rpartition("-")[2].upper()
        group.addoption(name, action="append", default=[], metavar=metavar, help=f"{said}; may be repeated")
    group.addoption("--lawful-rule", default="", help="the rule that it claims, if its name does not say")
    group.addoption("--lawful-profile", default="default", choices=[*Profile], help="how much is drawn")
    counts = "what makes an optimizer unlawful: core, that it does not follow its rule; contract, also broken promises"
    group.addoption("--lawful-fail-on", default="contract", choices=[*FailOn], help=counts)
    group.addoption("--lawful-seed", type=int, default=0, help="of everything that is drawn")
    group.addoption("--lawful-timeout", type=float, default=60.0, help="seconds that one check may take")
    workers = "worker processes; 0 for one per processor, or for one in each process of pytest-xdist"
    group.addoption("--lawful-workers", type=int, default=0, help=workers)
    fresh = "ask again what a record in .lawful/ answers"
    group.addoption("--lawful-fresh", action="store_true", help=fresh)


SEVERAL = {
    "--lawful-optimizer": "package.module:Class, file.py:Class, a module, a bundled name; or [tool.lawful]'s",
    "--lawful-arg": "a constructor argument to fix: name=value",
    "--lawful-name": "a rule's word and the constructor's for it: weight_decay=decay",
    "--lawful-dtype": "float64, float32, bfloat16 or float16; all without",
    "--lawful-property": "ask for this alone: conformance, idle …",
    "--lawful-path": "ask in this way to run alone: loop, foreach …",
    "--lawful-device": "cpu (the default), cuda …",
}
"""Options that may be given several times → what they say."""


def pytest_report_collectionfinish(items: list[pytest.Item]) -> str | None:
    """How many answers are taken from records, and of which days."""
    days = [day for item in items for name, day in item.user_properties if name == "lawful-recalled"]
    if not days:
        return None
    when = " and ".join(sorted({str(day) for day in days}))
    return f"lawful: {len(days)} answers are of {when}, from .lawful/; --lawful-fresh asks again"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The checks, where their file is collected."""
    if file_path.name != CHECKS.name or file_path.resolve() != CHECKS.resolve():
        return None
    from lawful.verify.front.pytest_items import Checks

    return Checks.from_parent(parent, path=file_path)
