"""What a calendar that changes backwards does, and what it leaves as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.contracts.collab_model import (
    LevelBreached,
    LevelBreachWithdrawn,
    MeetingFellDue,
    PeriodClosed,
)
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import ForumLevel
from tests.component.collab_model.calendars import (
    AROUND_THE_CLOCK,
    OFFICE_DAY,
    bind,
    register,
)
from tests.component.collab_model.matters import clock_of, enter, explained, raise_one
from tests.component.collab_model.signed import (
    PAYROLL,
    RESPONSE,
    agreement,
    amended,
    at,
    forum,
    signed_service,
    went_live,
)


async def override(manager: httpx.AsyncClient, agreement_id: str, **body: Any) -> None:
    path = f"/ops/v1/service-hours/{agreement_id}/overrides"
    answer = await manager.post(path, json={"reason": "Known late", **body})
    assert answer.status_code == 201, answer.text


async def breaches(service: RunningService) -> list[tuple[str, str]]:
    """Those of the response level that stand: the matter, and when."""
    told = [each for each in await service.published(LevelBreached) if each.level == RESPONSE.key]
    withdrawn = {each.breach_id for each in await service.published(LevelBreachWithdrawn)}
    return [
        (each.matter_id, each.breached_at.isoformat())
        for each in told
        if each.breach_id not in withdrawn
    ]


async def counted(service: RunningService) -> dict[str, tuple[int | None, int | None]]:
    """How many answers of each closed month were in time, of how many."""
    return {
        each.period: (result.good, result.total)
        for each in await service.published(PeriodClosed)
        for result in each.results
        if result.level == RESPONSE.key
    }


async def test_a_change_backwards_leaves_the_breaches_of_closed_months_as_they_were(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    """The credit was given for what was agreed then; only the open month is told anew."""
    old = (await raise_one(pensions, priority="critical"))["id"]  # breached on 3 February
    await service.advance(at(2025, 3, 4, 8))
    new = (await raise_one(pensions, priority="critical"))["id"]  # and on 4 March
    await service.advance(at(2025, 3, 4, 10))
    before = await breaches(service)
    assert [matter for matter, _ in before] == [old, new]
    for day in ("2025-02-03", "2025-03-04"):
        await override(manager, signed.agreement_id, day=day)
    await service.advance(at(2025, 3, 4, 11))
    assert await breaches(service) == before[:1]
    # What is known now is shown, and counted where it was not counted before.
    shown = clock_of((await pensions.get(f"/v1/matters/{old}")).json(), "response_time")
    assert shown["decided_at"] == "2025-02-04T08:00:00Z"
    explanation = await explained(pensions, old, RESPONSE.key)
    [february] = explanation["counted"]
    assert (february["period"], february["state"]) == ("2025-02", "breached")
    assert february["text_sv"].replace("\u00a0", " ") == (
        "Februari 2025, som stängdes 1 mars 2025 kl. 02.00, räknade löftet som brutet "
        "3 februari 2025 kl. 10.00."
    )
    assert [each["day"] for each in explanation["overrides"]] == ["2025-02-03", "2025-03-04"]
    assert (await enter(manager, old, "resolved")).status_code == 201
    assert await breaches(service) == before[:1]
    await service.advance(at(2025, 4, 2))
    assert await counted(service) == {"2025-02": (0, 1), "2025-03": (0, 1)}
    assert len(await service.published(PeriodClosed)) == 2


async def test_what_a_change_moves_over_a_closed_month_counts_once_and_only_once(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    """The hour was over in March as known when February was closed, and in February since."""
    await service.advance(at(2025, 2, 28, 15, 45))  # a Friday
    later = (await raise_one(pensions, priority="critical"))["id"]  # to Monday, 8.15
    await service.advance(at(2025, 2, 28, 16))
    await service.advance(at(2025, 3, 3, 8))
    # On Friday there was service until six: the hour was over at 16.45.
    long_day = [{"opens": "08:00", "closes": "18:00"}]
    await override(manager, signed.agreement_id, day="2025-02-28", hours=long_day)
    await service.advance(at(2025, 3, 3, 9))
    assert await breaches(service) == [(later, "2025-02-28T15:45:00+00:00")]
    await service.advance(at(2025, 4, 2))
    assert await counted(service) == {"2025-02": (0, 0), "2025-03": (0, 1)}
    # That Friday was a holiday after all: nothing that has been counted counts again.
    await override(manager, signed.agreement_id, day="2025-02-28")
    await service.advance(at(2025, 5, 2))
    assert (await counted(service))["2025-04"] == (0, 0)
    assert await breaches(service) == [(later, "2025-02-28T15:45:00+00:00")]


async def test_a_change_in_an_open_month_is_followed_by_matters_that_have_ended(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    """What the month will report and what was told of its matters are the same."""
    matter = (await raise_one(pensions, priority="critical"))["id"]
    await service.advance(at(2025, 2, 3, 12))
    await enter(manager, matter, "resolved")
    assert len(await breaches(service)) == 1
    await override(manager, signed.agreement_id, day="2025-02-03")
    await service.advance(at(2025, 2, 3, 13))
    assert await breaches(service) == []
    await override(manager, signed.agreement_id, day="2025-02-03", hours=OFFICE_DAY)
    await service.advance(at(2025, 2, 3, 14))
    assert len(await breaches(service)) == 1
    await service.advance(at(2025, 3, 2))
    assert await counted(service) == {"2025-02": (0, 1)}


async def test_a_matter_keeps_the_signed_hours_of_the_version_it_was_raised_under(
    service: RunningService, pensions: httpx.AsyncClient
) -> None:
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 1)))
    shorter = signed.service_hours.model_copy(update={"closes": at(2025, 2, 3, 10).time()})
    await service.deliver(amended(signed, 2, date(2025, 2, 4), service_hours=shorter))
    await service.advance(at(2025, 2, 3, 16))
    before = clock_of(await raise_one(pensions, priority="normal"), "response_time")
    await service.advance(at(2025, 2, 4, 8))
    after = clock_of(await raise_one(pensions, priority="normal"), "response_time")
    assert [(each["agreement_version"], each["deadline"]) for each in (before, after)] == [
        (1, "2025-02-04T10:30:00Z"),
        (2, "2025-02-05T09:00:00Z"),
    ]


async def test_meetings_are_held_on_working_days_of_the_calendar_that_holds_on_the_day(
    service: RunningService, manager: httpx.AsyncClient, pensions: httpx.AsyncClient
) -> None:
    signed = agreement(forums=(forum(ForumLevel.OPERATIVE, 52, 52),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 3)))

    async def planned() -> str:
        [shown] = (await pensions.get("/v1/forums")).json()["items"]
        day: str = shown["next_meeting_on"]
        return day

    assert await planned() == "2025-02-10"
    await override(manager, signed.agreement_id, day="2025-02-10")
    await service.advance(at(2025, 2, 4, 9))
    assert await planned() == "2025-02-11"
    # A binding beyond the meeting moves nothing; one for its days does, and back again.
    await register(manager, "always", weekly=AROUND_THE_CLOCK)
    weekend = [{"opens": "10:00", "closes": "14:00"}]
    await register(manager, "weekends", weekly={"saturday": weekend, "sunday": weekend})
    await bind(manager, signed.agreement_id, "always", "2025-03-01")
    await bind(manager, signed.agreement_id, "weekends", "2025-02-11", holds_until="2025-02-24")
    await service.advance(at(2025, 2, 4, 10))
    assert await planned() == "2025-02-15"
    await service.advance(at(2025, 2, 15, 8))
    assert [each.due_on for each in await service.published(MeetingFellDue)] == [date(2025, 2, 15)]
    # The rhythm stays: a week after the 10th, which is now the first day of the next weekend.
    assert await planned() == "2025-02-22"
    await bind(manager, signed.agreement_id, None, "2025-02-11", holds_until="2025-02-24")
    await service.advance(at(2025, 2, 18, 12))
    assert [each.due_on for each in await service.published(MeetingFellDue)][1:] == [
        date(2025, 2, 17)
    ]
