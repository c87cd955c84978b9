"""Evidence in and out over HTTP, and the agreement as PDF."""

from __future__ import annotations

import hashlib
import io

import httpx
import pytest
from pypdf import PdfReader

from services.chassis.identity import Role
from services.onboarding.documents import domain
from tests.component.onboarding.test_case_status import item
from tests.component.onboarding.walk import OTHER_ORG, Walk, done, nothing_changes, refused, walking

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
NAME = "Protokoll från \u201dmötet\u201d 2025-01-10.pdf"


async def send(
    walk: Walk,
    content: bytes = PDF,
    media_type: str = "application/pdf",
    *,
    client: httpx.AsyncClient | None = None,
    **query: str,
) -> httpx.Response:
    """Send a document as the customer, or as another client of an agency."""
    return await (client or walk.agency).post(
        f"/v1/cases/{walk.case_id}/documents",
        params={"name": NAME, "purpose": "Beslut om att ansluta", **query},
        content=content,
        headers={"Content-Type": media_type},
    )


async def test_evidence_is_kept_as_it_came_and_both_sides_see_it(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        added = done(await send(walk), 201)
        assert (added["name"], added["added_by"], added["new"]) == (NAME, "customer", True)
        assert (added["size"], added["sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
        (listed,) = done(await walk.staff("GET", "/documents"))["items"]
        one = done(await walk.staff("GET", f"/documents/{added['id']}"))
        assert one == listed == {key: added[key] for key in listed}
        got = await walk.staff("GET", f"/documents/{added['id']}/content")
        assert got.content == PDF
        assert got.headers["content-type"] == "application/pdf"
        assert got.headers["x-content-type-options"] == "nosniff"
        disposition = got.headers["content-disposition"]
        assert disposition.startswith(
            'attachment; filename="Protokoll_fr_n__m_tet__2025-01-10.pdf"'
        )
        assert "filename*=UTF-8''Protokoll%20fr%C3%A5n" in disposition
        unchanged = await walk.agency.get(
            f"/v1/cases/{walk.case_id}/documents/{added['id']}/content",
            headers={"If-None-Match": got.headers["ETag"]},
        )
        assert unchanged.status_code == 304
        told = done(await walk.customer("GET", "/timeline"))["items"][-1]
        assert (told["action"], told["refs"][0]["id"]) == ("document-added", added["id"])


async def test_the_same_content_is_the_same_document_and_a_case_holds_so_much(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        first = done(await send(walk), 201)
        async with nothing_changes(walk):
            again = done(await send(walk, name="annat.pdf"), 201)
        assert again == {**first, "new": False}
        other = done(await send(walk, b"en rad text\n", "text/plain", name="notering.txt"), 201)
        page = done(await walk.customer("GET", "/documents?limit=1"))
        assert [item["id"] for item in page["items"]] == [first["id"]]
        rest = done(await walk.customer("GET", f"/documents?after={page['next']}"))
        assert [item["id"] for item in rest["items"]] == [other["id"]]
        monkeypatch.setattr(domain, "QUOTA_BYTES", len(PDF) + other["size"] + 3)
        async with nothing_changes(walk):
            answer = await send(walk, b"fyra", "text/plain", name="a.txt")
            problem = refused(answer, 409, "document_quota_reached")
        assert (problem["count"], problem["total_bytes"]) == (2, len(PDF) + other["size"])
        done(await send(walk, b"tre", "text/plain", name="a.txt"), 201)


async def test_what_is_not_fit_to_be_evidence_is_refused(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        text = "text/plain"
        workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        async with nothing_changes(walk):
            refused(await send(walk, b""), 422, "document_empty")
            refused(await send(walk, b"inte en pdf"), 422, "document_not_what_it_says")
            refused(await send(walk, PDF, name="../../a.pdf"), 422, "document_name_unusable")
            refused(await send(walk, PDF, name="a.exe"), 422, "document_name_unusable")
            locked = PDF.replace(b"<</Root", b"<</Encrypt 3 0 R/Root")
            refused(await send(walk, locked), 422, "document_protected")
            old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
            refused(await send(walk, old, workbook, name="a.xlsx"), 422, "document_protected")
            refused(await send(walk, PDF, "text/html"), 415, "media_type_not_accepted")
            refused(await send(walk, name="rad\nbrytning.pdf"), 422, "validation_failed")
            large = bytes(domain.MOST_BYTES + 1)
            refused(await send(walk, large, text, name="a.txt"), 413, "body_too_large")


async def test_what_was_added_by_mistake_is_withdrawn_and_still_seen(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        added = done(await send(walk), 201)
        gate = "/gate-items/letter_of_intent/letter-signed-by-customer"
        shown = {"due_on": "2025-01-10", "evidence": "Bifogas.", "document_id": added["id"]}
        done(await walk.staff("PUT", gate, shown))
        withdrawal = f"/documents/{added['id']}/withdrawal"
        reason = {"reason": "Fel myndighets protokoll."}
        async with nothing_changes(walk):
            refused(await walk.staff("POST", withdrawal, reason), 403, "document_not_yours")
        gone = done(await walk.customer("POST", withdrawal, reason), 201)
        assert gone["withdrawal_reason"] == reason["reason"]
        (listed,) = done(await walk.staff("GET", "/documents"))["items"]
        assert (listed["name"], listed["withdrawn_at"]) == (NAME, gone["withdrawn_at"])
        content = await walk.staff("GET", f"/documents/{added['id']}/content")
        refused(content, 410, "document_withdrawn")
        told = done(await walk.customer("GET", "/timeline?limit=200"))["items"][-1]
        assert (told["action"], told["refs"][0]["id"]) == ("document-withdrawn", added["id"])
        assert reason["reason"] in told["sentence"]
        assert "letter-signed-by-customer" in told["sentence"]
        now = item(await walk.seen(), "letter-signed-by-customer")
        assert (now["evidence"], now["document_id"]) == (None, None)
        assert now["due_on"] == "2025-01-10"
        async with nothing_changes(walk):
            refused(await walk.customer("POST", withdrawal, reason), 410, "document_withdrawn")
            refused(await walk.staff("PUT", gate, shown), 422, "evidence_unknown")

        # The same content, rightly this time, is a document of its own.
        again = done(await send(walk), 201)
        assert (again["new"], again["id"] == added["id"]) == (True, False)

        # What was only written of an item is withdrawn at the item.
        path = f"{gate}/evidence/withdrawal"
        refused(await walk.staff("POST", path, reason), 409, "evidence_absent")
        done(await walk.staff("PUT", gate, {"evidence": "Utlovat vid mötet."}))
        after = done(await walk.staff("POST", path, reason), 201)
        assert (after["evidence"], after["evidence_by_hand"]) == (None, False)
        told = done(await walk.customer("GET", "/timeline?limit=200"))["items"][-1]
        assert told["action"] == "gate-evidence-withdrawn"
        assert "Utlovat vid mötet." in told["sentence"]
        wrong = path.replace("letter_of_intent", "agreement")
        refused(await walk.staff("POST", wrong, reason), 404, "gate_item_unknown")

        # A document that something stated rests on stays until that is stated anew.
        task = "/time-plan/tasks/collect-baseline"
        report = {"status": "done", "started_on": "2025-01-07", "finished_on": "2025-01-07"}
        proof = {**report, "reason": "Parallellt.", "document_id": again["id"]}
        answer = await walk.customer("PUT", task, proof)
        assert answer.status_code == 200, answer.text
        rests = await walk.customer("POST", f"/documents/{again['id']}/withdrawal", reason)
        assert refused(rests, 409, "document_relied_on")["relying"] == ["collect-baseline"]


async def test_nobody_else_sees_or_adds_a_document(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        added = done(await send(walk), 201)
        async with walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as other:
            refused(await send(walk, client=other), 404, "not_found")
            for path in ("", f"/{added['id']}", f"/{added['id']}/content"):
                answer = await other.get(f"/v1/cases/{walk.case_id}/documents{path}")
                refused(answer, 404, "not_found")
        unknown = "/documents/01900000-0000-7000-8000-000000000000/content"
        refused(await walk.customer("GET", unknown), 404, "not_found")


async def test_the_agreement_is_a_draft_until_all_have_signed_and_kept_from_then_on(
    database_url: str,
) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        refused(await walk.customer("GET", "/agreement.pdf"), 404, "not_found")
        drafted = await walk.draft()
        draft = await walk.customer("GET", "/agreement.pdf")
        assert "UTKAST" in text_of(draft)
        assert draft.content == (await walk.staff("GET", "/agreement.pdf?version=1")).content
        await walk.sign_agreement(drafted["content_hash"])
        signed = await walk.customer("GET", "/agreement.pdf")
        text = text_of(signed)
        assert "UTKAST" not in text
        assert drafted["content_hash"] in text
        assert "Mandat: myndighetens chef" in text
        assert "Nytt attestflöde kommer först i höst." in text
        (kept,) = done(await walk.customer("GET", "/documents?kind=agreement"))["items"]
        assert signed.headers["ETag"] == f'"{kept["sha256"]}"'
        by_party = f"/v1/agreements/{drafted['agreement_id']}/agreement.pdf"
        assert (await walk.agency.get(by_party)).content == signed.content
        async with walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as other:
            refused(await other.get(by_party), 404, "not_found")
        refused(await walk.customer("GET", "/agreement.pdf?version=9"), 404, "not_found")


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u00a0", " ").split())
