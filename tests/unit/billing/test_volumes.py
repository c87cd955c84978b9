from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.periods.domain import why_not_closable
from services.billing.subscriptions.domain import SignedItem
from services.billing.volumes.domain import (
    Fact,
    SetAside,
    SubscribedService,
    Volume,
    VolumeStatus,
    conflicts,
    place,
    why_no_correction,
)
from tests.unit.billing.strategies import in_operation

ITEMS = (
    SignedItem("fixed", "Fixed", "month", 1_350_000, 12),
    SignedItem("slips", "Slips", "payslip", 6_200, 1_200),
)
TERMS = in_operation("payroll", ITEMS, date(2026, 3, 17), date(2027, 3, 1))
SERVICES = [SubscribedService("subscription", TERMS)]
VOLUME = Volume("1", "202100-6255", "payroll", "payslip", Month(2026, 3), 10)


@pytest.mark.parametrize("month", [Month(2026, 3), Month(2026, 12), Month(2027, 3)])
def test_a_volume_of_a_month_in_operation_is_accepted(month: Month) -> None:
    placement = place(replace(VOLUME, month=month), customer_known=True, services=SERVICES)
    assert placement.status is VolumeStatus.ACCEPTED
    assert placement.subscription_id == "subscription"


@pytest.mark.parametrize(
    ("volume", "known", "reason"),
    [
        (VOLUME, False, SetAside.UNKNOWN_CUSTOMER),
        (replace(VOLUME, service="e-commerce"), True, SetAside.SERVICE_NOT_SUBSCRIBED),
        (replace(VOLUME, unit="supplier-invoice"), True, SetAside.UNIT_NOT_SIGNED),
        (replace(VOLUME, unit="month"), True, SetAside.UNIT_IS_FIXED),
        (replace(VOLUME, month=Month(2026, 2)), True, SetAside.NOT_LIVE_IN_PERIOD),
        (replace(VOLUME, month=Month(2027, 4)), True, SetAside.NOT_LIVE_IN_PERIOD),
    ],
)
def test_what_fits_nowhere_is_set_aside_with_its_reason(
    volume: Volume, known: bool, reason: SetAside
) -> None:
    placement = place(volume, customer_known=known, services=SERVICES)
    assert placement.status is VolumeStatus.SET_ASIDE
    assert placement.reason is reason
    assert placement.subscription_id is None


def test_of_two_subscriptions_the_one_in_operation_counts() -> None:
    ended = in_operation("payroll", ITEMS, date(2025, 1, 1), date(2026, 3, 16))
    both = [SubscribedService("old", ended), *SERVICES]
    later = replace(VOLUME, month=Month(2026, 4))
    assert place(later, customer_known=True, services=both).subscription_id == "subscription"


def test_what_a_final_settlement_closed_takes_no_more_volumes() -> None:
    closed = [SubscribedService("subscription", TERMS, settled_through=Month(2026, 4))]
    in_april = replace(VOLUME, month=Month(2026, 4))
    refused = place(in_april, customer_known=True, services=closed)
    assert refused.reason is SetAside.SETTLED_FINALLY
    in_may = replace(VOLUME, month=Month(2026, 5))
    assert place(in_may, customer_known=True, services=closed).subscription_id == "subscription"


volumes = st.builds(
    Volume,
    source_id=st.sampled_from("abcd"),
    org_number=st.just("202100-6255"),
    service=st.just("payroll"),
    unit=st.just("payslip"),
    month=st.just(Month(2026, 3)),
    quantity=st.integers(0, 2),
    revision=st.integers(1, 2),
)


@given(st.lists(volumes, max_size=8), st.lists(volumes, max_size=4))
def test_an_identity_conflicts_exactly_when_it_has_two_contents(
    batch: list[Volume], before: list[Volume]
) -> None:
    known = {volume.key: volume for volume in before}
    contents: dict[tuple[str, int], set[Volume]] = {}
    for volume in [*known.values(), *batch]:
        contents.setdefault(volume.key, set()).add(volume)
    expected = {key for key, unlike in contents.items() if len(unlike) > 1}
    assert {volume.key for volume in conflicts(batch, known)} == expected


def test_a_closed_month_takes_no_more_volumes_unless_finance_takes_them_up() -> None:
    closed = place(VOLUME, customer_known=True, services=SERVICES, closed_through=Month(2026, 3))
    assert closed.reason is SetAside.PERIOD_CLOSED
    after = place(VOLUME, customer_known=True, services=SERVICES, closed_through=Month(2026, 2))
    assert after.reason is None


@pytest.mark.parametrize(
    ("month", "closed_through", "why"),
    [
        (Month(2026, 3), None, None),
        (Month(2026, 4), None, "not_ended"),
        (Month(2026, 3), Month(2026, 2), None),
        (Month(2026, 2), Month(2026, 2), "closed_before"),
        (Month(2025, 2), Month(2026, 2), "closed_before"),
        (Month(2026, 3), Month(2026, 1), "out_of_order"),
    ],
)
def test_months_are_closed_in_order_once(
    month: Month, closed_through: Month | None, why: str | None
) -> None:
    assert why_not_closable(month, Month(2026, 3), closed_through) == why


@pytest.mark.parametrize(
    ("volume", "known", "why"),
    [
        (replace(VOLUME, revision=2), [], None),
        (replace(VOLUME, corrects="0"), [], SetAside.CORRECTED_UNKNOWN),
        (replace(VOLUME, corrects="0"), [Fact("0", None, accepted=False)], None),
        (
            replace(VOLUME, corrects="0"),
            [Fact("0", None, accepted=True), Fact("2", "0", accepted=True)],
            SetAside.CORRECTED_BY_ANOTHER,
        ),
        (
            replace(VOLUME, corrects="0"),
            [Fact("0", None, accepted=True), Fact("2", "0", accepted=False)],
            None,
        ),
        (
            replace(VOLUME, revision=2),
            [Fact("2", "1", accepted=True)],
            SetAside.CORRECTED_BY_ANOTHER,
        ),
        (VOLUME, [Fact("2", "1", accepted=True)], None),
    ],
)
def test_what_can_be_applied_as_a_correction(
    volume: Volume, known: list[Fact], why: SetAside | None
) -> None:
    assert why_no_correction(volume, known) is why
