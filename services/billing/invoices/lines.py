"""The lines of an invoice: what is due by now, less what earlier invoices charged.

Nothing here is a correction by design: an amount that turned out otherwise and one that was
never charged are the same difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.billing.invoices.domain import Line, LineKind, credit_due
from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    charged_months,
    days_in_operation,
    instalment,
    parts_of,
)
from services.billing.subscriptions.versions import CreditRule
from services.billing.true_up.domain import Settlement
from services.billing.true_up.telling import why
from services.chassis.money import allocate, format_sek
from services.contracts.credits import Measured, band_of

Charged = Mapping[tuple[str, Month], int]
"""What was invoiced so far by service and month, in öre."""


@dataclass(frozen=True)
class Breaches:
    """A service's breaches in a month: how many count, and how many no invoice has told of.

    ``results`` are those of the month's levels, once it is closed.
    """

    service: str
    month: Month
    count: int
    new: int
    results: tuple[Measured, ...] = ()


def instalment_lines(
    services: Iterable[ServiceTerms], charged: Charged, through: Month
) -> Iterator[Line]:
    """What the instalments through a month come to, less what was charged for them.

    Args:
        services: the terms as they are known now.
        charged: what was invoiced for each month so far.
        through: the last month to charge.
    """
    for terms in services:
        due = set(charged_months(terms, through))
        known = {month for service, month in charged if service == terms.service}
        for month in sorted(due | {each for each in known if each <= through}):
            amount, before = instalment(terms, month), charged.get((terms.service, month))
            if before is None:
                yield _line(terms, month, _instalment_text(terms, month), amount)
            elif amount != before:
                text = (
                    f"{terms.name}: correction of {month}, {format_sek(amount)} less the "
                    f"{format_sek(before)} charged before"
                )
                yield _line(terms, month, text, amount - before)


def _line(terms: ServiceTerms, month: Month, text: str, amount_ore: int) -> Line:
    return Line(LineKind.SUBSCRIPTION, terms.service, month, text, amount_ore)


def _instalment_text(terms: ServiceTerms, month: Month) -> str:
    parts = parts_of(terms, month)
    days = days_in_operation(terms, month)
    if len({each.yearly_ore for each, _ in parts}) == 1:
        fee = format_sek(parts[0][0].yearly_ore)
    else:
        fee = " and ".join(f"{format_sek(each.yearly_ore)} for {held} days" for each, held in parts)
    part = "" if days == month.days else f", {days} of {month.days} days"
    return f"{terms.name}: 1/12 of the yearly fee {fee}, {month}{part}"


def true_up_lines(names: Mapping[str, str], settled: Iterable[Settlement]) -> Iterator[Line]:
    """The differences of booked true-ups, a line for each service that has one.

    Args:
        names: the services' names.
        settled: the true-ups that no invoice carries yet.
    """
    for settlement in settled:
        for service, totals in settlement.by_service().items():
            if totals.difference_ore != 0:
                text = (
                    f"{names[service]}: true-up through {settlement.through}, actual "
                    f"{format_sek(totals.actual_ore)} less charged "
                    f"{format_sek(totals.charged_ore)}: {why(totals.causes)}"
                )
                yield Line(
                    LineKind.TRUE_UP, service, settlement.through, text, totals.difference_ore
                )


def credit_lines(
    services: Sequence[ServiceTerms],
    rules: Mapping[Month, CreditRule],
    breaches: Iterable[Breaches],
    invoiced: Charged,
) -> Iterator[Line]:
    """What the breaches of each month give back, less what was given back for them.

    Args:
        services: the terms as they are known now; breaches of other services are left out.
        rules: the compensation in force on each month's last day.
        breaches: by service and month.
        invoiced: the amounts of earlier credit lines, which are negative.
    """
    by_name = {terms.service: terms for terms in services}
    for each in breaches:
        if each.service not in by_name:
            continue
        monthly = instalment(by_name[each.service], each.month)
        due = credit_due(rules[each.month], monthly, each.count, each.results)
        amount = -due - invoiced.get((each.service, each.month), 0)
        if amount != 0:
            missed = sum(
                band_of(rules[each.month].terms, result) is not None for result in each.results
            )
            text = _credit_text(each, due, missed)
            yield Line(LineKind.CREDIT, each.service, each.month, text, amount)


def _credit_text(breaches: Breaches, due: int, missed: int) -> str:
    about = f"Compensation for breached service levels of {breaches.service} in {breaches.month}"
    if missed:
        levels = f"{missed} {'level' if missed == 1 else 'levels'} below the agreed share"
        count = f"{breaches.count} {'breach' if breaches.count == 1 else 'breaches'}"
        return f"{about}: {count} and {levels}, {format_sek(due)} in all"
    if breaches.new == 0:
        return f"{about}: corrected to {format_sek(due)} by what is known now"
    return f"{about}: {breaches.new} {'breach' if breaches.new == 1 else 'breaches'}"


def exit_cost_lines(
    services: Sequence[ServiceTerms], month: Month, amount_ore: int
) -> Iterator[Line]:
    """What one who leaves bears besides its fees, shared over what it leaves.

    The shares go by the services' yearly fees, in equal parts where there are none; they sum
    to the amount exactly.

    Args:
        services: the services that end.
        month: the month of their last day.
        amount_ore: what the exit asked for; nothing gives no line.
    """
    if amount_ore == 0 or not services:
        return
    fees = [terms.yearly_ore for terms in services]
    shares = allocate(amount_ore, fees if any(fees) else [1] * len(fees))
    for terms, share in zip(services, shares, strict=True):
        if share != 0:
            text = f"{terms.name}: exit costs by the agreement's exit terms"
            yield Line(LineKind.EXIT_COST, terms.service, month, text, share)
