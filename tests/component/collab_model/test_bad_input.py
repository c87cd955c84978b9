"""Each bad input of service levels: refused by its code, and not a row is changed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import httpx
from sqlalchemy import select

from services.chassis.testing import RunningService
from services.collab_model.tables import Base
from services.contracts.values import MeasureKind, ServiceLevel
from tests.component.collab_model.calendars import calendar, version
from tests.component.collab_model.matters import raise_one, told
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    agreement,
    at,
    signed_service,
    went_live,
)

UNMEASURED = ServiceLevel(
    key="on-time",
    name="On time",
    name_sv="I tid",
    kind=MeasureKind.PUNCTUALITY,
    required_share_percent=CORRECT_PAY.required_share_percent,
)


async def everything(service: RunningService) -> dict[str, Sequence[Any]]:
    """All rows that are kept, by table."""
    async with service.runtime.database.transaction(write=False) as session:
        return {
            table.name: sorted(map(repr, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
        }


def hours(*intervals: tuple[str, str]) -> dict[str, Any]:
    """A calendar with these hours on Mondays."""
    monday = [{"opens": opens, "closes": closes} for opens, closes in intervals]
    return calendar("new", weekly={"monday": monday})


def conditions(**changes: object) -> dict[str, Any]:
    """Rules of a clock that starts when a matter is raised, with changes."""
    rule = {"starts_on": [{"event": "raised"}], "stops_on": [{"event": "resolved"}], **changes}
    return {"holds_from": "2025-06-01", "rules": {"response": rule}}


async def test_every_bad_input_is_refused_and_changes_nothing(
    service: RunningService, pensions: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE, UNMEASURED),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 1)))
    matter = (await raise_one(pensions))["id"]
    answer = await manager.post("/ops/v1/calendars", json=calendar("known"))
    assert answer.status_code == 201
    await service.advance(at(2025, 3, 3, 9))
    service.at(at(2025, 5, 1, 1))  # March is not closed, since its timer has not fired
    before = await everything(service)
    events = f"matters/{matter}/events"
    bind = f"service-hours/{signed.agreement_id}/bindings"
    closing = {"org_number": PENSIONS, "service": PAYROLL}
    reading = {**closing, "id": "1", "level": UNMEASURED.key, "period": "2025-04"}
    bad: Sequence[tuple[str, Mapping[str, Any], int, str]] = (
        ("calendars", hours(("08:00", "12:00"), ("11:00", "13:00")), 422, "hours_overlap"),
        ("calendars", hours(("16:00", "08:00")), 422, "hours_inverted"),
        ("calendars", calendar("new", zone="Europe/Nowhere"), 422, "zone_unknown"),
        ("calendars", hours(), 422, "calendar_never_open"),
        ("calendars/known/versions", version(weekly={}), 422, "calendar_never_open"),
        (
            bind,
            {"calendar": "no", "holds_from": "2025-05-01", "reason": "x"},
            422,
            "calendar_unknown",
        ),
        (events, {"event": "responded", "at": told(at(2025, 2, 3, 8))}, 422, "event_before_matter"),
        (events, {"event": "responded", "at": told(at(2025, 5, 2))}, 422, "event_in_future"),
        (events, {"event": "resumed"}, 409, "event_contradicts_state"),
        (
            f"matters/{matter}/log/1/correction",
            {"reason": "Earlier", "at": told(at(2025, 1, 31))},
            409,
            "service_not_live",
        ),
        ("clock-rules", conditions(starts_on=[]), 422, "conditions_contradict"),
        ("clock-rules", conditions(pauses_on=[{"event": "raised"}]), 422, "conditions_contradict"),
        (
            "readings",
            {"source": "s", "rows": [{**reading, "deliveries": []}]},
            422,
            "level_without_measure",
        ),
        ("periods/closings", {**closing, "period": "2025-02"}, 409, "period_closed"),
        ("periods/closings", {**closing, "period": "2025-04"}, 409, "period_out_of_order"),
        ("periods/closings", {**closing, "period": "2025-05"}, 409, "period_not_over"),
        ("periods/closings", {**closing, "period": "2025-01"}, 422, "period_not_measured"),
    )
    for path, body, status, code in bad:
        refused = await manager.post(f"/ops/v1/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert len(refused.json()["detail"]) > 20
    assert await everything(service) == before
