"""Phase 2's rules."""

from __future__ import annotations

from datetime import date

from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Resolution,
    count,
    deviations,
    not_compared,
    not_priced,
    undecided,
)
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import APPROVE, PAY, comparison, decision

THIRD = ActivityRef("payroll", "post-payroll")


def test_what_is_open_is_named() -> None:
    items = (
        comparison(PAY),
        comparison(APPROVE, gap=True),
    )
    assert not_compared((PAY, APPROVE, THIRD), items) == (THIRD,)
    assert undecided(items) == (APPROVE,)


def test_adopting_the_standard_is_no_deviation() -> None:
    for resolution in Resolution:
        item = comparison(PAY, gap=True, decision=decision(resolution))
        expected = () if resolution is Resolution.ADOPT_STANDARD else (item,)
        assert deviations([item]) == expected


def test_a_deviation_needs_both_price_and_effort() -> None:
    for price, effort, lacks in ((None, 8, True), (0, None, True), (0, 0, False)):
        decided = decision(Resolution.CENTRE_ADAPTS, price_ore=price, effort_hours=effort)
        item = comparison(PAY, gap=True, decision=decided)
        assert bool(not_priced([item])) is lacks
    adopted = decision(Resolution.ADOPT_STANDARD, price_ore=None, effort_hours=None)
    assert not_priced([comparison(PAY, gap=True, decision=adopted)]) == ()


def test_who_keeps_or_makes_a_way_owns_its_deviation() -> None:
    owners = {resolution: resolution.owner for resolution in Resolution if resolution.deviates}
    assert owners == {
        Resolution.CENTRE_ADAPTS: Party.CENTRE,
        Resolution.EXCEPTION_UNTIL: Party.CUSTOMER,
        Resolution.STAYS_WITH_CUSTOMER: Party.CUSTOMER,
        Resolution.OUT_OF_SCOPE: Party.CUSTOMER,
    }


def test_an_analysis_is_counted() -> None:
    until = date(2025, 12, 31)
    exception = decision(Resolution.EXCEPTION_UNTIL, until=until)
    items = (comparison(PAY, gap=True, decision=exception), comparison(APPROVE, gap=True))
    counts = count((PAY, APPROVE, THIRD), items)
    assert (counts.activities, counts.compared, counts.gaps) == (3, 2, 2)
    assert (counts.undecided, counts.deviations) == (1, 1)
