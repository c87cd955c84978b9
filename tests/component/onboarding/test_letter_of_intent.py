"""Phase 1 over HTTP, and billing's answers."""

from __future__ import annotations

import pytest

from services.chassis.consumer import NotYet
from services.contracts.billing import FeeIndicationRefused
from services.contracts.onboarding import FeeIndicationRequested
from tests.component.onboarding.walk import ORG, Walk, done, nothing_changes, refused, walking

ALL_OF_PHASE_1 = {
    "customer-staffed": "customer",
    "centre-staffed": "centre",
    "time-plan-set": "centre",
    "baseline-recorded": "customer",
    "fee-indicated": "centre",
    "letter-signed-by-customer": "customer",
    "letter-signed-by-centre": "centre",
}


async def missing(walk: Walk) -> set[str]:
    """The items the next phase waits for."""
    return {lack["item"] for lack in (await walk.seen())["missing"]}


async def test_the_gate_lists_all_that_is_missing(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            problem = refused(await walk.enter("gap_analysis"), 409, "gate_not_open")
        assert {lack["item"]: lack["owner"] for lack in problem["missing"]} == ALL_OF_PHASE_1
        seen = await walk.seen()
        told = ("item", "text", "owner", "due_on")
        assert [{key: lack[key] for key in told} for lack in seen["missing"]] == [
            {key: lack[key] for key in told} for lack in problem["missing"]
        ]
        assert [item["holds"] for item in seen["gates"][0]["items"]] == [False] * 7


@pytest.mark.parametrize("phase", ["letter_of_intent", "agreement", "stable"])
async def test_phases_are_entered_in_order(database_url: str, phase: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            problem = refused(await walk.enter(phase), 409, "phase_out_of_order")
        assert problem["current_phase"] == "letter_of_intent"
        assert problem["next_phase"] == "gap_analysis"


async def test_each_side_names_its_own_staff(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        member = {"role": "projektledare", "name": "Anna Ek"}
        done(await walk.customer("PUT", "/staffing", {"members": [member]}))
        staffing = (await walk.seen())["staffing"]
        assert staffing["customer"][0].items() >= {**member, "deputy": None}.items()
        assert staffing["centre"] == []
        async with nothing_changes(walk):
            answer = await walk.customer("PUT", "/staffing", {"members": []})
            refused(answer, 422, "validation_failed")


async def test_a_short_plan_needs_a_reason(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        short = {"starts_on": "2025-01-10", "go_live_on": "2025-05-29"}
        async with nothing_changes(walk):
            problem = refused(
                await walk.staff("PUT", "/time-plan", short), 422, "time_plan_too_short"
            )
            assert problem["minimum_weeks"] == 20
            reversed_plan = {"starts_on": "2025-06-10", "go_live_on": "2025-06-10"}
            answer = await walk.staff("PUT", "/time-plan", reversed_plan)
            refused(answer, 422, "time_plan_reversed")
            behind = {"starts_on": "2024-01-01", "go_live_on": "2025-01-06"}
            refused(await walk.staff("PUT", "/time-plan", behind), 422, "time_plan_past")
        done(
            await walk.staff("PUT", "/time-plan", {**short, "reason_if_short": "Liten myndighet."})
        )
        enough = {"starts_on": "2025-01-10", "go_live_on": "2025-05-30"}
        done(await walk.staff("PUT", "/time-plan", enough))
        assert (await walk.seen())["time_plan"] == {**enough, "reason_if_short": None}


@pytest.mark.parametrize(
    "volumes",
    [
        {},
        {"payroll": {}},
        {"payroll": {"employee-month": 12}},
        {"payroll": {"payslip": 1, "supplier-invoice": 1}},
        {"payroll": {"payslip": 1}, "e-commerce": {"supplier-invoice": 1}},
    ],
)
async def test_volumes_fit_the_cases_services(
    database_url: str, volumes: dict[str, dict[str, int]]
) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            answer = await walk.customer(
                "PUT", "/baseline", {**walk.baseline(), "volumes": volumes}
            )
            assert refused(answer, 422, "volumes_incomplete")["faults"]


async def test_the_baseline_is_shown_as_it_was_given(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        given = done(await walk.customer("PUT", "/baseline", walk.baseline()))
        assert given.pop("signatures_fallen") == []
        shown = (await walk.seen())["baseline"]
        assert [system["name"] for system in shown["systems"]] == ["Palasso"]
        assert float(shown["full_time_equivalents"]) == 12.5
        assert {**shown, "full_time_equivalents": ""} == {**given, "full_time_equivalents": ""}


async def test_a_fee_is_asked_from_the_baseline(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            answer = await walk.customer("POST", "/fee-indications", {})
            refused(answer, 409, "baseline_missing")
        done(await walk.customer("PUT", "/baseline", walk.baseline()))
        asked = done(await walk.customer("POST", "/fee-indications", {"tariff": "ssc-2020"}), 202)
        assert asked["status"] == "requested"
        (event,) = await walk.service.published(FeeIndicationRequested)
        assert (event.request_id, event.headcount, event.tariff) == (asked["id"], 1_800, "ssc-2020")
        assert [(use.service, use.yearly_volumes) for use in event.services] == [
            ("payroll", {"payslip": 12_000})
        ]
        assert "fee-indicated" in await missing(walk)


async def test_billings_answer_shows_every_line(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        request_id = await walk.ask_fee()
        answer = walk.fee_answer(request_id)
        await walk.service.deliver(answer)
        shown = (await walk.seen())["fee_indication"]
        assert shown["status"] == "indicated"
        assert shown["yearly_total_ore"] == 26_400
        assert shown["lines"] == [line.model_dump(mode="json") for line in answer.lines]
        one = done(await walk.customer("GET", f"/fee-indications/{request_id}"))
        assert one == shown
        assert "fee-indicated" not in await missing(walk)


async def test_an_answer_counts_once_whoever_repeats_it(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        request_id = await walk.ask_fee()
        answer = walk.fee_answer(request_id)
        event_id = await walk.service.deliver(answer)
        async with nothing_changes(walk):
            await walk.service.deliver(answer, event_id=event_id)
            await walk.service.deliver(answer.model_copy(update={"yearly_total_ore": 1}))


async def test_an_answer_to_an_unknown_request_waits(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            with pytest.raises(NotYet):
                await walk.service.deliver(walk.fee_answer("01900000-0000-7000-8000-000000000000"))


async def test_a_refused_indication_shows_why_and_holds_nothing_up(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        await walk.indicate_fee()
        request_id = await walk.ask_fee()
        await walk.service.deliver(
            FeeIndicationRefused(
                request_id=request_id,
                case_id=walk.case_id,
                org_number=ORG,
                code="tariff-unknown",
                reason="There is no such tariff.",
            )
        )
        seen = await walk.seen()
        assert seen["fee_indication"]["status"] == "refused"
        assert seen["fee_indication"]["refusal_reason"] == "There is no such tariff."
        assert seen["fee_indication_in_force"] not in (None, request_id)
        assert "fee-indicated" not in await missing(walk)


async def test_the_gate_says_who_has_to_set_a_price(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        request_id = await walk.ask_fee()
        why = "The centre's finance has to register a price at cost."
        why_sv = "Servicecentrets ekonomifunktion behöver registrera ett självkostnadspris."
        await walk.service.deliver(
            FeeIndicationRefused(
                request_id=request_id,
                case_id=walk.case_id,
                org_number=ORG,
                code="service-not-priced",
                reason=why,
                reason_sv=why_sv,
            )
        )
        seen = await walk.seen()
        assert seen["fee_indication"]["refusal_reason_sv"] == why_sv
        [lack] = [lack for lack in seen["missing"] if lack["item"] == "fee-indicated"]
        assert lack["owner"] == "centre"
        assert lack["text"].endswith(why)
        assert lack["text_sv"].endswith(why_sv)


async def test_a_changed_baseline_needs_a_new_indication(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.compare_all()
        changed = {**walk.baseline(), "volumes": {"payroll": {"payslip": 13_000}}}
        done(await walk.customer("PUT", "/baseline", changed))
        async with nothing_changes(walk):
            problem = refused(await walk.enter("agreement"), 409, "gate_not_open")
        assert [lack["item"] for lack in problem["missing"]] == ["fee-indicated"]
        await walk.indicate_fee()
        done(await walk.enter("agreement"))


async def test_each_side_signs_the_letter_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        signer = {"name": "Eva Lind", "title": "generaldirektör"}
        done(await walk.customer("POST", "/letter-of-intent/signatures", signer), 201)
        async with nothing_changes(walk):
            again = await walk.customer("POST", "/letter-of-intent/signatures", signer)
            refused(again, 409, "already_signed")
        assert "letter-signed-by-customer" not in await missing(walk)
        assert "letter-signed-by-centre" in await missing(walk)


async def test_what_belongs_to_phase_1_ends_with_it(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        signer = {"name": "Eva Lind", "title": "generaldirektör"}
        async with nothing_changes(walk):
            answer = await walk.customer("POST", "/letter-of-intent/signatures", signer)
            problem = refused(answer, 409, "wrong_phase")
        assert (problem["phase"], problem["allowed"]) == ("gap_analysis", ["letter_of_intent"])
