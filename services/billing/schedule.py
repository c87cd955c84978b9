"""When billing does its periodic work, read from ``data/settlement.yaml``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.billing.months import Month
from services.chassis.clock import STOCKHOLM
from services.contracts.values import Slug

MONTH_AND_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
"""How a day of every year is written; one its month lacks is the month's last."""

_FILE = Path(__file__).parent / "data" / "settlement.yaml"


class SettlementRules(BaseModel):
    """Times of day (Stockholm) of invoices and true-ups, and when a customer is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    invoice_time: time
    true_up_time: time
    contact_threshold_ore: Annotated[int, Field(strict=True, ge=0)]
    final_settlement_days: Annotated[int, Field(strict=True, ge=0, le=366)]
    staged_volume_days: Annotated[int, Field(strict=True, ge=1, le=366)]
    year_end: Annotated[str, Field(pattern=MONTH_AND_DAY)]
    true_up_schedules: dict[Slug, tuple[Annotated[str, Field(pattern=MONTH_AND_DAY)], ...]]
    materiality_ore: Annotated[int, Field(strict=True, ge=0)]


@cache
def settlement_rules() -> SettlementRules:
    """The rules in force."""
    return SettlementRules.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))


def stockholm_day(instant: datetime) -> date:
    """The day an aware instant falls on in Stockholm."""
    return instant.astimezone(STOCKHOLM).date()


def invoice_due_at(month: Month) -> datetime:
    """When a month is invoiced: the morning of the first day after it, in UTC."""
    return _instant(month.next.first_day, settlement_rules().invoice_time)


def true_up_due_at(day: date) -> datetime:
    """When a true-up day's reconciliation runs: that evening, in UTC."""
    return _instant(day, settlement_rules().true_up_time)


def final_settlement_day(last_day: date) -> date:
    """When what ended on a day is settled for good: until then its volumes are waited for."""
    days = timedelta(days=settlement_rules().final_settlement_days)
    return Month.of(last_day).last_day + days


def next_true_up_day(true_up_days: list[str], not_before: date) -> date | None:
    """The first agreed true-up day on or after a day; None when none is agreed.

    Args:
        true_up_days: month and day as ``04-30``; a day its month lacks in a year (29
            February) is the month's last.
        not_before: the earliest day.

    Raises:
        ValueError: a text is no month and day.
    """
    coming = [
        day
        for text in true_up_days
        for year in (not_before.year, not_before.year + 1)
        if (day := _day_of_year(text, year)) >= not_before
    ]
    return min(coming, default=None)


def _day_of_year(text: str, year: int) -> date:
    month_text, _, day_text = text.partition("-")
    month, day = Month(year, int(month_text)), int(day_text)
    if not (1 <= month.month <= 12 and 1 <= day <= 31):
        raise ValueError(f"not a month and day: {text!r}")
    return date(year, month.month, min(day, month.days))


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, STOCKHOLM).astimezone(UTC)
