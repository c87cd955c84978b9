"""Use cases of risks: entered, judged anew, closed, and shown to both parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.service import day_of
from services.collab_model.customers.repository import issued_within
from services.collab_model.tables import RiskRow
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Judged:
    """What is said of a risk; probability and consequence go from 1 to 5."""

    title: str
    probability: int
    consequence: int
    handling: str
    owner_role: str
    review_on: date | None = None
    service: str | None = None


async def enter(uow: UnitOfWork, agreement_id: str, judged: Judged) -> RiskRow:
    """Enter a risk.

    Raises:
        Problem: ``not_found`` without such an agreement, ``service_not_live`` when the
            agreement has no such service.
    """
    await _check(uow, agreement_id, judged)
    agreement = await agreements.get(uow.session, agreement_id)
    row = RiskRow(
        id=new_id(),
        agreement_id=agreement_id,
        org_number=agreement.holder_on(day_of(uow.now)),
        closed_on=None,
        revision=1,
        recorded_at=uow.now,
    )
    _set(row, judged)
    uow.session.add(row)
    await uow.session.flush()
    return row


async def judge(uow: UnitOfWork, risk_id: str, judged: Judged, *, closed: bool) -> RiskRow:
    """Judge a risk anew, or close it.

    Raises:
        Problem: ``not_found``, ``risk_closed``, ``precondition_failed``, ``service_not_live``.
    """
    query = select(RiskRow).where(RiskRow.id == risk_id).with_for_update()
    row = await uow.session.scalar(query)
    if row is None:
        raise not_found("risk")
    require_version(uow, row.revision, "risk")
    if row.closed_on is not None:
        raise Problem(
            problems.RISK_CLOSED,
            f"The risk was closed on {row.closed_on} and nothing was changed. Enter a new one.",
        )
    await _check(uow, row.agreement_id, judged)
    _set(row, judged)
    row.revision += 1
    row.recorded_at = uow.now
    if closed:
        row.closed_on = day_of(uow.now)
    await uow.session.flush()
    return row


async def _check(uow: UnitOfWork, agreement_id: str, judged: Judged) -> None:
    if await agreements.find_row(uow.session, agreement_id) is None:
        raise not_found("agreement")
    agreement = await agreements.get(uow.session, agreement_id)
    if judged.service is not None and not agreement.has(judged.service):
        raise Problem(
            problems.SERVICE_NOT_LIVE,
            f"Nothing was kept: the agreement has no service {judged.service}.",
        )


def _set(row: RiskRow, judged: Judged) -> None:
    row.service = judged.service
    row.title = judged.title
    row.probability = judged.probability
    row.consequence = judged.consequence
    row.handling = judged.handling
    row.owner_role = judged.owner_role
    row.review_on = judged.review_on


async def find(uow: UnitOfWork, risk_id: str, scope: Scope | None) -> RiskRow:
    """A risk visible to a scope.

    Raises:
        Problem: ``not_found``.
    """
    query = select(RiskRow).where(RiskRow.id == risk_id)
    if scope is not None:
        query = query.where(issued_within(scope, RiskRow.org_number, RiskRow.agreement_id))
    row = await uow.session.scalar(query)
    if row is None:
        raise not_found("risk")
    return row


async def page(
    uow: UnitOfWork, *, scope: Scope | None, is_open: bool | None, after: str | None, limit: int
) -> Sequence[RiskRow]:
    """A page of risks in the order they were entered."""
    query = select(RiskRow).order_by(RiskRow.id).limit(limit)
    if scope is not None:
        query = query.where(issued_within(scope, RiskRow.org_number, RiskRow.agreement_id))
    if is_open is not None:
        query = query.where(
            RiskRow.closed_on.is_(None) if is_open else RiskRow.closed_on.is_not(None)
        )
    if after is not None:
        query = query.where(RiskRow.id > after)
    return (await uow.session.scalars(query)).all()


async def in_picture(uow: UnitOfWork, agreement_id: str, since: date) -> Sequence[RiskRow]:
    """The risks of an agreement that stand, or were closed since a day; the gravest first."""
    return (
        await uow.session.scalars(
            select(RiskRow)
            .where(
                RiskRow.agreement_id == agreement_id,
                (RiskRow.closed_on.is_(None)) | (RiskRow.closed_on >= since),
            )
            .order_by((RiskRow.probability * RiskRow.consequence).desc(), RiskRow.id)
        )
    ).all()
