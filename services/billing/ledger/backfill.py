"""What billing made before it kept a ledger, posted once.

A timer that the migration sets runs this in pieces, oldest facts first, until it has come to
the newest. Each fact is posted on its own day, and is known to the ledger from the instant it
is posted. A fact that has its voucher is passed over, so it does not matter how often this
runs, nor that new facts post themselves meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, String, cast, exists, literal, select, tuple_, union_all

from services.billing.cost_sharing import repository as sharings
from services.billing.cost_sharing.recording import given_of
from services.billing.cost_sharing.sharing import share_costs
from services.billing.invoices import shares
from services.billing.invoices.domain import LineKind
from services.billing.ledger import recording
from services.billing.ledger.domain import CauseKind
from services.billing.tables import (
    CostShareInstalmentRow,
    CostSharingRow,
    CreditRow,
    FinalSettlementRow,
    InvoiceLineRow,
    InvoiceRow,
    StartUpCostRow,
    TrueUpMonthRow,
    TrueUpRow,
    VoucherRow,
)
from services.chassis.columns import UTCDateTime
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork

POST_EARLIER_FACTS = "post-earlier-facts"
"""Timer: facts from before the ledger wait to be posted."""

PIECE = 200
"""How many facts one unit of work posts."""


async def on_post_earlier_facts(uow: UnitOfWork, timer: DueTimer) -> None:
    """Post some of what is left, and come back for the rest."""
    found = (await uow.session.execute(_unposted(timer.payload))).all()
    for _, _, cause, fact_id in found:
        await _POSTS[CauseKind(cause)](uow, fact_id)
    if len(found) == PIECE:
        recorded_at, rank, _, fact_id = found[-1]
        behind = {"recorded_at": recorded_at.isoformat(), "rank": str(rank), "id": fact_id}
        await uow.set_timer(timer.name, timer.key, timer.due_at, behind)


def _unposted(behind: Mapping[str, str]) -> Select[Any]:
    """Facts without a voucher in the order they were recorded: an invoice last of its instant."""
    settled = select(
        InvoiceRow.recorded_at, FinalSettlementRow.exit_id, FinalSettlementRow.settlement_id
    ).join(InvoiceRow, InvoiceRow.id == FinalSettlementRow.invoice_id)
    ends = settled.where(FinalSettlementRow.exit_costs_ore != 0).subquery()
    sources = (
        (CauseKind.START_UP_COST, StartUpCostRow.recorded_at, StartUpCostRow.id, None),
        (CauseKind.CREDIT, CreditRow.recorded_at, CreditRow.breach_id, None),
        (CauseKind.CREDIT_WITHDRAWN, CreditRow.withdrawn_at, CreditRow.breach_id, None),
        (CauseKind.TRUE_UP, TrueUpRow.recorded_at, TrueUpRow.id, None),
        (CauseKind.COST_SHARING, CostSharingRow.recorded_at, CostSharingRow.id, None),
        (CauseKind.FINAL_SETTLEMENT, ends.c.recorded_at, ends.c.exit_id, ends.c.settlement_id),
        (CauseKind.INVOICE, InvoiceRow.recorded_at, InvoiceRow.id, None),
    )
    parts: list[Any] = []
    for rank, (cause, recorded_at, fact_id, cause_id) in enumerate(sources):
        posted = exists().where(
            VoucherRow.cause == cause.value,
            VoucherRow.cause_id == (fact_id if cause_id is None else cause_id),
        )
        parts.append(
            select(
                recorded_at.label("recorded_at"),
                literal(rank, Integer).label("rank"),
                literal(cause.value, String).label("cause"),
                cast(fact_id, String).label("id"),
            ).where(recorded_at.is_not(None), ~posted)
        )
    facts = union_all(*parts).subquery()
    query = (
        select(facts.c.recorded_at, facts.c.rank, facts.c.cause, facts.c.id)
        .order_by(facts.c.recorded_at, facts.c.rank, facts.c.id)
        .limit(PIECE)
    )
    if not behind:
        return query
    return query.where(
        tuple_(facts.c.recorded_at, facts.c.rank, facts.c.id)
        > tuple_(
            literal(datetime.fromisoformat(behind["recorded_at"]), UTCDateTime),
            literal(int(behind["rank"]), Integer),
            literal(behind["id"], String),
        )
    )


async def _start_up_cost(uow: UnitOfWork, fact_id: str) -> None:
    await recording.start_up_cost(uow, await uow.session.get_one(StartUpCostRow, fact_id))


async def _credit(uow: UnitOfWork, fact_id: str) -> None:
    recording.credit(uow, await uow.session.get_one(CreditRow, fact_id))


async def _credit_withdrawn(uow: UnitOfWork, fact_id: str) -> None:
    await recording.credit_withdrawn(uow, await uow.session.get_one(CreditRow, fact_id))


async def _true_up(uow: UnitOfWork, fact_id: str) -> None:
    differences: dict[str, int] = {}
    for month in await uow.session.scalars(
        select(TrueUpMonthRow)
        .where(TrueUpMonthRow.true_up_id == fact_id)
        .order_by(TrueUpMonthRow.position)
    ):
        difference = month.actual_ore - month.charged_ore
        differences[month.service] = differences.get(month.service, 0) + difference
    recording.true_up(uow, await uow.session.get_one(TrueUpRow, fact_id), differences)


async def _cost_sharing(uow: UnitOfWork, fact_id: str) -> None:
    """Post a sharing, and plan its invoices, which no invoice of earlier releases carried."""
    row = await uow.session.get_one(CostSharingRow, fact_id)
    charged = await sharings.shares(uow.session, fact_id)
    planned = select(CostShareInstalmentRow.id).where(CostShareInstalmentRow.sharing_id == fact_id)
    if await uow.session.scalar(planned.limit(1)) is None:
        sharing = await asyncio.to_thread(share_costs, given_of(row))
        await shares.plan(uow.session, row, sharing, charged)
    await recording.sharing(uow, row, charged)


async def _final_settlement(uow: UnitOfWork, fact_id: str) -> None:
    row = await uow.session.get_one(FinalSettlementRow, fact_id)
    lines = await uow.session.scalars(
        select(InvoiceLineRow).where(
            InvoiceLineRow.invoice_id == row.invoice_id,
            InvoiceLineRow.kind == LineKind.EXIT_COST.value,
        )
    )
    if row.settlement_id is not None and row.settled_on is not None:
        recording.final_settlement(
            uow,
            row.settlement_id,
            row.settled_on,
            (row.org_number, row.subscription_id),
            [(line.service, line.period, line.amount_ore) for line in lines],
        )


async def _invoice(uow: UnitOfWork, fact_id: str) -> None:
    await recording.invoice(uow, await uow.session.get_one(InvoiceRow, fact_id))


_POSTS: Mapping[CauseKind, Callable[[UnitOfWork, str], Awaitable[None]]] = {
    CauseKind.START_UP_COST: _start_up_cost,
    CauseKind.CREDIT: _credit,
    CauseKind.CREDIT_WITHDRAWN: _credit_withdrawn,
    CauseKind.TRUE_UP: _true_up,
    CauseKind.COST_SHARING: _cost_sharing,
    CauseKind.FINAL_SETTLEMENT: _final_settlement,
    CauseKind.INVOICE: _invoice,
}

TIMERS = {POST_EARLIER_FACTS: on_post_earlier_facts}
