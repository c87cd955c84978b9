"""What the API takes and says about true-ups."""

from __future__ import annotations

from datetime import date

from services.billing.true_up.domain import Settlement
from services.billing.true_up.service import AGREED_DAY, BookedTrueUp, areas_of
from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.billing import TrueUpByArea
from services.contracts.values import YearMonth


class SimulationIn(RequestModel):
    """The last month that the simulated true-up settles."""

    through: YearMonth


class ServiceTotalsOut(ResponseModel):
    """What a service was charged against what its volumes cost."""

    service: str
    charged_ore: int
    actual_ore: int
    difference_ore: int


class SettledMonthOut(ResponseModel):
    """One service and month with the steps of its reckoning.

    ``late``: an earlier true-up covered the month; the amounts are what late volumes, or
    terms known late, change.
    """

    service: str
    period: str
    charged_ore: int
    actual_ore: int
    difference_ore: int
    late: bool
    steps: tuple[str, ...]


class SettlementOut(ResponseModel):
    """Charged against actual; a difference above 0 is for the customer to pay."""

    through: str
    charged_ore: int
    actual_ore: int
    difference_ore: int
    areas: tuple[TrueUpByArea, ...]
    services: tuple[ServiceTotalsOut, ...]
    months: tuple[SettledMonthOut, ...]


class TrueUpOut(SettlementOut):
    """A booked true-up; ``invoice_id`` is the invoice that carries its difference.

    ``final``: it belongs to a final settlement and covers the services that end.
    """

    id: str
    subscription_id: str
    org_number: str
    settled_on: date
    first_period: str
    final: bool
    invoice_id: str | None


def settlement_out(settlement: Settlement) -> SettlementOut:
    """A settlement as the API shows it."""
    totals = settlement.totals
    return SettlementOut(
        through=str(settlement.through),
        charged_ore=totals.charged_ore,
        actual_ore=totals.actual_ore,
        difference_ore=totals.difference_ore,
        areas=areas_of(settlement),
        services=tuple(
            ServiceTotalsOut(
                service=service,
                charged_ore=each.charged_ore,
                actual_ore=each.actual_ore,
                difference_ore=each.difference_ore,
            )
            for service, each in settlement.by_service().items()
        ),
        months=tuple(
            SettledMonthOut(
                service=month.service,
                period=str(month.month),
                charged_ore=month.charged_ore,
                actual_ore=month.actual_ore,
                difference_ore=month.difference_ore,
                late=month.late,
                steps=month.steps,
            )
            for month in settlement.months
        ),
    )


def true_up_out(true_up: BookedTrueUp) -> TrueUpOut:
    """A booked true-up as the API shows it."""
    shown = settlement_out(true_up.settlement)
    row = true_up.row
    return TrueUpOut(
        **{name: getattr(shown, name) for name in SettlementOut.model_fields if name != "areas"},
        areas=true_up.areas,
        id=row.id,
        subscription_id=row.subscription_id,
        org_number=row.org_number,
        settled_on=row.settled_on,
        first_period=row.first_period,
        final=row.occasion != AGREED_DAY,
        invoice_id=row.invoice_id,
    )
