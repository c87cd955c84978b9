"""The letter of intent and the agreement as PDF, read back."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from services.chassis import swedish
from services.contracts.values import FeeItem, IndicatedFeeLine
from services.onboarding.agreements.assembly import AgreementSubject, AgreementTerms, assemble
from services.onboarding.agreements.data import standard_in_force, template, wording
from services.onboarding.agreements.document import AgreementContent, ClauseDeviation, Deviation
from services.onboarding.agreements.domain import AgreementSignature, AgreementVersion
from services.onboarding.canonical import content_hash
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.documents.agreement import AgreementPaper
from services.onboarding.documents.domain import case_reference
from services.onboarding.documents.letter import LetterPaper
from services.onboarding.documents.making import agreement_pdf, letter_pdf
from services.onboarding.letter_of_intent.baseline import (
    Baseline,
    Costs,
    CurrentSystem,
    DirectCost,
    Overhead,
    OverheadMethod,
    compare_costs,
)
from services.onboarding.letter_of_intent.domain import LetterSignature
from services.onboarding.letter_of_intent.letter import (
    LetterContent,
    LetterFee,
    LetterMember,
    LetterPlan,
)
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import fee_indication

CUSTOMER = "Myndigheten för ungdoms- och civilsamhällesfrågor"
HOSTILE = '#panic("x") *fet* $x$ <etikett> @referens'
UNBROKEN = "Löneutbetalningsunderlagskontrollsystem" * 4
DAY = date(2025, 1, 20)
SIGNED_AT = datetime(2025, 1, 21, 8, 30, tzinfo=UTC)
REFERENCE = "ANS 2025-1A2B3C4D"

LINE = IndicatedFeeLine(
    service="payroll",
    item=FeeItem(
        key="payroll-base-variable",
        service_area="payroll",
        name="Base fee payroll: variable",
        unit="payslip",
        unit_price_ore=2_200,
        yearly_quantity=19_824,
    ),
    amount_ore=43_612_800,
    explanation="19,824 x 22.00 SEK",
)
BASELINE = Baseline(
    1_250_000,
    Decimal("11.5"),
    {"payroll": {"payslip": 19_824}},
    (CurrentSystem(UNBROKEN, date(2027, 12, 31)),),
    (),
    Costs(
        (DirectCost("Personal", 800_000), DirectCost("Lokaler", 200_000)),
        Overhead(OverheadMethod.SHARE_OF_DIRECT_COST, percent=Decimal(25)),
    ),
)


def letter_paper(*signed: Party, member: str = "Åsa Öberg") -> LetterPaper:
    letter = LetterContent(
        case_id="01900000-0000-7000-8000-00001a2b3c4d",
        org_number="202100-5026",
        customer_name=CUSTOMER,
        services=("payroll",),
        baseline=BASELINE,
        customer_staff=(LetterMember("Projektledare", member, None),),
        centre_staff=(LetterMember("Kundansvarig", "Sam Nyström", "Bo Ek"),),
        plan=LetterPlan(DAY, DAY + timedelta(weeks=20), None),
        fee=LetterFee("ssc-2020", LINE.amount_ore, (LINE,)),
    )
    return LetterPaper(
        letter=letter,
        content_hash="ab" * 32,
        centre_name="Servicecentret",
        services={"payroll": "Löneadministration"},
        signatures=[
            LetterSignature(party, f"Eva {party.value}", "Generaldirektör", SIGNED_AT, None, "ab")
            for party in signed
        ],
        comparison=compare_costs(BASELINE, LINE.amount_ore),
        reference=REFERENCE,
        day=DAY,
    )


@cache
def content() -> AgreementContent:
    """An agreement on everything that the catalogue offers."""
    services = catalogue_in_force(date(2026, 1, 1)).services
    drafted = assemble(
        AgreementSubject("a1", "c1", 1, "202100-5026", CUSTOMER, True),
        AgreementTerms(valid_from=date(2026, 6, 1), years=3, stabilisation_periods=3),
        standard_in_force(),
        template("ssc-2012"),
        services,
        (),
        fee_indication(),
        wording(),
    )
    gap = Deviation(
        service=services[0].key,
        activity=services[0].activities[0].key,
        resolution="centre_adapts",
        resolution_sv="Servicecentret anpassar",
        customer_way=f"{HOSTILE}\n\n{UNBROKEN}",
        reason="Gäller även efter anslutningen. " * 120,
        owner="centre",
        ends_on=date(2027, 12, 31),
        effort_hours=120,
        price_ore=9_600_050,
        decided_by="Styrgruppen",
        mandate="Avsiktsförklaringen",
    )
    clause = ClauseDeviation(
        part="termination",
        clause="termination-notice",
        standard_text="Tolv månader.",
        text="Tjugofyra månader.",
        reason="Upphandling tar tid.",
        owner="customer",
        ends_on=date(2028, 5, 31),
        decided_by="Eva Lind",
        mandate="Arbetsordningen 5 §",
    )
    return drafted.model_copy(update={"deviations": (gap,), "clause_deviations": (clause,)})


def agreement_paper(*signed: str) -> AgreementPaper:
    document = content().model_dump(mode="json")
    hashed = content_hash(document)
    signatures = tuple(
        AgreementSignature(party, f"Eva {party}", "GD", "Arbetsordningen 5 §", hashed, SIGNED_AT)
        for party in signed
    )
    drafted_at = datetime(2025, 1, 10, tzinfo=UTC)
    version = AgreementVersion("v1", "a1", "c1", 1, document, hashed, drafted_at, None, signatures)
    return AgreementPaper(version, REFERENCE)


def text_of(made: bytes) -> str:
    """All the text, with single spaces; what is broken over lines is joined."""
    pages = PdfReader(io.BytesIO(made)).pages
    found = " ".join(page.extract_text() for page in pages)
    return " ".join(found.replace("\u00a0", " ").split())


def unspaced(text: str) -> str:
    return "".join(text.split()).replace("-", "")


def assert_archivable(made: bytes, title: str) -> None:
    reader = PdfReader(io.BytesIO(made))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "sv-SE"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (title, "Servicecentret")


async def test_the_letter_says_all_that_the_parties_mean_to_sign() -> None:
    made = await letter_pdf(letter_paper(Party.CUSTOMER))
    assert_archivable(made, "Avsiktsförklaring om anslutning till Servicecentret")
    text = text_of(made)
    for part in (
        CUSTOMER,
        "202100-5026",
        REFERENCE,
        "Löneadministration",
        "Overhead är 25 % av den direkta kostnaden: 1 000 000 kr × 25 % = 250 000 kr.",
        "1 250 000 kr",
        "31 december 2027",
        "11,5",
        "Åsa Öberg",
        "Sam Nyström",
        "20 januari 2025",
        "Grundavgift lön, rörlig",
        "19 824 22,00 kr 436 128,00 kr",
        "Avgiften är 813 872,00 kr (65,1 %) lägre per år än kostnaden i utgångsläget.",
        "Undertecknad elektroniskt 21 januari 2025 kl. 09.30",
        "Ej undertecknad",
        "Utkast, undertecknat av en part",
    ):
        assert part in text, part
    assert unspaced(UNBROKEN) in unspaced(text)


async def test_a_signed_letter_is_no_draft_and_never_changes_by_itself() -> None:
    signed = letter_paper(Party.CUSTOMER, Party.CENTRE)
    made = await letter_pdf(signed)
    assert "Utkast" not in text_of(made)
    assert "UTKAST" not in text_of(made)
    assert await letter_pdf(signed) == made
    assert await letter_pdf(replace(signed, day=DAY)) == made
    assert "UTKAST" in text_of(await letter_pdf(letter_paper()))


async def test_an_empty_letter_says_what_is_not_there_yet() -> None:
    full = letter_paper()
    bare = replace(full.letter, baseline=None, customer_staff=(), plan=None, fee=None)
    text = text_of(await letter_pdf(replace(full, letter=bare, comparison=None)))
    for missing in (
        "Utgångsläget är inte redovisat.",
        "Ingen är utsedd.",
        "Tidplanen är inte satt.",
        "Ingen avgift är indikerad.",
    ):
        assert missing in text


@settings(max_examples=15)
@given(st.text(min_size=1, max_size=200))
def test_no_name_keeps_a_letter_from_being_made(name: str) -> None:
    assert asyncio.run(letter_pdf(letter_paper(member=name)))


async def test_the_agreement_carries_its_text_and_every_annex() -> None:
    made = await agreement_pdf(agreement_paper("customer", "centre"))
    assert_archivable(made, "Överenskommelse om gemensamma tjänster")
    text, agreed = text_of(made), content()
    joined = unspaced(text)
    for part in agreed.parts:
        for clause in part.clauses:
            assert unspaced(clause.text) in joined, clause.key
    for service in agreed.services:
        assert unspaced(service.name_sv) in joined
        for level in service.levels:
            assert unspaced(level.name_sv) in joined
    for activity in agreed.activity_names:
        assert unspaced(activity.name_sv) in joined
    for forum in agreed.forums:
        assert forum.name_sv in text
    assert agreed.data_processing is not None
    assert unspaced(agreed.data_processing.breach_notice) in joined
    for wanted in (
        "Bilaga 1. Ansvarsmatris",
        "Bilaga 2. Servicenivåer",
        "Bilaga 3. Avgifter",
        "Bilaga 4. Personuppgiftsbiträdesavtal",
        "Bilaga 5. Samverkansmodell",
        "Bilaga 6. Avvikelser från standard",
        "96 000,50 kr",
        swedish.amount(agreed.yearly_fee_ore).replace("\u00a0", " "),
        "Tjugofyra månader.",
        "Mandat: Arbetsordningen 5 §",
    ):
        assert wanted in text, wanted
    assert unspaced(HOSTILE) in joined
    assert unspaced(UNBROKEN) in joined
    assert agreement_paper().version.content_hash in text
    assert "UTKAST" not in text


async def test_a_draft_agreement_shows_that_it_is_one() -> None:
    text = text_of(await agreement_pdf(agreement_paper("customer")))
    assert "UTKAST" in text
    assert "Utkast, undertecknat av 1 av 2 parter" in text
    assert "Ej undertecknad" in text


async def test_the_same_agreement_gives_the_same_bytes() -> None:
    paper = agreement_paper("customer", "centre")
    assert await agreement_pdf(paper) == await agreement_pdf(paper)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (swedish.amount(-123_450), "−1 234,50 kr"),
        (swedish.amount(5), "0,05 kr"),
        (swedish.kronor(14_000_000), "14 000 000 kr"),
        (swedish.decimal_number(Decimal("11.50")), "11,5"),
        (swedish.percent(Decimal("99.00")), "99 %"),
        (swedish.minutes(255), "4 tim 15 min"),
        (swedish.minutes(0), "0 min"),
        (swedish.day_of_year("04-30"), "30 april"),
        (swedish.moment(datetime(2025, 6, 30, 22, 5, tzinfo=UTC)), "1 juli 2025 kl. 00.05"),
        (swedish.listed(["a", "b", "c"]), "a, b och c"),
        (case_reference("0-1a2b3c4d", datetime(2025, 12, 31, 23, tzinfo=UTC)), "ANS 2026-1A2B3C4D"),
    ],
)
def test_swedish_wording(shown: str, expected: str) -> None:
    assert shown.replace("\u00a0", " ") == expected
