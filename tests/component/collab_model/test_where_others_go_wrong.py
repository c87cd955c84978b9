"""Where other products go wrong (DOMAIN.md section 6), where it shows in storage and timers."""

from __future__ import annotations

import httpx

from services.chassis.testing import RunningService
from services.collab_model.matters import service as matters
from services.contracts.collab_model import ClockWarned
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.calendars import bind, register, version
from tests.component.collab_model.clock_terms import TEAM, TOMORROW, set_levels
from tests.component.collab_model.matters import entered, explained, raise_one
from tests.component.collab_model.signed import RESPONSE, at


async def test_zammad_4353_a_level_that_is_taken_away_leaves_nothing_escalated(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    """Matters keep what they were promised; those that come later are promised nothing."""
    assert (await set_levels(manager, TEAM)).status_code == 201
    await service.advance(at(2025, 2, 4, 9))
    matter = (await raise_one(pensions))["id"]
    await entered(manager, matter, "handed_to_team", counterpart="specialists")
    gone = await set_levels(manager, holds_from="2025-02-05")
    assert gone.status_code == 201, gone.text
    await service.advance(at(2025, 2, 5, 9))
    kept = (await manager.get(f"/ops/v1/matters/{matter}")).json()["clocks"]
    assert [c["clock"] for c in kept][-1] == "internal-specialists"
    after = (await raise_one(pensions))["id"]
    shown = await entered(manager, after, "handed_to_team", counterpart="specialists")
    assert [c["beneath"] for c in shown["clocks"]] == ["customer", "customer"]
    await service.advance(at(2025, 2, 6, 9))
    assert {
        w.matter_id for w in await service.published(ClockWarned) if w.beneath == "internal"
    } == {matter}


async def test_zammad_4432_reminders_wait_for_the_morning_where_that_is_asked_for(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    """Through the timers, once each; a resolution's warnings come at night as nothing is asked."""
    standard = (await manager.get("/ops/v1/clock-rules/standard")).json()["rules"]["response"]
    quiet = {**standard, "warnings": [50], "warn_in_service_hours_only": True}
    body = {"holds_from": TOMORROW, "rules": {"response": quiet}}
    assert (await manager.post("/ops/v1/clock-rules", json=body)).status_code == 201
    await service.advance(at(2025, 2, 4, 15, 30))
    matter = (await raise_one(pensions))["id"]  # half of its two hours is used at 16.30

    async def warned() -> list[tuple[str, int]]:
        given = await service.published(ClockWarned)
        return [(each.level, each.percent) for each in given if each.matter_id == matter]

    await service.advance(at(2025, 2, 5, 7, 59))
    assert await warned() == []
    await service.advance(at(2025, 2, 5, 8, 1))
    assert await warned() == [(RESPONSE.key, 50)]
    async with service.runtime.units.begin() as uow:
        await matters.fall_due(uow, matter)
    assert await warned() == [(RESPONSE.key, 50)]


async def test_a_calendar_edit_rewrites_no_history(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    """What was answered before the edit is answered so again, to the byte."""
    await register(manager)
    await bind(manager, signed.agreement_id, "office", "2025-02-01")
    matter = (await raise_one(pensions))["id"]
    noon = at(2025, 2, 3, 12)
    await service.advance(noon)
    path = f"/v1/matters/{matter}/clocks/{RESPONSE.key}"
    as_of = {"at": noon.isoformat(), "known_at": noon.isoformat()}
    before = (await pensions.get(path, params=as_of)).content
    await service.advance(at(2025, 2, 3, 13))
    mornings = version(
        "2025-02-03", weekly={"monday": [{"opens": "08:00", "closes": "09:30"}]}, reason="Fewer"
    )
    answer = await manager.post("/ops/v1/calendars/office/versions", json=mornings)
    assert answer.status_code == 201, answer.text
    await service.advance(at(2025, 2, 3, 14))
    assert (await pensions.get(path, params=as_of)).content == before
    now = await explained(pensions, matter, RESPONSE.key, at=noon)
    assert [(c["calendar"], c["version"], c["reason"]) for c in now["calendars"]] == [
        ("office", 2, "Fewer")
    ]
    assert now["rounds"][0]["sums"]["counted"] == "PT30M"
