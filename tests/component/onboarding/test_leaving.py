"""Leaving over HTTP: notice, those who stay, handover, settlement, archive."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from services.contracts.billing import FinalSettlementMade
from services.contracts.onboarding import (
    AgreementEnded,
    ExitCompleted,
    ExitOpened,
    FinalSettlementRequested,
    ServiceEnded,
)
from services.contracts.values import EndReason
from tests.component.onboarding.in_operation import Centre, InOperation, centre
from tests.component.onboarding.walk import done, refused

LEAVER, STAYER, OTHER = "202100-6255", "202100-5612", "202100-4870"
DONE = {"done": True, "evidence": "Protokoll 2027-11-30."}
FOUND = {"record_count": 1_200, "sum_ore": 4_500_000_00, "sha256": "ab" * 32}


async def customers(found: Centre) -> tuple[InOperation, InOperation, InOperation]:
    """One that leaves, one that stays in payroll, one without payroll."""
    return (
        await found.customer(
            LEAVER, "Pensionsmyndigheten", {"payroll": (5_000, 20_000), "e-commerce": (2_000, 900)}
        ),
        await found.customer(STAYER, "Skogsstyrelsen", {"payroll": (6_000, 10_000)}),
        await found.customer(OTHER, "Mäklarinspektionen", {"e-commerce": (2_500, 400)}),
    )


def notice(leaver: InOperation, *services: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A notice of services; all of them unless told otherwise."""
    return {
        "agreement_id": leaver.agreement_id,
        "services": list(services),
        "reason": "Myndigheten bygger en egen lönefunktion.",
        "name": "Maria Dahl",
        "title": "Generaldirektör",
        "mandate": "Arbetsordningen 4 §",
        **more,
    }


async def give(leaver: InOperation, *services: dict[str, Any]) -> str:
    """Give notice; returns the exit's id."""
    answer = await leaver.agency.post("/v1/exits", json=notice(leaver, *services))
    return str(done(answer, 201)["id"])


async def enter(found: Centre, exit_id: str, phase: str) -> Any:
    """Lead an exit on."""
    return await found.staff.post(f"/ops/v1/exits/{exit_id}/phase", json={"to": phase})


async def test_leaving_from_notice_to_archive(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver, stayer, other = await customers(found)
        exit_id = await give(
            leaver, {"service": "payroll"}, {"service": "e-commerce", "last_day": "2028-12-31"}
        )
        seen = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))
        assert seen["services"] == [
            {"service": "e-commerce", "last_day": "2028-12-31"},
            {"service": "payroll", "last_day": "2027-12-31"},
        ]
        assert (seen["comment_until"], seen["ends_agreement"]) == ("2026-03-27", True)
        (opened,) = await found.service.published(ExitOpened)
        assert (opened.last_day, opened.notice_given_on) == (date(2028, 12, 31), date(2026, 3, 2))

        # Those who stay see what it means to them, and nothing of each other.
        (told,) = done(await stayer.agency.get("/v1/exits/open-for-comment"))["items"]
        (effect,) = told["effects"]
        assert (effect["service"], effect["cost_per_unit_ore"]) == ("payroll", 5_333)
        # 35 % of 1 000 000 kr strands in a year; 600 000 kr and 10 000 payslips remain.
        assert effect["cost_per_unit_if_shifted_ore"] == 9_500
        assert [share["org_number"] for share in effect["shares"]] == [STAYER]
        assert effect["shares"][0]["would_bear_ore"] == 35_000_000
        (theirs,) = done(await other.agency.get("/v1/exits/open-for-comment"))["items"]
        assert [part["service"] for part in theirs["effects"]] == ["e-commerce"]
        assert (await stayer.agency.get(f"/v1/exits/{exit_id}")).status_code == 404
        own = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))
        assert [share for part in own["effects"] for share in part["shares"]] == []

        said = done(
            await stayer.agency.post(
                f"/v1/exits/{exit_id}/comments", json={"text": "Kostnader får inte vältras över."}
            ),
            201,
        )
        shut = refused(await enter(found, exit_id, "handover"), 409, "exit_gate_shut")
        assert [lack["item"] for lack in shut["missing"]] == [
            "comment-period-over",
            "comments-answered",
        ]
        path = f"/ops/v1/exits/{exit_id}/comments/{said['id']}/answer"
        done(await found.staff.post(path, json={"text": "Den som lämnar bär dem."}), 201)
        refused(await found.staff.post(path, json={"text": "Igen."}), 409, "comment_answered")
        (answered,) = done(await stayer.agency.get(f"/v1/exits/{exit_id}/comments"))["items"]
        assert answered["answer"] == "Den som lämnar bär dem."
        refused(await enter(found, exit_id, "settlement"), 409, "exit_phase_out_of_order")
        await found.service.advance(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
        late = await stayer.agency.post(f"/v1/exits/{exit_id}/comments", json={"text": "För sent."})
        refused(late, 409, "comments_closed")
        assert await found.service.published(ServiceEnded) == []
        done(await enter(found, exit_id, "handover"))
        ended = {e.service: e.last_day for e in await found.service.published(ServiceEnded)}
        assert ended == {"payroll": date(2027, 12, 31), "e-commerce": date(2028, 12, 31)}
        (agreement,) = await found.service.published(AgreementEnded)
        assert (agreement.last_day, agreement.reason) == (
            date(2028, 12, 31),
            EndReason.TERMINATED,
        )
        in_effect = await leaver.agency.post(
            f"/v1/exits/{exit_id}/withdrawal", json={"reason": "Vi stannar."}
        )
        refused(in_effect, 409, "exit_in_effect")

        await found.service.advance(datetime(2026, 4, 2, 8, 0, tzinfo=UTC))
        assert len(await found.service.published(ServiceEnded)) == 2
        await hand_over(found, leaver, exit_id)
        cost = {"incurred_on": "2026-04-02", "amount_ore": 1_250_000, "text": "Extra utdrag"}
        done(await found.staff.post(f"/ops/v1/exits/{exit_id}/costs", json=cost), 201)
        shut = refused(await enter(found, exit_id, "settlement"), 409, "exit_gate_shut")
        assert {lack["item"] for lack in shut["missing"]} == {"last-days-passed"}
        assert await found.service.published(FinalSettlementRequested) == []
        await found.service.advance(datetime(2029, 1, 2, 8, 0, tzinfo=UTC))
        (asked,) = await found.service.published(FinalSettlementRequested)
        # Half a year of 35 % of 1 000 000 kr and 40 % of 18 000 kr, and what the exit cost.
        assert asked.exit_costs_ore == 17_500_000 + 360_000 + 1_250_000
        too_late = await found.staff.post(f"/ops/v1/exits/{exit_id}/costs", json=cost)
        refused(too_late, 409, "settlement_requested")
        done(await enter(found, exit_id, "settlement"))
        await settle(found, leaver, exit_id)
        await archive(found, leaver, exit_id)


async def hand_over(found: Centre, leaver: InOperation, exit_id: str) -> None:
    """Every task of the handover is stated, and every data set delivered and receipted."""
    tasks = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))["tasks"]
    assert tasks[0]["due_on"] == "2028-07-04"
    for task in tasks:
        mine, theirs = f"/v1/exits/{exit_id}/tasks/{task['key']}", "centre"
        if task["owner"] == theirs:
            refused(await leaver.agency.put(mine, json=DONE), 403, "not_your_exit_task")
        else:
            done(await leaver.agency.put(mine, json=DONE))
        if task["owner"] != "customer":
            done(await found.staff.put(f"/ops{mine}", json=DONE))
    for service in ("payroll", "e-commerce"):
        for dataset in ("registers", "transactions", "documents"):
            sent = {"service": service, "dataset": dataset, "delivered_on": "2026-04-02", **FOUND}
            path = f"exits/{exit_id}/deliveries"
            first = done(await found.staff.post(f"/ops/v1/{path}", json=sent), 201)
            receipt = f"/v1/{path}/{first['id']}/receipt"
            if (service, dataset) == ("payroll", "registers"):
                fewer = {**FOUND, "record_count": 1_199}
                differs = done(await leaver.agency.post(receipt, json=fewer), 201)
                assert (differs["agrees"], differs["differences"]) == (False, ["record_count"])
                again = await leaver.agency.post(receipt, json=FOUND)
                refused(again, 409, "already_receipted")
                missing = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))["missing"]
                assert "came out otherwise (record_count)" in str(missing)
                second = done(await found.staff.post(f"/ops/v1/{path}", json=sent), 201)
                receipt = f"/v1/{path}/{second['id']}/receipt"
            assert done(await leaver.agency.post(receipt, json=FOUND), 201)["agrees"] is True


async def settle(found: Centre, leaver: InOperation, exit_id: str) -> None:
    """Billing answers, twice; the first answer stands."""
    shut = refused(await enter(found, exit_id, "archived"), 409, "exit_gate_shut")
    assert {lack["item"] for lack in shut["missing"]} == {"settlement-made"}
    made = FinalSettlementMade(
        exit_id=exit_id,
        settlement_id="01900000-0000-7000-8000-00000000000a",
        subscription_id="01900000-0000-7000-8000-00000000000b",
        org_number=LEAVER,
        settled_on=date(2029, 2, 1),
        charged_ore=100,
        actual_ore=90,
        credits_ore=0,
        difference_ore=-10,
    )
    await found.service.deliver(made)
    await found.service.deliver(made.model_copy(update={"settlement_id": exit_id}))
    seen = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))
    assert seen["settlement"]["difference_ore"] == -10


async def archive(found: Centre, leaver: InOperation, exit_id: str) -> None:
    """The exit is archived and changes no more."""
    assert (await leaver.agency.get(f"/v1/exits/{exit_id}/archive")).status_code == 404
    done(await enter(found, exit_id, "archived"))
    kept = done(await leaver.agency.get(f"/v1/exits/{exit_id}/archive"))
    assert kept["document"]["exit"]["settlement"]["difference_ore"] == -10
    assert len(kept["document"]["timeline"]) > 20
    assert len(await found.service.published(ExitCompleted)) == 1
    task = f"/v1/exits/{exit_id}/tasks/take-over-work"
    refused(await leaver.agency.put(task, json=DONE), 409, "exit_closed")
    nothing = await leaver.agency.post("/v1/exits", json=notice(leaver))
    refused(nothing, 409, "nothing_to_leave")


async def test_wrong_notices_are_refused_and_change_nothing(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver, stayer, _ = await customers(found)
        obliged = await found.customer(
            "202100-5026",
            "Riksgälden",
            {"payroll": (5_000, 100)},
            obligations=[
                {
                    "service_area": "payroll",
                    "deadline": "2026-12-31",
                    "legal_source": "Förordning (2015:665)",
                }
            ],
        )
        early = {"service": "payroll", "last_day": "2026-12-31"}
        no_turn = {"service": "payroll", "last_day": "2028-06-30"}
        for services, status, code in (
            ([early], 422, "last_day_not_allowed"),
            ([no_turn], 422, "last_day_not_allowed"),
            ([{"service": "travel-and-expenses"}], 422, "service_not_leavable"),
        ):
            answer = await leaver.agency.post("/v1/exits", json=notice(leaver, *services))
            refused(answer, status, code)
        foreign = await stayer.agency.post("/v1/exits", json=notice(leaver))
        refused(foreign, 404, "not_found")
        stays = await obliged.agency.post("/v1/exits", json=notice(obliged))
        assert "2015:665" in refused(stays, 409, "obliged_to_stay")["detail"]
        assert await found.service.published(ExitOpened) == []


async def test_two_at_once_and_a_notice_taken_back(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver, _, _ = await customers(found)
        payroll = {"service": "payroll"}
        answers = await asyncio.gather(
            *(leaver.agency.post("/v1/exits", json=notice(leaver, payroll)) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (won,) = [answer.json() for answer in answers if answer.status_code == 201]
        path = f"exits/{won['id']}/withdrawal"
        reason = {"reason": "Regeringen har ändrat sig."}
        refused(await found.staff.post(f"/ops/v1/{path}", json=reason), 403, "not_your_notice")
        stale = {"If-Match": '"7"'}
        answer = await leaver.agency.post(f"/v1/{path}", json=reason, headers=stale)
        problem = refused(answer, 412, "precondition_failed")
        assert problem["current"]["phase"] == "notice"
        taken = done(await leaver.agency.post(f"/v1/{path}", json=reason), 201)
        assert taken["phase"] == "withdrawn"
        agreement = f"/v1/agreements/{leaver.agreement_id}/notices"
        kept = done(await leaver.agency.get(agreement))["items"]
        assert [entry["status"] for entry in kept] == ["withdrawn"]
        again = await give(leaver, payroll)
        moved = await found.staff.put(
            f"/ops/v1/exits/{again}/services/payroll",
            json={"last_day": "2028-12-31", "reason": "Nytt system dröjer."},
        )
        assert done(moved)["services"] == [{"service": "payroll", "last_day": "2028-12-31"}]
        kept = done(await leaver.agency.get(agreement))["items"]
        assert [entry["last_day"] for entry in kept if entry["status"] == "given"] == ["2028-12-31"]
        listed = done(await leaver.agency.get("/v1/exits?phase=notice"))["items"]
        assert [entry["id"] for entry in listed] == [again]


async def test_a_notice_and_its_exit_are_one_story(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver, stayer, _ = await customers(found)
        book = f"/agreements/{leaver.agreement_id}/notices"
        said = {"reason": "Vi bygger eget.", "name": "Maria Dahl", "title": "Generaldirektör"}
        said["mandate"] = "Arbetsordningen 4 §"

        # Notice at the agreement opens the exit; those who stay see what it means.
        given = done(await leaver.agency.post(f"/v1{book}", json=said), 201)
        seen = done(await leaver.agency.get(f"/v1/exits/{given['exit_id']}"))
        assert {entry["service"]: entry["last_day"] for entry in seen["services"]} == {
            "payroll": given["last_day"],
            "e-commerce": given["last_day"],
        }
        (told,) = done(await stayer.agency.get("/v1/exits/open-for-comment"))["items"]
        assert told["exit_id"] == given["exit_id"]
        again = refused(
            await leaver.agency.post("/v1/exits", json=notice(leaver)), 409, "exit_already_open"
        )
        assert again["exits"] == [given["exit_id"]]

        # They have their say before the other party can confirm.
        early = await found.staff.post(f"/ops/v1{book}/{given['id']}/confirmation")
        shut = refused(early, 409, "exit_gate_shut")
        assert [lack["item"] for lack in shut["missing"]] == ["comment-period-over"]
        (kept,) = done(await leaver.agency.get(f"/v1{book}"))["items"]
        assert (kept["status"], kept["exit_id"]) == ("given", given["exit_id"])

        # What is taken back at the agreement is taken back in the exit.
        done(await leaver.agency.post(f"/v1{book}/{given['id']}/withdrawal"), 201)
        seen = done(await leaver.agency.get(f"/v1/exits/{given['exit_id']}"))
        assert seen["phase"] == "withdrawn"
        assert done(await stayer.agency.get("/v1/exits/open-for-comment"))["items"] == []

        # An exit with two last days is two notices; one of them leaves it, the other stays.
        exit_id = await give(
            leaver, {"service": "payroll"}, {"service": "e-commerce", "last_day": "2028-12-31"}
        )
        twice = await leaver.agency.post(f"/v1{book}", json=said)
        refused(twice, 409, "notice_already_given")
        items = done(await leaver.agency.get(f"/v1{book}"))["items"]
        notices = {entry["services"][0]: entry for entry in items if entry["status"] == "given"}
        assert {entry["exit_id"] for entry in notices.values()} == {exit_id}
        taken = notices["e-commerce"]["id"]
        done(await leaver.agency.post(f"/v1{book}/{taken}/withdrawal"), 201)
        seen = done(await leaver.agency.get(f"/v1/exits/{exit_id}"))
        assert [entry["service"] for entry in seen["services"]] == ["payroll"]
        assert (seen["ends_agreement"], len(seen["effects"])) == (False, 1)

        # Confirmed at the agreement, the exit can no longer be withdrawn, and goes on.
        await found.service.advance(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
        confirmed = f"/ops/v1{book}/{notices['payroll']['id']}/confirmation"
        done(await found.staff.post(confirmed), 201)
        reason = {"reason": "Vi stannar."}
        late = await leaver.agency.post(f"/v1/exits/{exit_id}/withdrawal", json=reason)
        refused(late, 409, "exit_in_effect")
        done(await enter(found, exit_id, "handover"))
        (ended,) = await found.service.published(ServiceEnded)
        assert (ended.service, str(ended.last_day)) == ("payroll", notices["payroll"]["last_day"])

        # A day that is moved in the exit is moved in the agreement's book too.
        path = f"/ops/v1/exits/{exit_id}/services/payroll"
        later = {"last_day": "2028-12-31", "reason": "Nytt system dröjer."}
        done(await found.staff.put(path, json=later))
        items = done(await leaver.agency.get(f"/v1{book}"))["items"]
        assert [one["last_day"] for one in items if one["status"] == "confirmed"] == ["2028-12-31"]


async def test_the_centres_notice_waits_for_the_customer(database_url: str) -> None:
    async with centre(database_url) as found:
        leaver, _, _ = await customers(found)
        answer = await found.staff.post(
            "/ops/v1/exits", json=notice(leaver, {"service": "payroll"})
        )
        exit_id = done(answer, 201)["id"]
        (given,) = done(await leaver.agency.get(f"/v1/agreements/{leaver.agreement_id}/notices"))[
            "items"
        ]
        obliged = await found.customer(
            "202100-5026",
            "Riksgälden",
            {"payroll": (5_000, 100)},
            obligations=[
                {
                    "service_area": "payroll",
                    "deadline": "2026-12-31",
                    "legal_source": "Förordning (2015:665)",
                }
            ],
        )
        terms = {key: notice(obliged)[key] for key in ("reason", "name", "title", "mandate")}
        path = f"/v1/agreements/{obliged.agreement_id}/notices"
        refused(await obliged.agency.post(path, json=terms), 409, "obliged_to_stay")
        await found.service.advance(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
        shut = refused(await enter(found, exit_id, "handover"), 409, "exit_gate_shut")
        (lack,) = shut["missing"]
        assert (lack["item"], lack["owner"], lack["due_on"]) == (
            "notice-confirmed",
            "customer",
            "2026-04-01",
        )
        path = f"/v1/agreements/{leaver.agreement_id}/notices/{given['id']}/confirmation"
        done(await leaver.agency.post(path), 201)
        done(await enter(found, exit_id, "handover"))
