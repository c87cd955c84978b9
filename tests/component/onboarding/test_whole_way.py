"""One case from its opening to a stable service, and what the others hear of it."""

from __future__ import annotations

from services.contracts import onboarding
from services.contracts.values import Phase
from services.onboarding.canonical import content_hash
from tests.component.onboarding.walk import GO_LIVE, ORG, done, walking


async def test_a_case_goes_from_letter_of_intent_to_stable(database_url: str) -> None:
    async with walking(database_url, "payroll", "e-commerce") as walk:
        await walk.to_stabilisation()
        for period in ("2025-07", "2025-06", "2025-08"):
            await walk.close_period(period)
        assert done(await walk.enter("stable"))["phase"] == "stable"

        seen = await walk.seen()
        assert (seen["phase"], seen["next_phase"], seen["missing"]) == ("stable", None, [])
        told = done(await walk.staff("GET", "/timeline?limit=200&action=readiness-stated"))["items"]
        assert told
        assert not [entry for entry in told if "None" in entry["sentence"]]
        entered = await walk.service.published(onboarding.PhaseEntered)
        assert [event.phase for event in entered] == list(Phase)[1:]
        live = await walk.service.published(onboarding.ServiceWentLive)
        assert {(event.service, event.live_on) for event in live} == {
            ("payroll", GO_LIVE),
            ("e-commerce", GO_LIVE),
        }
        (stable,) = await walk.service.published(onboarding.CaseStabilised)
        assert set(stable.services) == {"payroll", "e-commerce"}
        assert stable.agreement_id == seen["agreement"]["agreement_id"]


async def test_the_signed_event_carries_the_documents_own_data(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        drafted = await walk.draft(years=5, stabilisation_periods=4)
        await walk.sign_agreement(drafted["content_hash"])

        (signed,) = await walk.service.published(onboarding.AgreementSigned)
        read = done(await walk.customer("GET", "/agreement"))
        content = read["content"]
        assert content_hash(content) == read["content_hash"] == signed.content_hash
        event = signed.model_dump(mode="json")
        shared = set(content) & set(event)
        assert {"services", "responsibilities", "forums", "credit_terms"} <= shared
        assert {key: event[key] for key in shared} == {key: content[key] for key in shared}
        assert (event["valid_from"], event["valid_until"]) == ("2025-06-01", "2030-05-31")
        assert event["stabilisation_periods"] == 4
        assert event["signed_on"] == "2025-01-07"
        assert event["services"][0]["fee_items"][0]["key"] == "payroll-base"
        (deviation,) = content["deviations"]
        assert deviation["owner"] == "customer"
        assert deviation["ends_on"] == "2025-12-31"


async def test_a_closed_case_leaves_room_for_a_new_one(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_stabilisation()
        for period in ("2025-06", "2025-07", "2025-08"):
            await walk.close_period(period)
        again = {"org_number": ORG, "services": ["payroll"]}
        assert (await walk.centre.post("/ops/v1/cases", json=again)).status_code == 409
        done(await walk.enter("stable"))
        done(await walk.centre.post("/ops/v1/cases", json=again), 201)


async def test_the_timeline_tells_who_did_what_in_order(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        first = done(await walk.customer("GET", "/timeline?limit=4"))
        rest = done(await walk.customer("GET", f"/timeline?after={first['next']}"))
        sentences = [entry["sentence"] for entry in first["items"] + rest["items"]]
        assert rest["next"] is None
        assert sentences[0] == "The service centre opened the case for Payroll administration."
        named = "Anna Ek (project manager), Eva Sand (service owner)"
        assert f"Pensionsmyndigheten named its project staff: {named}." in sentences
        assert sentences[-1] == (
            "The service centre led the case from letter of intent into gap analysis."
        )
        assert any(
            sentence.startswith("Billing indicated a fee of 264.00 SEK") for sentence in sentences
        )
