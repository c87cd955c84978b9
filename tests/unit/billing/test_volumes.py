from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import SignedItem
from services.billing.volumes.domain import (
    SetAside,
    SubscribedService,
    Volume,
    VolumeStatus,
    conflicts,
    place,
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
)


@given(st.lists(volumes, max_size=8), st.lists(volumes, max_size=4))
def test_an_identity_conflicts_exactly_when_it_has_two_contents(
    batch: list[Volume], before: list[Volume]
) -> None:
    known = {volume.source_id: volume for volume in before}
    contents: dict[str, set[Volume]] = {}
    for volume in [*known.values(), *batch]:
        contents.setdefault(volume.source_id, set()).add(volume)
    expected = {key for key, unlike in contents.items() if len(unlike) > 1}
    assert set(conflicts(batch, known)) == expected
