"""Models and migrations agree, and a service refuses a schema that is not its own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from services.chassis import migrations
from services.chassis.service import ServiceSpec
from services.composition import EVENT_SERVICES
from services.gateway.app import SPEC as GATEWAY

ALL = (*EVENT_SERVICES, GATEWAY)

every_service = pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)


def _execute(database_url: str, *statements: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


@every_service
def test_migrations_make_what_the_models_say(spec: ServiceSpec, database_url: str) -> None:
    migrations.upgrade(database_url, spec.migrations)
    assert migrations.differences(database_url, spec.base.metadata) == []
    migrations.check(database_url, spec.migrations)


@every_service
def test_migrating_again_changes_nothing(spec: ServiceSpec, database_url: str) -> None:
    migrations.upgrade(database_url, spec.migrations)
    migrations.upgrade(database_url, spec.migrations)
    assert migrations.differences(database_url, spec.base.metadata) == []


@every_service
def test_a_difference_is_seen(spec: ServiceSpec, database_url: str) -> None:
    migrations.upgrade(database_url, spec.migrations)
    _execute(database_url, "DROP TABLE audit", "CREATE TABLE forgotten (id INTEGER PRIMARY KEY)")
    kinds = {
        difference[0] for difference in migrations.differences(database_url, spec.base.metadata)
    }
    assert {"add_table", "remove_table"} <= kinds


@every_service
def test_an_empty_database_is_too_old(spec: ServiceSpec, database_url: str) -> None:
    with pytest.raises(migrations.SchemaTooOld, match="the schema is at nothing"):
        migrations.check(database_url, spec.migrations)


@every_service
def test_a_later_release_is_too_new(spec: ServiceSpec, database_url: str) -> None:
    migrations.upgrade(database_url, spec.migrations)
    _execute(database_url, "UPDATE alembic_version SET version_num = '9999_later'")
    with pytest.raises(migrations.SchemaTooNew, match="9999_later"):
        migrations.check(database_url, spec.migrations)
    with pytest.raises(migrations.SchemaTooNew, match="9999_later"):
        migrations.upgrade(database_url, spec.migrations)


@every_service
def test_every_migration_can_be_told_apart_by_its_number(spec: ServiceSpec) -> None:
    files = sorted(path.name for path in (spec.migrations / "versions").glob("*.py"))
    assert files
    assert [name[:5] for name in files] == [f"{n:04}_" for n in range(1, len(files) + 1)]
