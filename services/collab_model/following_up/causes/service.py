"""Use cases of causes: the centre states why something was not kept, and with which team."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.ids import IDENTIFIER_PATTERN, new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, touches
from services.collab_model.customers import service as customers
from services.collab_model.customers.repository import issued_within
from services.collab_model.following_up.causes import repository
from services.collab_model.following_up.causes.repository import ClosedMonth
from services.collab_model.following_up.data import causes, teams
from services.collab_model.levels import repository as levels
from services.collab_model.levels.closing import measuring_version
from services.collab_model.levels.domain import Level, Month
from services.collab_model.levels.results import WHOLE_LEVEL
from services.collab_model.tables import AgreementServiceRow, CauseRow, ReadingRow
from services.contracts.succession import Scope


@dataclass(frozen=True)
class NewCause:
    """What is stated, about a subject as statements name it: ``matter:<id>``, ``stop:<id>``,
    ``delivery:<key>``, or ``level`` for what is only counted.

    All but a matter are of one level in one month. A matter's cause is for all its levels
    unless one is named.
    """

    org_number: str
    service: str
    subject: str
    cause: str
    period: str | None = None
    level: str | None = None
    team: str | None = None
    note: str = ""


@dataclass(frozen=True)
class StatedCause:
    """What was stated, and the closed months that tell of the deviation without it."""

    row: CauseRow
    closed: Sequence[ClosedMonth]


async def state(uow: UnitOfWork, new: NewCause) -> StatedCause:
    """Keep why something was not kept; what was stated before stays to be seen.

    It counts from the month's closing, or from its next correction, on. No month is corrected
    by it: several causes are stated first, and then corrected for at once.

    Raises:
        Problem: ``cause_unknown``, ``team_unknown``, ``service_not_live``,
            ``subject_unknown``.
    """
    if all(each.key != new.cause for each in causes().causes):
        known = ", ".join(each.key for each in causes().causes)
        raise Problem(
            problems.CAUSE_UNKNOWN, f"Nothing was kept: {new.cause} is no cause. Use {known}."
        )
    if new.team is not None and teams().find(new.team) is None:
        known = ", ".join(each.key for each in (*teams().teams, teams().otherwise))
        raise Problem(
            problems.TEAM_UNKNOWN, f"Nothing was kept: {new.team} is no team. Use {known}."
        )
    service, agreement = await _service(uow, new)
    await _check_subject(uow, agreement, new)
    row = CauseRow(
        id=new_id(),
        agreement_id=agreement.id,
        org_number=service.org_number,
        service=new.service,
        period=new.period,
        level=new.level,
        subject=new.subject,
        cause=new.cause,
        team=new.team,
        note=new.note,
        recorded_by=uow.actor.client_id if uow.actor else "system",
        recorded_at=uow.now,
    )
    await repository.add(uow.session, row)
    closed = await repository.closed_months(uow.session, agreement.id, new.service, new.period)
    return StatedCause(row, [month for month in closed if _tells_of(month, new)])


def _tells_of(month: ClosedMonth, new: NewCause) -> bool:
    """Whether a closed month reports the deviation with another cause, team or note."""
    return any(
        each["subject"] == new.subject
        and new.level in {None, each["level"]}
        and (
            each["cause"] != new.cause
            or new.team not in {None, each["team"]}
            or new.note not in {"", each["note"]}
        )
        for each in json.loads(month.statement)["deviations"]
    )


async def _service(uow: UnitOfWork, new: NewCause) -> tuple[AgreementServiceRow, Agreement]:
    """The customer's service that was in operation in the month, or is the newest."""
    scope = await customers.scope_of_customer(uow, new.org_number)
    column = AgreementServiceRow
    belongs = issued_within(scope, column.org_number, column.agreement_id)
    rows = await agreements.services_where(uow.session, new.service, belongs)
    known = await agreements.loaded(uow.session, {row.agreement_id for row in rows})
    month = Month.parse(new.period) if new.period else None
    for row in reversed(rows):
        days = known[row.agreement_id].days_of(new.service)
        if days and (month is None or touches(days, month.first_day, month.last_day)):
            return row, known[row.agreement_id]
    raise Problem(
        problems.SERVICE_NOT_LIVE,
        f"Nothing was kept: {new.service} was not in operation for {new.org_number}"
        f"{f' in {new.period}' if new.period else ''}.",
    )


async def _check_subject(uow: UnitOfWork, agreement: Agreement, new: NewCause) -> None:
    kind, _, name = new.subject.partition(":")
    level = await _level(uow, agreement, new)
    if kind == "matter":
        known = await _is_matter(uow, agreement, new.service, name)
        known = known and (level is not None or new.level is None)
    elif level is None:
        known = False
    elif kind == "delivery":
        known = any(each.key == name for each in level.deliveries)
    elif kind == "stop":
        known = await _is_stop(uow, agreement, level, new, name)
    else:
        known = new.subject == WHOLE_LEVEL
    if not known:
        raise Problem(
            problems.SUBJECT_UNKNOWN,
            f"Nothing was kept: {new.service} of {new.org_number} has no {new.subject}"
            f" of level {new.level} in {new.period}. Take subject, level and period from the"
            " statement; all but a matter need both.",
        )


async def _level(uow: UnitOfWork, agreement: Agreement, new: NewCause) -> Level | None:
    if new.level is None or (new.period is None and not new.subject.startswith("matter:")):
        return None
    version = (
        measuring_version(agreement, new.service, Month.parse(new.period)).number
        if new.period
        else max(each.number for each in agreement.versions)
    )
    found = await levels.levels_of_service(uow.session, agreement.id, version, new.service)
    return next((each for each in found if each.key == new.level), None)


async def _is_matter(uow: UnitOfWork, agreement: Agreement, service: str, name: str) -> bool:
    if IDENTIFIER_PATTERN.fullmatch(name) is None:
        return False
    return await repository.is_about(uow.session, name, agreement.id, service)


async def _is_stop(
    uow: UnitOfWork, agreement: Agreement, level: Level, new: NewCause, name: str
) -> bool:
    reading = await uow.session.get(ReadingRow, name.partition(":")[0])
    about = (agreement.id, new.service, level.key, new.period)
    return reading is not None and about == (
        reading.agreement_id,
        reading.service,
        reading.level,
        reading.period,
    )


async def page(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[CauseRow]:
    """A page of what was stated, in order."""
    return await repository.page(
        uow.session, scope=scope, service=service, period=period, after=after, limit=limit
    )
