"""Use cases of tertial reports: made by themselves, revised by hand, read, set as PDF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.chassis import pdf
from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, touches
from services.collab_model.following_up.data import FOLDER, causes, thresholds, words
from services.collab_model.following_up.risks import service as risks
from services.collab_model.following_up.statements.domain import canonical, fingerprint
from services.collab_model.following_up.statements.service import File
from services.collab_model.following_up.tertials import repository
from services.collab_model.following_up.tertials.domain import (
    Facts,
    Risk,
    ServiceOfReport,
    Tertial,
    report_of,
)
from services.collab_model.following_up.tertials.papers import tertial_view
from services.collab_model.levels import repository as levels
from services.collab_model.levels.domain import Month
from services.collab_model.tables import TertialReportRow
from services.contracts.succession import Scope

TERTIAL_REPORT = "tertial_report"
"""Timer: a tertial's report is made; its key is the agreement's identifier and the tertial."""

TEMPLATE = FOLDER / "papers" / "tertial.typ"


async def follow(uow: UnitOfWork, agreement_id: str, month: Month) -> None:
    """Have the report of a tertial made in its time.

    Called when the tertial's last month closes, or the last one of a service that has ended.
    """
    tertial = Tertial.of(month)
    due = tertial.reported_at(thresholds().tertial_report, STOCKHOLM)
    told = {"agreement_id": agreement_id, "tertial": str(tertial)}
    await uow.set_timer(TERTIAL_REPORT, f"{agreement_id}:{tertial}", max(due, uow.now), told)


async def report_by_itself(uow: UnitOfWork, agreement_id: str, tertial: Tertial) -> None:
    """Make a tertial's report when its day has come; one that is there stays.

    While a month is still open nothing is made: its closing sets the day anew.
    """
    await agreements.find_row(uow.session, agreement_id, lock=True)
    agreement = await agreements.get(uow.session, agreement_id)
    if await repository.latest(uow.session, agreement_id, str(tertial)) is not None:
        return
    if await _open_month(uow, agreement, tertial) is None:
        await _make(uow, agreement, tertial, reason="", comment="")


async def report(
    uow: UnitOfWork, agreement_id: str, tertial: Tertial, reason: str, comment: str
) -> TertialReportRow:
    """Make a tertial's report, or a revision of it, by what is known now.

    Raises:
        Problem: ``not_found`` without such an agreement, ``period_not_measured``,
            ``tertial_not_closed``, ``nothing_to_correct``.
    """
    if await agreements.find_row(uow.session, agreement_id, lock=True) is None:
        raise not_found("agreement")
    agreement = await agreements.get(uow.session, agreement_id)
    if not any(_lived(agreement, service, tertial) for service in _services(agreement)):
        raise Problem(
            problems.PERIOD_NOT_MEASURED,
            f"No service of the agreement was in operation in {tertial}; there is nothing to "
            "report.",
        )
    still_open = await _open_month(uow, agreement, tertial)
    if still_open is not None:
        service, month = still_open
        raise Problem(
            problems.TERTIAL_NOT_CLOSED,
            f"{month} of {service} is not closed; {tertial} is reported when all its months are.",
            service=service,
            period=str(month),
        )
    return await _make(uow, agreement, tertial, reason, comment)


def _services(agreement: Agreement) -> list[str]:
    return sorted({service for version in agreement.versions for service in version.services})


def _lived(agreement: Agreement, service: str, tertial: Tertial) -> bool:
    return touches(agreement.days_of(service), tertial.first_day, tertial.last_day)


async def _open_month(
    uow: UnitOfWork, agreement: Agreement, tertial: Tertial
) -> tuple[str, Month] | None:
    """The first month of a tertial in which a service was in operation and that is open."""
    closed = await repository.closed_periods(uow.session, agreement.id)
    for month in tertial.months:
        for service in _services(agreement):
            lived = touches(agreement.days_of(service), month.first_day, month.last_day)
            if lived and (service, str(month)) not in closed:
                return service, month
    return None


async def _make(
    uow: UnitOfWork, agreement: Agreement, tertial: Tertial, reason: str, comment: str
) -> TertialReportRow:
    before = await repository.latest(uow.session, agreement.id, str(tertial))
    content = canonical(report_of(await _facts(uow, agreement, tertial, comment), thresholds()))
    if before is not None and before.content == content:
        raise Problem(
            problems.NOTHING_TO_CORRECT,
            f"Revision {before.revision} of the report of {tertial} says the same; no other was "
            "made.",
            id=before.id,
        )
    row = TertialReportRow(
        id=new_id(),
        agreement_id=agreement.id,
        org_number=agreement.holder_on(tertial.last_day),
        tertial=str(tertial),
        revision=before.revision + 1 if before else 1,
        reason=reason,
        content=content,
        sha256=fingerprint(content),
        made_at=uow.now,
    )
    await repository.add(uow.session, row)
    return row


async def _facts(uow: UnitOfWork, agreement: Agreement, tertial: Tertial, comment: str) -> Facts:
    session = uow.session
    first, last = str(tertial.months[0]), str(tertial.months[3])
    said = [
        json.loads(content)
        for content in await repository.statements(session, agreement.id, first, last)
    ]
    version = agreement.version_on(tertial.last_day)
    name, _ = await levels.signed_by(session, agreement.id, version.number)
    return Facts(
        agreement_id=agreement.id,
        org_number=agreement.holder_on(tertial.last_day),
        customer_name=name,
        tertial=tertial,
        services=[
            ServiceOfReport(row.service, row.name_sv)
            for row in await agreements.services_of(session, agreement.id)
        ],
        results=await repository.results(
            session, agreement.id, str(tertial.before.months[0]), last
        ),
        causes=Counter(each["cause"] for one in said for each in one["deviations"]),
        not_stated=causes().not_stated.key,
        credits={
            (one["service"], one["period"]): Decimal(one["credit"]["percent"])
            for one in said
            if one["credit"] is not None and Decimal(one["credit"]["percent"]) > 0
        },
        open_critical=await repository.count_open_critical(session, agreement.id),
        risks=[
            Risk(
                row.title,
                row.service,
                row.probability,
                row.consequence,
                row.handling,
                row.owner_role,
                row.review_on,
                row.closed_on,
            )
            for row in await risks.in_picture(uow, agreement.id, tertial.first_day)
        ],
        actions=await repository.actions(
            session, agreement.id, tertial.first_day, tertial.last_day
        ),
        comment=comment,
    )


async def read(uow: UnitOfWork, report_id: str, scope: Scope | None) -> TertialReportRow:
    """A report.

    Raises:
        Problem: ``not_found``.
    """
    row = await repository.find(uow.session, report_id, scope=scope)
    if row is None:
        raise not_found("tertial report")
    return row


def content_of(row: TertialReportRow) -> dict[str, Any]:
    """What a report says."""
    content: dict[str, Any] = json.loads(row.content)
    return content


async def page(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    tertial: str | None,
    after: str | None,
    limit: int,
) -> Sequence[TertialReportRow]:
    """A page of reports in the order they were made, revisions among them."""
    return await repository.page(
        uow.session, scope=scope, tertial=tertial, after=after, limit=limit
    )


async def as_pdf(uow: UnitOfWork, report_id: str, scope: Scope | None) -> File:
    """A report as a Swedish paper; the same report gives the same bytes.

    Raises:
        Problem: ``not_found``.
    """
    row = await read(uow, report_id, scope)
    view = tertial_view(
        content_of(row),
        words(),
        causes(),
        thresholds(),
        revision=row.revision,
        made_at=row.made_at,
        reason=row.reason,
    )
    edition = "" if row.revision == 1 else f" utgåva {row.revision}"
    name = f"Tertialrapport {row.tertial} {row.org_number}{edition}.pdf"
    return File(name, await pdf.make_pdf(TEMPLATE, view, made_at=row.made_at))
