"""What phase 4 and 5 had kept in the first form of the tables is carried over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from services.chassis import migrations
from services.onboarding.app import SPEC

CASE, AGREEMENT = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
AT = "2025-04-10 09:00:00+00:00"
NOTHING_LOST: Mapping[str, list[dict[str, Any]]] = {
    "agencies": [
        {
            "org_number": "202100-6255",
            "name": "Pensionsmyndigheten",
            "headcount": 1_800,
            "part_of_state": True,
            "registered_at": AT,
        }
    ],
    "cases": [
        {
            "id": CASE,
            "org_number": "202100-6255",
            "phase": "stabilisation",
            "version": 9,
            "opened_at": AT,
            "phase_entered_at": AT,
        }
    ],
    "case_services": [
        {"case_id": CASE, "service": service, "open_key": f"202100-6255/{service}"}
        for service in ("e-commerce", "payroll")
    ],
    "readiness": [
        {
            "case_id": CASE,
            "item": item,
            "party": "customer",
            "ready": True,
            "evidence": "Protokoll",
            "stated_at": AT,
        }
        for item in ("contacts-known", "data-delivered")
    ],
    "reconciliations": [
        {
            "case_id": CASE,
            "batch": batch,
            "source_count": 10,
            "target_count": 9,
            "source_sum_ore": 100,
            "target_sum_ore": 100,
            "explanation": explanation,
            "reconciled_at": AT,
        }
        for batch, explanation in (("employees", "En dubblett"), ("leave", None))
    ],
    "go_decisions": [
        {
            "id": AGREEMENT,
            "case_id": CASE,
            "party": "centre",
            "decision": "go",
            "go_live_on": "2025-06-01",
            "mandate": "Styrgruppen",
            "decided_at": AT,
        }
    ],
    "closed_periods": [
        {
            "agreement_id": AGREEMENT,
            "service": "payroll",
            "period": "2025-06",
            "whole_month": True,
            "met": True,
            "recorded_at": AT,
        }
    ],
}


def carry_over(database_url: str) -> dict[str, list[dict[str, Any]]]:
    """Fill the first form, migrate to the newest, and read what became of it."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(SPEC.migrations))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0001")
        for table, rows in NOTHING_LOST.items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                statement = sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})")
                connection.execute(statement, row)
    migrations.upgrade(database_url, SPEC.migrations)
    tables = ("readiness_statements", "reconciliation_runs", "go_decisions", "closed_periods")
    with engine.connect() as connection:
        found = {
            table: [
                dict(row)
                for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()
            ]
            for table in tables
        }
    engine.dispose()
    return found


async def test_what_was_stated_reconciled_and_closed_still_counts(database_url: str) -> None:
    found = await asyncio.to_thread(carry_over, database_url)
    assert {(row["item"], row["service"]) for row in found["readiness_statements"]} == {
        ("contacts-known", ""),
        ("data-delivered", "e-commerce"),
        ("data-delivered", "payroll"),
    }
    runs = {row["batch"]: row for row in found["reconciliation_runs"]}
    assert (runs["employees"]["run"], bool(runs["employees"]["approved"])) == (1, True)
    assert (runs["leave"]["approved"], runs["leave"]["sum_tolerance_per_million"]) == (None, 100)
    (decision,) = found["go_decisions"]
    assert (decision["service"], decision["consequences"] in ([], "[]")) == (None, True)
    (period,) = found["closed_periods"]
    assert (period["revision"], bool(period["met"])) == (1, True)
