"""Phase 3 over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from services.contracts.onboarding import AgreementSigned
from services.onboarding.agreements.document import REQUIRED_PARTS
from services.onboarding.tables import AgencyRow
from tests.component.onboarding.walk import Walk, done, nothing_changes, refused, walking

TERMS = {"valid_from": "2025-06-01", "collaboration_template": "ssc-2016"}


async def sign(walk: Walk, content_hash: str, *, as_staff: bool = False) -> dict[str, object]:
    """One party signs."""
    speak = walk.staff if as_staff else walk.customer
    return done(await speak("POST", "/agreement/signatures", walk.signature(content_hash)), 201)


async def test_a_draft_has_every_part(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        content = (await walk.draft())["content"]
        assert [part["key"] for part in content["parts"]] == list(REQUIRED_PARTS)
        texts = [clause["text"] for part in content["parts"] for clause in part["clauses"]]
        assert all(text and "{" not in text for text in texts)
        assert content["form"] == "överenskommelse"
        assert content["yearly_fee_ore"] == 26_400
        assert [forum["key"] for forum in content["forums"]] == ["strategic", "operative"]
        matrix = {row["activity"]: row["accountable"] for row in content["responsibilities"]}
        assert set(matrix.values()) == {"customer", "centre"}


def compensation(drafted: dict[str, Any]) -> str:
    """The clause on what deficient delivery gives back."""
    parts = {part["key"]: part for part in drafted["content"]["parts"]}
    [clause] = parts["compensation"]["clauses"]
    text: str = clause["text"]
    return text


async def test_a_table_of_compensation_is_signed_with_the_rest(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        chosen = {**TERMS, "credit_table": "by-share"}
        drafted = done(await walk.staff("POST", "/agreement", chosen), 201)
        terms = drafted["content"]["credit_terms"]
        assert [band["percent"] for band in terms["bands"]] == ["1", "3", "5"]
        assert "customer-late-input" in terms["exclusions"]
        assert "enligt stegen i avgiftsbilagan" in compensation(drafted)
        assert compensation(drafted).endswith("avgiftsbilagan undantar ger inget avdrag.")
        # Drafted anew without one, it is the standard's again.
        plain = await walk.draft()
        assert plain["content"]["credit_terms"].keys() == {
            "percent_per_breach",
            "monthly_cap_percent",
        }
        assert compensation(plain).endswith("10 procent per månad.")


async def test_nothing_is_drafted_before_phase_3(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        async with nothing_changes(walk):
            refused(await walk.staff("POST", "/agreement", TERMS), 409, "wrong_phase")
            refused(await walk.customer("GET", "/agreement"), 404, "not_found")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"collaboration_template": "ssc-1999"}, "template_unknown"),
        ({"credit_table": "generous"}, "credit_table_unknown"),
        ({"years": 0}, "validation_failed"),
        ({"stabilisation_periods": 13}, "validation_failed"),
        ({"valid_from": "soon"}, "validation_failed"),
    ],
)
async def test_wrong_terms_are_refused(
    database_url: str, wrong: dict[str, object], code: str
) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        async with nothing_changes(walk):
            refused(await walk.staff("POST", "/agreement", {**TERMS, **wrong}), 422, code)


async def test_the_fee_has_to_rest_on_the_agency_as_it_is(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        async with walk.service.runtime.database.transaction(write=True) as session:
            await session.execute(update(AgencyRow).values(headcount=2_000))
            await session.commit()
        async with nothing_changes(walk):
            refused(await walk.staff("POST", "/agreement", TERMS), 409, "fee_indication_missing")
        await walk.indicate_fee()
        await walk.draft()


async def test_there_has_to_be_a_text_to_sign(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        async with nothing_changes(walk):
            answer = await walk.customer("POST", "/agreement/signatures", walk.signature("0" * 64))
            refused(answer, 409, "agreement_not_drafted")
            problem = refused(await walk.enter("implementation"), 409, "gate_not_open")
        assert [lack["item"] for lack in problem["missing"]] == [
            "agreement-drafted",
            "agreement-signed-by-customer",
            "agreement-signed-by-centre",
        ]


async def test_one_signs_the_text_one_has_read(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        drafted = await walk.draft()
        async with nothing_changes(walk):
            answer = await walk.customer("POST", "/agreement/signatures", walk.signature("0" * 64))
            problem = refused(answer, 409, "agreement_text_changed")
        assert problem["content_hash"] == drafted["content_hash"]


async def test_each_side_signs_a_version_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        drafted = await walk.draft()
        signed = await sign(walk, drafted["content_hash"])
        assert signed["status"] == "signed_by_one"
        async with nothing_changes(walk):
            body = walk.signature(drafted["content_hash"])
            refused(
                await walk.customer("POST", "/agreement/signatures", body), 409, "already_signed"
            )
        assert await walk.service.published(AgreementSigned) == []


async def test_a_new_version_starts_without_signatures(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        first = await walk.draft()
        await sign(walk, first["content_hash"])
        second = await walk.draft(years=4)
        assert (second["version"], second["signatures"]) == (2, [])
        assert second["agreement_id"] == first["agreement_id"]
        async with nothing_changes(walk):
            body = walk.signature(first["content_hash"])
            answer = await walk.staff("POST", "/agreement/signatures", body)
            refused(answer, 409, "agreement_text_changed")
        await sign(walk, second["content_hash"], as_staff=True)
        assert await walk.service.published(AgreementSigned) == []
        await sign(walk, second["content_hash"])
        (event,) = await walk.service.published(AgreementSigned)
        assert (event.version, event.content_hash) == (2, second["content_hash"])


async def test_a_signed_agreement_stands(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        drafted = await walk.draft()
        await walk.sign_agreement(drafted["content_hash"])
        async with nothing_changes(walk):
            answer = await walk.staff("POST", "/agreement", TERMS)
            refused(answer, 409, "agreement_already_signed")


async def test_both_sides_signing_at_once_conclude_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        body = walk.signature((await walk.draft())["content_hash"])
        answers = await asyncio.gather(
            walk.customer("POST", "/agreement/signatures", body),
            walk.staff("POST", "/agreement/signatures", body),
        )
        for answer, again in zip(answers, (walk.customer, walk.staff), strict=True):
            if answer.status_code != 201:
                refused(answer, 409, "changed_meanwhile")
                done(await again("POST", "/agreement/signatures", body), 201)
        assert len(await walk.service.published(AgreementSigned)) == 1


async def test_two_of_one_side_signing_at_once_sign_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        body = walk.signature((await walk.draft())["content_hash"])
        answers = await asyncio.gather(
            *(walk.customer("POST", "/agreement/signatures", body) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (lost,) = [answer.json() for answer in answers if answer.status_code == 409]
        assert lost["code"] in {"already_signed", "changed_meanwhile"}
        assert len((await walk.seen())["agreement"]["signatures"]) == 1
