"""Which days and months an agreement measures."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.collab_model.agreements.domain import Agreement, Version, covers, touches
from services.contracts.operation import Days, Facts, Lived, Told
from services.contracts.succession import Register
from services.contracts.values import ServiceHours

FIRST = date(2025, 1, 1)


def version(number: int, *services: str, holds_from: date | None = None) -> Version:
    until = date(2025, 12, 31)
    return Version(number, "hash", holds_from, until, ServiceHours(), frozenset(services))


days = st.integers(0, 60).map(lambda index: FIRST + timedelta(days=index))


@given(st.lists(days, unique=True, max_size=8), days, days)
def test_days_are_covered_when_each_is_in_operation(
    marks: list[date], one: date, other: date
) -> None:
    first, last = min(one, other), max(one, other)
    pairs = zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    live = [Days(begun, ended, version(1)) for begun, ended in pairs]
    asked = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    found = [any(day in each for each in live) for day in asked]
    assert covers(live, first, last) == all(found)
    assert touches(live, first, last) == any(found)


def test_an_agreement_operates_from_its_first_go_live_to_its_last_end() -> None:
    agreement = Agreement(
        id="agreement",
        org_number="202100-6255",
        stabilised_on=None,
        versions=(
            version(1, "payroll"),
            version(2, "payroll", "invoices", holds_from=date(2025, 4, 1)),
        ),
        facts=Facts(
            go_lives={
                "payroll": [Lived(date(2025, 2, 3), "1"), Lived(date(2025, 7, 1), "5")],
                "invoices": [Lived(date(2025, 3, 1), "1")],
            },
            ends={"payroll": [Told(date(2025, 5, 31), "2"), Told(date(2025, 8, 15), "6")]},
            agreement_ends=[Told(date(2025, 11, 30), "9"), Told(date(2025, 10, 31), "8")],
        ),
        register=Register((), ()),
    )
    assert agreement.operation == (date(2025, 2, 3), date(2025, 11, 30))
    assert agreement.live_since("invoices", date(2025, 3, 31)) is None
    assert agreement.live_since("invoices", date(2025, 4, 1)) == date(2025, 3, 1)
    # Ended in May, live again in July: each end belongs to the go-live before it.
    assert [(each.first, each.last) for each in agreement.days_of("payroll")] == [
        (date(2025, 2, 3), date(2025, 3, 31)),
        (date(2025, 4, 1), date(2025, 5, 31)),
        (date(2025, 7, 1), date(2025, 8, 15)),
    ]
