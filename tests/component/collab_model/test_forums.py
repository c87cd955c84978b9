"""Meetings that fall due with what waits for them, and their minutes."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.collab_model import MeetingFellDue
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import ForumLevel
from tests.component.collab_model.signed import PAYROLL, agreement, at, forum, went_live

UNKNOWN_ID = "01950000-0000-7000-8000-000000000000"
MINUTES: dict[str, Any] = {
    "held_on": "2025-02-18",
    "attendees": ["service owner, customer", "service owner, centre"],
    "notes": "The January run was gone through.\nOne open incident.",
    "decisions": [
        {
            "text": "Payslips are checked the day before.",
            "decided_by": "service owner, centre",
            "mandate": "delegation of 2025",
        }
    ],
    "actions": [
        {"text": "Write the routine.", "owner_role": "payroll officer", "due_on": "2025-03-01"}
    ],
}


@pytest.fixture
async def signed(service: RunningService) -> AgreementSigned:
    """Payroll in operation; an operative forum every fortnight, a tactical one every 30 days."""
    signed = agreement(
        forums=(forum(ForumLevel.TACTICAL, 12, 12), forum(ForumLevel.OPERATIVE, 26, 26))
    )
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    return signed


async def raise_one(client: httpx.AsyncClient, kind: str, priority: str = "normal") -> str:
    answer = await client.post(
        "/v1/matters",
        json={
            "service": PAYROLL,
            "kind": kind,
            "priority": priority,
            "title": f"A {kind}",
            "description": "Described.",
        },
    )
    matter_id: str = answer.json()["id"]
    return matter_id


async def meetings(client: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/v1/meetings", params=filters)).json()["items"]
    return items


async def first_operative_meeting(service: RunningService, client: httpx.AsyncClient) -> str:
    await service.advance(at(2025, 2, 18, 12))
    [meeting] = await meetings(client, forum="operative", state="due")
    meeting_id: str = meeting["id"]
    return meeting_id


async def test_meetings_fall_due_with_what_waits_for_them(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    incident = await raise_one(pensions, "incident")
    change = await raise_one(pensions, "change")
    await raise_one(pensions, "question")
    solved = await raise_one(pensions, "deviation")
    await manager.post(f"/ops/v1/matters/{solved}/events", json={"event": "resolved"})

    await service.advance(at(2025, 2, 17, 6))
    assert await service.published(MeetingFellDue) == []
    await service.advance(at(2025, 2, 17, 7))
    [operative] = await service.published(MeetingFellDue)
    assert (operative.forum, operative.due_on) == ("operative", date(2025, 2, 17))
    assert operative.agenda == (incident,)

    await service.advance(at(2025, 3, 5, 8))
    tactical = next(
        each for each in await service.published(MeetingFellDue) if each.forum == "tactical"
    )
    # Nobody answered: the incident, the change and the question broke both time levels.
    [due] = await meetings(pensions, forum="tactical", state="due")
    shown = (await pensions.get(f"/v1/meetings/{due['id']}")).json()
    assert [(item["reason"], item["kind"]) for item in shown["agenda"]] == [
        ("open_matter", "incident"),
        ("open_matter", "change"),
        *[("level_breached", kind) for kind in ("incident", "change", "question")] * 2,
    ]
    assert tactical.agenda[:2] == (incident, change)
    assert len(tactical.agenda) == 3  # each matter once


async def test_a_breach_stands_on_one_agenda_of_a_forum(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    await raise_one(pensions, "question", "critical")
    await service.advance(at(2025, 4, 5))
    agendas = [
        meeting.agenda
        for meeting in await service.published(MeetingFellDue)
        if meeting.forum == "tactical"
    ]
    assert [len(agenda) for agenda in agendas] == [1, 0]


async def test_the_next_meeting_is_planned_when_one_falls_due(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    await first_operative_meeting(service, pensions)
    planned = await meetings(pensions, forum="operative", state="planned")
    assert [(each["number"], each["due_on"]) for each in planned] == [(2, "2025-03-03")]
    forums = (await pensions.get("/v1/forums")).json()["items"]
    assert [each["next_meeting_on"] for each in forums] == ["2025-03-05", "2025-03-03"]


async def test_minutes_are_kept_once_for_good(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    meeting_id = await first_operative_meeting(service, pensions)
    kept = await manager.post(f"/ops/v1/meetings/{meeting_id}/minutes", json=MINUTES)
    assert kept.status_code == 201
    seen = (await pensions.get(f"/v1/meetings/{meeting_id}")).json()
    assert seen == kept.json()
    assert seen["state"] == "minuted"
    minutes = seen["minutes"]
    assert {name: minutes[name] for name in MINUTES} == MINUTES

    again = await manager.post(
        f"/ops/v1/meetings/{meeting_id}/minutes", json={**MINUTES, "notes": "Otherwise."}
    )
    assert (again.status_code, again.json()["code"]) == (409, "minutes_already_kept")
    assert (await pensions.get(f"/v1/meetings/{meeting_id}")).json() == seen


async def test_minutes_of_a_meeting_that_is_not_due_are_refused(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    [meeting] = await meetings(pensions, forum="operative")
    answer = await manager.post(f"/ops/v1/meetings/{meeting['id']}/minutes", json=MINUTES)
    assert (answer.status_code, answer.json()["code"]) == (409, "meeting_not_due")
    shown = (await pensions.get(f"/v1/meetings/{meeting['id']}")).json()
    assert (shown["state"], shown["minutes"]) == ("planned", None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"held_on": "2025-02-16"}, "held_on_out_of_range"),
        ({"held_on": "2025-02-19"}, "held_on_out_of_range"),
        ({"held_on": "yesterday"}, "validation_failed"),
        ({"attendees": []}, "validation_failed"),
        ({"notes": ""}, "validation_failed"),
        ({"notes": "bell\u0007"}, "validation_failed"),
        ({"decisions": [{"text": "No one decided."}]}, "validation_failed"),
        ({"actions": [{"text": "No one does it."}]}, "validation_failed"),
        ({"mood": "good"}, "validation_failed"),
    ],
)
async def test_bad_minutes_are_refused(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
    change: dict[str, Any],
    code: str,
) -> None:
    meeting_id = await first_operative_meeting(service, pensions)
    answer = await manager.post(
        f"/ops/v1/meetings/{meeting_id}/minutes", json={**MINUTES, **change}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    shown = (await pensions.get(f"/v1/meetings/{meeting_id}")).json()
    assert (shown["state"], shown["minutes"]) == ("due", None)


async def test_minutes_are_kept_by_account_and_service_managers(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    finance: httpx.AsyncClient,
) -> None:
    meeting_id = await first_operative_meeting(service, pensions)
    path = f"meetings/{meeting_id}/minutes"
    assert (await pensions.post(f"/v1/{path}", json=MINUTES)).status_code == 404
    answer = await finance.post(f"/ops/v1/{path}", json=MINUTES)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    async with service.client(Role.ACCOUNT_MANAGER) as account_manager:
        missing = await account_manager.post(f"/ops/v1/meetings/{UNKNOWN_ID}/minutes", json=MINUTES)
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        assert (await account_manager.post(f"/ops/v1/{path}", json=MINUTES)).status_code == 201


async def test_a_foreign_meeting_does_not_exist(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
) -> None:
    [meeting] = await meetings(pensions, forum="operative")
    answer = await forests.get(f"/v1/meetings/{meeting['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_meeting_moved_off_a_holiday_does_not_move_the_next(
    service: RunningService,
) -> None:
    signed = agreement(forums=(forum(ForumLevel.OPERATIVE, 52, 52),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 7)))  # a Friday
    await service.advance(at(2025, 4, 26))
    due = [meeting.due_on for meeting in await service.published(MeetingFellDue)]
    # Good Friday is the 18th of April: the meeting is held after Easter, on the Tuesday.
    assert due[-3:] == [date(2025, 4, 11), date(2025, 4, 22), date(2025, 4, 25)]
