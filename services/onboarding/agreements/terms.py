"""An agreement's days: its last day, notice, windows for change, renewal, reminders.

Pure reckoning in whole days and calendar months; days are days in Stockholm. The terms
themselves are data of the signed agreement (DOMAIN.md section 4).
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.onboarding.agreements.document import (
    AgreementContent,
    ChangeWindow,
    ClauseDeviation,
    Deviation,
    NoticeTerms,
    PeriodTurn,
    RenewalKind,
    RenewalTerms,
)
from services.onboarding.agreements.standard import Reminders

_MONTHS_PER_TURN = {
    PeriodTurn.YEAR: 12,
    PeriodTurn.HALF_YEAR: 6,
    PeriodTurn.QUARTER: 3,
    PeriodTurn.MONTH: 1,
}
_DAY = timedelta(days=1)
WINDOWS_AHEAD = 2
"""How many coming windows for change are reminded of; there is always a next one."""


class NoticeTooLateError(Exception):
    """A last day was asked for that the terms do not allow; ``earliest`` is the first one."""

    def __init__(self, asked: date, earliest: date) -> None:
        super().__init__(f"{asked} is not a day the terms allow; {earliest} is the first")
        self.asked = asked
        self.earliest = earliest


def last_day(valid_from: date, years: int) -> date:
    """The last day of an agreement that holds for whole years."""
    return _same_day(valid_from, valid_from.year + years) - _DAY


def months_before(day: date, months: int) -> date:
    """The first of the month that lies the given number of months before a day's month."""
    ordinal = day.year * 12 + day.month - 1 - months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last of the month where the month is too short."""
    ordinal = day.year * 12 + day.month - 1 + months
    year, month = ordinal // 12, ordinal % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def turn_on_or_after(day: date, turn: PeriodTurn) -> date:
    """The first last day of a period, such as 31 December, that is not before a day."""
    if turn is PeriodTurn.ANY_DAY:
        return day
    length = _MONTHS_PER_TURN[turn]
    months_to_end = -day.month % length
    end = add_months(date(day.year, day.month, 1), months_to_end)
    return date(end.year, end.month, calendar.monthrange(end.year, end.month)[1])


def last_day_for(
    given_on: date, notice: NoticeTerms, renewal: RenewalTerms, valid_until: date
) -> date:
    """The last day of what notice is given of on a day.

    Notice runs for whole months and then to the next turn of the agreed period. An
    agreement that is not extended ends on its own last day at the latest; so does one
    that would be extended, when notice is given in time for that day.
    """
    earliest = add_months(given_on, notice.months)
    turn = turn_on_or_after(earliest, notice.turn)
    if renewal.kind is RenewalKind.RENEGOTIATED or earliest <= valid_until:
        return min(turn, valid_until)
    return turn


def agreed_last_day(
    given_on: date,
    asked: date | None,
    notice: NoticeTerms,
    renewal: RenewalTerms,
    valid_until: date,
) -> date:
    """The last day that a party asks for, when the terms allow it; else the first that they do.

    Raises:
        NoticeTooLateError: the day asked for is too early, or no turn of the agreed period.
    """
    first = last_day_for(given_on, notice, renewal, valid_until)
    if asked is None:
        return first
    is_turn = asked == turn_on_or_after(asked, notice.turn) or asked == valid_until
    beyond = renewal.kind is RenewalKind.RENEGOTIATED and asked > valid_until
    if asked < first or not is_turn or beyond:
        raise NoticeTooLateError(asked, first)
    return asked


def notice_deadline(last: date, months: int) -> date:
    """The latest day on which notice of whole months still reaches a last day."""
    day = add_months(last, -months)
    while add_months(day + _DAY, months) <= last:
        day += _DAY
    return day


def renewed_until(valid_until: date, renewal: RenewalTerms) -> date:
    """The last day after one more extension."""
    return last_day(valid_until + _DAY, renewal.years)


@dataclass(frozen=True, order=True)
class WindowDay:
    """A day on which scope can change, and the last day to ask for it."""

    takes_effect: date
    request_by: date
    budget_sv: str


def windows_in_year(windows: Sequence[ChangeWindow], year: int) -> tuple[WindowDay, ...]:
    """The windows whose changes take effect in a year, in order."""
    found = []
    for window in windows:
        takes_effect = _in_year(window.takes_effect, year)
        request_by = _in_year(window.request_by, year)
        if request_by >= takes_effect:
            request_by = _in_year(window.request_by, year - 1)
        found.append(WindowDay(takes_effect, request_by, window.budget_sv))
    return tuple(sorted(found))


def open_windows(
    windows: Sequence[ChangeWindow], today: date, until: date
) -> tuple[WindowDay, ...]:
    """The windows that can still be asked for, whose change takes effect by a day."""
    found = [
        day
        for year in range(today.year, until.year + 1)
        for day in windows_in_year(windows, year)
        if day.request_by >= today and day.takes_effect <= until
    ]
    return tuple(sorted(found))


def is_inside_window(windows: Sequence[ChangeWindow], asked_on: date, effective_on: date) -> bool:
    """Whether a change asked for on one day may take effect on another."""
    return any(
        day.takes_effect == effective_on and asked_on <= day.request_by
        for day in windows_in_year(windows, effective_on.year)
    )


class ReminderKind(StrEnum):
    """What a reminder is about; the values are those of the published event."""

    REVIEW = "review"
    RENEWAL = "renewal"
    EXPIRY = "expiry"
    CHANGE_WINDOW = "change_window"
    DEVIATION_END = "deviation_end"


@dataclass(frozen=True, order=True)
class Reminder:
    """A reminder: it falls due on a day, about another day."""

    due_on: date
    kind: ReminderKind
    subject_on: date
    about: str

    @property
    def key(self) -> tuple[ReminderKind, date]:
        """What makes it this reminder and no other."""
        return self.kind, self.subject_on


def reminders(content: AgreementContent, ahead: Reminders, today: date) -> tuple[Reminder, ...]:
    """What an agreement's parties are reminded of from a day on, in order.

    Days that have passed are not reminded of; a reminder whose own day has passed is due
    at once.
    """
    about: list[tuple[ReminderKind, date, int, str]] = [
        (ReminderKind.REVIEW, content.review_on, ahead.review, "The review begins."),
        (
            ReminderKind.RENEWAL,
            notice_deadline(content.valid_until, content.notice.months),
            ahead.renewal,
            "Unless notice is given by this day, the agreement is extended."
            if content.renewal.kind is RenewalKind.AUTOMATIC
            else "A new period has to be negotiated, or the agreement ends.",
        ),
        (ReminderKind.EXPIRY, content.valid_until, ahead.expiry, "The agreement's last day."),
    ]
    coming = open_windows(content.change_windows, today, content.valid_until)[:WINDOWS_AHEAD]
    about += [
        (
            ReminderKind.CHANGE_WINDOW,
            window.request_by,
            ahead.change_window,
            f"The last day to ask for a change of scope from {window.takes_effect}.",
        )
        for window in coming
    ]
    about += [
        (ReminderKind.DEVIATION_END, day, ahead.deviation_end, f"Deviations end: {names}.")
        for day, names in _deviation_ends(content)
    ]
    return tuple(
        sorted(
            Reminder(max(day - timedelta(days=lead), today), kind, day, text)
            for kind, day, lead, text in about
            if day >= today
        )
    )


def _deviation_ends(content: AgreementContent) -> list[tuple[date, str]]:
    """Each day on which deviations end before the agreement does, and which those are."""
    ends: dict[date, list[str]] = {}
    every: list[Deviation | ClauseDeviation] = [*content.deviations, *content.clause_deviations]
    for deviation in every:
        if deviation.ends_on < content.valid_until:
            ends.setdefault(deviation.ends_on, []).append(deviation.key)
    return [(day, ", ".join(sorted(keys))) for day, keys in sorted(ends.items())]


def _in_year(month_day: str, year: int) -> date:
    month, day = (int(number) for number in month_day.split("-"))
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _same_day(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes 1 March where it is missing."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
