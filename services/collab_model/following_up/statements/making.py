"""Makes the statement of a closed month and of its corrections, once each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.following_up.data import thresholds
from services.collab_model.following_up.statements import repository
from services.collab_model.following_up.statements.domain import (
    Document,
    Head,
    MatterCounts,
    PastResult,
    canonical,
    difference,
    document_of,
    fingerprint,
    head_of,
    judged,
)
from services.collab_model.levels import repository as levels
from services.collab_model.levels.domain import Month
from services.collab_model.levels.month import MonthMeasured
from services.collab_model.tables import (
    AgreementServiceRow,
    PeriodResultRow,
    PeriodRow,
    StatementRow,
)

MONTHS_OF_HISTORY = 12
_NONE = MatterCounts(0, 0, 0, {}, {})


async def make(
    uow: UnitOfWork,
    period: PeriodRow,
    service: AgreementServiceRow,
    measured: MonthMeasured,
    closed: Mapping[str, PeriodRow],
) -> StatementRow:
    """Make and keep the statement of a closing, or of a correction.

    Args:
        uow: the unit of work.
        period: the closing, or the correction.
        service: whose month it is.
        measured: what the month came to.
        closed: the service's closed months as they were corrected last, by period; the month
            itself is among them when it is corrected.
    """
    month = Month.parse(period.period)
    head = _head(period, service, measured.customer_name)
    counts = await repository.count_matters(
        uow.session,
        period.agreement_id,
        period.service,
        month.starts_at(STOCKHOLM),
        month.ends_at(STOCKHOLM),
    )
    months = [row for key, row in sorted(closed.items()) if key < period.period]
    results = await levels.results_in(uow.session, [row.id for row in months[-MONTHS_OF_HISTORY:]])
    history = [
        _past(row.period, result)
        for row in months[-MONTHS_OF_HISTORY:]
        for result in results[row.id]
    ]
    document = document_of(head, measured, counts, history, thresholds())
    before = closed.get(period.period)
    earlier = await repository.of_period(uow.session, before.id) if before else None
    if earlier is not None:
        document["difference"] = difference(json.loads(earlier.content), document)
    return await _keep(uow, period, document)


def _past(period: str, result: PeriodResultRow) -> PastResult:
    reported = result.outcome_percent
    share = None if reported is None else Fraction(reported)
    if result.good is not None and result.total:
        share = Fraction(100 * result.good, result.total)
    return PastResult(
        level=result.level,
        period=period,
        required_share_percent=result.required_share_percent,
        outcome_percent=reported,
        share=share,
        met=result.met,
    )


async def repeat(
    uow: UnitOfWork, period: PeriodRow, service: AgreementServiceRow, *, before: PeriodRow
) -> tuple[str, ...]:
    """Make the statement of a correction that only counts the month otherwise.

    Returns:
        The breaches that give no credit, as the statement before has them.
    """
    earlier = await repository.of_period(uow.session, before.id)
    if earlier is None:
        return ()
    old: Document = json.loads(earlier.content)
    head = _head(period, service, old["customer_name"])
    document = {**old, **head_of(head), "difference": None}
    document["difference"] = difference(old, document)
    await _keep(uow, period, document)
    return tuple(old["excluded_breaches"])


async def differs(uow: UnitOfWork, latest: PeriodRow, measured: MonthMeasured) -> bool:
    """Whether a month comes out otherwise now than its latest statement says.

    A month from before there were statements is judged by its outcomes alone.
    """
    statement = await repository.of_period(uow.session, latest.id)
    if statement is None:
        rows = await levels.results_of(uow.session, latest.id)
        reported = [(row.level, row.outcome_percent, row.measured, row.met) for row in rows]
        return reported != [
            (each.level.key, each.outcome_percent, each.measured, each.met)
            for each in measured.outcomes
        ]
    head = Head(
        latest.agreement_id,
        latest.org_number,
        "",
        latest.service,
        "",
        "",
        Month.parse(latest.period),
        latest.revision,
        latest.reason,
        latest.whole_month,
        latest.closed_at,
    )
    now = document_of(head, measured, _NONE, (), thresholds())
    said: dict[str, Any] = json.loads(statement.content)
    return canonical(judged(now)) != canonical(judged(said))


def _head(period: PeriodRow, service: AgreementServiceRow, customer_name: str) -> Head:
    return Head(
        agreement_id=period.agreement_id,
        org_number=period.org_number,
        customer_name=customer_name,
        service=period.service,
        service_name=service.name,
        service_name_sv=service.name_sv,
        month=Month.parse(period.period),
        revision=period.revision,
        reason=period.reason,
        whole_month=period.whole_month,
        closed_at=period.closed_at,
    )


async def _keep(uow: UnitOfWork, period: PeriodRow, document: Document) -> StatementRow:
    content = canonical(document)
    row = StatementRow(
        id=new_id(),
        period_id=period.id,
        agreement_id=period.agreement_id,
        org_number=period.org_number,
        service=period.service,
        period=period.period,
        revision=period.revision,
        content=content,
        sha256=fingerprint(content),
        made_at=period.closed_at,
    )
    await repository.add(uow.session, row)
    return row
