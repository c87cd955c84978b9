"""How start-up costs are summed up (DOMAIN.md section 1, lesson 5; 000:2270).

They come before the fees that pay for them. Shown apart, they do not make a growing centre
look unproductive, and they never enter a fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grouping(StrEnum):
    """What totals are kept by."""

    CASE = "case"
    CUSTOMER = "customer"
    SERVICE_AREA = "service_area"
    PERIOD = "period"


@dataclass(frozen=True)
class Selection:
    """Which costs are meant; what is absent does not limit.

    ``since`` and ``until`` are the first and last day on which they were incurred.
    """

    case_id: str | None = None
    org_number: str | None = None
    service_area: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Total:
    """What some entries come to; corrections are entries with the opposite sign."""

    key: str
    entries: int
    minutes: int
    amount_ore: int
