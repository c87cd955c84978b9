"""The check that refuses, what differs between versions, amendments, and who may sign."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.agencies.domain import Head
from services.onboarding.agreements.amendments import (
    AddedService,
    AmendmentChanges,
    DeviationChange,
    FeeChange,
    LevelChange,
    RowChange,
    UnknownTargetsError,
    amended,
    changes_scope,
)
from services.onboarding.agreements.assembly import with_clauses
from services.onboarding.agreements.checks import check, regulated
from services.onboarding.agreements.data import (
    collaboration_templates,
    head_titles,
    regulated_matters,
    standard_in_force,
    wording,
)
from services.onboarding.agreements.differences import Kind, differences, in_words, rows
from services.onboarding.agreements.document import AgreementContent, RenewalKind, RenewalTerms
from services.onboarding.agreements.renewals import renewed
from services.onboarding.agreements.signing import (
    Delegation,
    DelegationExceededError,
    DelegationMissingError,
    DelegationNotInForceError,
    delegation_for,
    signs_by_office,
)
from services.onboarding.catalogue.service import catalogues
from services.onboarding.gap_analysis.domain import Resolution
from tests.unit.onboarding.cases import APPROVE, AT, PAY, comparison, decision
from tests.unit.onboarding.test_agreements import assembled

Change = Callable[[dict[str, Any]], object]


def sound() -> dict[str, Any]:
    """An agreement with a deviation of each kind that the matrix shows."""
    kept = comparison(PAY, gap=True, decision=decision(Resolution.STAYS_WITH_CUSTOMER))
    left = comparison(APPROVE, gap=True, decision=decision(Resolution.OUT_OF_SCOPE))
    return assembled(kept, left).model_dump(mode="json")


def first_level(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["services"][0]["levels"][0]
    return found


def test_what_is_assembled_is_sound() -> None:
    assert check(sound(), regulated_matters()) == ()


@pytest.mark.parametrize(
    ("change", "code", "subject"),
    [
        (lambda d: d["parts"].pop(0), "part_missing", "services"),
        (lambda d: d["parts"][0].update(clauses=[]), "part_empty", "services"),
        (
            lambda d: d["parts"][1]["clauses"][0].update(text=" "),
            "clause_empty",
            "commitments-centre",
        ),
        (lambda d: first_level(d).update(target_minutes={}), "level_without_measure", None),
        (lambda d: first_level(d).update(kind=""), "level_without_measure", None),
        (
            lambda d: first_level(d).update(required_share_percent="0"),
            "level_without_measure",
            None,
        ),
        (lambda d: d["services"][0].update(levels=[]), "service_without_level", "payroll"),
        (
            lambda d: d["responsibilities"].pop(),
            "activity_without_accountable",
            None,
        ),
        (
            lambda d: d["responsibilities"][0].update(accountable="none"),
            "activity_without_accountable",
            None,
        ),
        (
            lambda d: d["responsibilities"].append(d["responsibilities"][0]),
            "activity_with_two_accountable",
            None,
        ),
        (
            lambda d: d["responsibilities"][0].update(service="travel"),
            "row_outside_services",
            None,
        ),
        (
            lambda d: d["services"][0]["fee_items"][0].update(unit=""),
            "fee_without_unit",
            "payroll/payroll-base",
        ),
        (lambda d: d.update(yearly_fee_ore=1), "fee_total_differs", "yearly_fee_ore"),
        (lambda d: d["deviations"][0].update(reason=" "), "deviation_without_reason", None),
        (lambda d: d["deviations"][0].update(owner=""), "deviation_without_owner", None),
        (
            lambda d: d["deviations"][0].update(ends_on="2099-01-01"),
            "deviation_without_end",
            None,
        ),
        (
            lambda d: [row.update(accountable="centre") for row in d["responsibilities"]],
            "deviation_contradicts_matrix",
            str(PAY),
        ),
        (lambda d: d.update(valid_until="2020-01-01"), "validity_reversed", None),
        (lambda d: d["forums"].pop(), "forums_on_one_level", None),
        (lambda d: d["data_processing"].update(data=[]), "data_processing_incomplete", "payroll"),
        (lambda d: d.update(data_processing=None), "data_processing_incomplete", None),
        (
            lambda d: d["parts"][7]["clauses"][0].update(deviates=True),
            "clause_deviation_untold",
            "fee-tariff",
        ),
    ],
)
def test_each_fault_is_named(change: Change, code: str, subject: str | None) -> None:
    document = sound()
    change(document)
    found = {finding.code: finding.subject for finding in check(document, regulated_matters())}
    assert code in found
    assert subject is None or found[code] == subject


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("Parternas handlingar omfattas av sekretess.", "offentlighets- och sekretesslagen"),
        ("Allmänna handlingar lämnas ut av kunden.", "tryckfrihetsförordningen"),
        ("En tvist avgörs genom skiljedom.", "regeringsformen"),
        ("Parterna arbetar enligt ISO 27001.", "2022:524"),
        ("Servicecentret gallrar underlag efter tio år.", "arkivlagen"),
        ("Intern styrning och kontroll granskas årligen.", "2007:603"),
    ],
)
def test_a_clause_on_what_law_regulates_names_clause_and_law(text: str, law: str) -> None:
    (finding,) = regulated("fee-tariff", text, regulated_matters(), between_agencies=True)
    assert finding.subject == "fee-tariff"
    assert law in (finding.law or "")


def test_parties_outside_the_state_may_agree_on_disputes_but_not_on_secrecy() -> None:
    matters = regulated_matters()
    assert regulated("c", "Tvist avgörs i tingsrätt.", matters, between_agencies=False) == ()
    assert regulated("c", "Uppgifterna är konfidentiella.", matters, between_agencies=False)


leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.text("abå ", max_size=8)


@given(st.data())
def test_applying_a_difference_gives_the_other_version(data: st.DataObject) -> None:
    old = sound()
    new = copy.deepcopy(old)
    new["valid_from"] = data.draw(st.sampled_from(["2025-06-01", "2025-07-01"]))
    for name in ("responsibilities", "deviations", "forums", "parts", "activity_names"):
        new[name] = data.draw(st.lists(st.sampled_from(old[name]), unique_by=str))
    for item in new["services"][0]["fee_items"]:
        item["unit_price_ore"] = data.draw(st.integers(0, 3))
    new["change_reason"] = data.draw(leaves)
    found = differences(old, new)
    applied = rows(old)
    for one in found:
        for change in one.fields:
            applied.pop((one.section, one.item, change.field), None)
            if change.new is not None:
                applied[one.section, one.item, change.field] = change.new
    assert applied == rows(new)
    assert differences(new, new) == ()
    back = differences(new, old)
    assert {(one.section, one.item) for one in back} == {(o.section, o.item) for o in found}
    turned = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}
    assert sorted(turned[one.kind] for one in back) == sorted(one.kind for one in found)


def test_every_leaf_of_an_agreement_has_a_row_of_its_own() -> None:
    document = sound()

    def leaves_of(value: Any) -> int:
        if isinstance(value, dict):
            return sum(leaves_of(inner) for inner in value.values())
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return sum(leaves_of(inner) for inner in value)
        return 0 if value is None or value in ([], {}) else 1

    apart = ("agreement_id", "case_id", "version", "amends_version")
    told = {key: value for key, value in document.items() if key not in apart}
    assert len(rows(document)) == leaves_of(told)


def amendment(content: AgreementContent, changes: AmendmentChanges) -> dict[str, Any]:
    return amended(
        content,
        changes,
        version=2,
        effective_on=date(2026, 1, 1),
        reason="Ny volym.",
        standard=standard_in_force(),
        wording=wording(),
    )


def test_an_amendment_changes_what_it_names_and_nothing_else() -> None:
    kept = comparison(PAY, gap=True, decision=decision(Resolution.CENTRE_ADAPTS))
    content = assembled(kept)
    changes = AmendmentChanges(
        levels=(LevelChange("payroll", "payroll-response-time", Decimal(98)),),
        fees=(FeeChange("payroll", "payroll-base", yearly_quantity=24),),
        matrix=(RowChange("payroll", "approve-payment", "centre", "customer"),),
        move_deviations=(DeviationChange(str(PAY), date(2026, 6, 30)),),
        template=collaboration_templates().templates[1],
    )
    data = amendment(content, changes)
    changed = with_clauses(AgreementContent.model_validate(data), standard_in_force(), ())
    document = changed.model_dump(mode="json")
    assert check(document, regulated_matters()) == ()
    assert document["yearly_fee_ore"] == 2 * content.yearly_fee_ore
    assert (document["amends_version"], document["effective_on"]) == (1, "2026-01-01")
    found = differences(content.model_dump(mode="json"), document)
    told = {(one.section, one.item) for one in found if one.section != "forum"}
    assert told == {
        ("agreement", ""),
        ("clause", "collaboration-model/collaboration-model-forums"),
        ("level", "payroll/payroll-response-time"),
        ("fee", ""),
        ("fee", "payroll/payroll-base"),
        ("matrix", "payroll/approve-payment"),
        ("deviation", str(PAY)),
        ("collaboration", ""),
        ("validity", ""),
    }
    text = in_words(found)
    level = "Första svar i ett löneärende (Löneadministration) ändras: krav från 95\xa0%"
    assert f"{level} till 98\xa0%" in text
    assert "Avgift payroll-base (Löneadministration)" not in text
    assert "antal per år från 12 till 24" in text
    assert "ansvarar från kunden till servicecentret" in text
    # A field's own name is nothing to read: each has a Swedish one.
    assert "_" not in text
    assert "{+2012+}" in text


def test_a_service_is_taken_in_and_left_out_whole() -> None:
    content = assembled()
    travel = next(s for s in catalogues().versions[-1].services if s.key != "payroll")
    grown = AgreementContent.model_validate(
        {
            **amendment(content, AmendmentChanges(add_services=(AddedService(travel, ()),))),
            "parts": content.model_dump(mode="json")["parts"],
        }
    )
    assert check(grown.model_dump(mode="json"), regulated_matters()) == ()
    assert {row.service for row in grown.responsibilities} == {"payroll", travel.key}
    back = amendment(grown, AmendmentChanges(remove_services=(travel.key,)))
    assert not [
        one
        for one in differences(content.model_dump(mode="json"), back)
        if one.section not in {"agreement", "validity"}
    ]


@pytest.mark.parametrize(
    "changes",
    [
        AmendmentChanges(levels=(LevelChange("payroll", "unknown"),)),
        AmendmentChanges(remove_services=("unknown",)),
        AmendmentChanges(matrix=(RowChange("payroll", "unknown", "centre", "none"),)),
        AmendmentChanges(end_deviations=("unknown",)),
    ],
)
def test_an_amendment_of_what_is_not_there_names_it(changes: AmendmentChanges) -> None:
    with pytest.raises(UnknownTargetsError, match="unknown"):
        amendment(assembled(), changes)


def test_only_scope_and_fee_wait_for_a_window() -> None:
    assert not changes_scope(AmendmentChanges(levels=(LevelChange("payroll", "x"),)))
    assert changes_scope(AmendmentChanges(remove_services=("payroll",)))
    assert changes_scope(AmendmentChanges(fees=(FeeChange("payroll", "x"),)))


def test_an_extension_keeps_what_lasted_and_drops_what_ended() -> None:
    lasting = comparison(PAY, gap=True, decision=decision(Resolution.CENTRE_ADAPTS))
    ended = comparison(
        APPROVE,
        gap=True,
        decision=decision(Resolution.EXCEPTION_UNTIL, until=date(2025, 12, 31)),
    )
    content = assembled(lasting, ended).model_copy(
        update={"renewal": RenewalTerms(kind=RenewalKind.AUTOMATIC, years=5)}
    )
    after = renewed(content, 2, standard_in_force(), ())
    assert (after.holds_from, after.valid_until) == (date(2028, 6, 1), date(2033, 5, 31))
    assert [(one.key, one.ends_on) for one in after.deviations] == [(str(PAY), after.valid_until)]
    assert "31 maj 2033" in " ".join(part.text for part in after.parts)
    assert check(after.model_dump(mode="json"), regulated_matters()) == ()
    older = renewed(
        content.model_copy(update={"standard_version": "2026-1"}), 2, standard_in_force(), ()
    )
    assert older.parts == content.parts


DELEGATION = Delegation(
    "d1", "centre", "Karin Berg", "Ekonomichef", "Eva Lind", "Generaldirektör",
    "Arbetsordningen 12 §", 5_000_000_00, date(2025, 1, 1), date(2025, 12, 31), AT,
)  # fmt: skip


def test_heads_sign_by_office_and_others_by_a_delegation_that_holds() -> None:
    titles = head_titles()
    assert signs_by_office("Eva Lind", " generaldirektör ", titles, None)
    assert not signs_by_office("Eva Lind", "Ekonomichef", titles, None)
    # Where the register says who heads the agency, a title alone is not enough.
    head = Head("Eva  Lind", "Generaltulldirektör")
    assert signs_by_office("eva lind", "Generaltulldirektör", titles, head)
    assert signs_by_office("Eva Lind", "Generaldirektör", titles, head)
    assert not signs_by_office("Maria Dahl", "Generaldirektör", titles, head)
    assert not signs_by_office("Eva Lind", "Ekonomichef", titles, head)

    def found(day: date, fee: int, name: str = "karin  berg") -> Delegation:
        return delegation_for([DELEGATION], name, "ekonomichef", day, fee)

    assert found(date(2025, 12, 31), 5_000_000_00) == DELEGATION
    with pytest.raises(DelegationMissingError):
        found(date(2025, 5, 1), 1, name="Bo Alm")
    with pytest.raises(DelegationNotInForceError):
        found(date(2026, 1, 1), 1)
    with pytest.raises(DelegationExceededError) as refusal:
        found(date(2025, 5, 1), 5_000_000_01)
    assert refusal.value.limit_ore == 5_000_000_00
    revoked = replace(DELEGATION, revoked_on=date(2025, 5, 1))
    assert revoked.holds_on(date(2025, 4, 30))
    assert not revoked.holds_on(date(2025, 5, 1))
