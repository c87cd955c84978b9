"""The calendar that an agreement's clocks and meetings are reckoned on."""

from __future__ import annotations

from datetime import date, datetime

from services.chassis.clock import STOCKHOLM


def day_of(instant: datetime) -> date:
    """The date in Sweden at an instant."""
    return instant.astimezone(STOCKHOLM).date()
