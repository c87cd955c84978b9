"""Matters from raising to resolving, and their clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
import pytest

from services.chassis.testing import RunningService
from services.contracts.collab_model import LevelBreached, MatterRaised, MatterResolved
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import MatterKind, Priority
from tests.component.collab_model.conftest import MONDAY
from tests.component.collab_model.matters import (
    A_MATTER,
    UNKNOWN_ID,
    clock_of,
    enter,
    raise_one,
    refused,
    set_timers,
)
from tests.component.collab_model.signed import (
    FORESTS,
    PAYROLL,
    PENSIONS,
    agreement,
    at,
    went_live,
)

# ------------------------------------------------------------------------- raising


async def test_raising_a_matter_starts_its_clocks(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    matter = await raise_one(pensions)
    assert matter["status"] == "open"
    assert matter["org_number"] == PENSIONS
    assert [(e["sequence"], e["event"], e["party"]) for e in matter["log"]] == [
        (1, "raised", "customer")
    ]
    assert [
        (c["level"], c["kind"], c["target_minutes"], c["state"], c["deadline"])
        for c in matter["clocks"]
    ] == [
        ("response-time", "response_time", 120, "running", "2025-02-03T10:00:00Z"),
        # 450 minutes of Monday, then 510 of Tuesday.
        ("resolution-time", "resolution_time", 960, "running", "2025-02-04T15:30:00Z"),
    ]
    assert await service.published(MatterRaised) == [
        MatterRaised(
            matter_id=matter["id"],
            org_number=PENSIONS,
            agreement_id=signed.agreement_id,
            service=PAYROLL,
            kind=MatterKind.INCIDENT,
            priority=Priority.HIGH,
            raised_at=MONDAY,
        )
    ]
    assert len(await set_timers(service)) == 2


async def test_staff_raise_a_matter_for_a_customer(
    signed: AgreementSigned, manager: httpx.AsyncClient, pensions: httpx.AsyncClient
) -> None:
    answer = await manager.post("/ops/v1/matters", json={**A_MATTER, "org_number": PENSIONS})
    assert answer.status_code == 201
    assert answer.json()["log"][0]["party"] == "centre"
    seen = (await pensions.get("/v1/matters")).json()["items"]
    assert [matter["id"] for matter in seen] == [answer.json()["id"]]


async def test_only_staff_name_the_customer(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    refused(await manager.post("/ops/v1/matters", json=A_MATTER), 422, "customer_not_named")
    for org_number in (PENSIONS, FORESTS):
        answer = await pensions.post("/v1/matters", json={**A_MATTER, "org_number": org_number})
        refused(answer, 422, "customer_not_named")
    assert await service.published(MatterRaised) == []


async def test_a_service_must_be_live_for_the_customer(
    service: RunningService, pensions: httpx.AsyncClient, forests: httpx.AsyncClient
) -> None:
    signed = agreement()
    await service.deliver(signed)
    refused(await pensions.post("/v1/matters", json=A_MATTER), 409, "service_not_live")

    await service.deliver(went_live(signed, date(2025, 2, 4)))
    refused(await pensions.post("/v1/matters", json=A_MATTER), 409, "service_not_live")
    await service.advance(at(2025, 2, 4))
    await raise_one(pensions)

    refused(await forests.post("/v1/matters", json=A_MATTER), 409, "service_not_live")
    other = {**A_MATTER, "service": "travel-expenses"}
    refused(await pensions.post("/v1/matters", json=other), 409, "service_not_live")
    assert len(await service.published(MatterRaised)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "complaint"},
        {"priority": "urgent"},
        {"title": ""},
        {"title": "Pay\u0000slips"},
        {"description": "x" * 4001},
        {"service": "Not A Slug"},
        {"status": "resolved"},
    ],
)
async def test_bad_input_is_refused(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    change: dict[str, str],
) -> None:
    answer = await pensions.post("/v1/matters", json={**A_MATTER, **change})
    refused(answer, 422, "validation_failed")
    assert await service.published(MatterRaised) == []


async def test_a_repeated_command_raises_one_matter(
    service: RunningService, signed: AgreementSigned, pensions: httpx.AsyncClient
) -> None:
    key = {"Idempotency-Key": "the-same"}
    first = await pensions.post("/v1/matters", json=A_MATTER, headers=key)
    again = await pensions.post("/v1/matters", json=A_MATTER, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(await service.published(MatterRaised)) == 1


async def test_staff_without_a_part_in_matters_cannot_change_them(
    signed: AgreementSigned, finance: httpx.AsyncClient, pensions: httpx.AsyncClient
) -> None:
    refused(
        await finance.post("/ops/v1/matters", json={**A_MATTER, "org_number": PENSIONS}),
        403,
        "forbidden",
    )
    matter = await raise_one(pensions)
    refused(await enter(finance, matter["id"], "responded"), 403, "forbidden")
    assert (await finance.get(f"/ops/v1/matters/{matter['id']}")).status_code == 200


# --------------------------------------------------------------------------- reading


async def test_a_tenant_sees_its_own(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
) -> None:
    matter = await raise_one(pensions)
    foreign = await forests.get(f"/v1/matters/{matter['id']}")
    missing = await forests.get(f"/v1/matters/{UNKNOWN_ID}")
    refused(foreign, 404, "not_found")
    refused(missing, 404, "not_found")
    assert foreign.json()["detail"] == missing.json()["detail"]
    refused(await enter(forests, matter["id"], "resumed", door="/v1"), 404, "not_found")
    for path in ("/v1/matters", "/v1/levels", "/v1/periods", "/v1/forums", "/v1/meetings"):
        assert (await forests.get(path)).json() == {"items": [], "next": None}
        refused(await forests.get(path, params={"org_number": PENSIONS}), 404, "not_found")
    assert (await pensions.get(f"/v1/matters/{matter['id']}")).json()["log"] == matter["log"]


async def test_staff_see_matters_across_customers_page_by_page(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    other = agreement(FORESTS)
    await service.deliver(other)
    await service.deliver(went_live(other, date(2025, 2, 3)))
    raised = [(await raise_one(client))["id"] for client in (pensions, forests, pensions, forests)]

    first = (await manager.get("/ops/v1/matters", params={"limit": 3})).json()
    second = (
        await manager.get("/ops/v1/matters", params={"limit": 3, "after": first["next"]})
    ).json()
    assert [m["id"] for m in first["items"] + second["items"]] == raised
    assert second["next"] is None
    whole = (await manager.get("/ops/v1/matters", params={"limit": 4})).json()
    assert whole["next"] is None
    one = (await manager.get("/ops/v1/matters", params={"org_number": FORESTS})).json()
    assert [m["org_number"] for m in one["items"]] == [FORESTS, FORESTS]


async def test_matters_are_found_by_status_and_service(
    signed: AgreementSigned, pensions: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    ids = [(await raise_one(pensions))["id"] for _ in range(3)]
    await enter(manager, ids[0], "waiting_for_customer")
    await enter(manager, ids[1], "resolved")
    for status, expected in (
        ("waiting_for_customer", ids[0]),
        ("resolved", ids[1]),
        ("open", ids[2]),
    ):
        found = (await pensions.get("/v1/matters", params={"status": status})).json()["items"]
        assert [matter["id"] for matter in found] == [expected]
    by_service = await pensions.get("/v1/matters", params={"service": PAYROLL})
    assert len(by_service.json()["items"]) == 3
    none = await pensions.get("/v1/matters", params={"service": "travel-expenses"})
    assert none.json()["items"] == []
    refused(await pensions.get("/v1/matters", params={"status": "lost"}), 422, "validation_failed")


# ---------------------------------------------------------------------------- events


async def test_a_matter_is_worked_on_and_resolved_in_time(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    matter_id = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 10))
    responded = await enter(manager, matter_id, "responded")
    assert responded.status_code == 201
    response = clock_of(responded.json(), "response_time")
    assert (response["state"], response["elapsed_minutes"]) == ("met", 60)
    assert await set_timers(service) == [datetime(2025, 2, 4, 15, 30, tzinfo=UTC)]

    await service.advance(at(2025, 2, 4, 12))
    resolved = (await enter(manager, matter_id, "resolved")).json()
    assert resolved["status"] == "resolved"
    assert clock_of(resolved, "resolution_time")["state"] == "met"
    assert await set_timers(service) == []

    await service.advance(at(2025, 2, 10))
    assert await service.published(LevelBreached) == []
    assert await service.published(MatterResolved) == [
        MatterResolved(
            matter_id=matter_id,
            org_number=PENSIONS,
            agreement_id=signed.agreement_id,
            service=PAYROLL,
            priority=Priority.HIGH,
            resolved_at=at(2025, 2, 4, 12),
        )
    ]


async def test_a_pause_over_the_weekend_moves_the_deadline(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    await service.advance(at(2025, 2, 7, 14))  # a Friday
    matter_id = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 7, 15))
    waiting = (await enter(manager, matter_id, "waiting_for_customer")).json()
    assert waiting["status"] == "waiting_for_customer"
    assert [(c["state"], c["deadline"]) for c in waiting["clocks"]] == [("paused", None)] * 2
    assert await set_timers(service) == []

    await service.advance(at(2025, 2, 10, 9))  # Monday, an hour into the day
    resumed = (await enter(pensions, matter_id, "resumed", door="/v1")).json()
    response = clock_of(resumed, "response_time")
    assert (response["state"], response["elapsed_minutes"]) == ("running", 60)
    assert response["deadline"] == "2025-02-10T09:00:00Z"
    assert [(s["from"], s["to"], s["state"], s["minutes"]) for s in response["spans"]] == [
        ("2025-02-07T13:00:00Z", "2025-02-07T14:00:00Z", "open", 60),
        ("2025-02-07T14:00:00Z", "2025-02-10T08:00:00Z", "paused", 0),
    ]
    await service.advance(at(2025, 2, 10, 9, 30))
    assert await service.published(LevelBreached) == []
    later = (await pensions.get(f"/v1/matters/{matter_id}")).json()
    spans = clock_of(later, "response_time")["spans"]
    assert sum(span["minutes"] for span in spans) == 90


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (["responded"], "responded"),
        ([], "resumed"),
        (["waiting_for_customer"], "waiting_for_customer"),
        (["resolved"], "resolved"),
        (["resolved"], "responded"),
        (["resolved"], "waiting_for_customer"),
    ],
)
async def test_contradictions_are_refused_and_change_nothing(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
    before: list[str],
    event: str,
) -> None:
    matter_id = (await raise_one(pensions))["id"]
    for each in before:
        assert (await enter(manager, matter_id, each)).status_code == 201
    earlier = (await pensions.get(f"/v1/matters/{matter_id}")).json()
    published = await service.published_types()
    set_before = await set_timers(service)

    refused(await enter(manager, matter_id, event), 409, "event_contradicts_state")

    assert (await pensions.get(f"/v1/matters/{matter_id}")).json() == earlier
    assert await service.published_types() == published
    assert await set_timers(service) == set_before


@pytest.mark.parametrize("event", ["responded", "waiting_for_customer", "resolved"])
async def test_customers_cannot_enter_what_is_the_centres(
    signed: AgreementSigned, pensions: httpx.AsyncClient, event: str
) -> None:
    matter = await raise_one(pensions)
    refused(await enter(pensions, matter["id"], event, door="/v1"), 403, "event_not_yours")
    assert (await pensions.get(f"/v1/matters/{matter['id']}")).json()["log"] == matter["log"]


@pytest.mark.parametrize("event", ["raised", "escalated", "closed"])
async def test_there_are_no_other_events(
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
    event: str,
) -> None:
    matter = await raise_one(pensions)
    refused(await enter(manager, matter["id"], event), 422, "validation_failed")
    refused(await enter(manager, UNKNOWN_ID, "responded"), 404, "not_found")


# ------------------------------------------------------------------------- lists as of an instant


async def test_a_list_shows_what_stood_then_as_was_known_when(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    first = await raise_one(pensions)
    service.at(at(2025, 2, 3, 11))
    await enter(manager, first["id"], "resolved")
    service.at(at(2025, 2, 3, 13))
    late = {**A_MATTER, "org_number": PENSIONS, "raised_at": at(2025, 2, 3, 10).isoformat()}
    second = (await manager.post("/ops/v1/matters", json=late)).json()

    async def listed(who: httpx.AsyncClient = pensions, **query: str | int) -> list[list[str]]:
        answer = await who.get("/v1/matters", params=query)
        assert answer.status_code == 200, answer.text
        return [[each["id"], each["status"]] for each in answer.json()["items"]]

    ten, half_past, noon = (
        at(2025, 2, 3, hour, minute).isoformat() for hour, minute in ((10, 0), (10, 30), (12, 0))
    )
    opened, resolved = [first["id"], "open"], [first["id"], "resolved"]
    assert await listed(at=half_past) == [opened, [second["id"], "open"]]
    assert await listed(at=half_past, known_at=noon) == [opened]
    assert await listed(at=noon, known_at=noon) == [resolved]
    assert await listed(at=noon, status="open") == [[second["id"], "open"]]
    assert await listed(known_at=ten) == [opened]
    assert await listed(known_at=ten, service="rese") == []
    assert await listed(at=at(2025, 2, 3, 8).isoformat()) == []
    assert await listed(forests, at=noon) == []

    page = (await pensions.get("/v1/matters", params={"at": noon, "limit": 1})).json()
    assert [each["id"] for each in page["items"]] == [first["id"]]
    assert await listed(at=noon, limit=1, after=page["next"]) == [[second["id"], "open"]]
    ahead = await pensions.get("/v1/matters", params={"at": at(2025, 2, 4, 9).isoformat()})
    refused(ahead, 422, "as_of_out_of_range")
