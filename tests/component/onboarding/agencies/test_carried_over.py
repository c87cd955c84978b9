"""Agencies that were registered before the register had histories are carried over."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import make_url

from services.chassis.columns import UTCDateTime
from services.chassis.migrations import _config
from services.onboarding.app import SPEC
from tests.component.onboarding.agencies.register import PENSION, register
from tests.component.onboarding.walk import done

REGISTERED = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)


def _at_first_form(database_url: str) -> None:
    """A database of the first release, with a municipality in it."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    config = _config(SPEC.migrations)
    agencies = sa.table(
        "agencies",
        sa.column("org_number"),
        sa.column("name"),
        sa.column("headcount"),
        sa.column("part_of_state", sa.Boolean),
        sa.column("registered_at", UTCDateTime),
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0001")
        connection.execute(
            agencies.insert().values(
                org_number=PENSION,
                name="En kommun",
                headcount=7,
                part_of_state=False,
                registered_at=REGISTERED,
            )
        )
        connection.commit()
    engine.dispose()


async def test_an_agency_of_the_first_release_has_a_history(database_url: str) -> None:
    _at_first_form(database_url)
    async with register(database_url) as known:
        found = await known.read(f"agencies/{PENSION}")
        assert (found["type"], found["status"], found["version"]) == ("other", "active", 1)
        history = await known.read(f"agencies/{PENSION}/history")
        (period,) = history["periods"]
        # Half past midnight in Stockholm.
        assert (period["valid_from"], period["name"]) == ("2025-01-01", "En kommun")
        assert history["facts"][0]["headcount"] == 7
        await known.event(PENSION, "renamed", "2025-06-01", name="En annan kommun")
        path = f"/ops/v1/agencies/{PENSION}/standing?valid_on=2025-05-31"
        assert done(await known.staff.get(path))["name"] == "En kommun"
