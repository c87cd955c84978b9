"""Roles, their holders, and deputies for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.onboarding.parties import Party
from services.onboarding.staffing.domain import (
    StaffingRules,
    StaffMember,
    acting,
    faults,
    next_change,
    vacancies,
)
from services.onboarding.staffing.service import staffing_rules

RULES = staffing_rules()
FIRST = date(2025, 1, 1)
DAY = st.integers(0, 40).map(lambda days: FIRST + timedelta(days=days))
MEMBERS = st.builds(
    StaffMember,
    role=st.just("Kundansvarig"),
    name=st.just("Anna Ek"),
    deputy=st.none() | st.just("Bo Alm"),
    valid_from=st.none() | DAY,
    valid_until=st.none() | DAY,
    deputy_from=st.none() | DAY,
    deputy_until=st.none() | DAY,
)


def within(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a span, ends included."""
    return (first or date.min) <= day <= (last or date.max)


@given(member=MEMBERS, day=DAY)
def test_who_does_a_role(member: StaffMember, day: date) -> None:
    holds = within(day, member.valid_from, member.valid_until)
    if member.deputy is None:
        expected = "Anna Ek" if holds else None
    elif member.deputy_from is None and member.deputy_until is None:
        expected = "Anna Ek" if holds else "Bo Alm"
    elif within(day, member.deputy_from, member.deputy_until):
        expected = "Bo Alm"
    else:
        expected = "Anna Ek" if holds else None
    assert acting(member, day) == expected


@given(member=MEMBERS, day=DAY)
def test_nothing_changes_before_the_next_change(member: StaffMember, day: date) -> None:
    change = next_change([member], day)
    end = change or FIRST + timedelta(days=60)
    looked_at = day
    while looked_at < end:
        assert acting(member, looked_at) == acting(member, day)
        looked_at += timedelta(days=1)


def test_roles_are_known_by_what_parties_write() -> None:
    assert RULES.key_of(Party.CENTRE, " kundansvarig ") == "account-manager"
    assert RULES.key_of(Party.CUSTOMER, "Kundansvarig") is None
    assert RULES.key_of(Party.CUSTOMER, "Tjänsteansvarig") == "service-owner"
    assert RULES.key_of(Party.CUSTOMER, "Samordnare") is None


def test_each_area_needs_its_service_owner() -> None:
    lead = StaffMember("Projektledare", "Kim Lind")
    of_payroll = StaffMember("Tjänsteansvarig", "Robin Ek", service_area="payroll")
    of_all = StaffMember("Tjänsteansvarig", "Alex Berg")
    areas = {"payroll", "e-commerce"}

    def lacking(*members: StaffMember) -> list[tuple[str, str | None]]:
        found = vacancies(RULES, {Party.CUSTOMER: members}, areas, FIRST)
        return [(v.role.key, v.service_area) for v in found if v.party is Party.CUSTOMER]

    assert lacking(lead, of_payroll) == [("service-owner", "e-commerce")]
    assert lacking(lead, of_all) == []
    assert lacking(of_all) == [("project-manager", None)]
    assert {v.party for v in vacancies(RULES, {}, areas, FIRST)} == set(Party)


def test_staffing_that_makes_no_sense_is_told() -> None:
    wrong = StaffMember(
        "Tjänsteansvarig",
        "Robin Ek",
        service_area="catering",
        valid_from=date(2025, 2, 1),
        valid_until=date(2025, 1, 1),
        deputy_from=date(2025, 2, 1),
        deputy_until=date(2025, 1, 1),
    )
    assert len(faults([wrong], {"payroll"})) == 4
    assert faults([StaffMember("Projektledare", "Kim Lind")], {"payroll"}) == ()
    himself = StaffMember("Projektledare", "Kim Lind", deputy="kim  lind")
    assert faults([himself], {"payroll"}) == (
        "Kim Lind (Projektledare) cannot be their own deputy.",
    )
    lead = StaffMember("Projektledare", "Kim Lind")
    assert faults([lead, lead], {"payroll"}) == ("Kim Lind (Projektledare) is named twice.",)
    later = replace(lead, valid_from=date(2027, 1, 1))
    assert faults([lead, later], {"payroll"}) == ()


def test_rules_say_who_answers_and_share_no_name() -> None:
    whole = RULES.model_dump()
    with pytest.raises(ValidationError, match="share a name"):
        StaffingRules.model_validate({**whole, "roles": whole["roles"] * 2})
    silent = [{**role, "answers_for": ()} for role in whole["roles"]]
    with pytest.raises(ValidationError, match="exactly one role"):
        StaffingRules.model_validate({**whole, "roles": silent})
