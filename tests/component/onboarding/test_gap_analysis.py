"""Phase 2 over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.component.onboarding.walk import done, nothing_changes, refused, walking

PATH = "/comparisons/payroll/approve-payment"
GAP = {"customer_way": "Attest på papper.", "gap": True, "kind": "process", "size": "small"}


async def test_every_activity_and_every_gap_is_missing_by_name(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        activities = await walk.activities()
        await walk.find_gap("approve-payment")
        async with nothing_changes(walk):
            problem = refused(await walk.enter("agreement"), 409, "gate_not_open")
        texts = [lack["text"] for lack in problem["missing"]]
        assert len(texts) == len(activities)
        for service, activity in activities:
            assert sum(f" {service}/{activity} " in text for text in texts) == 1
        assert [lack["item"] for lack in problem["missing"]].count("gaps-decided") == 1


async def test_comparing_and_deciding_is_counted(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.compare_all()
        await walk.find_gap("approve-payment")
        await walk.find_gap("pay-salaries")
        done(await walk.decide("pay-salaries", "adopt_standard"))
        counts = (await walk.seen())["comparisons"]
        total = len(await walk.activities())
        assert counts == {
            "activities": total,
            "compared": total,
            "gaps": 2,
            "undecided": 1,
            "deviations": 0,
        }


async def test_a_deviation_has_to_be_priced_before_the_agreement(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.compare_all()
        await walk.find_gap("approve-payment")
        done(await walk.decide("approve-payment", "centre_adapts", price_ore=None))
        async with nothing_changes(walk):
            problem = refused(await walk.enter("agreement"), 409, "gate_not_open")
        assert [lack["item"] for lack in problem["missing"]] == ["deviations-priced"]
        done(await walk.decide("approve-payment", "centre_adapts", price_ore=0))
        done(await walk.enter("agreement"))


async def test_nothing_is_compared_outside_phase_2(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            refused(await walk.customer("PUT", PATH, GAP), 409, "wrong_phase")
            refused(await walk.decide("approve-payment", "adopt_standard"), 409, "wrong_phase")


@pytest.mark.parametrize("ref", ["payroll/no-such", "e-commerce/place-order", "catering/cook"])
async def test_an_activity_of_another_service_is_unknown(database_url: str, ref: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        async with nothing_changes(walk):
            answer = await walk.customer("PUT", f"/comparisons/{ref}", GAP)
            refused(answer, 404, "activity_unknown")


@pytest.mark.parametrize("absent", ["kind", "size"])
async def test_a_gap_is_described(database_url: str, absent: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        async with nothing_changes(walk):
            body = {key: value for key, value in GAP.items() if key != absent}
            refused(await walk.customer("PUT", PATH, body), 422, "gap_not_described")


async def test_only_a_compared_gap_is_decided(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        async with nothing_changes(walk):
            refused(await walk.decide("approve-payment", "adopt_standard"), 409, "not_compared")
        await walk.compare_all()
        async with nothing_changes(walk):
            answer = await walk.decide("approve-payment", "adopt_standard")
            refused(answer, 409, "no_gap_to_decide")


@pytest.mark.parametrize("until", [None, "2025-01-07"])
async def test_an_exception_ends_on_a_day_ahead(database_url: str, until: str | None) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        async with nothing_changes(walk):
            answer = await walk.decide("approve-payment", "exception_until", until=until)
            refused(answer, 422, "until_required")


async def test_a_changed_comparison_takes_its_decision_back(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        decided = done(await walk.decide("approve-payment", "centre_adapts"))
        assert decided["decision"]["decision"] == "centre_adapts"
        assert done(await walk.customer("PUT", PATH, GAP)) == decided
        changed = done(await walk.customer("PUT", PATH, {**GAP, "size": "large"}))
        assert changed["decision"] is None
        assert changed["version"] == decided["version"] + 1


async def test_who_decides_on_what_has_changed_is_told_so(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        done(await walk.decide("approve-payment", "centre_adapts", expected_version=1))
        async with nothing_changes(walk):
            late = await walk.decide("approve-payment", "out_of_scope", expected_version=1)
            refused(late, 409, "changed_meanwhile")
            stale = {**GAP, "size": "large", "expected_version": 0}
            refused(await walk.customer("PUT", PATH, stale), 409, "changed_meanwhile")


async def test_of_two_decisions_at_once_one_wins(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        wishes: list[dict[str, Any]] = [
            {"decision": "centre_adapts"},
            {"decision": "out_of_scope"},
        ]
        answers = await asyncio.gather(
            *(walk.decide("approve-payment", expected_version=1, **wish) for wish in wishes)
        )
        won = [answer for answer in answers if answer.status_code == 200]
        lost = [answer for answer in answers if answer.status_code != 200]
        assert len(won) == 1
        refused(lost[0], 409, "changed_meanwhile")
        listed = done(await walk.customer("GET", "/comparisons"))["items"]
        (kept,) = [item for item in listed if item["decision"]]
        assert kept == won[0].json()
