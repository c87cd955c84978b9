"""Phase 2 over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.chassis.identity import Role
from tests.component.onboarding.walk import OTHER_ORG, done, nothing_changes, refused, walking

TAKEN = "gap_already_decided"
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
        decided = done(await walk.decide("approve-payment", "centre_adapts", price_ore=None))
        async with nothing_changes(walk):
            problem = refused(await walk.enter("agreement"), 409, "gate_not_open")
        assert [lack["item"] for lack in problem["missing"]] == ["deviations-priced"]
        priced = {"price_ore": 0, "expected_version": decided["version"]}
        done(await walk.decide("approve-payment", "centre_adapts", **priced))
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
            problem = refused(await walk.customer("PUT", PATH, stale), 409, "changed_meanwhile")
        # The refusal shows how it stands now, as reading it does.
        whole = done(await walk.customer("GET", PATH))
        assert problem["current"] == {key: whole[key] for key in problem["current"]}


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
        problem = refused(lost[0], 409, "changed_meanwhile")
        assert problem["current"]["decision"] == won[0].json()["decision"]
        listed = done(await walk.customer("GET", "/comparisons"))["items"]
        (kept,) = [item for item in listed if item["decision"]]
        assert kept == won[0].json()


async def test_if_match_speaks_of_the_comparison(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        url = f"/v1/cases/{walk.case_id}{PATH}"
        first = await walk.agency.put(url, json=GAP, headers={"If-Match": '"0"'})
        assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
        read = await walk.agency.get(url)
        assert read.headers["ETag"] == '"1"'
        # What others do elsewhere in the case is no reason to refuse.
        await walk.find_gap("pay-salaries")
        larger = {**GAP, "size": "large"}
        second = await walk.agency.put(url, json=larger, headers={"If-Match": '"1"'})
        assert second.headers["ETag"] == '"2"'
        async with nothing_changes(walk):
            late = await walk.agency.put(url, json=GAP, headers={"If-Match": '"1"'})
            problem = refused(late, 412, "precondition_failed")
        assert late.headers["ETag"] == '"2"'
        assert problem["current"] == second.json()
        # Nor do those who work on different gaps at once hinder each other.
        paths = [f"/comparisons/{s}/{a}" for s, a in (await walk.activities())[:4]]
        body = {**GAP, "expected_version": 0}
        answers = await asyncio.gather(*(walk.customer("PUT", path, body) for path in paths))
        assert [answer.status_code for answer in answers] == [200] * 4


async def test_decisions_that_no_longer_stand_are_kept(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        seen = done(await walk.decide("approve-payment", "out_of_scope"))["version"]
        async with nothing_changes(walk):
            late = refused(await walk.decide("approve-payment", "centre_adapts"), 409, TAKEN)
            assert late["current"]["decision"]["decision"] == "out_of_scope"
        done(await walk.decide("approve-payment", "centre_adapts", expected_version=seen))
        done(await walk.customer("PUT", PATH, {**GAP, "size": "large"}))
        done(await walk.decide("approve-payment", "adopt_standard"))
        history = done(await walk.staff("GET", PATH))["decisions"]
        assert [(past["decision"], past["superseded_because"]) for past in history] == [
            ("out_of_scope", "decided_anew"),
            ("centre_adapts", "compared_anew"),
            ("adopt_standard", None),
        ]
        assert {past["recorded_by"] for past in history} == {"customer"}


async def test_a_decision_is_somebodys_by_a_mandate(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        async with nothing_changes(walk):
            for blank in ("mandate", "decided_by"):
                answer = await walk.decide("approve-payment", "adopt_standard", **{blank: "  "})
                refused(answer, 422, "mandate_missing")
            answer = await walk.decide("approve-payment", "out_of_scope", until="2025-12-31")
            refused(answer, 422, "until_not_an_exception")


async def test_a_negotiation_is_a_log_of_both_sides(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        path = f"{PATH}/negotiation"
        wish = {
            "who": "Karin Berg",
            "text": "Vi behöver pappret till hösten.",
            "proposes": "exception_until",
            "effort_hours": 8,
            "price_ore": 800_000,
            "until": "2025-10-01",
        }
        remark = {"who": "Bo Alm", "text": "Vi återkommer."}
        async with nothing_changes(walk):
            refused(await walk.customer("POST", path, wish), 409, "not_compared")
        await walk.find_gap("approve-payment")
        first = done(await walk.customer("POST", path, wish), 201)
        done(await walk.staff("POST", path, remark), 201)
        no = {**remark, "answers": first["id"], "accepts": False, "proposes": "adopt_standard"}
        async with nothing_changes(walk):
            for body, status, code in (
                ({**remark, "answers": first["id"], "accepts": True}, 409, "proposal_is_your_own"),
                ({**remark, "answers": walk.case_id, "accepts": True}, 422, "proposal_unknown"),
                ({**remark, "answers": first["id"]}, 422, "answer_incomplete"),
                ({**remark, "price_ore": 1}, 422, "proposal_incomplete"),
                ({**wish, "until": "2025-01-07"}, 422, "until_required"),
                ({**remark, "who": " "}, 422, "mandate_missing"),
            ):
                refused(await walk.customer("POST", path, body), status, code)
        counter = done(await walk.staff("POST", path, no), 201)
        async with nothing_changes(walk):
            again = await walk.staff("POST", path, no)
            refused(again, 409, "proposal_already_answered")
        yes = {"who": "Karin Berg", "text": "Ja.", "answers": counter["id"], "accepts": True}
        done(await walk.customer("POST", path, yes), 201)
        seen = done(await walk.customer("GET", PATH))
        told = [(entry["side"], entry["kind"], entry["accepts"]) for entry in seen["negotiation"]]
        assert told == [
            ("customer", "proposal", None),
            ("centre", "remark", None),
            ("centre", "answer", False),
            ("customer", "answer", True),
        ]
        assert seen["open_proposals"] == []
        assert seen["negotiation"][0]["price_ore"] == 800_000


async def test_earlier_gaps_are_shown_without_names_to_agencies(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        await walk.find_gap("approve-payment")
        done(await walk.decide("approve-payment", "centre_adapts"))
        earlier = walk.case_id
        await walk.open(OTHER_ORG, "Försäkringskassan")
        async with walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as other:
            walk.agency = other
            await walk.prepare()
            await walk.indicate_fee()
            await walk.sign_letter()
            done(await walk.enter("gap_analysis"))
            (unlike,) = done(await walk.customer("GET", f"{PATH}/similar"))["items"]
            assert unlike["similarity_percent"] is None
            done(await walk.customer("PUT", PATH, {**GAP, "size": "medium"}))
            shown = done(await walk.customer("GET", f"{PATH}/similar"))
            (hidden,) = shown["items"]
            assert shown["by_decision"] == {"centre_adapts": 1}
            assert (hidden["similarity_percent"], hidden["price_ore"]) == ("90.0", 1_600_000)
            for secret in ("customer_name", "case_id", "customer_way", "reason"):
                assert hidden[secret] is None
            (known,) = done(await walk.staff("GET", f"{PATH}/similar"))["items"]
            assert (known["customer_name"], known["case_id"]) == ("Pensionsmyndigheten", earlier)


async def test_the_score_rises_as_the_standard_is_adopted(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()

        async def score() -> tuple[str, str]:
            found = done(await walk.customer("GET", "/standardisation"))
            assert found["formula_sv"]
            (service,) = found["services"]
            assert (service["service"], service["score"]) == ("payroll", found["score"])
            return found["score"], found["reachable"]

        assert await score() == ("0.0", "100.0")
        await walk.compare_all()
        assert await score() == ("100.0", "100.0")
        await walk.find_gap("approve-payment")
        await walk.find_gap("pay-salaries")
        # 16 of 18 activities follow the standard; all weigh 1.
        assert await score() == ("88.8", "100.0")
        done(await walk.decide("approve-payment", "exception_until", until="2025-12-31"))
        assert await score() == ("91.6", "97.2")
        done(await walk.decide("pay-salaries", "adopt_standard"))
        assert await score() == ("97.2", "97.2")
