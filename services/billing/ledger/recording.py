"""What happened in billing, given to the ledger in the unit of work in which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from services.billing.cost_sharing.facts import Basis
from services.billing.costs.language import PoolKind
from services.billing.invoices.domain import MONTH_OF_ITS_OWN, LineKind
from services.billing.ledger import cost_rules, repository, rules
from services.billing.ledger.chart import AccountRole, chart
from services.billing.ledger.cost_rules import CostFact
from services.billing.ledger.domain import CauseKind, Posting
from services.billing.ledger.posting import entries_waiting, post, voucher_of
from services.billing.ledger.rules import (
    CreditFact,
    InvoiceFact,
    InvoiceLineFact,
    ShareFact,
)
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.tables import (
    CostPoolRow,
    CostShareInstalmentRow,
    CostShareRow,
    CostSharingRow,
    CreditRow,
    InvoiceLineRow,
    InvoiceRow,
    StartUpCostRow,
    TrueUpRow,
)
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import StartUpCostKind

_START_UP: Mapping[str, AccountRole] = {
    StartUpCostKind.TIME: AccountRole.START_UP_TIME,
    StartUpCostKind.PURCHASE: AccountRole.START_UP_PURCHASE,
}


_POOLS: Mapping[str, AccountRole] = {
    PoolKind.OWN_STAFF: AccountRole.COST_OWN_STAFF,
    PoolKind.PREMISES: AccountRole.COST_PREMISES,
    PoolKind.EXTERNAL: AccountRole.COST_EXTERNAL,
    PoolKind.SYSTEM: AccountRole.COST_SYSTEM,
    PoolKind.PASSED_ON: AccountRole.COST_PASSED_ON,
    PoolKind.START_UP: AccountRole.COST_START_UP,
    PoolKind.INHERITED: AccountRole.COST_INHERITED,
}


async def invoice(uow: UnitOfWork, row: InvoiceRow) -> None:
    """Post an issued invoice: its fees in their month, the claim, and credits brought level."""
    stored = (
        await uow.session.scalars(
            select(InvoiceLineRow)
            .where(InvoiceLineRow.invoice_id == row.id)
            .order_by(InvoiceLineRow.position)
        )
    ).all()
    between = await _between_parties(uow, row.id, stored)
    fact = InvoiceFact(
        id=row.id,
        number=row.number,
        subscription_id=row.subscription_id,
        org_number=row.org_number,
        period=Month.parse(row.period),
        issued_on=row.issued_on,
        lines=tuple(
            InvoiceLineFact(
                kind=LineKind(line.kind),
                service=line.service,
                period=line.period,
                amount_ore=line.amount_ore,
                between_parties_ore=between.get((line.cost_sharing_id, line.party, line.period), 0),
            )
            for line in stored
        ),
    )
    levelled = await _levelled(uow, row, fact)
    post(uow, rules.fees_earned(fact), rules.invoiced(fact), levelled)


async def _between_parties(
    uow: UnitOfWork, invoice_id: str, lines: Sequence[InvoiceLineRow]
) -> dict[tuple[str | None, str | None, str], int]:
    """What of an invoice's cost shares parties pay each other, by sharing, party and month."""
    if not any(line.cost_sharing_id for line in lines):
        return {}
    rows = await uow.session.execute(
        select(
            CostShareInstalmentRow.sharing_id,
            CostShareInstalmentRow.party,
            CostShareInstalmentRow.period,
            func.sum(CostShareInstalmentRow.amount_ore),
        )
        .where(CostShareInstalmentRow.invoice_id == invoice_id, CostShareInstalmentRow.line == "")
        .group_by(
            CostShareInstalmentRow.sharing_id,
            CostShareInstalmentRow.party,
            CostShareInstalmentRow.period,
        )
    )
    return {(sharing, party, period): int(ore) for sharing, party, period, ore in rows}


async def _levelled(uow: UnitOfWork, row: InvoiceRow, fact: InvoiceFact) -> Posting | None:
    """Credits of what was invoiced are all given now: what still stands as owed is not.

    A month's own invoice tells of all services; that of a settlement of those that end.
    """
    whole = row.occasion == MONTH_OF_ITS_OWN
    through = fact.period if whole else Month.of(row.issued_on)
    owed = await _credits_owed(uow, row.subscription_id, through)
    for line in fact.lines:
        if line.kind is LineKind.CREDIT:
            key = (line.service, line.period)
            owed[key] = owed.get(key, 0) + line.amount_ore
    services = {line.service for line in fact.lines}
    left = {key: ore for key, ore in owed.items() if whole or key[0] in services}
    return rules.credits_levelled(row.id, fact.earned_on, row.org_number, row.subscription_id, left)


async def _credits_owed(
    uow: UnitOfWork, subscription_id: str, through: Month
) -> dict[tuple[str, str], int]:
    account = chart().numbers[AccountRole.CREDITS_OWED]
    found = await repository.balances_of(uow.session, account, subscription_id, through)
    owed = {key: -ore for key, ore in found.items()}
    for each in entries_waiting(uow, subscription_id):
        key = (each.service or "", each.period or "")
        if each.account == account and key[1] <= str(through):
            owed[key] = owed.get(key, 0) - each.amount_ore
    return owed


async def month_without_invoice(
    uow: UnitOfWork, subscription_id: str, org_number: str, month: Month
) -> None:
    """Bring credits level where a month had nothing to invoice: nothing is owed then."""
    left = await _credits_owed(uow, subscription_id, month)
    cause_id = f"{subscription_id}/{month}"
    post(uow, rules.credits_levelled(cause_id, month.last_day, org_number, subscription_id, left))


def true_up(uow: UnitOfWork, row: TrueUpRow, differences: Mapping[str, int]) -> None:
    """Post a booked true-up, by what each service differs."""
    by_month = {(service, row.through): ore for service, ore in differences.items()}
    post(
        uow,
        rules.true_up_booked(row.id, row.settled_on, row.org_number, row.subscription_id, by_month),
    )


def credit(uow: UnitOfWork, row: CreditRow) -> None:
    """Post what a breach gives back."""
    post(uow, rules.credit_given(_credit(row), stockholm_day(row.breached_at)))


async def credit_withdrawn(uow: UnitOfWork, row: CreditRow) -> None:
    """Post that a breach was none."""
    if row.withdrawn_at is None:
        raise ValueError(f"breach {row.breach_id} is not withdrawn")
    given = await voucher_of(uow, CauseKind.CREDIT, row.breach_id)
    post(uow, rules.credit_withdrawn(_credit(row), stockholm_day(row.withdrawn_at), given))


def _credit(row: CreditRow) -> CreditFact:
    return CreditFact(
        breach_id=row.breach_id,
        subscription_id=row.subscription_id,
        org_number=row.org_number,
        service=row.service,
        period=row.period,
        amount_ore=row.amount_ore,
    )


def final_settlement(
    uow: UnitOfWork,
    settlement_id: str,
    day: date,
    holder: tuple[str, str],
    exit_costs: Iterable[tuple[str, str, int]],
) -> None:
    """Post what a final settlement adds by itself; its true-up and invoice post themselves.

    Args:
        uow: the unit of work.
        settlement_id: the settlement.
        day: the day it was made on.
        holder: the customer, and its subscription.
        exit_costs: by service and month.
    """
    org_number, subscription_id = holder
    amounts = {(service, period): ore for service, period, ore in exit_costs}
    post(uow, rules.exit_costs(settlement_id, day, org_number, subscription_id, amounts))


async def sharing(uow: UnitOfWork, row: CostSharingRow, shares: Iterable[CostShareRow]) -> None:
    """Post what a booked sharing charges its parties."""
    corrects = None
    if row.corrects is not None:
        corrects = await voucher_of(uow, CauseKind.COST_SHARING, row.corrects)
    facts = [ShareFact(each.org_number, each.line, each.charged_now_ore) for each in shares]
    day = stockholm_day(row.recorded_at)
    post(uow, rules.sharing_booked(row.id, row.arrangement, day, facts, corrects))


async def start_up_cost(uow: UnitOfWork, row: StartUpCostRow) -> None:
    """Post what was spent on a customer before its fees come in."""
    corrects = None
    if row.corrects is not None:
        corrects = await voucher_of(uow, CauseKind.START_UP_COST, row.corrects)
    post(
        uow,
        cost_rules.start_up_cost(
            row.id,
            _START_UP[row.kind],
            row.incurred_on,
            (row.org_number, row.service or None),
            row.amount_ore,
            corrects,
        ),
    )


async def costs(
    uow: UnitOfWork, source: str, entries: Sequence[Mapping[str, Any]], import_id: str | None
) -> None:
    """Post actual costs that came into pools together: a voucher for each month.

    Args:
        uow: the unit of work.
        source: who says it.
        entries: the new cost entries, as columns and values.
        import_id: the file they came by; else the first entry of a month names the cause.
    """
    by_month: dict[str, list[Mapping[str, Any]]] = {}
    for each in entries:
        if each["basis"] == Basis.ACTUAL:
            by_month.setdefault(each["period"], []).append(each)
    pools = {
        row.key: row
        for row in await uow.session.scalars(
            select(CostPoolRow).where(CostPoolRow.key.in_({each["pool"] for each in entries}))
        )
    }
    for period, of_month in sorted(by_month.items()):
        facts = [
            CostFact(_POOLS[pools[each["pool"]].kind], pools[each["pool"]].service, amount)
            for each in of_month
            if (amount := each["amount_ore"])
        ]
        cause_id = f"{import_id or of_month[0]['id']}/{period}"
        post(uow, cost_rules.costs_taken_in(cause_id, Month.parse(period), source, facts))
