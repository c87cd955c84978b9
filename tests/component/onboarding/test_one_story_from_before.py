"""What was kept before notices knew their exits, and decisions what was told of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from services.chassis import migrations
from services.onboarding.app import SPEC

CASE, AGREEMENT = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
EXIT, TAKEN_BACK = "01900000-0000-7000-8000-00000000000e", "01900000-0000-7000-8000-00000000000f"
SPLIT = "01900000-0000-7000-8000-000000000005"
AT, DAY, LATER = "2025-04-10 09:00:00.000000", "2025-04-10", "2026-12-31"
SIGNED_BY = {"title": "Generaldirektör", "mandate": "Arbetsordningen", "reason": "Eget."}
NUMBERS = ("202100-6255", "202100-5026")
ROWS: list[tuple[str, dict[str, Any]]] = [
    *(
        (
            "agencies",
            {
                "org_number": number,
                "name": "Myndigheten",
                "headcount": 10,
                "part_of_state": True,
                "registered_at": AT,
                "version": 1,
                "valid_from": DAY,
                "type": "state_agency",
                "registered_name": "Myndigheten",
                "status": "active",
                "successors": "[]",
                "facts": "{}",
                "people": "{}",
            },
        )
        for number in NUMBERS
    ),
    (
        "cases",
        {
            "id": CASE,
            "org_number": NUMBERS[0],
            "phase": "stable",
            "status": "completed",
            "version": 9,
            "opened_at": AT,
            "phase_entered_at": AT,
            "days_paused": 0,
            "catalogue_version": "2026-1",
            "reopened": "{}",
        },
    ),
    (
        "agreements",
        {"id": AGREEMENT, "case_id": CASE, "org_number": NUMBERS[0], "revision": 1},
    ),
    (
        "agreement_versions",
        {
            "id": AGREEMENT,
            "agreement_id": AGREEMENT,
            "case_id": CASE,
            "version": 1,
            "content": "{}",
            "content_hash": "0" * 64,
            "drafted_at": AT,
            "signed_on": DAY,
            "origin": "case",
            "outside_window": False,
            "holds_from": DAY,
            "valid_until": LATER,
        },
    ),
    *(
        (
            "agreement_notices",
            {
                "id": f"notice-{status}",
                "agreement_id": AGREEMENT,
                "party": "customer",
                "services": json.dumps(["payroll"]),
                "name": "Maria Dahl",
                "given_on": DAY,
                "last_day": LATER,
                "status": status,
                **SIGNED_BY,
            },
        )
        for status in ("withdrawn", "given")
    ),
    *(
        entry
        for exit_id, phase in ((EXIT, "notice"), (TAKEN_BACK, "withdrawn"))
        for entry in (
            (
                "exits",
                {
                    "id": exit_id,
                    "case_id": CASE,
                    "agreement_id": AGREEMENT,
                    "org_number": NUMBERS[0],
                    "customer_name": "Myndigheten",
                    "notice_by": "customer",
                    "notice_given_on": DAY,
                    "signed_by": "Maria Dahl",
                    "ends_agreement": True,
                    "phase": phase,
                    "version": 1,
                    "opened_at": AT,
                    "phase_entered_at": AT,
                    "comment_until": DAY,
                    "effects": "[]",
                    **SIGNED_BY,
                },
            ),
            ("exit_services", {"exit_id": exit_id, "service": "payroll", "last_day": LATER}),
        )
    ),
    (
        "agency_life_events",
        {
            "id": SPLIT,
            "org_number": NUMBERS[0],
            "kind": "split",
            "effective_on": LATER,
            "recorded_at": AT,
            "recorded_by": "centre",
            "withdrawn": False,
            "consequences": "[]",
        },
    ),
    *(
        (
            "case_passings",
            {
                "id": f"passing-{position}",
                "case_id": CASE,
                "life_event_id": SPLIT,
                "from_org": NUMBERS[0],
                "to_org": to_org,
                "effective_on": LATER,
                "recorded_at": recorded_at,
                "decided": True,
                "applied": False,
            },
        )
        for position, (to_org, recorded_at) in enumerate(
            [
                (NUMBERS[1], AT),
                (NUMBERS[0], AT),  # The agency keeps it: nothing was told.
                (NUMBERS[1], "2025-04-09 09:00:00.000000"),  # Nothing was signed yet.
            ]
        )
    ),
    *(
        (
            "matters",
            {
                "matter_id": f"matter-{position}",
                "agreement_id": AGREEMENT,
                "service": "payroll",
                "priority": "critical",
                "raised_at": AT,
                "resolved_at": resolved_at,
            },
        )
        for position, resolved_at in enumerate((None, AT))
    ),
]
READ = {
    "agreement_notices": ("id", "exit_id"),
    "case_passings": ("id", "agreement_id"),
    "matters": ("matter_id", "status"),
}


def carry_over(database_url: str) -> dict[str, dict[str, str | None]]:
    """Fill the tables as they were, migrate to the newest, and read what became of them."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(SPEC.migrations))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0010")
        for table, row in ROWS:
            names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
    migrations.upgrade(database_url, SPEC.migrations)
    with engine.connect() as connection:
        found = {
            table: {
                row[0]: row[1]
                for row in connection.execute(sa.text(f"SELECT {', '.join(pair)} FROM {table}"))
            }
            for table, pair in READ.items()
        }
    engine.dispose()
    return found


async def test_what_belongs_together_is_joined(database_url: str) -> None:
    found = await asyncio.to_thread(carry_over, database_url)
    assert found == {
        "agreement_notices": {"notice-given": EXIT, "notice-withdrawn": TAKEN_BACK},
        "case_passings": {"passing-0": AGREEMENT, "passing-1": None, "passing-2": None},
        "matters": {"matter-0": "open", "matter-1": "resolved"},
    }
