"""Calendar months, the periods that billing charges, measures and invoices by."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

_PERIOD = re.compile(r"^([0-9]{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; months compare by time and read as ``2026-03``."""

    year: int
    month: int

    @classmethod
    def parse(cls, period: str) -> Self:
        """The month written as ``YYYY-MM``.

        Raises:
            ValueError: the text is not such a month.
        """
        match = _PERIOD.match(period)
        if match is None:
            raise ValueError(f"not a month written as YYYY-MM: {period!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """How many days the month has."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def next(self) -> Month:
        """The month after this one."""
        return self.plus(1)

    def plus(self, months: int) -> Month:
        """The month so many months later; a negative number goes back."""
        years, index = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, index + 1)

    def up_to(self, last: Month) -> Iterator[Month]:
        """This month and the following ones through ``last``; none when it lies before."""
        month: Month = self
        while month <= last:
            yield month
            month = month.next


def last_month_ended_by(day: date) -> Month:
    """The last month that has ended before a day is over (a month's last day ends it)."""
    month = Month.of(day)
    return month if day == month.last_day else month.plus(-1)
