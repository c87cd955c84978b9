"""What is signed passes to a successor, stays as it was signed, and ends with a closing."""

from __future__ import annotations

from datetime import UTC, datetime

from services.chassis.identity import Role
from services.contracts.onboarding import AgreementEnded, CaseWithdrawn
from tests.component.onboarding.walk import ORG, OTHER_ORG, done, refused, walking


async def test_an_agreement_passes_and_ends_with_the_successor(database_url: str) -> None:
    async with (
        walking(database_url) as walk,
        walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as heir,
    ):
        await walk.to_implementation()
        signed = done(await walk.customer("GET", "/agreement"))
        body = {"org_number": OTHER_ORG, "name": "Ekonomistyrningsverket", "headcount": 150}
        done(await walk.centre.post("/ops/v1/agencies", json=body), 201)
        today = walk.service.clock.now().date().isoformat()
        event = {"kind": "merged", "effective_on": today, "successor": OTHER_ORG}
        path = f"/ops/v1/agencies/{ORG}/life-events"
        merged = done(await walk.centre.post(path, json=event), 201)
        assert [item["effect"] for item in merged["consequences"]] == [
            "case_passes",
            "agreement_passes",
        ]
        refused(await walk.customer("GET", "/agreement"), 404, "not_found")
        passed = done(await heir.get(f"/v1/cases/{walk.case_id}/agreement"))
        assert passed["content"]["customer"] == signed["content"]["customer"]
        assert passed["content_hash"] == signed["content_hash"]
        agreement_id = signed["agreement_id"]
        asked = await heir.get(f"/v1/agencies/customers?agreement_id={agreement_id}")
        (customer,) = done(asked)["items"]
        assert customer["org_number"] == OTHER_ORG
        assert customer["agreement"]["org_number"] == ORG
        assert await walk.service.published(AgreementEnded) == []

        path = f"/ops/v1/agencies/{OTHER_ORG}/life-events"
        closed = {"kind": "closed", "effective_on": "2026-01-01"}
        done(await walk.centre.post(path, json=closed), 201)
        await walk.service.advance(datetime(2026, 1, 2, 9, 0, tzinfo=UTC))
        (ended,) = await walk.service.published(AgreementEnded)
        assert (ended.agreement_id, str(ended.last_day), ended.reason.value) == (
            agreement_id,
            "2025-12-31",
            "closed",
        )
        (withdrawn,) = await walk.service.published(CaseWithdrawn)
        assert withdrawn.org_number == OTHER_ORG
