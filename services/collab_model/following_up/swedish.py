"""Numbers, days and durations as Swedish papers write them; no-break spaces hold together."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from services.chassis.clock import STOCKHOLM
from services.collab_model.levels.domain import Month

_SPACE = "\u00a0"
_MINUS = "\u2212"
_MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
NOTHING = "–"


def number(value: int) -> str:
    """A whole number in groups of three: ``12 000``."""
    return f"{_MINUS if value < 0 else ''}{abs(value):,}".replace(",", _SPACE)


def decimal(value: Decimal) -> str:
    """A number with its decimals, without those that say nothing: ``11,5``."""
    whole, _, rest = f"{abs(value):f}".partition(".")
    rest = rest.rstrip("0")
    sign = _MINUS if value < 0 else ""
    return f"{sign}{number(int(whole))}{',' + rest if rest else ''}"


def percent(value: Decimal | str | None) -> str:
    """A percentage, ``99,5 %``; a dash where there is none."""
    return NOTHING if value is None else f"{decimal(Decimal(value))}{_SPACE}%"


def day(value: date) -> str:
    """A day in words: ``1 juni 2025``."""
    return f"{value.day}{_SPACE}{_MONTHS[value.month - 1]}{_SPACE}{value.year}"


def short_day(value: date) -> str:
    """A day within a table: ``2025-06-01``."""
    return value.isoformat().replace("-", "\u2011")


def moment(value: datetime) -> str:
    """An instant on the Swedish clock within a table: ``2025-06-01 09.30``."""
    local = value.astimezone(STOCKHOLM)
    return f"{short_day(local.date())}{_SPACE}{local:%H.%M}"


def month(value: Month) -> str:
    """A month in words: ``mars 2026``."""
    return f"{_MONTHS[value.month - 1]}{_SPACE}{value.year}"


def short_month(value: Month) -> str:
    """A month on an axis: ``mar``."""
    return _MONTHS[value.month - 1][:3]


def duration(seconds: int) -> str:
    """A time in hours and minutes: ``3 h 20 min``; under a minute in seconds."""
    if 0 < seconds < 60:
        return f"{seconds}{_SPACE}s"
    minutes = seconds // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{_SPACE}min"
    return f"{number(hours)}{_SPACE}h" + (f"{_SPACE}{minutes}{_SPACE}min" if minutes else "")


def capitalised(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]
