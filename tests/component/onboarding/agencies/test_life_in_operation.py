"""Life events of customers in operation: what is told of a split, closed and restored, left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

from sqlalchemy import select

from services.chassis.events import Envelope
from services.chassis.tables import outbox
from services.contracts.onboarding import (
    AgencyLifeEventRecorded,
    AgreementEnded,
    FinalSettlementRequested,
)
from services.contracts.succession import LifeEvent, Register
from services.contracts.values import EndReason
from tests.component.onboarding.in_operation import Centre, InOperation, centre
from tests.component.onboarding.test_leaving import notice
from tests.component.onboarding.walk import done, refused

ESV, STATSKONTORET, PENSION = "202100-5026", "202100-0852", "202100-6255"
PAYROLL = {"payroll": (5_000, 20_000)}
TODAY = "2026-03-02"


async def record(found: Centre, org_number: str, kind: str, day: str, **more: Any) -> Any:
    """A life event that is accepted."""
    body = {"kind": kind, "effective_on": day, **more}
    path = f"/ops/v1/agencies/{org_number}/life-events"
    return done(await found.staff.post(path, json=body), 201)


async def withdraw(found: Centre, org_number: str, life_event_id: str) -> Any:
    """The record was wrong, and nothing takes its place."""
    path = f"/ops/v1/agencies/{org_number}/life-events/{life_event_id}/correction"
    return done(await found.staff.post(path, json={"reason": "Uppgiften var fel."}), 201)


async def told(found: Centre) -> list[LifeEvent]:
    """What the other services have been told of lives, as they keep it."""
    async with found.service.runtime.database.transaction(write=False) as session:
        bodies = await session.scalars(
            select(outbox.c.body)
            .where(outbox.c.type == AgencyLifeEventRecorded.type)
            .order_by(outbox.c.seq)
        )
        envelopes = [Envelope.from_bytes(body) for body in bodies]
    return [
        LifeEvent(
            id=event.life_event_id,
            known_at=envelope.time,
            **event.model_dump(exclude={"life_event_id"}),
        )
        for envelope in envelopes
        for event in [AgencyLifeEventRecorded.model_validate(envelope.data)]
    ]


async def versions_never_fall(found: Centre) -> None:
    """Of each aggregate, what is told later carries no lower version."""
    async with found.service.runtime.database.transaction(write=False) as session:
        bodies = await session.scalars(select(outbox.c.body).order_by(outbox.c.seq))
        envelopes = [Envelope.from_bytes(body) for body in bodies]
    latest: dict[tuple[str, str], int] = {}
    for envelope in envelopes:
        key = (envelope.type.split(".")[0], envelope.subject)
        assert envelope.aggregateversion >= latest.get(key, 0), envelope.type
        latest[key] = envelope.aggregateversion


async def holder(found: Centre, customer: InOperation, day: date) -> str:
    """Who holds an agreement by what was told; the same in whatever order it came."""
    events = await told(found)
    holders = {
        Register((), tuple(order)).holder_on(customer.org_number, day, {customer.agreement_id})
        for order in permutations(events)
    }
    (only,) = holders
    return only


async def test_what_is_told_of_a_split_is_taken_back_with_it(database_url: str) -> None:
    async with centre(database_url) as found:
        split_up = await found.customer(STATSKONTORET, "Statskontoret", PAYROLL)
        for number, name in ((ESV, "Ekonomistyrningsverket"), (PENSION, "Pensionsmyndigheten")):
            body = {"org_number": number, "name": name, "headcount": 150}
            done(await found.staff.post("/ops/v1/agencies", json=body), 201)
        april = date(2026, 4, 1)
        split = await record(found, STATSKONTORET, "split", str(april), successors=[ESV, PENSION])
        settle = f"/ops/v1/agencies/{STATSKONTORET}/life-events/{split['id']}/cases"
        for successor in (ESV, PENSION):  # The second decision takes the place of the first.
            body = {"case_id": split_up.case_id, "successor": successor}
            done(await found.staff.post(settle, json=body), 201)
            assert await holder(found, split_up, april) == successor
        assert await holder(found, split_up, date(2026, 3, 31)) == STATSKONTORET
        assert len(await told(found)) == 4

        # Withdrawn before its day, nothing that was decided for it stands.
        await withdraw(found, STATSKONTORET, split["id"])
        assert await holder(found, split_up, april) == STATSKONTORET
        asked = f"/ops/v1/agencies/customers?agreement_id={split_up.agreement_id}"
        (customer,) = done(await found.staff.get(f"{asked}&valid_on={april}"))["items"]
        assert customer["org_number"] == STATSKONTORET

        # Nor when it had taken effect.
        again = await record(found, STATSKONTORET, "split", TODAY, successors=[ESV, PENSION])
        settle = f"/ops/v1/agencies/{STATSKONTORET}/life-events/{again['id']}/cases"
        body = {"case_id": split_up.case_id, "successor": ESV}
        done(await found.staff.post(settle, json=body), 201)
        events = await told(found)
        assert (
            Register((), tuple(events)).holder_on(STATSKONTORET, april, {split_up.agreement_id})
            == ESV
        )
        undone = await withdraw(found, STATSKONTORET, again["id"])
        assert [item["effect"] for item in undone["consequences"]] == [
            "case_returns",
            "agreement_returns",
        ]
        for order in (events := await told(found)), events[::-1]:
            register = Register((), tuple(order))
            held = register.holder_on(STATSKONTORET, april, {split_up.agreement_id})
            assert held == STATSKONTORET
            assert register.scope_of(ESV, april).agreements_taken == frozenset()
        await versions_never_fall(found)


async def test_a_closing_that_was_wrong_leaves_the_agreement_as_it_stood(
    database_url: str,
) -> None:
    async with centre(database_url) as found:
        goes_on = await found.customer(STATSKONTORET, "Statskontoret", PAYROLL)
        leaves = await found.customer(PENSION, "Pensionsmyndigheten", PAYROLL)
        body = {key: notice(leaves)[key] for key in ("reason", "name", "title", "mandate")}
        book = f"/v1/agreements/{leaves.agreement_id}/notices"
        given = done(await leaves.agency.post(book, json=body), 201)
        await found.service.advance(datetime(2026, 4, 2, 8, tzinfo=UTC))  # Time confirms it.
        (ended,) = await found.service.published(AgreementEnded)
        assert str(ended.last_day) == given["last_day"] == "2027-12-31"

        wrong = {
            customer.org_number: await record(found, customer.org_number, "closed", "2026-04-02")
            for customer in (goes_on, leaves)
        }
        for customer in (goes_on, leaves):
            path = f"/ops/v1/agreements/{customer.agreement_id}"
            assert done(await found.staff.get(path))["ends_on"] == "2026-04-01"
        await found.service.advance(datetime(2026, 4, 20, 8, tzinfo=UTC))
        for customer in (goes_on, leaves):
            event = wrong[customer.org_number]
            undone = await withdraw(found, customer.org_number, event["id"])
            effects = [item["effect"] for item in undone["consequences"]]
            assert effects == ["agreement_returns"]
        restored = {
            customer.org_number: done(
                await found.staff.get(f"/ops/v1/agreements/{customer.agreement_id}")
            )
            for customer in (goes_on, leaves)
        }
        assert restored[STATSKONTORET]["ends_on"] is None
        assert restored[STATSKONTORET]["in_force"]["version"] == 1
        # Notice was confirmed before the closing; it still ends the agreement.
        assert (restored[PENSION]["ends_on"], restored[PENSION]["end_reason"]) == (
            "2027-12-31",
            "terminated",
        )
        last = {
            event.org_number: (str(event.last_day), event.reason)
            for event in await found.service.published(AgreementEnded)
        }
        assert last == {
            STATSKONTORET: ("2029-12-31", EndReason.EXPIRED),
            PENSION: ("2027-12-31", EndReason.TERMINATED),
        }
        await versions_never_fall(found)


async def test_a_successor_leaves_what_it_took_over(database_url: str) -> None:
    async with centre(database_url) as found:
        absorbed = await found.customer(STATSKONTORET, "Statskontoret", PAYROLL)
        heir = await found.customer(ESV, "Ekonomistyrningsverket", {"payroll": (6_000, 10_000)})
        stayer = await found.customer(PENSION, "Pensionsmyndigheten", {"payroll": (6_000, 9_000)})
        before = await absorbed.agency.post("/v1/exits", json=notice(absorbed))
        exit_id = done(before, 201)["id"]
        merger = await record(found, STATSKONTORET, "merged", TODAY, successor=ESV)

        # The exit goes along; who absorbed the agency goes on with it, in its own name.
        refused(await absorbed.agency.get(f"/v1/exits/{exit_id}"), 404, "not_found")
        seen = done(await heir.agency.get(f"/v1/exits/{exit_id}"))
        assert (seen["org_number"], seen["customer_name"]) == (ESV, "Ekonomistyrningsverket")
        reason = {"reason": "Vi stannar."}
        done(await heir.agency.post(f"/v1/exits/{exit_id}/withdrawal", json=reason), 201)

        # Its own agreement and the one it took over are left one by one.
        again = done(await heir.agency.post("/v1/exits", json=notice(absorbed)), 201)
        assert (again["org_number"], again["ends_agreement"]) == (ESV, True)
        (told,) = done(await stayer.agency.get("/v1/exits/open-for-comment"))["items"]
        assert told["customer_name"] == "Ekonomistyrningsverket"
        await found.service.advance(datetime(2026, 3, 28, 8, tzinfo=UTC))
        path = f"/ops/v1/exits/{again['id']}/phase"
        done(await found.staff.post(path, json={"to": "handover"}))
        (ended,) = await found.service.published(AgreementEnded)
        assert (ended.agreement_id, ended.org_number) == (absorbed.agreement_id, ESV)
        own = done(await heir.agency.get(f"/v1/agreements/{heir.agreement_id}"))
        assert own["ends_on"] is None
        await found.service.advance(datetime(2028, 1, 2, 8, tzinfo=UTC))
        (asked,) = await found.service.published(FinalSettlementRequested)
        assert (asked.agreement_id, asked.org_number) == (absorbed.agreement_id, ESV)

        # The merger was wrong after all: the exit is the first agency's again.
        await withdraw(found, STATSKONTORET, merger["id"])
        seen = done(await absorbed.agency.get(f"/v1/exits/{again['id']}"))
        assert (seen["org_number"], seen["customer_name"]) == (STATSKONTORET, "Statskontoret")
        await versions_never_fall(found)


async def test_who_absorbed_one_that_stays_has_its_say(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver = await found.customer(PENSION, "Pensionsmyndigheten", PAYROLL)
        await found.customer(STATSKONTORET, "Statskontoret", {"payroll": (6_000, 9_000)})
        heir = await found.customer(ESV, "Ekonomistyrningsverket", {"e-commerce": (2_000, 90)})
        exit_id = done(await leaver.agency.post("/v1/exits", json=notice(leaver)), 201)["id"]
        assert done(await heir.agency.get("/v1/exits/open-for-comment"))["items"] == []
        await record(found, STATSKONTORET, "merged", TODAY, successor=ESV)
        (concerning,) = done(await heir.agency.get("/v1/exits/open-for-comment"))["items"]
        (effect,) = concerning["effects"]
        assert [share["org_number"] for share in effect["shares"]] == [STATSKONTORET]
        path = f"/v1/exits/{exit_id}/comments"
        said = await heir.agency.post(path, json={"text": "Kostnader får inte vältras över."})
        assert done(said, 201)["name"] == "Ekonomistyrningsverket"
