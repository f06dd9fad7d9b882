"""The pytest front end: `--optimizer` and `--rule`, and checks as test items. Imports neither torch nor sympy at start.

Items are collected from the modules of `lawful.properties`: a test that takes `check` is run once for every check
of its property, one that takes `law` once for every law. All checks of a session run in worker processes, in
parallel; each item waits for its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lawful.verify.evidence import Check, Evidence
    from lawful.verify.front.session import Session

pytest.register_assert_rewrite("lawful.properties.test_properties")

DEFAULT_TARGETS = ("bundled", "torch.optim")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("lawful", "lawful: check optimizers against the rules that they claim")
    group.addoption(
        "--optimizer",
        action="append",
        default=[],
        metavar="TARGET",
        help="package.module:Class, file.py:Class, a module or a bundled name; may be repeated",
    )
    group.addoption("--rule", default="", help="the rule that it claims, if its name does not say")
    group.addoption(
        "--lawful-profile",
        default="quick",
        choices=("quick", "default", "thorough"),
        help="how much is drawn",
    )
    group.addoption(
        "--lawful-device", action="append", default=[], metavar="DEVICE", help="cpu (the default), cuda …"
    )
    group.addoption("--lawful-seed", type=int, default=0, help="of everything that is drawn")
    group.addoption("--lawful-record", default="", metavar="FILE", help="where to keep the record of the run")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A check or a law per item, for the tests of `lawful.properties` alone."""
    if not metafunc.module.__name__.endswith("test_properties"):
        return
    if "check" in metafunc.fixturenames:
        wanted = metafunc.function.__name__.removeprefix("test_")
        run = _run(metafunc.config)
        checks = [c for c in run.checks if wanted in (c.property, run.kind(c))]
        ids = [c.id if wanted == c.property else f"{c.property}-{c.target.replace(':', '.')}" for c in checks]
        metafunc.parametrize("check", checks, ids=ids)
    if "law" in metafunc.fixturenames:
        metafunc.parametrize(
            "law", [] if metafunc.config.getoption("--optimizer") else _run(metafunc.config).laws
        )


class Run:
    """The checks of a pytest session and the workers that answer them."""

    def __init__(self, config: pytest.Config) -> None:
        """Starts the workers and plans the checks.

        Raises:
            pytest.UsageError: an unknown target, rule or option.
        """
        from lawful.verify.errors import Unanswerable
        from lawful.verify.front.configuration import configuration
        from lawful.verify.front.planning import Question, plan
        from lawful.verify.workers.pool import Pool

        self.pool = Pool()
        self._session: Session | None = None
        self._futures: dict[str, Future[Evidence]] = {}
        try:
            self.settings, table = _settings(config), configuration(config.rootpath)
            said = table.get("targets", {})
            targets = config.getoption("--optimizer") or list(said) or DEFAULT_TARGETS
            question = Question(targets, config.getoption("--rule"), configured=said)
            planned = plan(self.pool, question, self.settings)
        except Unanswerable as error:
            self.pool.stop()
            raise pytest.UsageError(str(error)) from error
        self.checks, self.known = planned.checks, table.get("known", {})

    @property
    def laws(self) -> list[str]:
        """The names of all laws."""
        from lawful.verify.theory.law import laws

        return list(laws())

    def kind(self, check: Check) -> str:
        """What a check's property belongs to: the laws, or the contract; conformance and quiet are of their own."""
        if check.property in ("conformance", "quiet"):
            return ""
        return "law" if check.property in self.laws else "contract"

    def start(self, items: list[pytest.Item]) -> None:
        """Hands the checks of these items to the workers."""
        from lawful.verify.front.session import Session

        self._session = Session(self.pool, self.settings, known=self.known)
        self._futures = self._session.start([c for item in items if (c := _check_of(item)) is not None])

    def evidence(self, check: Check) -> Evidence:
        """The evidence of a check, when there is some."""
        return self._futures[check.key].result()

    def stop(self) -> None:
        """Ends the workers."""
        self.pool.stop()
        if self._session is not None:
            self._session.close()


def _settings(config: pytest.Config) -> Any:
    from lawful.properties.checks import Settings

    devices = tuple(config.getoption("--lawful-device")) or ("cpu",)
    return Settings(
        config.getoption("--lawful-profile"),
        config.getoption("--lawful-seed"),
        devices=devices,
    )


def _check_of(item: pytest.Item) -> Check | None:
    call = getattr(item, "callspec", None)
    found: Any = call.params.get("check") if call else None
    return found if hasattr(found, "key") else None  # pytest has a marker of its own for "no parameters"


RUN = pytest.StashKey[Run]()


def _run(config: pytest.Config) -> Run:
    if RUN not in config.stash:
        config.stash[RUN] = Run(config)
    return config.stash[RUN]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """The workers begin with what was selected."""
    if RUN in session.config.stash and not session.config.option.collectonly:
        session.config.stash[RUN].start(session.items)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the workers."""
    if RUN in config.stash:
        config.stash[RUN].stop()


@pytest.fixture
def evidence(request: pytest.FixtureRequest, check: Check) -> Evidence:
    """What the check saw."""
    return _run(request.config).evidence(check)
