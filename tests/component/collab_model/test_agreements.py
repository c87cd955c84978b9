"""Agreements come into operation from what onboarding says, in any order."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from services.chassis.consumer import NotYet
from services.chassis.testing import RunningService
from services.collab_model.agreements.domain import ContradictingFact
from services.contracts.collab_model import CollaborationSetUp, MeetingFellDue, PeriodClosed
from services.contracts.values import ForumLevel, ServiceHours
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    INVOICES,
    PAYROLL,
    PENSIONS,
    RESOLUTION,
    RESPONSE,
    agreement,
    at,
    forum,
    signed_service,
    stabilised,
    went_live,
)


async def test_levels_and_forums_stand_exactly_as_signed(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement()
    await service.deliver(signed)

    assert await service.published(CollaborationSetUp) == [
        CollaborationSetUp(
            agreement_id=signed.agreement_id,
            org_number=PENSIONS,
            levels=(RESPONSE.key, RESOLUTION.key, CORRECT_PAY.key),
            forums=("strategic", "tactical", "operative"),
        )
    ]
    levels = (await pensions.get("/v1/levels")).json()["items"]
    assert [level["key"] for level in levels] == [
        RESPONSE.key,
        RESOLUTION.key,
        CORRECT_PAY.key,
    ]
    assert levels[0]["target_minutes"] == {"critical": 60, "high": 120, "normal": 240}
    assert levels[0]["name_sv"] == "Svar inom utlovad tid"
    assert [level["required_share_percent"] for level in levels] == ["90", "90", "99.5"]
    forums = (await pensions.get("/v1/forums")).json()["items"]
    assert [
        (each["key"], each["meetings_per_year"], each["meetings_per_year_in_stabilisation"])
        for each in forums
    ] == [("strategic", 2, 4), ("tactical", 4, 12), ("operative", 12, 26)]
    assert all(each["next_meeting_on"] is None for each in forums)


async def test_a_repeated_signature_changes_nothing(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement()
    event_id = await service.deliver(signed)
    await service.deliver(signed, event_id=event_id)  # the same message twice
    await service.deliver(signed)  # the same fact in another message

    assert len(await service.published(CollaborationSetUp)) == 1
    assert len((await pensions.get("/v1/levels")).json()["items"]) == 3
    assert len((await pensions.get("/v1/forums")).json()["items"]) == 3


async def test_another_text_for_a_known_version_is_not_taken(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement()
    await service.deliver(signed)
    revised = signed.model_copy(update={"content_hash": "b" * 64, "forums": ()})
    with pytest.raises(ContradictingFact):
        await service.deliver(revised)
    assert len((await pensions.get("/v1/forums")).json()["items"]) == 3


async def test_hours_that_cannot_be_reckoned_with_are_not_taken(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    hours = ServiceHours.model_validate({"opens": "17:00", "closes": "08:00"})
    with pytest.raises(ValueError, match="before they open"):
        await service.deliver(agreement(hours=hours))
    assert (await pensions.get("/v1/levels")).json()["items"] == []
    assert await service.published_types() == []


async def test_what_comes_before_the_signature_comes_again(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement()
    live = went_live(signed, date(2025, 2, 3))
    for early in (live, stabilised(signed, date(2025, 2, 3))):
        with pytest.raises(NotYet):
            await service.deliver(early)
    await service.deliver(signed)
    await service.deliver(live)
    forums = (await pensions.get("/v1/forums")).json()["items"]
    assert [each["next_meeting_on"] for each in forums] == [
        "2025-05-05",
        "2025-03-05",
        "2025-02-17",
    ]


async def test_going_live_again_begins_nothing_twice(service: RunningService) -> None:
    signed = agreement()
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    with pytest.raises(ContradictingFact):
        await service.deliver(went_live(signed, date(2025, 2, 10)))
    with pytest.raises(ContradictingFact):
        await service.deliver(went_live(signed, date(2025, 2, 3), service="no-such-service"))

    await service.advance(at(2025, 3, 2))
    assert len(await service.published(PeriodClosed)) == 1
    operative = [
        meeting
        for meeting in await service.published(MeetingFellDue)
        if meeting.forum == "operative"
    ]
    assert [meeting.due_on for meeting in operative] == [date(2025, 2, 17)]


async def test_forums_begin_once_with_the_first_service_of_an_agreement(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement(
        services=(signed_service(PAYROLL, RESPONSE), signed_service(INVOICES, RESPONSE))
    )
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    await service.deliver(went_live(signed, date(2025, 2, 10), service=INVOICES))

    meetings = (await pensions.get("/v1/meetings")).json()["items"]
    assert [(each["forum"], each["due_on"]) for each in meetings] == [
        ("strategic", "2025-05-05"),
        ("tactical", "2025-03-05"),
        ("operative", "2025-02-17"),
    ]
    await service.advance(at(2025, 3, 2))
    closed = await service.published(PeriodClosed)
    assert {period.service for period in closed} == {PAYROLL, INVOICES}


async def test_the_ordinary_rhythm_holds_from_the_next_meeting_on(
    service: RunningService,
) -> None:
    signed = agreement(forums=(forum(ForumLevel.OPERATIVE, 12, 26),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    await service.advance(at(2025, 2, 20))
    await service.deliver(stabilised(signed, date(2025, 2, 20)))
    await service.deliver(stabilised(signed, date(2025, 2, 20)))
    await service.advance(at(2025, 5, 31))

    due = [meeting.due_on for meeting in await service.published(MeetingFellDue)]
    # Fortnightly; the one planned for 3 March stays; then every 30 days: 2 April, 2 May.
    assert due == [date(2025, 2, 17), date(2025, 3, 3), date(2025, 4, 2), date(2025, 5, 2)]


async def test_stabilisation_known_before_going_live_is_not_lost(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement(forums=(forum(ForumLevel.OPERATIVE, 12, 26),))
    await service.deliver(signed)
    await service.deliver(stabilised(signed, date(2025, 2, 3)))
    assert (await pensions.get("/v1/meetings")).json()["items"] == []
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    meetings = (await pensions.get("/v1/meetings")).json()["items"]
    assert [each["due_on"] for each in meetings] == ["2025-03-05"]


async def test_a_forum_that_rests_during_stabilisation_begins_after_it(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement(
        forums=(forum(ForumLevel.TACTICAL, 12, 0), forum(ForumLevel.OPERATIVE, 0, 52))
    )
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))
    await service.advance(at(2025, 2, 12))
    await service.deliver(stabilised(signed, date(2025, 2, 12)))
    await service.advance(at(2025, 3, 31))

    meetings = (await pensions.get("/v1/meetings")).json()["items"]
    assert [(each["forum"], each["due_on"], each["state"]) for each in meetings] == [
        ("operative", "2025-02-10", "due"),
        ("operative", "2025-02-17", "due"),
        ("tactical", "2025-03-14", "due"),
        ("tactical", "2025-04-14", "planned"),
    ]
