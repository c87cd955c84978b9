"""What the API says about closed months."""

from __future__ import annotations

from datetime import datetime

from services.billing.tables import BillingPeriodRow
from services.chassis.schemas import ResponseModel


class BillingPeriodOut(ResponseModel):
    """A closed month: how many volumes of it counted, and what was set aside by reason."""

    period: str
    closed_by: str
    closed_at: datetime
    accepted: int
    set_aside: dict[str, int]


def period_out(row: BillingPeriodRow) -> BillingPeriodOut:
    """A closed month as the API shows it."""
    return BillingPeriodOut.model_validate(row)
