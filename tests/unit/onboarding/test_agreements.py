"""Phase 3's rules: what an agreement is made of, and its hash."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.onboarding.agreements.annexes import matrix
from services.onboarding.agreements.assembly import (
    AgreementSubject,
    AgreementTerms,
    ClauseWording,
    assemble,
)
from services.onboarding.agreements.checks import check
from services.onboarding.agreements.data import (
    collaboration_templates,
    regulated_matters,
    standard_in_force,
    wording,
)
from services.onboarding.agreements.document import (
    REQUIRED_PARTS,
    AgreementContent,
    AgreementParty,
    PartyRole,
)
from services.onboarding.agreements.domain import AgreementSignature, AgreementVersion
from services.onboarding.agreements.standard import AgreementStandard, CollaborationTemplate
from services.onboarding.agreements.terms import last_day, months_before
from services.onboarding.canonical import content_hash
from services.onboarding.catalogue.service import catalogues
from services.onboarding.gap_analysis.domain import Comparison, Resolution
from services.onboarding.letter_of_intent.domain import FeeIndication
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import APPROVE, AT, PAY, comparison, decision, fee_indication

SUBJECT = AgreementSubject("a1", "c1", 1, "202100-6255", "Pensionsmyndigheten", part_of_state=True)
TERMS = AgreementTerms(date(2025, 6, 1), years=3, stabilisation_periods=3)
PAYROLL = catalogues().versions[-1].service("payroll")

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def assembled(
    *comparisons: Comparison,
    subject: AgreementSubject = SUBJECT,
    terms: AgreementTerms = TERMS,
    fee: FeeIndication | None = None,
    clauses: tuple[ClauseWording, ...] = (),
) -> AgreementContent:
    template = collaboration_templates().templates[0]
    indicated = fee or fee_indication()
    return assemble(
        subject,
        terms,
        standard_in_force(),
        template,
        [PAYROLL],
        comparisons,
        indicated,
        wording(),
        clauses,
    )


def test_an_agreement_has_every_part_of_the_standard() -> None:
    content = assembled()
    assert tuple(part.key for part in content.parts) == REQUIRED_PARTS
    texts = " ".join(part.text for part in content.parts)
    assert "{" not in texts
    for told in (
        "Pensionsmyndigheten",
        "1 juni 2025",
        "31 maj 2028",
        "08.00–16.30",
        "2 procent",
        "1 mars året före",
    ):
        assert told in texts


def test_it_carries_levels_fee_items_and_forums_as_data() -> None:
    content = assembled()
    (service,) = content.services
    assert [level.key for level in service.levels] == [level.key for level in PAYROLL.levels]
    assert service.levels[0].target_minutes == PAYROLL.levels[0].target_minutes
    assert {entry.key for entry in content.measures} == {level.key for level in PAYROLL.levels}
    assert [item.key for item in service.fee_items] == ["payroll-base"]
    assert content.yearly_fee_ore == 16_200_000
    assert content.tariff == "ssc-2020"
    assert content.forums == collaboration_templates().templates[0].forums
    assert content.true_up_days == ("04-30", "10-31")


def test_parties_outside_the_state_have_an_avtal() -> None:
    assert assembled().form == "överenskommelse"
    assert assembled(subject=replace(SUBJECT, part_of_state=False)).form == "avtal"


def test_decisions_show_in_the_matrix() -> None:
    kept = comparison(PAY, gap=True, decision=decision(Resolution.STAYS_WITH_CUSTOMER))
    left = comparison(APPROVE, gap=True, decision=decision(Resolution.OUT_OF_SCOPE))
    rows, excluded = matrix([PAYROLL], [kept, left])
    by_activity = {row.activity: row for row in rows}
    assert by_activity["pay-salaries"].accountable == "customer"
    assert by_activity["pay-salaries"].contributes == "none"
    assert [item.activity for item in excluded] == ["approve-payment"]
    assert set(by_activity) == {activity.key for activity in PAYROLL.activities} - {
        "approve-payment"
    }
    standard, nothing = matrix([PAYROLL], [])
    assert nothing == ()
    assert {row.activity: row.accountable for row in standard} == {
        activity.key: activity.accountable for activity in PAYROLL.activities
    }


@pytest.mark.parametrize(
    ("until", "ends_on"),
    [
        (date(2025, 12, 31), date(2025, 12, 31)),
        (None, date(2028, 5, 31)),
        (date(2035, 1, 1), date(2028, 5, 31)),
    ],
)
def test_a_deviation_has_reason_owner_and_end(until: date | None, ends_on: date) -> None:
    decided = decision(Resolution.CENTRE_ADAPTS, until=until)
    (deviation,) = assembled(comparison(PAY, gap=True, decision=decided)).deviations
    assert deviation.reason == "Därför."
    assert deviation.owner == "centre"
    assert deviation.ends_on == ends_on


def test_an_unpriced_deviation_or_unanswered_fee_makes_no_agreement() -> None:
    unpriced = comparison(
        PAY, gap=True, decision=decision(Resolution.CENTRE_ADAPTS, price_ore=None)
    )
    with pytest.raises(ValueError, match="not priced"):
        assembled(unpriced)
    with pytest.raises(ValueError, match="not answered"):
        assembled(fee=fee_indication(yearly_total_ore=None))


def test_the_stored_document_reads_back_as_itself() -> None:
    decided = comparison(PAY, gap=True, decision=decision(Resolution.CENTRE_ADAPTS))
    document = assembled(decided).model_dump(mode="json")
    stored = json.loads(json.dumps(document))
    assert AgreementContent.model_validate(stored).model_dump(mode="json") == document
    assert content_hash(stored) == content_hash(document)


@given(st.dictionaries(st.text(), documents, max_size=6))
def test_the_hash_knows_no_order_of_keys(document: dict[str, object]) -> None:
    turned = dict(reversed(document.items()))
    assert content_hash(turned) == content_hash(document)


@given(st.dictionaries(st.text(), documents, max_size=6), st.text(), st.integers())
def test_the_hash_knows_every_change(document: dict[str, object], key: str, new: int) -> None:
    changed = {**document, key: new}
    same = key in document and document[key] == new and type(document[key]) is int
    assert (content_hash(changed) == content_hash(document)) is same


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 10))
def test_an_agreement_holds_for_whole_years(first: date, years: int) -> None:
    day, anniversaries = first, 0
    while anniversaries < years:
        day += timedelta(days=1)
        leap_day = (first.month, first.day) == (2, 29)
        if (day.month, day.day) == (first.month, first.day) or (
            leap_day and (day.month, day.day) == (3, 1) and (day - timedelta(days=1)).day == 28
        ):
            anniversaries += 1
    assert last_day(first, years) == day - timedelta(days=1)


def test_the_review_begins_on_the_first_of_a_month() -> None:
    assert months_before(date(2028, 5, 31), 9) == date(2027, 8, 1)
    assert months_before(date(2028, 12, 31), 12) == date(2027, 12, 1)
    assert months_before(date(2028, 1, 31), 1) == date(2027, 12, 1)


def test_two_signatures_count_only_under_the_same_text() -> None:
    document = assembled().model_dump(mode="json")
    own = content_hash(document)

    def version(*signatures: AgreementSignature) -> AgreementVersion:
        return AgreementVersion("v", "a1", "c1", 1, document, own, AT, None, signatures)

    customer = AgreementSignature(Party.CUSTOMER, "N", "GD", "chef", own, AT)
    centre = AgreementSignature(Party.CENTRE, "N", "GD", "chef", own, AT)
    assert not version(customer).is_signed
    assert version(customer, centre).is_signed
    assert not version(customer, replace(centre, content_hash="0" * 64)).is_signed


def test_a_standard_without_a_part_is_refused() -> None:
    whole = standard_in_force().model_dump()
    with pytest.raises(ValidationError, match="parts must be exactly"):
        AgreementStandard.model_validate({**whole, "parts": whole["parts"][1:]})


def test_the_standard_is_silent_on_what_law_regulates() -> None:
    texts = " ".join(part.text.lower() for part in standard_in_force().parts)
    for regulated in ("sekretess", "allmän handling", "allmänna handlingar", "tvist"):
        assert regulated not in texts


def test_every_template_lets_matters_rise() -> None:
    templates = {template.key: template for template in collaboration_templates().templates}
    for template in templates.values():
        operative = [f for f in template.forums if f.level == "operative"]
        higher = [f for f in template.forums if f.level != "operative"]
        assert sum(f.meetings_per_year for f in operative) > sum(
            f.meetings_per_year for f in higher
        )
    one_level = templates["ssc-2016"].model_dump()
    one_level["forums"] = one_level["forums"][:1]
    with pytest.raises(ValidationError, match="second level"):
        CollaborationTemplate.model_validate(one_level)


def test_the_document_stands_alone_in_swedish() -> None:
    content = assembled()
    named = {(entry.service, entry.activity): entry.name_sv for entry in content.activity_names}
    assert all((row.service, row.activity) in named for row in content.responsibilities)
    assert {entry.key for entry in content.unit_names} == {"month"}
    assert content.unit_names[0].name_sv == "månad"
    assert content.collaboration is not None
    assert {entry.forum for entry in content.collaboration.forums} == {
        forum.key for forum in content.forums
    }
    terms = content.data_processing
    assert terms is not None
    assert (terms.controller, terms.processor) == ("Pensionsmyndigheten", "Servicecentret")
    assert [entry.service for entry in terms.data] == ["payroll"]
    told = terms.model_dump_json()
    assert "{customer}" not in told
    assert "{centre}" not in told


def test_a_clause_of_the_parties_own_is_a_deviation_with_its_end() -> None:
    own = ClauseWording(
        "fee-instalments", "Fakturan kommer per kvartal {sic}.", "Budget.", Party.CENTRE,
        date(2040, 1, 1), "Karin Berg", "ekonomichef",
    )  # fmt: skip
    content = assembled(clauses=(own,))
    (deviation,) = content.clause_deviations
    assert deviation.standard_text == "En tolftedel faktureras varje månad."
    assert deviation.ends_on == content.valid_until
    (clause,) = [c for part in content.parts for c in part.clauses if c.key == "fee-instalments"]
    assert (clause.text, clause.deviates) == (own.text, True)
    assert check(content.model_dump(mode="json"), regulated_matters()) == ()


def test_a_party_outside_the_state_makes_it_an_avtal_and_decisions_are_counted_by_hash() -> None:
    region = AgreementParty(
        role=PartyRole.FURTHER, name="Region Mitt", org_number="232100-0016", part_of_state=False
    )
    content = assembled(subject=replace(SUBJECT, further_parties=(region,)))
    assert content.form == "avtal"
    document = content.model_dump(mode="json")
    own = content_hash(document)

    def version(*keys: str, last: str = own) -> AgreementVersion:
        signatures = [AgreementSignature(key, "N", "GD", "chef", own, AT) for key in keys]
        signatures[-1] = replace(signatures[-1], content_hash=last)
        return AgreementVersion("v", "a1", "c1", 1, document, own, AT, None, tuple(signatures))

    assert [party.name for party in version("customer", "centre").undecided] == ["Region Mitt"]
    assert version("customer", "centre", "232100-0016").is_signed
    assert not version("customer", "centre", "232100-0016", last="0" * 64).is_signed
