"""What is to be saved, who answers for it, and what came of it (DOMAIN.md sections 1, 7, 9).

A saving is identified, specified, planned, realised and followed up (003@117183). What arises
at a customer is the customer's to realise, and nobody was named to see to that (000:2255): so
nothing counts as realised for which nobody answers.

Time is measured in months: a year's amount falls by 1/12 on each, and by days on a part of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from services.billing.cost_sharing.numerals import months
from services.billing.months import Month, last_month_ended_by
from services.chassis.money import round_half_up


class Place(StrEnum):
    """Where a saving arises (003@117183; 000:3516: for each apart)."""

    AGENCY = "agency"
    CENTRE = "centre"
    STATE = "state"
    SOCIETY = "society"


class SavingState(StrEnum):
    """How far a saving has come, in order."""

    IDENTIFIED = "identified"
    SPECIFIED = "specified"
    PLANNED = "planned"
    REALISED = "realised"
    FOLLOWED_UP = "followed_up"


ORDER = tuple(SavingState)
CAN_BE_FOLLOWED_UP = frozenset({SavingState.REALISED, SavingState.FOLLOWED_UP})


@dataclass(frozen=True)
class Specification:
    """What was, and what is expected in a year, from a day on.

    Amounts are öre a year, full-time equivalents hundredths. ``saves_until`` is the last day
    of a saving that does not last.
    """

    baseline: str
    baseline_ore: int
    baseline_fte: int
    baseline_source: str
    expected_ore: int
    expected_fte: int
    saves_from: date
    saves_until: date | None = None


@dataclass(frozen=True)
class Owner:
    """Who answers for a saving from a day on."""

    holds_from: date
    name: str
    title: str
    organisation: str


@dataclass(frozen=True)
class FollowUp:
    """What was realised from a month through another of the same year.

    ``realised_fte`` are hundredths of full-time equivalents, as they were in the period.
    """

    id: str
    first: Month
    last: Month
    realised_ore: int
    realised_fte: int
    corrects: str | None = None

    @property
    def months(self) -> tuple[Month, ...]:
        """The months it is about."""
        return tuple(self.first.up_to(self.last))


def step_is_next(before: SavingState, after: SavingState) -> bool:
    """Whether a state lies one step away, forward or back."""
    return abs(ORDER.index(after) - ORDER.index(before)) == 1


def is_back(before: SavingState, after: SavingState) -> bool:
    """Whether a step takes something back."""
    return ORDER.index(after) < ORDER.index(before)


def owner_on(owners: Sequence[Owner], day: date) -> Owner | None:
    """Who answers on a day: of those whose day has come, the one registered last."""
    holding = [each for each in owners if each.holds_from <= day]
    return holding[-1] if holding else None


def standing(follow_ups: Sequence[FollowUp]) -> tuple[FollowUp, ...]:
    """The follow-ups that no other corrects, by time."""
    corrected = {each.corrects for each in follow_ups}
    return tuple(
        sorted((each for each in follow_ups if each.id not in corrected), key=lambda e: e.first)
    )


class PeriodFault(StrEnum):
    """Why months cannot be followed up together."""

    TURNED_ROUND = "turned_round"
    TWO_YEARS = "two_years"
    NOT_ENDED = "not_ended"
    BEFORE_IT_SAVES = "before_it_saves"
    AFTER_IT_SAVES = "after_it_saves"


def period_fault(spec: Specification, first: Month, last: Month, today: date) -> PeriodFault | None:
    """Why a saving cannot be followed up for some months; None when it can."""
    if last < first:
        return PeriodFault.TURNED_ROUND
    if first.year != last.year:
        return PeriodFault.TWO_YEARS
    if last > last_month_ended_by(today):
        return PeriodFault.NOT_ENDED
    if first < Month.of(spec.saves_from):
        return PeriodFault.BEFORE_IT_SAVES
    if spec.saves_until is not None and last > Month.of(spec.saves_until):
        return PeriodFault.AFTER_IT_SAVES
    return None


def expected(spec: Specification, first: date, last: date) -> int:
    """What is expected to be saved on some days, in öre.

    It is what is expected through the last day less what is through the day before the first,
    each rounded half up once: however time is cut, the parts come to the whole, and a whole
    year comes to the year's amount.
    """
    if last < first:
        return 0
    return _expected_through(spec, last) - _expected_through(spec, first - timedelta(days=1))


def _expected_through(spec: Specification, day: date) -> int:
    if spec.saves_until is not None:
        day = min(day, spec.saves_until)
    return round_half_up(spec.expected_ore * months(spec.saves_from, day) / 12)


def expected_years(spec: Specification, first: date, last: date) -> Fraction:
    """The hundredths of a full-time equivalent that some days are expected to save, in years."""
    if spec.saves_until is not None:
        last = min(last, spec.saves_until)
    return spec.expected_fte * months(max(first, spec.saves_from), last) / 12


@dataclass(frozen=True)
class Outcome:
    """Expected against realised.

    ``due_ore`` is what of the expected falls on months that have ended; it is
    ``followed_up_ore``, on months that somebody has followed up, and ``not_followed_up_ore``.
    Full-time equivalents are hundredths, worked for a whole year.
    """

    expected_ore: int = 0
    due_ore: int = 0
    followed_up_ore: int = 0
    realised_ore: int = 0
    expected_fte: Fraction = Fraction(0)
    realised_fte: Fraction = Fraction(0)

    @property
    def not_followed_up_ore(self) -> int:
        """What was expected of months that nobody has followed up."""
        return self.due_ore - self.followed_up_ore

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.expected_ore + other.expected_ore,
            self.due_ore + other.due_ore,
            self.followed_up_ore + other.followed_up_ore,
            self.realised_ore + other.realised_ore,
            self.expected_fte + other.expected_fte,
            self.realised_fte + other.realised_fte,
        )


NOTHING = Outcome()


def outcome(
    spec: Specification | None,
    follow_ups: Sequence[FollowUp],
    years: tuple[int, int],
    today: date,
) -> Outcome:
    """What a saving was expected to bring and brought in calendar years.

    Args:
        spec: what is expected; without it nothing is.
        follow_ups: all of the saving's; those that were corrected do not count.
        years: the first and the last one.
        today: months that have not ended by this day are not due.
    """
    if spec is None:
        return NOTHING
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    ended = min(last, last_month_ended_by(today).last_day)
    counted = [each for each in standing(follow_ups) if years[0] <= each.first.year <= years[1]]
    return Outcome(
        expected_ore=expected(spec, first, last),
        due_ore=expected(spec, first, ended),
        followed_up_ore=sum(
            expected(spec, each.first.first_day, each.last.last_day) for each in counted
        ),
        realised_ore=sum(each.realised_ore for each in counted),
        expected_fte=expected_years(spec, first, last),
        realised_fte=sum(
            (Fraction(each.realised_fte * len(each.months), 12) for each in counted), Fraction(0)
        ),
    )


def years_of(spec: Specification | None, today: date) -> range:
    """The calendar years in which a saving is expected to bring something, through this one."""
    if spec is None:
        return range(0)
    last = today.year if spec.saves_until is None else min(today.year, spec.saves_until.year)
    return range(spec.saves_from.year, last + 1)
