"""Fixtures that every kind of test shares.

PostgreSQL and RabbitMQ come from ``python -m tests.instances``, which ``make test`` uses; a test
that needs one and finds none fails and says so. Nothing is ever skipped silently.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy.engine import make_url
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from services.chassis.service import spare_the_collector
from tests.instances.virtual_hosts import VIRTUAL_HOSTS
from tests.support.logs import log_plainly

# A deadline per example measures how busy the machine is; pytest's own timeout remains.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
log_plainly()

HOW_TO_RUN = (
    "{name} is not set: this test needs a private {server}. Run it with `make test`, or "
    "`.venv/bin/python -m tests.instances -- .venv/bin/python -m pytest ...`."
)


LONGEST_FIRST = (
    "tests/contract/test_fuzz.py",
    "tests/flows/",
    "tests/chaos/",
    "tests/component/centre/",
    "tests/contract/",
    "tests/integration/",
)
EACH_ALONE = ("tests/flows/test_pinned_ends.py", "tests/flows/test_stories.py", "tests/chaos/")
"""Long tests that start everything they need themselves: any worker may take any of them."""
SHARES_WITH = dict.fromkeys(
    ("tests/contract/test_bad_input.py", "tests/contract/test_documents.py"),
    "tests/contract/test_fuzz.py",
)
"""Files that use what another file starts."""


class ByWhatIsShared(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps the tests of a file on one worker, where they share what the file starts.

    Not by ``xdist_group`` marks: pytest 9.2 no longer lets xdist put them into node ids.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if nodeid.startswith(EACH_ALONE) else SHARES_WITH.get(file, file)


class TellsAtOnce:
    """Shows a failure when it happens: a run that is ended for its time has no summary."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say which test failed, and where."""
        if report.failed:
            end = report.longreprtext.strip()[-1500:]
            self._terminal.write_line(f"\n{report.when} failed: {report.nodeid}\n{end}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tell of failures at once, in the process that has the terminal."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(terminal, pytest.TerminalReporter) and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(TellsAtOnce(terminal))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByWhatIsShared:
    """Hand tests to workers by what they share."""
    return ByWhatIsShared(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""

    def rank(item: pytest.Item) -> int:
        places = (n for n, folder in enumerate(LONGEST_FIRST) if item.nodeid.startswith(folder))
        return next(places, len(LONGEST_FIRST))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What is imported and collected stays: do not look through it for garbage."""
    spare_the_collector()


def _address(name: str, server: str) -> str:
    address = os.environ.get(name)
    if not address:
        pytest.fail(HOW_TO_RUN.format(name=name, server=server), pytrace=False)
    return address


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """SQLAlchemy URL of the private PostgreSQL's superuser."""
    return _address("SSC_TEST_POSTGRES_URL", "PostgreSQL")


@pytest.fixture(scope="session")
def rabbitmq_server() -> str:
    """AMQP URL of the private RabbitMQ's administrator, on the virtual host ``/``."""
    return _address("SSC_TEST_RABBITMQ_URL", "RabbitMQ")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database that is new and empty, dropped afterwards."""
    url = make_url(postgres_server)
    name = f"test_{uuid4().hex}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, empty database of each kind: the test runs once on each."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def _unused_virtual_hosts(shared_folder: Path) -> Iterator[str]:
    """The virtual hosts that no worker has taken; each is taken by making a folder."""
    taken = shared_folder / "virtual-hosts"
    taken.mkdir(exist_ok=True)

    def take() -> Iterator[str]:
        for name in VIRTUAL_HOSTS:
            try:
                (taken / name).mkdir()
            except FileExistsError:
                continue
            yield name

    return take()


@pytest.fixture
def rabbitmq_url(rabbitmq_server: str, _unused_virtual_hosts: Iterator[str]) -> str:
    """The administrator's AMQP URL of a virtual host that no other test uses."""
    virtual_host = next(_unused_virtual_hosts, None)
    if virtual_host is None:
        pytest.fail(
            f"All {len(VIRTUAL_HOSTS)} virtual hosts are used up: raise the number in "
            "tests/instances/virtual_hosts.py.",
            pytrace=False,
        )
    return urlunsplit(urlsplit(rabbitmq_server)._replace(path="/" + quote(virtual_host, safe="")))
