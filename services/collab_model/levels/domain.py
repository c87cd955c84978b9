"""Service levels and the monthly periods that report them (DOMAIN.md section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.contracts.values import (
    TIME_KINDS,
    Delivery,
    MeasureKind,
    PlannedStops,
    Priority,
)

HUNDREDTH = Decimal("0.01")
CLOSING_TIME = time(2, 0)
"""Wall time on the 1st at which the month before is closed; no clock change falls on a 1st."""

FORGIVING_KINDS = frozenset({*TIME_KINDS, MeasureKind.PUNCTUALITY, MeasureKind.SATISFACTION})
"""The kinds of which a month without a case failed nobody: no matter, nothing due, no survey."""


class CorrectionReason(StrEnum):
    """Why the centre itself corrects what is closed; people give reasons in their own words."""

    KNOWN_LATER = "what became known later changed the outcome"
    WHOLE_AFTER_ALL = "the service was in operation for all of the month after all"
    PARTLY_IN_OPERATION = "the service was in operation for a part of the month only"
    NOT_IN_OPERATION = "the service was not in operation in the month after all"


def plain(percent: Decimal) -> Decimal:
    """A percentage without the zeros that storage pads it with: 90.000000 is 90."""
    return Decimal(f"{percent.normalize():f}")


@dataclass(frozen=True)
class Level:
    """One promise of a signed agreement about one service.

    ``target_minutes`` holds the service minutes allowed per priority, for the time kinds;
    ``required_share_percent`` lies above 0 and at most at 100. ``deliveries`` are what
    punctuality is measured by, ``planned_stops`` what availability leaves out.
    """

    id: str
    key: str
    kind: MeasureKind
    target_minutes: dict[Priority, int]
    required_share_percent: Decimal
    deliveries: tuple[Delivery, ...] = ()
    planned_stops: PlannedStops | None = None
    name: str = ""
    name_sv: str = ""

    @property
    def is_timed(self) -> bool:
        """Whether the level is measured from the matters' clocks rather than by readings."""
        return self.kind in TIME_KINDS

    @property
    def lacks_measure(self) -> bool:
        """Whether the agreement does not say what the level is measured by."""
        return self.kind is MeasureKind.PUNCTUALITY and not self.deliveries


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, the period that levels are closed by."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a date lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-03``.

        Raises:
            ValueError: the text is not a month.
        """
        return cls.of(date.fromisoformat(f"{text}-01"))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        """The month's first date."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last date."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The month's first instant by the wall clock of a zone, in UTC."""
        return datetime.combine(self.first_day, time(0, 0), tzinfo=zone).astimezone(UTC)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """The first instant after the month, in UTC."""
        return self.next.starts_at(zone)

    def closes_at(self, zone: ZoneInfo) -> datetime:
        """When the month is closed: 02:00 on the first day after it, in UTC."""
        closing = datetime.combine(self.next.first_day, CLOSING_TIME, tzinfo=zone)
        return closing.astimezone(UTC)


@dataclass(frozen=True)
class Closing:
    """A month of a service that was closed at an instant, by what was known then."""

    service: str
    month: Month
    closed_at: datetime


@dataclass(frozen=True)
class Tally:
    """How many of the measured cases were good; ``0 <= good <= total``.

    A case is a matter, a delivery, a second of agreed hours, a point of a survey.
    """

    good: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.total:
            raise ValueError(f"{self.good} good of {self.total} is not a share")

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.good + other.good, self.total + other.total)

    @property
    def failed(self) -> int:
        """How many were not good."""
        return self.total - self.good

    @property
    def share(self) -> Fraction | None:
        """The good ones in percent, exactly; None when nothing was measured."""
        return Fraction(100 * self.good, self.total) if self.total else None


@dataclass(frozen=True)
class Outcome:
    """How one level came out in a month.

    ``outcome_percent`` has two decimals, rounded down so that a level never looks reached
    when it was not; ``met`` is decided on the exact share. Absent: nothing was measured, or
    too little to be shown. ``measured`` counts what was asked about: matters, deliveries,
    answers. ``excluded`` of the tally's failures had a cause that gives no credit.
    """

    level: Level
    outcome_percent: Decimal | None
    measured: int
    met: bool
    tally: Tally = Tally()
    excluded: int = 0


def shown_percent(tally: Tally) -> Decimal | None:
    """A share as it is shown: two decimals, rounded down; None when nothing was measured."""
    if tally.total == 0:
        return None
    return (Decimal(100 * tally.good) / tally.total).quantize(HUNDREDTH, rounding=ROUND_DOWN)


def outcome_of(level: Level, tally: Tally, *, measured: int | None = None) -> Outcome:
    """How a level came out, from the month's tally.

    A month without a matter failed no one: a time level is then met, and so is one of
    punctuality with nothing due and one of satisfaction without a survey. Quality and
    availability without a reading are not, nor is punctuality without deliveries to be in time
    with: a promise that is not measured is not kept.

    Args:
        level: the level.
        tally: what was good out of what was measured.
        measured: how many cases that is, when the tally is in finer units.
    """
    count = tally.total if measured is None else measured
    share = tally.share
    if share is None:
        met = level.kind in FORGIVING_KINDS and not level.lacks_measure
        return Outcome(level, None, count, met=met)
    met = share >= Fraction(level.required_share_percent)
    return Outcome(level, shown_percent(tally), count, met=met, tally=tally)


def all_met(outcomes: Sequence[Outcome]) -> bool:
    """Whether a service met its period: every one of its levels did."""
    return all(outcome.met for outcome in outcomes)
