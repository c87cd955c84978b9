"""Calendars: recorded in versions, bound to agreements, and read as they were known."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.contracts.collab_model import LevelBreached
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.calendars import (
    AROUND_THE_CLOCK,
    WEEKDAYS,
    WITH_LUNCH,
    bind,
    read,
    register,
    version,
)
from tests.component.collab_model.matters import (
    UNKNOWN_ID,
    clock_of,
    enter,
    raise_one,
    refused,
    set_timers,
)
from tests.component.collab_model.signed import FORESTS, agreement, amended, at, went_live

LUNCH: dict[str, Any] = {"weekly": dict.fromkeys(WEEKDAYS, WITH_LUNCH)}


async def test_a_calendar_is_read_as_it_was_recorded(manager: httpx.AsyncClient) -> None:
    eve = {"name": "Payday", "name_sv": "Lönedag", "kind": "half_day", "month_day": "06-25"}
    override = {"day": "2025-06-05", "hours": WITH_LUNCH, "reason": "Moving house"}
    shown = await register(
        manager, **LUNCH, eves=[{**eve, "closes": "15:00"}], overrides=[override]
    )
    [first] = shown["versions"]
    assert first["weekly"]["monday"] == [
        {"opens": "08:00", "closes": "12:00"},
        {"opens": "13:00", "closes": "17:00"},
    ]
    assert first["weekly"]["sunday"] == []
    assert first["holidays"]["country"] == "SE"
    assert [each["name"] for each in first["eves"]][-2:] == ["New Year's Eve", "Payday"]
    assert first["eves"][-1]["closes"] == "15:00"
    assert await read(manager, "/ops/v1/calendars/office") == shown

    open_hours = await read(
        manager, "/ops/v1/calendars/office/open-hours", first="2025-06-05", last="2025-06-06"
    )
    assert {each["rule"] for each in open_hours["spans"]} == {
        "override 2025-06-05 08:00-12:00 (Moving house)",
        "override 2025-06-05 13:00-17:00 (Moving house)",
        "override 2025-06-05 closed (Moving house)",
        "National Day, public holiday",
    }
    assert open_hours["open_seconds"] == 8 * 3600
    assert open_hours["holiday_seconds"] == 24 * 3600


async def test_hours_round_the_clock_really_are(manager: httpx.AsyncClient) -> None:
    await register(manager, weekly=AROUND_THE_CLOCK, holidays=None, customary_eves=None)
    for day, hours in (
        ("2025-03-30", 23),  # clocks go forward
        ("2025-10-26", 25),  # and back
        ("2025-06-06", 24),  # a public holiday
    ):
        path = "/ops/v1/calendars/office/open-hours"
        shown = await read(manager, path, first=day, last=day)
        sums = [shown[f"{kind}_seconds"] for kind in ("open", "closed", "holiday")]
        assert sums == [hours * 3600, 0, 0]


async def test_an_agreement_goes_by_its_signed_hours_until_it_is_bound(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    await register(manager, **LUNCH)
    bound = await bind(manager, signed.agreement_id, "office", "2025-02-05")
    assert [
        (each["first_day"], each["calendar"], each["version"]) for each in bound["in_force"]
    ] == [(None, "signed", 1), ("2025-02-05", "office", 1)]

    path = f"/v1/service-hours/{signed.agreement_id}"
    stretch = {"first": "2025-02-04", "last": "2025-02-05"}
    shown = await read(pensions, f"{path}/open-hours", **stretch)
    opened = [each for each in shown["spans"] if each["kind"] == "open"]
    assert [(each["rule"], each["calendar"], each["seconds"]) for each in opened] == [
        ("Tuesday 08:00-16:30", "signed", 8.5 * 3600),
        ("Wednesday 08:00-12:00", "office", 4 * 3600),
        ("Wednesday 13:00-17:00", "office", 4 * 3600),
    ]

    service.at(at(2025, 2, 4, 12))
    await bind(manager, signed.agreement_id, None, "2025-02-05", holds_until="2025-02-05")
    again = await read(pensions, path)
    assert [(each["first_day"], each["calendar"]) for each in again["in_force"]] == [
        (None, "signed"),
        ("2025-02-06", "office"),
    ]
    # As it was known before the second binding, nothing has changed.
    then = {"known_at": at(2025, 2, 4, 11).isoformat()}
    known = await read(pensions, f"{path}/open-hours", **stretch, **then)
    assert known["spans"] == shown["spans"]
    assert (await read(pensions, path, **then))["in_force"] == bound["in_force"]


async def test_a_new_version_reaches_every_agreement_bound_to_the_calendar(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await register(manager)
    await bind(manager, signed.agreement_id, "office", "2025-02-01")
    summer = version("2025-06-01", holds_until="2025-08-31", **LUNCH)
    answer = await manager.post(
        "/ops/v1/calendars/office/versions", json=summer, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    path = f"/ops/v1/service-hours/{signed.agreement_id}"
    assert [
        (each["first_day"], each["version"]) for each in (await read(manager, path))["in_force"]
    ] == [(None, 1), ("2025-02-01", 1), ("2025-06-01", 2), ("2025-09-01", 1)]
    # Somebody who has not seen the summer hours cannot add a version to what went before.
    late = await manager.post(
        "/ops/v1/calendars/office/versions", json=summer, headers={"If-Match": '"1"'}
    )
    refused(late, 412, "precondition_failed")


async def test_a_day_is_overridden_for_one_agreement_replaced_and_taken_back(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    path = f"/ops/v1/service-hours/{signed.agreement_id}"
    day = {"day": "2025-02-14", "reason": "Fire drill"}

    async def opened() -> int:
        shown = await read(manager, f"{path}/open-hours", first=day["day"], last=day["day"])
        seconds: int = shown["open_seconds"]
        return seconds

    async def override(**changes: object) -> httpx.Response:
        return await manager.post(f"{path}/overrides", json={**day, **changes})

    refused(await override(withdrawn=True), 409, "override_unknown")
    assert (await override()).status_code == 201
    assert await opened() == 0
    service.at(at(2025, 2, 3, 10))
    half = [{"opens": "08:00", "closes": "10:00"}, {"opens": "10:00", "closes": "10:30:30"}]
    assert (await override(hours=half)).status_code == 201
    assert await opened() == 2.5 * 3600 + 30
    service.at(at(2025, 2, 3, 11))
    answer = await override(withdrawn=True)
    assert [each["withdrawn"] for each in answer.json()["overrides"]] == [False, False, True]
    assert await opened() == 8.5 * 3600
    refused(await override(withdrawn=True), 409, "override_unknown")
    then = at(2025, 2, 3, 10, 30).isoformat()
    known = await read(
        manager, f"{path}/open-hours", first=day["day"], last=day["day"], known_at=then
    )
    assert known["open_seconds"] == 2.5 * 3600 + 30


async def test_clocks_that_run_follow_the_calendar_at_once(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="normal")  # response within 240 minutes
    assert at(2025, 2, 3, 13) in await set_timers(service)
    await register(manager, **LUNCH)
    await bind(manager, signed.agreement_id, "office", "2025-02-03")
    await service.advance(at(2025, 2, 3, 9, 5))
    shown = await read(pensions, f"/v1/matters/{matter['id']}")
    assert clock_of(shown, "response_time")["deadline"] == "2025-02-03T13:00:00Z"
    assert at(2025, 2, 3, 14) in await set_timers(service)
    await service.advance(at(2025, 2, 3, 14))
    assert await service.published(LevelBreached) == []
    await service.advance(at(2025, 2, 3, 15))
    [breach] = await service.published(LevelBreached)
    assert breach.breached_at == at(2025, 2, 3, 14)


async def test_closed_periods_never_change_by_a_calendar(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions, priority="normal")
    service.at(at(2025, 2, 3, 12, 30))
    await enter(manager, matter["id"], "resolved")
    await service.advance(at(2025, 3, 1, 3))
    before = (await pensions.get("/v1/periods")).content
    assert b"2025-02" in before

    # By a calendar that is open around the clock, as of the month's first day, it was late.
    await register(
        manager,
        zone="Asia/Kolkata",
        weekly=AROUND_THE_CLOCK,
        holidays=None,
        customary_eves=None,
    )
    bound = await bind(manager, signed.agreement_id, "office", "2025-02-01")
    assert bound["closed_periods"] == ["2025-02"]
    overrides = f"/ops/v1/service-hours/{signed.agreement_id}/overrides"
    closed = await manager.post(overrides, json={"day": "2025-02-03", "reason": "Late notice"})
    assert closed.json()["closed_periods"] == ["2025-02"]
    added = await manager.post("/ops/v1/calendars/office/versions", json=version("2025-02-01"))
    assert added.json()["closed_periods"] == ["2025-02"]
    await service.advance(at(2025, 3, 2))
    assert (await pensions.get("/v1/periods")).content == before


async def test_an_agency_sees_the_calendars_of_its_own_agreements_only(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    finance: httpx.AsyncClient,
) -> None:
    await register(manager)
    await register(manager, "other")
    assert (await read(pensions, "/v1/calendars"))["items"] == []
    refused(await pensions.get("/v1/calendars/office"), 404, "not_found")
    await bind(manager, signed.agreement_id, "office", "2025-02-01")
    assert [each["key"] for each in (await read(pensions, "/v1/calendars"))["items"]] == ["office"]
    await read(pensions, "/v1/calendars/office/open-hours")
    for path in (
        "calendars/office",
        "calendars/office/open-hours",
        f"service-hours/{signed.agreement_id}",
        f"service-hours/{signed.agreement_id}/open-hours",
    ):
        refused(await forests.get(f"/v1/{path}"), 404, "not_found")
        await read(finance, f"/ops/v1/{path}")
    page = await read(manager, "/ops/v1/calendars", limit="1")
    rest = await read(manager, "/ops/v1/calendars", after=page["next"])
    assert [each["key"] for each in (*page["items"], *rest["items"])] == ["office", "other"]
    refused(await finance.post("/ops/v1/calendars", json={}), 403, "forbidden")
    unknown = await manager.get(f"/ops/v1/service-hours/{UNKNOWN_ID}")
    refused(unknown, 404, "not_found")


async def test_amended_service_hours_hold_from_their_day(
    service: RunningService, manager: httpx.AsyncClient
) -> None:
    first = agreement(FORESTS)
    await service.deliver(first)
    await service.deliver(went_live(first, date(2025, 2, 1)))
    later = first.service_hours.model_copy(update={"closes": at(2025, 2, 3, 12).time()})
    await service.deliver(amended(first, 2, date(2025, 2, 6), service_hours=later))
    shown = await read(manager, f"/ops/v1/service-hours/{first.agreement_id}")
    assert [(each["first_day"], each["version"]) for each in shown["in_force"]] == [
        (None, 1),
        ("2025-02-06", 2),
    ]
