"""What only the database can refuse: a race is told as one, a fault of ours as a fault."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete, func, select

from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.tables import audit, idempotency_keys
from services.chassis.testing import RunningService, running
from tests.support.probe import SPEC, Effect

ORG = "202100-6255"


async def counts(service: RunningService) -> tuple[int, int, int]:
    """How many claims, kept answers and audit rows there are."""
    async with service.runtime.database.transaction(write=False) as session:
        rows = [
            await session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Effect.__table__, idempotency_keys, audit)
        ]
    return rows[0], rows[1], rows[2]


async def test_a_row_somebody_else_wrote_first_is_a_conflict(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        claim = {"claim_id": new_id(), "label": "one"}
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            first = await agency.post("/v1/claims", json=claim)
            second = await agency.post("/v1/claims", json={**claim, "label": "two"})
        assert first.status_code == 201
        problem = second.json()
        assert (second.status_code, problem["code"]) == (409, "changed_meanwhile")
        assert problem["detail"].startswith("Nothing was changed: another request changed the same")
        assert "send it again with the same Idempotency-Key" in problem["detail"]
        assert claim["claim_id"] not in second.text
        assert await counts(service) == (1, 1, 1)


async def test_after_a_conflict_the_same_key_may_be_sent_again(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        claim = {"claim_id": new_id(), "label": "one"}
        key = {"Idempotency-Key": "k1"}
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            await agency.post("/v1/claims", json=claim)
            refused = await agency.post("/v1/claims", json=claim, headers=key)
            async with service.runtime.database.transaction(write=True) as session:
                await session.execute(delete(Effect))
                await session.commit()
            accepted = await agency.post("/v1/claims", json=claim, headers=key)
        assert (refused.status_code, accepted.status_code) == (409, 201)
        assert (await counts(service))[0] == 1


async def test_of_many_at_once_one_is_first(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        claim = {"claim_id": new_id(), "label": "one"}
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answers = await asyncio.gather(
                *(agency.post("/v1/claims", json=claim) for _ in range(5))
            )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
        assert await counts(service) == (1, 1, 1)


async def test_a_missing_value_is_our_fault_and_not_a_conflict(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answer = await agency.post("/v1/claims", json={"claim_id": new_id(), "label": None})
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert await counts(service) == (0, 0, 0)
