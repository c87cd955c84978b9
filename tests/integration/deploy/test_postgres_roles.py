from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from deploy.make_secrets import SERVICES
from tests.integration.deploy.conftest import Secrets

FOREIGN = [
    (service, database)
    for service in SERVICES
    for database in (*SERVICES, "postgres", "template1")
    if database != service
]


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in found]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_and_writes_every_table_of_its_own(
    deployment: Secrets, service: str
) -> None:
    with psycopg.connect(deployment.database(f"{service}-database-url")) as connection:
        tables = _tables(connection)
        assert "outbox" in tables
        for table in tables:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                held = connection.execute(
                    "SELECT has_table_privilege(%s, %s)", (f'public."{table}"', right)
                ).fetchone()
                assert held == (True,), f"{right} on {table}"
        connection.execute(
            "INSERT INTO outbox (event_id, type, aggregate_id, body, status, recorded_at)"
            " VALUES ('e', 't', 'a', '', 'pending', now())"
        )
        connection.execute("UPDATE outbox SET status = 'published' WHERE event_id = 'e'")
        connection.execute("DELETE FROM outbox WHERE event_id = 'e'")
        connection.execute("LISTEN ssc_outbox")
        connection.execute("SELECT pg_notify('ssc_outbox', '')")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE outbox ADD COLUMN mine integer",
        "DROP TABLE outbox",
        "TRUNCATE outbox",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET ROLE postgres",
    ],
)
def test_a_service_cannot_change_its_schema_or_the_server(
    deployment: Secrets, service: str, statement: str
) -> None:
    address = deployment.database(f"{service}-database-url")
    with (
        psycopg.connect(address, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(sql.SQL(statement))


@pytest.mark.parametrize(("service", "database"), FOREIGN)
@pytest.mark.parametrize("kind", ["database", "migration"])
def test_no_role_of_a_service_can_enter_another_database(
    deployment: Secrets, service: str, database: str, kind: str
) -> None:
    address = deployment.database(f"{service}-{kind}-url", database=database)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(address)


@pytest.mark.parametrize("service", SERVICES)
def test_the_owner_migrates_and_is_no_superuser(deployment: Secrets, service: str) -> None:
    address = deployment.database(f"{service}-migration-url")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE tried (id integer)")
        connection.execute("DROP TABLE tried")
        for statement in ("CREATE ROLE mine", "CREATE DATABASE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement))


def test_a_wrong_password_is_refused(deployment: Secrets) -> None:
    address = deployment.database("billing-database-url")
    password = address.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address.replace(password, "guessed"))


def test_the_migrate_job_can_run_again(deployment: Secrets) -> None:
    done = deployment.migrate()
    assert done.returncode == 0, done.stderr


def test_the_migrate_job_stops_at_the_first_failure(
    deployment: Secrets, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("incomplete")
    for file in deployment.folder.iterdir():
        (folder / file.name).write_text(file.read_text())
    (folder / "collab_model-migration-url").write_text(
        deployment.read("collab_model-migration-url").replace("_owner:", "_owner:wrong")
    )
    done = Secrets(folder).migrate()
    assert done.returncode != 0
    assert "migrating collab_model" in done.stdout
    assert "migrating billing" not in done.stdout
