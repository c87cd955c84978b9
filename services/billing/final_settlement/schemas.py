"""What the API says about final settlements."""

from __future__ import annotations

from datetime import date

from services.billing.final_settlement.domain import SettlementStatus
from services.billing.tables import FinalSettlementRow
from services.chassis.schemas import ResponseModel


class EndingServiceOut(ResponseModel):
    """A service that ends and its last day, as the exit named it."""

    service: str
    last_day: date


class FinalSettlementOut(ResponseModel):
    """What an exit asked for and what it came to.

    ``due_on`` is the day it is made; amounts are absent until then. ``reason`` says why it
    was refused. ``exit_costs_ore`` is what the exit terms add. ``difference_ore`` is what the
    last invoice settles; below 0 it pays back. ``invoice_id`` is absent when nothing was left
    to settle.
    """

    exit_id: str
    subscription_id: str
    org_number: str
    status: SettlementStatus
    reason: str | None
    services: tuple[EndingServiceOut, ...]
    due_on: date
    settlement_id: str | None
    settled_on: date | None
    charged_ore: int | None
    actual_ore: int | None
    credits_ore: int | None
    exit_costs_ore: int
    difference_ore: int | None
    invoice_id: str | None


def final_settlement_out(row: FinalSettlementRow) -> FinalSettlementOut:
    """A final settlement as the API shows it."""
    return FinalSettlementOut(
        exit_id=row.exit_id,
        subscription_id=row.subscription_id,
        org_number=row.org_number,
        status=SettlementStatus(row.status),
        reason=row.reason or None,
        services=tuple(EndingServiceOut.model_validate(each) for each in row.services),
        due_on=row.due_on,
        settlement_id=row.settlement_id,
        settled_on=row.settled_on,
        charged_ore=row.charged_ore,
        actual_ore=row.actual_ore,
        credits_ore=row.credits_ore,
        exit_costs_ore=row.exit_costs_ore,
        difference_ore=row.difference_ore,
        invoice_id=row.invoice_id,
    )
