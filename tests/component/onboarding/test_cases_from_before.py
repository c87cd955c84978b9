"""Cases of the first release are carried over: status, staff, story, gate items."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import make_url

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id
from services.chassis.migrations import _config
from services.onboarding.app import SPEC
from tests.component.onboarding.test_case_status import item
from tests.component.onboarding.walk import ORG, START, done, walking

OPEN, CLOSED = new_id(), new_id()
ENTERED = datetime(2024, 11, 4, 9, 0, tzinfo=UTC)


def _table(title: str, /, **typed: Any) -> sa.TableClause:
    return sa.table(title, *(sa.column(column, kind) for column, kind in typed.items()))


def _at_first_form(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine, config, text = sa.create_engine(url), _config(SPEC.migrations), sa.String()
    agencies = _table(
        "agencies",
        org_number=text,
        name=text,
        headcount=sa.Integer,
        part_of_state=sa.Boolean,
        registered_at=UTCDateTime,
    )
    cases = _table(
        "cases",
        id=text,
        org_number=text,
        phase=text,
        version=sa.Integer,
        opened_at=UTCDateTime,
        phase_entered_at=UTCDateTime,
    )
    services = _table("case_services", case_id=text, service=text, open_key=text)
    staffing = _table("staffing", case_id=text, party=text, members=JSONDocument)
    timeline = _table(
        "timeline", id=text, case_id=text, at=UTCDateTime, who=text, action=text, sentence=text
    )
    told = [
        ("case-opened", "The service centre opened the case for Payroll."),
        (
            "phase-entered",
            "The service centre led the case from letter of intent into gap analysis.",
        ),
        ("activity-compared", "Pensionsmyndigheten compared payroll/pay-salaries."),
    ]
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0001")
        insert = connection.execute
        insert(agencies.insert().values((ORG, "Pensionsmyndigheten", 100, True, ENTERED)))
        for case_id, phase in ((OPEN, "gap_analysis"), (CLOSED, "stable")):
            insert(cases.insert().values((case_id, ORG, phase, 7, ENTERED, ENTERED)))
            key = f"{ORG}/payroll" if case_id == OPEN else None
            insert(services.insert().values((case_id, "payroll", key)))
        members = [{"role": "Kundansvarig", "name": "Sam Nyström", "deputy": None}]
        insert(staffing.insert().values((OPEN, "centre", members)))
        for action, sentence in told:
            at = ENTERED + timedelta(days=1)
            insert(timeline.insert().values((new_id(), OPEN, at, "Somebody", action, sentence)))
        connection.commit()
    engine.dispose()


async def test_cases_of_the_first_release_are_carried_over(database_url: str) -> None:
    _at_first_form(database_url)
    async with walking(database_url) as walk:
        walk.case_id = CLOSED
        assert (await walk.seen())["status"] == "completed"
        walk.case_id = OPEN
        case = await walk.seen()
        assert (case["status"], case["staffing"]["centre"][0]["name"]) == ("active", "Sam Nyström")
        led = await walk.centre.get("/ops/v1/cases?account_manager=Sam Nyström")
        assert [one["id"] for one in done(led)["items"]] == [OPEN]
        story = done(await walk.customer("GET", "/timeline"))["items"]
        assert [line["phase"] for line in story] == [
            "letter_of_intent",
            "letter_of_intent",
            "gap_analysis",
        ]
        # The board knows the case as soon as the service runs.
        await walk.service.advance(START)
        late = done(await walk.centre.get("/ops/v1/cases?overdue=true"))["items"]
        assert [one["id"] for one in late] == [OPEN]
        assert item(case, "activities-compared")["since"] == ENTERED.isoformat().replace(
            "+00:00", "Z"
        )
