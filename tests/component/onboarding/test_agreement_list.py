"""The list of agreements is read in the same number of queries however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.component.onboarding.in_operation import Centre, centre
from tests.component.onboarding.test_leaving import notice
from tests.component.onboarding.walk import done

CUSTOMERS = {
    "202100-6255": "Pensionsmyndigheten",
    "202100-5612": "Skogsstyrelsen",
    "202100-4870": "Mäklarinspektionen",
}


@contextmanager
def statements(found: Centre) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []
    engine = found.service.runtime.database.engine.sync_engine

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_many_agreements_take_as_many_queries_as_one(database_url: str) -> None:
    async with centre(database_url) as found:
        counts: list[int] = []
        listed: list[dict[str, Any]] = []
        for org_number, name in CUSTOMERS.items():
            customer = await found.customer(org_number, name, {"payroll": (5_000, 20_000)})
            given = notice(customer)
            given["services"] = []
            del given["agreement_id"]
            path = f"/v1/agreements/{customer.agreement_id}/notices"
            done(await customer.agency.post(path, json=given), 201)
            with statements(found) as seen:
                listed = done(await found.staff.get("/ops/v1/agreements"))["items"]
            counts.append(sum(one.startswith("SELECT") for one in seen))
        assert [entry["customer_name"] for entry in listed] == list(CUSTOMERS.values())
        assert all(len(entry["notices"]) == 1 for entry in listed)
        assert len(set(counts)) == 1
