"""What the API takes and says about true-ups."""

from __future__ import annotations

from datetime import date

from services.billing.true_up import telling
from services.billing.true_up.causes import Causes
from services.billing.true_up.domain import Settlement
from services.billing.true_up.service import (
    AGREED_DAY,
    BookedTrueUp,
    areas_of,
    calls_for_contact,
)
from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.billing import TrueUpByArea
from services.contracts.values import YearMonth


class SimulationIn(RequestModel):
    """The last month that the simulated true-up settles."""

    through: YearMonth


class CausesOut(ResponseModel):
    """Why the amounts differ: four parts that sum to the difference, to the öre.

    ``volume``: another quantity than expected. ``cost``: the actual price in place of the signed
    one. ``tariff``: the year's volume falls into other bands of the price. ``membership``: the
    service joined or left within the month, which is charged by days.
    """

    volume_ore: int
    cost_ore: int
    tariff_ore: int
    membership_ore: int


class ServiceTotalsOut(ResponseModel):
    """What a service was charged against what its volumes cost, and why they differ."""

    service: str
    charged_ore: int
    actual_ore: int
    difference_ore: int
    causes: CausesOut


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
    causes: CausesOut
    late: bool
    steps: tuple[str, ...]


class CarriedOut(ResponseModel):
    """A service area whose difference is below what is material: the next true-up takes it.

    ``too_large``: it costs more than can be right, and waits until that is corrected.
    ``contact_required``: the customer is to be called though it is not settled yet.
    """

    service_area: str
    difference_ore: int
    materiality_ore: int
    too_large: bool
    contact_required: bool


class SettlementOut(ResponseModel):
    """Charged against actual; a difference above 0 is for the customer to pay.

    ``explanation`` says in a few sentences why they differ. ``carried`` is not in the amounts.
    """

    through: str
    charged_ore: int
    actual_ore: int
    difference_ore: int
    causes: CausesOut
    explanation: str
    explanation_sv: str
    carried: tuple[CarriedOut, ...]
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
        causes=_causes_out(totals.causes),
        explanation=telling.in_english(settlement),
        explanation_sv=telling.in_swedish(settlement),
        carried=tuple(
            CarriedOut(
                service_area=each.service_area,
                difference_ore=each.difference_ore,
                materiality_ore=each.materiality_ore,
                too_large=each.too_large,
                contact_required=calls_for_contact(each.difference_ore),
            )
            for each in settlement.carried
        ),
        areas=areas_of(settlement),
        services=tuple(
            ServiceTotalsOut(
                service=service,
                charged_ore=each.charged_ore,
                actual_ore=each.actual_ore,
                difference_ore=each.difference_ore,
                causes=_causes_out(each.causes),
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
                causes=_causes_out(month.causes),
                late=month.late,
                steps=month.steps,
            )
            for month in settlement.months
        ),
    )


def _causes_out(causes: Causes) -> CausesOut:
    return CausesOut.model_validate(causes)


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
