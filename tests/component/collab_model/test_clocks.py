"""Clocks over HTTP: late and corrected events, explanations, and as of."""

from __future__ import annotations

from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.collab_model.matters import service as matters
from services.collab_model.tables import BreachRow
from services.contracts.collab_model import (
    LevelBreached,
    LevelBreachWithdrawn,
)
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.matters import (
    A_MATTER,
    clock_of,
    enter_as,
    entered,
    explained,
    mended,
    raise_one,
    refused,
    set_timers,
    told,
)
from tests.component.collab_model.signed import (
    INVOICES,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    at,
)

# -------------------------------------------------------------------- late and corrected


async def test_a_late_event_gives_what_a_timely_one_would_have(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    """One matter is answered in time; the other's answer is entered the day after."""
    timely, late = [(await raise_one(pensions, priority="critical"))["id"] for _ in range(2)]
    await service.advance(at(2025, 2, 3, 9, 30))
    await entered(manager, timely, "responded")
    await service.advance(at(2025, 2, 4, 9))
    [breach] = [b for b in await service.published(LevelBreached) if b.level == RESPONSE.key]
    assert breach.matter_id == late

    shown = await entered(manager, late, "responded", at=told(at(2025, 2, 3, 9, 30)))
    assert [line["late"] for line in shown["log"]] == [False, True]
    clocks = [
        clock_of((await pensions.get(f"/v1/matters/{each}")).json(), "response_time")
        for each in (timely, late)
    ]
    assert clocks[0] == clocks[1]
    assert (clocks[0]["state"], clocks[0]["elapsed_minutes"]) == ("met", 30)

    [withdrawn] = await service.published(LevelBreachWithdrawn)
    assert (withdrawn.breach_id, withdrawn.service) == (breach.breach_id, PAYROLL)
    assert withdrawn.reason == "line 2 of the log: responded, entered late"


async def test_a_breach_that_is_withdrawn_stands_on_no_agenda(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions, priority="critical", kind="question"))["id"]
    await service.advance(at(2025, 2, 3, 12))
    await entered(manager, matter, "resolved", at=told(at(2025, 2, 3, 9, 30)))
    await service.advance(at(2025, 4, 1))
    for meeting in (await pensions.get("/v1/meetings", params={"state": "due"})).json()["items"]:
        file = (await pensions.get(f"/v1/meetings/{meeting['id']}")).json()
        assert file["agenda"] == []


async def test_a_breach_that_becomes_true_again_is_told_again(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions, priority="critical"))["id"]
    await service.advance(at(2025, 2, 3, 12))
    await entered(manager, matter, "responded", at=told(at(2025, 2, 3, 9, 30)))
    assert (await mended(manager, matter, 2, "withdrawal")).status_code == 201
    first, second = [
        b.breach_id for b in await service.published(LevelBreached) if b.level == RESPONSE.key
    ]
    assert first != second
    assert [b.breach_id for b in await service.published(LevelBreachWithdrawn)] == [first]
    async with service.runtime.database.transaction(write=False) as session:
        row = await session.get(BreachRow, second)
        assert row is not None
        assert (row.number, row.withdrawn_at) == (2, None)


async def test_a_breach_at_another_instant_is_another_breach(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions, priority="critical"))["id"]
    await service.advance(at(2025, 2, 3, 13))
    await entered(manager, matter, "waiting_for_customer", at=told(at(2025, 2, 3, 9, 30)))
    await entered(manager, matter, "resumed", at=told(at(2025, 2, 3, 10)))
    answers = [b for b in await service.published(LevelBreached) if b.level == RESPONSE.key]
    assert [b.breached_at for b in answers] == [at(2025, 2, 3, 10), at(2025, 2, 3, 10, 30)]
    [withdrawn] = await service.published(LevelBreachWithdrawn)
    assert withdrawn.breached_at == at(2025, 2, 3, 10)
    told_so_far = await service.published_types()
    async with service.runtime.units.begin() as uow:
        await matters.fall_due(uow, matter)
    assert await service.published_types() == told_so_far  # what is true has been told


async def test_a_corrected_instant_moves_the_clock_and_is_seen_in_the_log(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 11))
    await entered(manager, matter, "waiting_for_customer")
    await service.advance(at(2025, 2, 3, 12))
    answer = await mended(manager, matter, 2, "correction", at=told(at(2025, 2, 3, 9, 30)))
    assert answer.status_code == 201, answer.text
    log = (await pensions.get(f"/v1/matters/{matter}")).json()["log"]
    assert [(e["sequence"], e["replaced_by"], e["corrects"], e["holds"]) for e in log] == [
        (1, None, None, True),
        (2, 3, None, False),
        (3, None, 2, True),
    ]
    assert clock_of(answer.json(), "response_time")["elapsed_minutes"] == 30
    await entered(manager, matter, "resumed")
    contradiction = await mended(manager, matter, 3, "withdrawal")
    refused(contradiction, 409, "event_contradicts_state")
    assert "was not withdrawn: line 4 of the log, resumed, would" in contradiction.json()["detail"]
    refused(await mended(manager, matter, 2, "correction"), 409, "line_not_correctable")
    refused(await mended(manager, matter, 9, "withdrawal"), 409, "line_not_correctable")
    refused(await mended(manager, matter, 1, "withdrawal"), 409, "line_not_correctable")


async def test_a_matter_that_was_told_of_earlier_counts_from_then(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    earlier = {"org_number": PENSIONS, "raised_at": told(at(2025, 2, 3, 8, 15))}
    answer = await manager.post("/ops/v1/matters", json={**A_MATTER, **earlier})
    assert answer.status_code == 201, answer.text
    assert clock_of(answer.json(), "response_time")["elapsed_minutes"] == 45
    for wrong, code in (
        ({**earlier, "raised_at": told(at(2025, 2, 3, 9, 1))}, (422, "event_in_future")),
        ({**earlier, "raised_at": told(at(2025, 1, 31, 9))}, (409, "service_not_live")),
    ):
        refused(await manager.post("/ops/v1/matters", json={**A_MATTER, **wrong}), *code)
    own = {**A_MATTER, "raised_at": earlier["raised_at"]}
    refused(await pensions.post("/v1/matters", json=own), 403, "event_not_yours")


IMPOSSIBLE: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"event": "responded", "at": told(at(2025, 2, 3, 8))}, 422, "event_before_matter"),
    ({"event": "responded", "at": told(at(2025, 2, 3, 13))}, 422, "event_in_future"),
    ({"event": "resumed", "at": told(at(2025, 2, 3, 10))}, 409, "event_contradicts_state"),
    ({"event": "cancelled"}, 403, "event_not_yours"),
    ({"event": "priority_changed"}, 422, "event_detail_wrong"),
    ({"event": "responded", "priority": "high"}, 422, "event_detail_wrong"),
    ({"event": "moved"}, 422, "event_detail_wrong"),
    ({"event": "moved", "service": INVOICES}, 409, "service_not_live"),
    ({"event": "handed_to_team"}, 422, "event_detail_wrong"),
    ({"event": "responded", "counterpart": "a-team"}, 422, "event_detail_wrong"),
    ({"event": "returned_by_team", "counterpart": "a"}, 409, "event_contradicts_state"),
)


async def test_what_cannot_be_is_refused_and_changes_nothing(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 12))
    before = (await pensions.get(f"/v1/matters/{matter}")).json()
    published, timers = await service.published_types(), await set_timers(service)
    for event, status, code in IMPOSSIBLE:
        refused(await enter_as(manager, matter, **event), status, code)
    assert (await pensions.get(f"/v1/matters/{matter}")).json() == before
    assert (await service.published_types(), await set_timers(service)) == (published, timers)


async def test_an_agency_corrects_nothing_and_backdates_nothing(
    signed: AgreementSigned, pensions: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    matter = (await raise_one(pensions))["id"]
    await entered(manager, matter, "waiting_for_customer")
    body = {"event": "resumed", "at": told(at(2025, 2, 3, 9))}
    answer = await pensions.post(f"/v1/matters/{matter}/events", json=body)
    refused(answer, 403, "event_not_yours")
    refused(
        await pensions.post(f"/v1/matters/{matter}/log/2/withdrawal", json={"reason": "no"}),
        404,
        "not_found",
    )


# ------------------------------------------------------------------ explained, and as of


async def test_a_clock_explains_itself_as_of_then_and_as_known_then(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 12))
    asked_then = await explained(pensions, matter, RESPONSE.key)
    await service.advance(at(2025, 2, 4, 9))
    await entered(manager, matter, "waiting_for_customer", at=told(at(2025, 2, 3, 9, 30)))
    await entered(manager, matter, "resumed", at=told(at(2025, 2, 3, 11, 30)))

    noon = at(2025, 2, 3, 12)
    as_known_then = await explained(pensions, matter, RESPONSE.key, at=noon, known_at=noon)
    assert as_known_then == asked_then  # the same bytes, whenever it is asked for
    as_known_now = await explained(pensions, matter, RESPONSE.key, at=noon)
    states = [each["state"] for each in (as_known_then, as_known_now)]
    assert states == ["breached", "running"]

    [round_] = as_known_now["rounds"]
    assert [
        (s["from"], s["state"], s["rule"], s["calendar"], s["calendar_version"], s["event"])
        for s in round_["spans"]
    ] == [
        ("2025-02-03T08:00:00Z", "open", "Monday 08:00-16:30", "signed", 1, 1),
        ("2025-02-03T08:30:00Z", "paused", "The centre waits for the customer.", None, None, 2),
        ("2025-02-03T10:30:00Z", "open", "Monday 08:00-16:30", "signed", 1, 3),
    ]
    assert round_["sums"] == {
        "wall_time": "PT3H",
        "counted": "PT1H",
        "closed": "PT0S",
        "holiday": "PT0S",
        "paused": "PT2H",
    }
    assert (round_["elapsed"], round_["left"], round_["used_percent"]) == ("PT1H", "PT1H", "50.00")
    assert [step["left"] for step in round_["steps"]] == ["PT2H", "PT1H30M", "PT1H30M"]
    assert "Det som räknas är 1\u00a0tim; utlovat är 2\u00a0tim." in round_["summary_sv"]
    assert round_["spans"][0]["text"] == (
        "2025-02-03 09:00 to 2025-02-03 09:30: 30 min counted. Monday 08:00-16:30, by the service "
        "hours in version 1 of the agreement. Measured so since line 1 of the log, when the "
        "matter was raised."
    )
    [calendar] = as_known_now["calendars"]
    assert (calendar["calendar"], calendar["zone"]) == ("signed", "Europe/Stockholm")
    assert calendar["name_sv"] == "servicetiden i version 1 av överenskommelsen"
    assert calendar["recorded_at"] == "2025-02-03T08:00:00Z"
    assert {c["action"]: c["event"] for c in as_known_now["conditions"]}["pauses"] == (
        "waiting_for_customer"
    )


async def test_there_is_no_answer_for_what_has_not_been(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
) -> None:
    matter = (await raise_one(pensions))["id"]
    for name, instant in (
        ("at", at(2025, 2, 3, 8, 59)),
        ("at", at(2025, 2, 3, 9, 1)),
        ("known_at", at(2025, 2, 3, 8, 59)),
        ("known_at", at(2026, 2, 3)),
    ):
        for path in ("", f"/clocks/{RESPONSE.key}"):
            answer = await pensions.get(f"/v1/matters/{matter}{path}", params={name: told(instant)})
            refused(answer, 422, "as_of_out_of_range")
    refused(await pensions.get(f"/v1/matters/{matter}/clocks/other"), 404, "not_found")
    refused(await forests.get(f"/v1/matters/{matter}/clocks/{RESPONSE.key}"), 404, "not_found")
