"""The letter of intent as a document: what it says, what a signature is bound to, its PDF."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import httpx
from pypdf import PdfReader

from services.chassis.identity import Role
from services.onboarding.documents import making
from tests.component.onboarding.walk import (
    OTHER_ORG,
    START,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

SIGNER = {"name": "Eva Lind", "title": "generaldirektör"}
COSTS = {
    "direct": [{"name": "Personal", "yearly_sek": 800}, {"name": "Lokaler", "yearly_sek": 200}],
    "overhead": {"method": "share_of_direct_cost", "percent": "25"},
}


async def letter(walk: Walk) -> dict[str, Any]:
    return done(await walk.customer("GET", "/letter-of-intent"))


async def missing(walk: Walk) -> set[str]:
    return {lack["item"] for lack in (await walk.seen())["missing"]}


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(page.extract_text() for page in pages).replace("\u00a0", " ")


async def test_the_baseline_keeps_direct_cost_and_overhead_apart(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        whole = {
            **walk.baseline(),
            "yearly_cost_sek": 1_250,
            "costs": COSTS,
            "systems": [
                "Palasso",
                {"name": "Agda", "contract_ends_on": "2027-12-31", "status": "to_be_replaced"},
            ],
            "agreements": [{"name": "Lokalt arbetstidsavtal", "ends_on": "2026-06-30"}],
            "routines": [{"name": "Attest", "status": "undocumented", "note": "En bär den."}],
        }
        done(await walk.customer("PUT", "/baseline", whole))
        shown = (await walk.seen())["baseline"]
        assert shown["costs"]["direct_sek"] == 1_000
        assert shown["costs"]["overhead"]["yearly_sek"] == 250
        assert shown["costs"]["overhead"]["calculation"] == "25 % of 1,000.00 SEK = 250.00 SEK"
        assert shown["systems"][0] == {
            "name": "Palasso",
            "contract_ends_on": None,
            "status": None,
            "note": None,
        }
        assert shown["systems"][1]["contract_ends_on"] == "2027-12-31"
        assert shown["routines"][0]["status"] == "undocumented"
        async with nothing_changes(walk):
            answer = await walk.customer("PUT", "/baseline", {**whole, "yearly_cost_sek": 1_251})
            problem = refused(answer, 422, "baseline_does_not_add_up")
        assert (problem["overhead_sek"], problem["total_sek"]) == (250, 1_250)


async def test_a_changed_baseline_makes_the_signatures_fall(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        await walk.indicate_fee()
        await walk.sign_letter()
        signed = await letter(walk)
        assert signed["signed"]
        assert await missing(walk) == set()
        first = await walk.customer("GET", "/letter-of-intent.pdf")
        assert "UTKAST" not in text_of(first)

        changed = {**walk.baseline(), "systems": ["Palasso", "Agda"]}
        answer = done(await walk.customer("PUT", "/baseline", changed))
        assert sorted(answer["signatures_fallen"]) == ["centre", "customer"]
        fallen = await letter(walk)
        assert (fallen["signed"], fallen["signatures"], fallen["document_id"]) == (False, [], None)
        assert [one["fell_at"] is not None for one in fallen["fallen_signatures"]] == [True, True]
        assert await missing(walk) == {"letter-signed-by-customer", "letter-signed-by-centre"}
        told = done(await walk.customer("GET", "/timeline?limit=200"))["items"]
        assert [entry["action"] for entry in told].count("letter-signature-fell") == 2
        assert "UTKAST" in text_of(await walk.customer("GET", "/letter-of-intent.pdf"))

        # Back to the old words: they were signed once, but have to be signed anew.
        done(await walk.customer("PUT", "/baseline", walk.baseline()))
        assert (await letter(walk))["content_hash"] == signed["content_hash"]
        assert not (await letter(walk))["signed"]
        walk.service.at(START + timedelta(days=3))
        await walk.sign_letter()
        anew = await letter(walk)
        assert anew["signed"]
        assert anew["document_id"] not in {signed["document_id"], None}
        again = text_of(await walk.customer("GET", "/letter-of-intent.pdf"))
        assert "10 januari 2025 kl. 10.00" in again
        assert await missing(walk) == set()


async def test_who_signs_says_which_letter_was_read(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        unprepared = await walk.customer("GET", "/letter-of-intent")
        assert unprepared.json()["cost_comparison"] is None
        await walk.prepare()
        await walk.indicate_fee()
        read = await letter(walk)
        assert read["fee_in_force"]["lines"][0]["explanation"] == "12 x 2200 öre"
        compared = read["cost_comparison"]
        assert (compared["verdict"], compared["difference_ore"]) == ("saving", 1_399_973_600)
        plan = {"starts_on": "2025-01-10", "go_live_on": "2025-09-01"}
        done(await walk.staff("PUT", "/time-plan", plan))
        async with nothing_changes(walk):
            stale = {**SIGNER, "content_hash": read["content_hash"]}
            answer = await walk.customer("POST", "/letter-of-intent/signatures", stale)
            problem = refused(answer, 409, "letter_text_changed")
            answer = await walk.agency.post(
                f"/v1/cases/{walk.case_id}/letter-of-intent/signatures",
                json=SIGNER,
                headers={"If-Match": unprepared.headers["ETag"]},
            )
            late = refused(answer, 412, "precondition_failed")
        assert late["current"]["phase"] == "letter_of_intent"
        sound = {**SIGNER, "content_hash": problem["content_hash"], "mandate": "myndighetens chef"}
        signed = done(await walk.customer("POST", "/letter-of-intent/signatures", sound), 201)
        assert (signed["mandate"], signed["fell_at"]) == ("myndighetens chef", None)


async def test_the_signed_letter_is_kept_whatever_becomes_of_its_template(
    database_url: str, monkeypatch: Any
) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        kept = await walk.customer("GET", "/letter-of-intent.pdf")
        assert kept.headers["content-type"] == "application/pdf"
        assert "Eva Lind" in text_of(kept)
        (document,) = done(await walk.staff("GET", "/documents?kind=letter_of_intent"))["items"]
        assert (await letter(walk))["document_id"] == document["id"]
        assert f'"{document["sha256"]}"' == kept.headers["ETag"]
        told = done(await walk.customer("GET", "/timeline?limit=200"))["items"]
        assert [ref["id"] for entry in told for ref in entry["refs"]].count(document["id"]) == 1

        async def other_template(paper: object) -> bytes:
            raise AssertionError("it is not made again")

        monkeypatch.setattr(making, "letter_pdf", other_template)
        done(await walk.customer("PUT", "/baseline", {**walk.baseline(), "agreements": ["Nytt"]}))
        again = await walk.staff("GET", "/letter-of-intent.pdf")
        assert again.content == kept.content
        unchanged = await walk.agency.get(
            f"/v1/cases/{walk.case_id}/letter-of-intent.pdf",
            headers={"If-None-Match": kept.headers["ETag"]},
        )
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        async with walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as other:
            for path in ("letter-of-intent", "letter-of-intent.pdf", "agreement.pdf"):
                refused(await other.get(f"/v1/cases/{walk.case_id}/{path}"), 404, "not_found")
