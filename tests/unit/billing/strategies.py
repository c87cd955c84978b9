"""Made-up services as they could be signed, and months around them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, Stretch

UNITS = ("month", "payslip", "employee-month", "supplier-invoice")

months = st.builds(Month, st.integers(2024, 2027), st.integers(1, 12))

signed_items = st.builds(
    SignedItem,
    key=st.just("item"),
    name=st.just("An item"),
    unit=st.sampled_from(UNITS),
    unit_price_ore=st.integers(0, 2_000_000),
    yearly_quantity=st.integers(0, 40_000),
)


def in_operation(
    service: str, items: tuple[SignedItem, ...], live_on: date, ends_on: date
) -> ServiceTerms:
    """A service on the same terms from its first day to its last."""
    return ServiceTerms(
        service=service,
        service_area=f"{service}-area",
        name=service.title(),
        items=items,
        stretches=(Stretch(live_on, ends_on, items),),
        ends_on=ends_on,
    )


@st.composite
def services(draw: st.DrawFn, service: str = "payroll") -> ServiceTerms:
    """A service in operation from some day in 2025 until some day up to three years on."""
    live_on = date(2025, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    items = tuple(draw(st.lists(signed_items, min_size=1, max_size=5)))
    return in_operation(
        service, items, live_on, live_on + timedelta(days=draw(st.integers(0, 1100)))
    )
