"""Agencies that merge, split and close, and who then sees and does what."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.collab_model import MeetingFellDue, PeriodClosed
from services.contracts.values import LifeEventKind
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    FORESTS,
    FORUMS,
    INVOICES,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    agreement,
    at,
    life_event,
    signed_service,
    went_live,
)
from tests.component.collab_model.test_changes_in_operation import raise_matter

LIVE = date(2025, 2, 3)
MERGED_ON = date(2025, 4, 1)
MERGER = life_event(LifeEventKind.MERGED, PENSIONS, MERGED_ON, successors=(FORESTS,))


async def _items(who: httpx.AsyncClient, path: str, **query: str) -> list[tuple[str, str]]:
    answer = await who.get(f"/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return [(each["org_number"], each["id"]) for each in answer.json()["items"]]


async def test_the_successor_goes_on_where_the_absorbed_agency_stood(
    service: RunningService,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE, CORRECT_PAY),))
    await service.deliver(signed)
    await service.deliver(went_live(signed, LIVE))
    await service.deliver(MERGER)
    await service.advance(at(2025, 3, 10, 9))
    matter = await raise_matter(pensions)
    assert await _items(forests, "/matters") == []
    levels = await _items(pensions, "/levels")
    await service.advance(at(2025, 4, 2, 9))

    # What was the absorbed agency's is the successor's; the old number keeps what it had.
    assert await _items(pensions, "/levels") == []
    assert await _items(forests, "/levels") == [(FORESTS, key) for _, key in levels]
    assert await _items(forests, "/matters") == [(PENSIONS, matter["id"])]
    assert await _items(forests, "/matters", org_number=PENSIONS) == [(PENSIONS, matter["id"])]
    assert await _items(pensions, "/matters") == [(PENSIONS, matter["id"])]
    assert len(await _items(forests, "/periods")) == 2
    assert await _items(forests, "/periods") == await _items(pensions, "/periods")
    for who, code in ((pensions, "event_not_yours"), (forests, "event_contradicts_state")):
        answer = await who.post(f"/v1/matters/{matter['id']}/events", json={"event": "resumed"})
        assert answer.json()["code"] == code
    refused = await pensions.post(
        "/v1/matters",
        json={
            "service": PAYROLL,
            "kind": "question",
            "priority": "normal",
            "title": "Still here?",
            "description": "Are we?",
        },
    )
    assert refused.json()["code"] == "service_not_live"
    assert (await raise_matter(forests))["org_number"] == FORESTS
    # A source may go on with the old number.
    row = {
        "id": "1",
        "org_number": PENSIONS,
        "service": PAYROLL,
        "level": CORRECT_PAY.key,
        "period": "2025-04",
        "good": 10,
        "total": 10,
    }
    kept = await manager.post("/ops/v1/readings", json={"source": "payroll", "rows": [row]})
    assert kept.status_code == 201, kept.text
    await service.advance(at(2025, 5, 20))
    periods = {each.period: each.org_number for each in await service.published(PeriodClosed)}
    assert periods == {"2025-02": PENSIONS, "2025-03": PENSIONS, "2025-04": FORESTS}
    assert all(
        each.org_number == (PENSIONS if each.due_on < MERGED_ON else FORESTS)
        for each in await service.published(MeetingFellDue)
    )
    async with service.client(Role.AGENCY, org_number="202100-0852") as stranger:
        foreign = await stranger.get(f"/v1/matters/{matter['id']}")
        assert foreign.status_code == 404
        assert (
            await stranger.get("/v1/matters", params={"org_number": PENSIONS})
        ).status_code == 404


async def test_a_split_passes_the_one_agreement_that_was_decided_on(
    service: RunningService, pensions: httpx.AsyncClient, forests: httpx.AsyncClient
) -> None:
    stays = agreement(services=(signed_service(PAYROLL, RESPONSE),), forums=FORUMS[:1])
    goes = agreement(services=(signed_service(INVOICES, RESPONSE),), forums=FORUMS[:1])
    for signed, name in ((stays, PAYROLL), (goes, INVOICES)):
        await service.deliver(signed)
        await service.deliver(went_live(signed, LIVE, service=name))
    await service.deliver(
        life_event(
            LifeEventKind.SPLIT,
            PENSIONS,
            date(2025, 2, 10),
            successors=(FORESTS,),
            agreement_id=goes.agreement_id,
        )
    )
    assert len(await _items(pensions, "/levels")) == 2
    await service.advance(at(2025, 2, 10, 9))
    assert [number for number, _ in await _items(pensions, "/levels")] == [PENSIONS]
    assert [number for number, _ in await _items(forests, "/levels")] == [FORESTS]
    assert (await raise_matter(forests, service=INVOICES))["agreement_id"] == goes.agreement_id


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1, 0)])
async def test_a_decision_after_a_split_that_is_withdrawn_passes_nothing(
    service: RunningService,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    order: tuple[int, ...],
) -> None:
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE),), forums=FORUMS[:1])
    await service.deliver(signed)
    await service.deliver(went_live(signed, LIVE))
    about = {"successors": (FORESTS,), "agreement_id": signed.agreement_id}
    decided = life_event(LifeEventKind.SPLIT, PENSIONS, date(2025, 2, 10), **about)
    withdrawn = life_event(
        LifeEventKind.SPLIT,
        PENSIONS,
        date(2025, 2, 10),
        corrects=decided.life_event_id,
        withdrawn=True,
        **about,
    )
    for number in order:
        await service.deliver((decided, withdrawn)[number])
    await service.advance(at(2025, 2, 10, 9))
    assert [number for number, _ in await _items(pensions, "/levels")] == [PENSIONS]
    assert await _items(forests, "/levels") == []
    assert (await raise_matter(pensions))["org_number"] == PENSIONS


async def test_a_closed_customer_ends_what_it_had_also_by_taking_over(
    service: RunningService, forests: httpx.AsyncClient
) -> None:
    signed = agreement(services=(signed_service(PAYROLL, RESPONSE),), forums=FORUMS)
    await service.deliver(signed)
    await service.deliver(went_live(signed, LIVE))
    await service.deliver(MERGER)
    await service.advance(at(2025, 4, 10))
    await service.deliver(life_event(LifeEventKind.CLOSED, FORESTS, date(2025, 5, 12)))
    await service.advance(at(2025, 8, 1))
    periods = [(each.period, each.whole_month) for each in await service.published(PeriodClosed)]
    assert periods == [
        ("2025-02", False),
        ("2025-03", True),
        ("2025-04", True),
        ("2025-05", False),
    ]
    due = [each.due_on for each in await service.published(MeetingFellDue)]
    assert max(due) < date(2025, 5, 12)
    planned = await forests.get("/v1/meetings", params={"state": "planned"})
    assert planned.json()["items"] == []
