"""Terms, ends and roll-backs while services are measured, in any order of arrival."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.contracts.collab_model import (
    ClockWarned,
    LevelBreached,
    MeetingFellDue,
    PeriodClosed,
)
from services.contracts.values import ForumLevel, Priority, ServiceLevel
from tests.component.collab_model.signed import (
    INVOICES,
    PAYROLL,
    RESPONSE,
    agreement,
    amended,
    at,
    ended,
    forum,
    rolled_back,
    service_ended,
    signed_service,
    went_live,
)

LIVE = date(2025, 2, 3)
OPERATIVE = forum(ForumLevel.OPERATIVE, 12, 52)
TACTICAL = forum(ForumLevel.TACTICAL, 12, 12)
SLOWER = ServiceLevel(
    **RESPONSE.model_dump(exclude={"target_minutes", "required_share_percent"}),
    target_minutes={Priority.CRITICAL: 480, Priority.HIGH: 480, Priority.NORMAL: 480},
    required_share_percent=Decimal(80),
)
SIGNED = agreement(services=(signed_service(PAYROLL, RESPONSE),), forums=(OPERATIVE,))


async def raise_matter(who: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    body: dict[str, object] = {
        "service": PAYROLL,
        "kind": "incident",
        "priority": "critical",
        "title": "Pay is late",
        "description": "Nobody has been paid.",
    }
    answer = await who.post("/v1/matters", json=body | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def closed(service: RunningService, name: str = PAYROLL) -> list[tuple[str, int, bool]]:
    return [
        (each.period, each.revision, each.whole_month)
        for each in await service.published(PeriodClosed)
        if each.service == name
    ]


async def test_new_levels_hold_from_their_day_and_a_matter_keeps_those_it_was_raised_under(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE))
    later = signed_service(PAYROLL, SLOWER)
    # The third version comes before the second.
    third = amended(SIGNED, 3, date(2025, 4, 10), services=(later, signed_service(INVOICES)))
    await service.deliver(third)
    await service.deliver(amended(SIGNED, 2, date(2025, 4, 10), services=(later,)))
    await service.advance(at(2025, 4, 9, 9))
    [level] = (await pensions.get("/v1/levels")).json()["items"]
    assert (level["version"], level["target_minutes"]["critical"]) == (1, 60)
    before = await raise_matter(pensions)
    await service.advance(at(2025, 4, 10, 8))
    after = await raise_matter(pensions)
    assert [clock["target_minutes"] for clock in (before["clocks"][0], after["clocks"][0])] == [
        60,
        480,
    ]
    await service.advance(at(2025, 5, 1, 9))
    [level] = (await pensions.get("/v1/levels")).json()["items"]
    assert (level["version"], level["required_share_percent"]) == (3, "80")
    [one, other] = await service.published(LevelBreached)
    assert {(each.matter_id, each.target_minutes) for each in (one, other)} == {
        (before["id"], 60),
        (after["id"], 480),
    }
    # March was closed under the first version and April under the third.
    required = {
        each.period: each.results[0].required_share_percent
        for each in await service.published(PeriodClosed)
    }
    assert required == {"2025-02": 90, "2025-03": 90, "2025-04": 80}
    # The added service waits for its go-live.
    refused = await pensions.post(
        "/v1/matters",
        json={
            "service": INVOICES,
            "kind": "question",
            "priority": "normal",
            "title": "When?",
            "description": "When do we begin?",
        },
    )
    assert refused.json()["code"] == "service_not_live"
    await service.deliver(went_live(SIGNED, date(2025, 5, 1), service=INVOICES))
    assert (await raise_matter(pensions, service=INVOICES))["clocks"] == []


async def test_forums_follow_the_version_in_force(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE))
    await service.deliver(amended(SIGNED, 2, date(2025, 3, 5), forums=(TACTICAL,)))
    assert [each["key"] for each in (await pensions.get("/v1/forums")).json()["items"]] == [
        "operative"
    ]
    await service.advance(at(2025, 4, 30))
    due = [(each.forum, each.due_on) for each in await service.published(MeetingFellDue)]
    assert due == [
        *[("operative", date(2025, *day)) for day in ((2, 10), (2, 17), (2, 24), (3, 3))],
        ("tactical", date(2025, 4, 4)),  # thirty days after it began
    ]
    [shown] = (await pensions.get("/v1/forums")).json()["items"]
    assert (shown["key"], shown["next_meeting_on"]) == ("tactical", "2025-05-05")


async def test_after_the_last_day_nothing_is_measured_and_matters_stay_resolvable(
    service: RunningService, pensions: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE))
    told = [
        (ended(SIGNED, day), rank)
        for rank, day in enumerate(
            (date(2025, 3, 31), date(2025, 4, 30), date(2025, 4, 15)), start=1
        )
    ]
    for event, rank in (told[0], told[2], told[1]):  # the last that was told comes second
        await service.deliver(event, recorded_at=datetime(2025, 2, rank, tzinfo=UTC))
    await service.advance(at(2025, 4, 15, 16))
    matter = await raise_matter(pensions)  # its hour runs out on the day after the last
    await service.advance(at(2025, 7, 1, 9))

    assert await closed(service) == [
        ("2025-02", 1, False),
        ("2025-03", 1, True),
        ("2025-04", 1, False),
    ]
    assert await service.published(LevelBreached) == []
    assert await service.published(ClockWarned) == []
    assert max(each.due_on for each in await service.published(MeetingFellDue)) == date(2025, 4, 14)
    meetings = (await pensions.get("/v1/meetings", params={"state": "planned"})).json()["items"]
    assert meetings == []
    refused = await pensions.post(
        "/v1/matters",
        json={
            "service": PAYROLL,
            "kind": "question",
            "priority": "normal",
            "title": "Late",
            "description": "Too late.",
        },
    )
    assert refused.json()["code"] == "service_not_live"
    resolved = await manager.post(
        f"/ops/v1/matters/{matter['id']}/events", json={"event": "resolved"}
    )
    assert (resolved.status_code, resolved.json()["status"]) == (201, "resolved")


async def test_an_end_that_comes_late_is_corrected_beside_what_was_closed(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE))
    await service.advance(at(2025, 5, 5))
    [planned] = (await pensions.get("/v1/meetings", params={"state": "planned"})).json()["items"]
    await service.deliver(service_ended(SIGNED, date(2025, 3, 20)))
    await service.deliver(service_ended(SIGNED, date(2025, 3, 20)))
    await service.advance(at(2025, 8, 1))
    assert await closed(service) == [
        ("2025-02", 1, False),
        ("2025-03", 1, True),
        ("2025-04", 1, True),
        ("2025-03", 2, False),
        ("2025-04", 2, False),
    ]
    shown = (await pensions.get("/v1/periods", params={"period": "2025-04"})).json()["items"]
    assert [(each["revision"], each["whole_month"], each["reason"]) for each in shown] == [
        (1, True, None),
        (2, False, "the service was not in operation in the month after all"),
    ]
    meeting = (await pensions.get(f"/v1/meetings/{planned['id']}")).json()
    assert meeting["state"] == "cancelled"


async def test_no_minutes_are_kept_of_a_meeting_that_was_cancelled(
    service: RunningService, pensions: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE))
    [planned] = (await pensions.get("/v1/meetings")).json()["items"]
    await service.deliver(ended(SIGNED, date(2025, 2, 5)))
    refused = await manager.post(
        f"/ops/v1/meetings/{planned['id']}/minutes",
        json={"held_on": "2025-02-10", "attendees": ["service owner"], "notes": "Nothing."},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "meeting_cancelled")


async def test_a_roll_back_takes_months_out_of_count_and_measuring_begins_again(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(went_live(SIGNED, LIVE), version=1)
    await service.advance(at(2025, 4, 8))
    # The new go-live is heard of before the roll-back of the old one has come.
    await service.deliver(rolled_back(SIGNED, LIVE, date(2025, 4, 7)), version=2)
    assert await closed(service) == [
        ("2025-02", 1, False),
        ("2025-03", 1, True),
        ("2025-03", 2, False),
    ]
    assert (await pensions.get("/v1/meetings", params={"state": "planned"})).json()["items"] == []
    await service.advance(at(2025, 5, 2))
    assert len(await closed(service)) == 3
    again = date(2025, 5, 5)
    await service.deliver(went_live(SIGNED, again), version=3)
    await service.deliver(rolled_back(SIGNED, LIVE, date(2025, 4, 7)), version=2)
    await service.advance(at(2025, 7, 2))
    assert (await closed(service))[3:] == [("2025-05", 1, False), ("2025-06", 1, True)]
    due = [each.due_on for each in await service.published(MeetingFellDue)]
    assert min(day for day in due if day > date(2025, 4, 8)) == date(2025, 5, 12)


async def test_a_roll_back_before_its_go_live_leaves_nothing_measured(
    service: RunningService,
) -> None:
    await service.deliver(SIGNED)
    await service.deliver(rolled_back(SIGNED, LIVE, date(2025, 2, 10)), version=2)
    await service.deliver(went_live(SIGNED, LIVE), version=1, recorded_at=at(2025, 2, 1))
    await service.advance(at(2025, 5, 2))
    assert await service.published(PeriodClosed) == []
    assert await service.published(MeetingFellDue) == []


async def test_nothing_is_measured_beyond_the_validity_unless_it_is_renewed(
    service: RunningService,
) -> None:
    short = SIGNED.model_copy(update={"valid_until": date(2025, 4, 15)})
    await service.deliver(short)
    await service.deliver(went_live(short, LIVE))
    await service.advance(at(2025, 6, 2))
    assert (await closed(service))[-1] == ("2025-04", 1, False)
    renewed = amended(
        short, 2, date(2025, 4, 16), valid_from=date(2025, 4, 16), valid_until=date(2025, 6, 30)
    )
    await service.deliver(renewed)
    await service.advance(at(2025, 9, 2))
    assert (await closed(service))[3:] == [
        ("2025-04", 2, True),
        ("2025-05", 1, True),
        ("2025-06", 1, True),
    ]
