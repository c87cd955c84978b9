"""Decisions from before they had a history, and cases from before the catalogue had versions."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from services.chassis.columns import UTCDateTime
from services.chassis.identity import Role
from services.chassis.testing import running
from services.onboarding.app import SPEC
from tests.component.onboarding.walk import ORG, done

CASE = "018f0000-0000-7000-8000-000000000001"
AT = datetime(2025, 1, 7, 9, tzinfo=UTC)
DECISION: dict[str, Any] = {
    "decision": "exception_until",
    "reason": "Nytt flöde i höst.",
    "effort_hours": 8,
    "price_ore": 800_000,
    "until": date(2025, 12, 31),
    "decided_by": "Karin Berg",
    "mandate": "ekonomichef",
    "decided_at": AT,
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "agencies": [
        {
            "org_number": ORG,
            "name": "Pensionsmyndigheten",
            "headcount": 10,
            "part_of_state": True,
            "registered_at": AT,
        }
    ],
    "cases": [
        {
            "id": CASE,
            "org_number": ORG,
            "phase": "gap_analysis",
            "version": 3,
            "opened_at": AT,
            "phase_entered_at": AT,
        }
    ],
    "case_services": [{"case_id": CASE, "service": "payroll", "open_key": f"{ORG}/payroll"}],
    "comparisons": [
        {
            "case_id": CASE,
            "service": "payroll",
            "activity": activity,
            "customer_way": "På papper.",
            "gap": True,
            "kind": "process",
            "size": "small",
            "version": version,
            **decision,
        }
        for activity, version, decision in (
            ("approve-payment", 2, DECISION),
            ("pay-salaries", 1, dict.fromkeys(DECISION)),
        )
    ],
}
TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    date: sa.Date(),
    datetime: UTCDateTime(),
    bool: sa.Boolean(),
}


def _fill_first_form(database_url: str) -> None:
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(SPEC.migrations))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0001")
        for name, rows in ROWS.items():
            columns: list[sa.ColumnClause[Any]] = [
                sa.column(key, TYPES.get(type(value), sa.types.NullType()))
                for key, value in rows[0].items()
            ]
            connection.execute(sa.table(name, *columns).insert(), rows)
        connection.commit()
    engine.dispose()


async def test_a_decision_from_before_stands_and_begins_the_history(database_url: str) -> None:
    await asyncio.to_thread(_fill_first_form, database_url)
    async with (
        running(SPEC, database_url) as service,
        service.client(Role.ACCOUNT_MANAGER) as staff,
    ):
        case = f"/ops/v1/cases/{CASE}"
        assert done(await staff.get(case))["catalogue_version"] == "2026-1"
        listed = done(await staff.get(f"{case}/comparisons"))
        compared = {item["activity"]: item for item in listed["items"] if item["compared"]}
        assert compared["pay-salaries"]["decision"] is None
        whole = done(await staff.get(f"{case}/comparisons/payroll/approve-payment"))
        assert whole["version"] == 2
        (past,) = whole["decisions"]
        told = {key: past[key] for key in DECISION}
        until, at = "2025-12-31", "2025-01-07T09:00:00Z"
        assert told == {**DECISION, "until": until, "decided_at": at}
        assert (past["comparison_version"], past["recorded_by"]) == (2, None)
        assert past["superseded_at"] is None
