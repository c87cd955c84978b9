"""Phase 4 over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.contracts.onboarding import ServiceWentLive
from tests.component.onboarding.walk import (
    GO_LIVE,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

READY = {"ready": True, "evidence": "Protokoll."}


async def missing_items(walk: Walk, live_on: date = GO_LIVE) -> set[str]:
    """What a refused go-live says is missing, by item; the refusal leaves no trace."""
    async with nothing_changes(walk):
        problem = refused(await walk.go_live("payroll", live_on), 409, "go_live_not_ready")
    return {lack["item"] for lack in problem["missing"]}


async def test_go_live_lists_all_that_is_missing(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        walk.service.at(datetime(2025, 6, 1, 6, 0, tzinfo=UTC))
        async with nothing_changes(walk):
            problem = refused(await walk.go_live("payroll"), 409, "go_live_not_ready")
        parts = sum(
            2 if item["owner"] == "shared" else 1 for item in (await walk.seen())["readiness"]
        )
        items = [lack["item"] for lack in problem["missing"]]
        assert items.count("readiness-complete") == parts
        assert items.count("data-reconciled") == 1
        assert items.count("go-decided") == 2
        assert await missing_items(walk, date(2025, 5, 31)) >= {"agreement-in-force"}


async def test_each_readiness_item_has_its_owner(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        for item in (await walk.seen())["readiness"]:
            path = f"/readiness/{item['item']}"
            async with nothing_changes(walk):
                if item["owner"] == "customer":
                    problem = refused(await walk.staff("PUT", path, READY), 403, "not_your_item")
                    assert problem["owner"] == "customer"
                if item["owner"] == "centre":
                    refused(await walk.customer("PUT", path, READY), 403, "not_your_item")
            assert {part["area"] for part in (await walk.seen())["readiness"]} == {
                "programme",
                "system",
                "workforce",
                "operations",
            }


async def test_a_shared_item_is_ready_when_both_say_so(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        half = done(await walk.customer("PUT", "/readiness/contacts-known", READY))
        assert half["ready"] is False
        whole = done(await walk.staff("PUT", "/readiness/contacts-known", READY))
        assert whole["ready"] is True
        not_any_more = {"ready": False, "evidence": "En kontakt har slutat."}
        done(await walk.customer("PUT", "/readiness/contacts-known", not_any_more))
        (item,) = [
            item for item in (await walk.seen())["readiness"] if item["item"] == "contacts-known"
        ]
        assert item["ready"] is False


async def test_an_unknown_item_and_an_early_one_are_refused(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        async with nothing_changes(walk):
            answer = await walk.customer("PUT", "/readiness/contacts-known", READY)
            refused(answer, 409, "wrong_phase")
        await walk.sign_agreement((await walk.draft())["content_hash"])
        done(await walk.enter("implementation"))
        async with nothing_changes(walk):
            answer = await walk.customer("PUT", "/readiness/no-such-item", READY)
            refused(answer, 404, "readiness_item_unknown")


async def test_an_unexplained_difference_keeps_the_gate_shut(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.ready_for_go_live()
        lost = await walk.reconcile(batch="leave-days", target_count=1_799)
        assert (lost["within_tolerance"], lost["holds"]) == (False, False)
        assert await missing_items(walk) == {"data-reconciled"}
        explained = await walk.reconcile(
            batch="leave-days", target_count=1_799, explanation="En dubblett togs bort."
        )
        assert (explained["within_tolerance"], explained["holds"]) == (False, True)
        done(await walk.go_live("payroll"))


@pytest.mark.parametrize("ahead", ["2025-02-05", "2025-03-09", "2024-12-31"])
async def test_go_is_decided_30_to_60_days_ahead(database_url: str, ahead: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        async with nothing_changes(walk):
            body = walk.go(date.fromisoformat(ahead))
            answer = await walk.customer("POST", "/go-decisions", body)
            refused(answer, 422, "go_live_outside_window")


@pytest.mark.parametrize("ahead", ["2025-02-06", "2025-03-08"])
async def test_the_ends_of_the_window_belong_to_it(database_url: str, ahead: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        body = walk.go(date.fromisoformat(ahead))
        done(await walk.customer("POST", "/go-decisions", body), 201)


async def test_the_parties_decide_on_the_same_day(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.ready_for_go_live()
        walk_to = date(2025, 7, 10)
        done(await walk.customer("POST", "/go-decisions", walk.go(walk_to)), 201)
        assert await missing_items(walk) == {"go-decided"}
        assert (await walk.seen())["decided_go_live_on"] is None
        done(await walk.staff("POST", "/go-decisions", walk.go(walk_to)), 201)
        assert (await walk.seen())["decided_go_live_on"] == "2025-07-10"
        assert await missing_items(walk) == {"go-live-day"}


async def test_a_no_go_says_why_and_stops_go_live(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.ready_for_go_live()
        no_go = {**walk.go(date(2025, 7, 10)), "decision": "no_go"}
        async with nothing_changes(walk):
            refused(await walk.staff("POST", "/go-decisions", no_go), 422, "reason_required")
        because = {**no_go, "reason": "Parallellkörningen är inte godkänd."}
        done(await walk.staff("POST", "/go-decisions", because), 201)
        assert await missing_items(walk) == {"go-decided"}


async def test_a_service_goes_live_on_its_day_and_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.ready_for_go_live()
        async with nothing_changes(walk):
            refused(await walk.go_live("payroll", date(2025, 6, 2)), 422, "live_on_in_future")
            refused(await walk.go_live("e-commerce"), 422, "service_not_in_case")
        assert await missing_items(walk, date(2025, 5, 31)) == {
            "go-live-day",
            "agreement-in-force",
        }
        done(await walk.go_live("payroll"))
        async with nothing_changes(walk):
            refused(await walk.go_live("payroll"), 409, "already_live")
        assert len(await walk.service.published(ServiceWentLive)) == 1


async def test_services_go_live_one_by_one(database_url: str) -> None:
    async with walking(database_url, "payroll", "e-commerce") as walk:
        await walk.ready_for_go_live()
        done(await walk.go_live("payroll"))
        async with nothing_changes(walk):
            problem = refused(await walk.enter("stabilisation"), 409, "gate_not_open")
        assert problem["missing"] == [
            {
                "item": "services-live",
                "text": "The service e-commerce is not live.",
                "owner": "centre",
            }
        ]
        done(await walk.go_live("e-commerce"))
        done(await walk.enter("stabilisation"))
