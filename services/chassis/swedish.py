"""Numbers, days, durations and amounts as Swedish papers write them.

Signs that belong together are held together by no-break spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from services.chassis.clock import STOCKHOLM

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
"""Stands where there is no value."""


def number(value: int) -> str:
    """A whole number in groups of three: ``12 000``."""
    return f"{_MINUS if value < 0 else ''}{abs(value):,}".replace(",", _SPACE)


def decimal_number(value: Decimal) -> str:
    """A number with its decimals, without those that say nothing: ``11,5``."""
    digits = f"{abs(value):f}"
    whole, _, rest = digits.partition(".")
    rest = rest.rstrip("0")
    sign = _MINUS if value < 0 else ""
    return f"{sign}{number(int(whole))}{',' + rest if rest else ''}"


def kronor(amount_sek: int) -> str:
    """Whole kronor: ``14 000 000 kr``."""
    return f"{number(amount_sek)}{_SPACE}kr"


def amount(ore: int) -> str:
    """Öre as kronor with two decimals: ``1 234,50 kr``."""
    kronor_part, rest = divmod(abs(ore), 100)
    sign = _MINUS if ore < 0 else ""
    return f"{sign}{number(kronor_part)},{rest:02d}{_SPACE}kr"


def percent(value: Decimal | str | None) -> str:
    """A percentage, ``99,5 %``; a dash where there is none."""
    return NOTHING if value is None else f"{decimal_number(Decimal(value))}{_SPACE}%"


def day(value: date) -> str:
    """A day in words: ``1 juni 2025``."""
    return f"{value.day}{_SPACE}{_MONTHS[value.month - 1]}{_SPACE}{value.year}"


def short_day(value: date) -> str:
    """A day within a table: ``2025-06-01``."""
    return value.isoformat().replace("-", "\u2011")


def month(value: date) -> str:
    """The month of a day in words: ``mars 2026``."""
    return f"{_MONTHS[value.month - 1]}{_SPACE}{value.year}"


def short_month(value: date) -> str:
    """The month of a day on an axis: ``mar``."""
    return _MONTHS[value.month - 1][:3]


def day_of_year(month_day: str) -> str:
    """``04-30`` as ``30 april``."""
    number_of_month, _, day_of_month = month_day.partition("-")
    return f"{int(day_of_month)}{_SPACE}{_MONTHS[int(number_of_month) - 1]}"


def day_of(value: datetime) -> str:
    """The day in Stockholm of an instant, in words."""
    return day(value.astimezone(STOCKHOLM).date())


def moment(value: datetime) -> str:
    """An instant on the Swedish clock: ``1 juni 2025 kl. 09.30``."""
    local = value.astimezone(STOCKHOLM)
    return f"{day(local.date())} kl.{_SPACE}{clock_time(local.time())}"


def short_moment(value: datetime) -> str:
    """An instant on the Swedish clock within a table: ``2025-06-01 09.30``."""
    local = value.astimezone(STOCKHOLM)
    return f"{short_day(local.date())}{_SPACE}{clock_time(local.time())}"


def clock_time(value: time) -> str:
    """A time of day: ``09.30``."""
    return f"{value:%H.%M}"


def minutes(value: int) -> str:
    """Service minutes in words: ``4 tim 15 min``."""
    hours, rest = divmod(value, 60)
    parts = [f"{number(hours)}{_SPACE}tim"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{_SPACE}min")
    return " ".join(parts)


def duration(seconds: int) -> str:
    """A time within a table: ``3 h 20 min``; under a minute in seconds."""
    if 0 < seconds < 60:
        return f"{seconds}{_SPACE}s"
    hours, rest = divmod(seconds // 60, 60)
    if not hours:
        return f"{rest}{_SPACE}min"
    return f"{number(hours)}{_SPACE}h" + (f"{_SPACE}{rest}{_SPACE}min" if rest else "")


def listed(items: Sequence[str]) -> str:
    """Things in a row: ``a, b och c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} och {items[-1]}"


def enumerated(items: Sequence[str]) -> str:
    """Things that each begin with a capital, in one sentence: ``Namn, lön, IT-roll``."""
    return ", ".join([*items[:1], *(within_a_sentence(item) for item in items[1:])])


def within_a_sentence(text: str) -> str:
    """A text without its capital first letter; an abbreviation keeps it, but not ``E-handel``."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[:2] == "E-" else text


def capitalised(text: str) -> str:
    """A text with a capital first letter; the rest as it is."""
    return text[:1].upper() + text[1:]
