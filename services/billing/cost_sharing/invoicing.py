"""In which months what a party owes of a line is invoiced."""

from __future__ import annotations

from datetime import date

from services.billing.cost_sharing.language import Invoiced, Line
from services.billing.cost_sharing.numerals import part_of_sum
from services.billing.months import Month

Instalment = tuple[Month, int]


def instalments(line: Line, amount_ore: int, first: date, last: date) -> tuple[Instalment, ...]:
    """The months in which an amount of a line is invoiced, and how much in each.

    They sum to the amount: 1/12 a month for a year, all in the first such month of the period
    (its first month, where it has none), or all in the month after the period.
    """
    months = tuple(Month.of(first).up_to(Month.of(last)))
    if line.invoiced is Invoiced.MONTHLY:
        found = (
            (month, part_of_sum(amount_ore, (first, last), month.first_day, month.last_day))
            for month in months
        )
        return tuple(instalment for instalment in found if instalment[1])
    if not amount_ore:
        return ()
    if line.invoiced is Invoiced.AFTERWARDS:
        return ((months[-1].next, amount_ore),)
    month = next((each for each in months if each.month == line.invoicing_month), months[0])
    return ((month, amount_ore),)


def due_months(
    line: Line | None, charged_ore: int, days: tuple[date, date], booked_in: Month
) -> tuple[Instalment, ...]:
    """The months in which what a booked share charges is invoiced.

    Args:
        line: None for a difference to what was charged before, and for what parties pay each
            other: those are due at once.
        charged_ore: what the share charges; nothing is due of nothing.
        days: the first and last day that were shared.
        booked_in: the month it was booked in.
    """
    if line is None:
        return ((booked_in, charged_ore),) if charged_ore else ()
    return instalments(line, charged_ore, *days)
