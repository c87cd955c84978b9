"""An agreement from its clauses to its end, over HTTP: parties, amendments, notice, time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import update

from services.chassis.identity import Role
from services.chassis.tables import timers
from services.chassis.timers import next_due_at
from services.contracts import onboarding
from services.onboarding.agreements import calendar_service
from services.onboarding.canonical import content_hash
from tests.component.onboarding.walk import (
    ORG,
    OTHER_ORG,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

CLAUSE = {
    "clause": "fee-instalments",
    "text": "Avgiften faktureras en gång per kvartal.",
    "reason": "Kundens budget följs upp per kvartal.",
    "owner": "customer",
    "ends_on": "2026-12-31",
    "decided_by": "Karin Berg",
    "mandate": "ekonomichef",
}
HEAD = {"name": "Eva Lind", "title": "Generaldirektör", "mandate": "myndighetens chef"}


def level(share: str = "97.5") -> dict[str, Any]:
    return {
        "service": "payroll",
        "level": "payroll-response-time",
        "required_share_percent": share,
    }


class Signed:
    """An agreement behind its own door, as the parties speak to it."""

    def __init__(self, walk: Walk, agreement_id: str) -> None:
        self.walk = walk
        self.path = f"/agreements/{agreement_id}"

    async def centre(self, method: str, path: str = "", body: object = None) -> httpx.Response:
        return await self.walk.centre.request(method, f"/ops/v1{self.path}{path}", json=body)

    async def customer(self, method: str, path: str = "", body: object = None) -> httpx.Response:
        return await self.walk.agency.request(method, f"/v1{self.path}{path}", json=body)

    async def decide(self, text: str) -> None:
        body = {**HEAD, "content_hash": text}
        done(await self.customer("POST", "/decisions", body), 201)
        done(await self.centre("POST", "/decisions", body), 201)


async def sign(walk: Walk, **terms: object) -> Signed:
    """Through phase 3; the agreement holds from 1 June 2025."""
    await walk.to_agreement()
    drafted = await walk.draft(**terms)
    await walk.sign_agreement(drafted["content_hash"])
    return Signed(walk, drafted["agreement_id"])


async def let_time_pass(walk: Walk, to: datetime) -> None:
    """Fire the agreements' timers until an instant; those of plans and gates stand still."""
    while True:
        async with walk.service.runtime.database.transaction(write=True) as session:
            await session.execute(
                update(timers)
                .where(timers.c.name != calendar_service.TIMER, timers.c.status == "set")
                .values(status="cancelled")
            )
            due = await next_due_at(session)
            await session.commit()
        if due is None or due > to:
            walk.service.at(to)
            return
        await walk.service.advance(max(due, walk.service.clock.now()))


async def test_clauses_of_their_own_are_drafted_compared_and_counted(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        first = await walk.draft()
        post = ("POST", "/agreement/clause-deviations")
        async with nothing_changes(walk):
            law = {**CLAUSE, "text": "Uppgifterna omfattas av sekretess."}
            problem = refused(await walk.customer(*post, law), 422, "clause_regulated_by_law")
            assert problem["clause"] == "fee-instalments"
            assert problem["laws"] == ["offentlighets- och sekretesslagen (2009:400)"]
            unknown = {**CLAUSE, "clause": "unknown"}
            refused(await walk.customer(*post, unknown), 422, "clause_unknown")
            late = {**CLAUSE, "ends_on": "2025-01-07"}
            refused(await walk.customer(*post, late), 422, "deviation_end_invalid")
        worded = done(await walk.customer(*post, CLAUSE), 201)
        assert worded["redrafted"]["version"] == 2
        assert worded["redrafted"]["clause_deviations"] == 1

        path = "/agreement/versions/1/differences/2"
        told = done(await walk.customer("GET", path))
        found = {(one["section"], one["item"]): one["kind"] for one in told["items"]}
        assert found == {
            ("clause", "fee/fee-instalments"): "changed",
            ("clause_deviation", "fee-instalments"): "added",
        }
        assert "Klausul Avgift (fee-instalments) ändras" in told["text_sv"]
        same = done(await walk.customer("GET", "/agreement/versions/2/differences/2"))
        assert same["items"] == []
        old = done(await walk.staff("GET", "/agreement/versions/1"))
        assert old["content_hash"] == first["content_hash"] == content_hash(old["content"])
        refused(await walk.staff("GET", "/agreement/versions/9"), 404, "not_found")
        checked = done(await walk.customer("GET", "/agreement/check"))
        assert (checked["sound"], checked["findings"]) == (True, [])

        await walk.sign_agreement(worded["redrafted"]["content_hash"])
        walk.service.at(datetime(2025, 7, 1, 9, tzinfo=UTC))
        counts = done(await walk.centre.get("/ops/v1/deviations/counts"))
        assert counts["customers"] == [
            {
                "org_number": ORG,
                "customer_name": "Pensionsmyndigheten",
                "gap_deviations": 1,
                "clause_deviations": 1,
            }
        ]
        assert [one["subject"] for one in counts["clauses"]] == ["fee-instalments"]
        later = done(await walk.centre.get("/ops/v1/deviations/counts?on=2026-06-01"))
        assert (later["gap_deviations"], later["clause_deviations"]) == (0, 1)


async def test_one_draws_on_the_state_one_has_seen(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        await walk.draft()
        seen = await walk.customer("GET", "/agreement")
        tag = seen.headers["ETag"]
        body = {**walk.signature(seen.json()["content_hash"])}
        path = f"/v1/cases/{walk.case_id}/agreement/signatures"
        done(await walk.staff("POST", "/agreement/clause-deviations", CLAUSE), 201)
        async with nothing_changes(walk):
            answer = await walk.agency.post(path, json=body, headers={"If-Match": tag})
            problem = refused(answer, 412, "precondition_failed")
        assert problem["current"]["revision"] > int(tag.strip('"'))
        done(
            await walk.staff("POST", "/agreement/clause-deviations/fee-instalments/withdrawal"), 201
        )
        now = await walk.customer("GET", "/agreement")
        body = walk.signature(now.json()["content_hash"])
        tag = now.headers["ETag"]
        done(await walk.agency.post(path, json=body, headers={"If-Match": tag}), 201)


async def test_who_is_no_head_signs_by_a_delegation_that_holds(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        text = (await walk.draft())["content_hash"]
        delegate = {"name": "Karin Berg", "title": "Ekonomichef", "mandate": "Arbetsordningen 12 §"}
        body = {**delegate, "content_hash": text}
        right = {
            "name": "Karin Berg",
            "title": "Ekonomichef",
            "delegated_by": "Eva Lind",
            "delegated_by_title": "Generaldirektör",
            "document": "Arbetsordningen 12 §",
            "max_yearly_fee_ore": 26_399,
            "valid_from": "2025-01-01",
            "valid_until": "2025-12-31",
        }
        signing = ("POST", "/agreement/signatures")
        async with nothing_changes(walk):
            refused(await walk.customer(*signing, body), 403, "delegation_missing")
            blank = {**body, "mandate": " "}
            refused(await walk.customer(*signing, blank), 422, "mandate_missing")
            wrong = {**right, "delegated_by_title": "Enhetschef"}
            answer = await walk.agency.post("/v1/delegations", json=wrong)
            refused(answer, 422, "delegation_not_by_head")
            wrong = {**right, "valid_until": "2024-12-31"}
            answer = await walk.agency.post("/v1/delegations", json=wrong)
            refused(answer, 422, "delegation_reversed")
            wrong = {**right, "name": str(right["delegated_by"]).upper()}
            answer = await walk.agency.post("/v1/delegations", json=wrong)
            refused(answer, 422, "delegation_to_oneself")
        small = done(await walk.agency.post("/v1/delegations", json=right), 201)
        problem = refused(await walk.customer(*signing, body), 403, "delegation_exceeded")
        assert problem["limit_ore"] == 26_399
        refused(await walk.staff(*signing, body), 403, "delegation_missing")
        revoke = f"/v1/delegations/{small['id']}/revocation"
        done(await walk.agency.post(revoke), 201)
        refused(await walk.agency.post(revoke), 409, "delegation_already_revoked")
        refused(await walk.customer(*signing, body), 403, "delegation_not_in_force")
        wide = {**right, "max_yearly_fee_ore": 26_400}
        wide_id = done(await walk.agency.post("/v1/delegations", json=wide), 201)["id"]
        signed = done(await walk.customer(*signing, body), 201)
        assert signed["signatures"][0]["delegation_id"] == wide_id
        listed = done(await walk.agency.get("/v1/delegations"))
        assert [one["id"] for one in listed["items"]] == [small["id"], wide_id]


async def test_the_head_of_the_register_signs_by_office_and_nobody_by_title(
    database_url: str,
) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        text = (await walk.draft())["content_hash"]
        head = {"name": "Eva Lind", "title": "Generaldirektör", "since": "2024-01-01"}
        done(await walk.agency.put(f"/v1/agencies/{ORG}/head", json={"head": head}))
        signing = ("POST", "/agreement/signatures")
        other = {**HEAD, "name": "Maria Dahl", "content_hash": text}
        async with nothing_changes(walk):
            told = refused(await walk.customer(*signing, other), 403, "delegation_missing")
            assert "put the register right" in told["detail"]
            assert "Eva Lind" not in told["detail"]
        right = {
            "name": "Maria Dahl",
            "title": "Generaldirektör",
            "delegated_by": "Per Berg",
            "delegated_by_title": "Generaldirektör",
            "document": "Arbetsordningen 12 §",
            "valid_from": "2024-02-01",
        }
        answer = await walk.agency.post("/v1/delegations", json=right)
        refused(answer, 422, "delegation_not_by_head")
        # What a predecessor gave, before the present head, stands.
        earlier = {**right, "valid_from": "2023-02-01"}
        given = done(await walk.agency.post("/v1/delegations", json=earlier), 201)
        done(await walk.agency.post(f"/v1/delegations/{given['id']}/revocation"), 201)
        body = {**HEAD, "content_hash": text}
        signed = done(await walk.customer(*signing, body), 201)
        assert signed["signatures"][0]["delegation_id"] is None


async def test_a_joint_decision_is_one_of_each_party_on_the_same_words(database_url: str) -> None:
    async with (
        walking(database_url) as walk,
        walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as other,
        walk.service.client(Role.AGENCY, org_number="202100-0852") as stranger,
    ):
        await walk.to_agreement()
        further = [{"org_number": OTHER_ORG}]
        terms = {
            "valid_from": "2025-06-01",
            "collaboration_template": "servicekontor",
            "further_parties": further,
        }
        refused(await walk.staff("POST", "/agreement", terms), 422, "further_party_unknown")
        agency = {"org_number": OTHER_ORG, "name": "Ekonomistyrningsverket", "headcount": 170}
        done(await walk.centre.post("/ops/v1/agencies", json=agency), 201)
        drafted = await walk.draft(**terms)
        assert [party["name"] for party in drafted["parties"]] == [
            "Pensionsmyndigheten",
            "Ekonomistyrningsverket",
            "Servicecentret",
        ]
        path = f"/v1/agreements/{drafted['agreement_id']}"
        body = {**HEAD, "content_hash": drafted["content_hash"]}
        await walk.sign_agreement(drafted["content_hash"])
        assert await walk.service.published(onboarding.AgreementSigned) == []
        problem = refused(await walk.enter("implementation"), 409, "gate_not_open")
        assert "agreement-signed-by-further-parties" in {one["item"] for one in problem["missing"]}

        refused(await stranger.get(path), 404, "not_found")
        refused(await stranger.post(f"{path}/decisions", json=body), 404, "not_found")
        assert done(await stranger.get("/v1/agreements"))["items"] == []
        refused(await other.get(f"/v1/cases/{walk.case_id}/agreement"), 404, "not_found")
        (mine,) = done(await other.get("/v1/agreements"))["items"]
        assert mine["pending"]["status"] == "signed_by_some"
        whole = done(await other.get(f"{path}/versions/1"))
        assert content_hash(whole["content"]) == drafted["content_hash"]
        wrong = {**body, "content_hash": "0" * 64}
        refused(await other.post(f"{path}/decisions", json=wrong), 409, "agreement_text_changed")
        answers = await asyncio.gather(
            *(other.post(f"{path}/decisions", json=body) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(await walk.service.published(onboarding.AgreementSigned)) == 1
        assert done(await other.get(path))["pending"] is None
        done(await walk.enter("implementation"))


async def test_an_amendment_keeps_to_its_windows_and_is_signed_like_the_first(
    database_url: str,
) -> None:
    async with walking(database_url) as walk:
        signed = await sign(walk)
        amend = ("POST", "/amendments")
        change: dict[str, Any] = {
            "reason": "Fler anställda än väntat.",
            "effective_on": "2025-09-01",
            "fee_items": [{"service": "payroll", "key": "payroll-base", "yearly_quantity": 24}],
        }
        async with nothing_changes(walk):
            problem = refused(await signed.centre(*amend, change), 422, "outside_change_window")
            assert problem["windows"][0] == {
                "takes_effect": "2026-01-01",
                "request_by": "2025-03-01",
            }
            nothing = {"reason": "Inget.", "effective_on": "2025-09-01"}
            refused(await signed.centre(*amend, nothing), 422, "agreement_unchanged")
            early = {**nothing, "effective_on": "2025-01-01", "levels": [level()]}
            refused(await signed.centre(*amend, early), 422, "effective_day_invalid")
            missing = {**nothing, "remove_services": ["travel"]}
            missing["effective_on"] = "2026-01-01"
            refused(await signed.centre(*amend, missing), 422, "amendment_target_unknown")
            unsound = {
                **change,
                "effective_on": "2026-01-01",
                "fee_items": [{"service": "payroll", "key": "extra", "unit_price_ore": 5}],
                "levels": [level("0")],
                "responsibilities": [
                    {"service": "payroll", "activity": "pay-salaries", "accountable": "none"}
                ],
            }
            problem = refused(await signed.centre(*amend, unsound), 422, "agreement_not_sound")
            assert {one["code"] for one in problem["findings"]} == {
                "fee_without_unit",
                "level_without_measure",
                "activity_without_accountable",
            }
        change["urgency_reason"] = "Lönerna måste betalas ut."
        drafted = done(await signed.centre(*amend, change), 201)
        assert (drafted["version"], drafted["amends_version"]) == (2, 1)
        body = {**HEAD, "content_hash": drafted["content_hash"]}
        problem = refused(
            await signed.centre("POST", "/decisions", body), 409, "urgency_not_stated"
        )
        assert problem["missing"] == ["customer"]
        done(await signed.customer("POST", "/urgency", {"reason": "Vi kan inte vänta."}), 201)
        done(await walk.enter("implementation"))
        await signed.decide(drafted["content_hash"])

        first, second = await walk.service.published(onboarding.AgreementSigned)
        assert (first.amends_version, first.effective_on) == (None, None)
        assert (second.version, second.amends_version) == (2, 1)
        assert str(second.effective_on) == "2025-09-01"
        assert second.services[0].fee_items[0].yearly_quantity == 24
        standing = done(await signed.customer("GET", "?on=2025-08-31"))
        assert standing["in_force"]["version"] == 1
        assert [one["version"] for one in standing["coming"]] == [2]
        assert done(await signed.customer("GET", "?on=2025-09-01"))["in_force"]["version"] == 2
        old = done(await signed.customer("GET", "/versions/1"))
        assert content_hash(old["content"]) == old["content_hash"] == first.content_hash


async def test_the_services_of_a_later_case_join_the_agreement(database_url: str) -> None:
    async with walking(database_url) as walk:
        signed = await sign(walk)
        first = done(await signed.customer("GET"))
        later = Walk(walk.service, walk.agency, walk.centre, ("travel-and-expenses",))
        case = {"org_number": ORG, "services": list(later.services)}
        later.case_id = done(await walk.centre.post("/ops/v1/cases", json=case), 201)["id"]
        await later.prepare()
        await later.indicate_fee()
        await later.sign_letter()
        done(await later.enter("gap_analysis"))
        await later.compare_all()
        done(await later.enter("agreement"))
        terms = {
            "valid_from": "2025-09-01",
            "collaboration_template": "ssc-2016",
            "joins_agreement": first["agreement_id"],
        }
        early = {**terms, "valid_from": "2025-05-01"}
        refused(await later.staff("POST", "/agreement", early), 422, "effective_day_invalid")
        drafted = done(await later.staff("POST", "/agreement", terms), 201)
        assert (drafted["agreement_id"], drafted["version"]) == (first["agreement_id"], 2)
        assert {one["service"] for one in drafted["content"]["services"]} == {
            "payroll",
            "travel-and-expenses",
        }
        assert [one["service"] for one in drafted["content"]["deviations"]] == ["payroll"]
        await later.sign_agreement(drafted["content_hash"])
        _, event = await walk.service.published(onboarding.AgreementSigned)
        assert (event.case_id, event.amends_version) == (walk.case_id, 1)
        assert str(event.effective_on) == "2025-09-01"
        done(await later.enter("implementation"))
        done(await walk.enter("implementation"))
        before = done(await signed.customer("GET", "?on=2025-08-31"))["in_force"]
        assert (before["version"], before["yearly_fee_ore"]) == (1, 26_400)


async def test_notice_follows_the_terms_and_can_be_withdrawn_or_confirmed(
    database_url: str,
) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        drafted = await walk.draft()
        signed = Signed(walk, drafted["agreement_id"])
        notice = {"reason": "Vi bygger eget.", **HEAD}
        give = ("POST", "/notices")
        refused(await signed.customer(*give, notice), 409, "agreement_not_signed")
        await walk.sign_agreement(drafted["content_hash"])
        terms = done(await signed.customer("GET", "/notice-terms"))
        assert (terms["months"], terms["first_last_day"]) == (12, "2026-12-31")
        assert terms["last_day_to_give_notice"] == "2027-05-31"
        async with nothing_changes(walk):
            early = {**notice, "last_day": "2025-12-31"}
            problem = refused(await signed.customer(*give, early), 422, "notice_too_late")
            assert problem["earliest"] == "2026-12-31"
            other = {**notice, "services": ["travel"]}
            refused(await signed.customer(*give, other), 422, "service_not_in_agreement")
            clerk = {**notice, "title": "Handläggare"}
            refused(await signed.customer(*give, clerk), 403, "delegation_missing")
        first = done(await signed.customer(*give, notice), 201)
        refused(await signed.centre(*give, notice), 409, "notice_already_given")
        refused(
            await signed.centre("POST", f"/notices/{first['id']}/withdrawal"),
            403,
            "notice_not_yours",
        )
        done(await signed.customer("POST", f"/notices/{first['id']}/withdrawal"), 201)
        again = done(await signed.customer(*give, {**notice, "last_day": "2027-12-31"}), 201)
        path = f"/notices/{again['id']}"
        refused(await signed.customer("POST", f"{path}/confirmation"), 403, "notice_not_yours")
        assert await walk.service.published(onboarding.AgreementEnded) == []
        done(await signed.centre("POST", f"{path}/confirmation"), 201)
        refused(await signed.customer("POST", f"{path}/withdrawal"), 409, "notice_settled")
        (ended,) = await walk.service.published(onboarding.AgreementEnded)
        (service,) = await walk.service.published(onboarding.ServiceEnded)
        assert (str(ended.last_day), ended.reason) == ("2027-12-31", "terminated")
        assert (service.service, service.last_day) == ("payroll", ended.last_day)
        assert done(await signed.customer("GET", "?on=2028-01-01"))["in_force"] is None
        walk.service.at(datetime(2028, 1, 3, 9, tzinfo=UTC))
        refused(await signed.customer(*give, notice), 409, "agreement_not_in_force")
        late = {"reason": "Sent.", "effective_on": "2028-02-01", "levels": [level()]}
        refused(await signed.centre("POST", "/amendments", late), 409, "agreement_not_in_force")


async def test_time_reminds_extends_and_ends(database_url: str) -> None:
    async with walking(database_url) as walk:
        signed = await sign(walk, renewal="automatic", years=2)
        await let_time_pass(walk, datetime(2026, 6, 1, 9, tzinfo=UTC))
        _, renewal = await walk.service.published(onboarding.AgreementSigned)
        assert (renewal.amends_version, str(renewal.effective_on)) == (1, "2027-06-01")
        assert str(renewal.valid_until) == "2029-05-31"
        fell = await walk.service.published(onboarding.AgreementReminderFellDue)
        told = [(one.kind, str(one.subject_on)) for one in fell]
        assert ("deviation_end", "2025-12-31") in told
        assert ("renewal", "2026-05-31") in told
        assert told.count(("change_window", "2026-03-01")) == 1
        assert len(told) == len(set(told))
        listed = done(await signed.customer("GET", "/reminders"))["items"]
        assert sum(one["fell_due_at"] is not None for one in listed) == len(fell)
        assert any(one["fell_due_at"] is None for one in listed)
        entries = done(await walk.customer("GET", "/timeline?limit=200"))["items"]
        assert any(one["action"] == "agreement-renewed" for one in entries)

        notice = {"reason": "Vi bygger eget.", "last_day": "2029-05-31", **HEAD}
        done(await signed.customer("POST", "/notices", notice), 201)
        await let_time_pass(walk, datetime(2026, 7, 2, 9, tzinfo=UTC))
        (ended,) = await walk.service.published(onboarding.AgreementEnded)
        assert str(ended.last_day) == "2029-05-31"
        await let_time_pass(walk, datetime(2029, 7, 1, 9, tzinfo=UTC))
        assert len(await walk.service.published(onboarding.AgreementEnded)) == 1
        assert len(await walk.service.published(onboarding.AgreementSigned)) == 2


async def test_an_agreement_that_nobody_renegotiates_expires(database_url: str) -> None:
    async with walking(database_url) as walk:
        signed = await sign(walk, years=1)
        await let_time_pass(walk, datetime(2026, 6, 1, 9, tzinfo=UTC))
        (ended,) = await walk.service.published(onboarding.AgreementEnded)
        assert (str(ended.last_day), ended.reason) == ("2026-05-31", "expired")
        assert done(await signed.customer("GET"))["end_reason"] == "expired"
