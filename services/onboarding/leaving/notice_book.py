"""The agreement's notices, kept in step with an exit.

An exit and the agreement it is from tell of one and the same notice: it is given when the
exit is opened, confirmed when the exit takes effect, taken back with it; a notice given at
the agreement opens the exit (``agreement_notices``). By the agreement's terms time confirms a
notice too; an exit cannot be withdrawn after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import EndReason
from services.onboarding.agreements import calendar_repository
from services.onboarding.agreements import calendar_service as calendar
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.holding import Held
from services.onboarding.agreements.notices import Notice, NoticeStatus
from services.onboarding.cases.service import changed_meanwhile, today
from services.onboarding.leaving.domain import Exit
from services.onboarding.parties import Party


async def give(uow: UnitOfWork, leaving: Exit, services: Sequence[str]) -> None:
    """Keep notice of services as the exit gives it, one for each last day.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    await _hold(uow, leaving)
    await _add(uow, leaving, {service: leaving.last_days[service] for service in services})
    await calendar.follow(uow, leaving.agreement_id)


async def join(uow: UnitOfWork, leaving: Exit, notices: Sequence[Notice]) -> None:
    """Note of notices that were given before that the exit is theirs."""
    for notice in notices:
        if notice.exit_id is None:
            await calendar_repository.change_notice(uow.session, notice.id, exit_id=leaving.id)


async def unconfirmed(uow: UnitOfWork, leaving: Exit) -> tuple[Notice, ...]:
    """The notices of an exit that neither the other party nor time has confirmed."""
    found = await _covering(uow, leaving, leaving.services)
    return tuple(notice for notice in found if notice.status is NoticeStatus.GIVEN)


async def is_confirmed(uow: UnitOfWork, leaving: Exit) -> bool:
    """Whether notice of one of the services has been confirmed, by a party or by time."""
    found = await _covering(uow, leaving, leaving.services)
    return any(notice.status is NoticeStatus.CONFIRMED for notice in found)


async def take_back(uow: UnitOfWork, leaving: Exit) -> None:
    """Take back what was given notice of; services outside of the exit keep theirs.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    await _hold(uow, leaving)
    await _release(uow, leaving, leaving.services)
    await calendar.follow(uow, leaving.agreement_id)


async def confirm(uow: UnitOfWork, leaving: Exit) -> None:
    """Confirm what is given notice of; what time has confirmed is known to all already.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    held = await _hold(uow, leaving)
    for notice in await _covering(uow, leaving, leaving.services):
        if notice.status is NoticeStatus.GIVEN:
            await calendar.confirm(uow, held, notice, Party.CENTRE.value)
    await calendar.follow(uow, leaving.agreement_id)


async def move(uow: UnitOfWork, leaving: Exit, service: str, last_day: date) -> None:
    """Move the last day of a service; what is confirmed is told anew.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    held = await _hold(uow, leaving)
    found = await _covering(uow, leaving, [service])
    if any(notice.status is NoticeStatus.CONFIRMED for notice in found):
        await _move_confirmed(uow, found, service, last_day)
        await calendar.end(uow, held, {service: last_day}, EndReason.TERMINATED)
    else:
        await _release(uow, leaving, [service])
        await _add(uow, leaving, {service: last_day})
    await calendar.follow(uow, leaving.agreement_id)


async def _move_confirmed(
    uow: UnitOfWork, notices: Sequence[Notice], service: str, last_day: date
) -> None:
    """A confirmed notice tells the day that was agreed since; its other services keep theirs."""
    for notice in notices:
        others = [key for key in notice.services if key != service]
        if others:
            await calendar_repository.change_notice(uow.session, notice.id, services=others)
            apart = replace(notice, id=new_id(), services=(service,), last_day=last_day)
            await calendar_repository.add_notice(uow.session, apart)
        else:
            await calendar_repository.change_notice(uow.session, notice.id, last_day=last_day)


async def _hold(uow: UnitOfWork, leaving: Exit) -> Held:
    """The agreement for a change; ``If-Match`` speaks of the exit, not of it."""
    agreement = await agreements.find(uow.session, leaving.agreement_id, None)
    if agreement is None:
        raise LookupError(f"the exit {leaving.id} is from an agreement that does not exist")
    if not await agreements.advance_revision(uow.session, agreement):
        raise changed_meanwhile("agreement")
    return Held(
        replace(agreement, revision=agreement.revision + 1),
        await agreements.versions(uow.session, agreement.id),
    )


async def _covering(uow: UnitOfWork, leaving: Exit, services: Sequence[str]) -> Sequence[Notice]:
    return [
        notice
        for notice in await calendar_repository.notices(uow.session, leaving.agreement_id)
        if notice.counts and not set(services).isdisjoint(notice.services)
    ]


async def _release(uow: UnitOfWork, leaving: Exit, services: Sequence[str]) -> None:
    for notice in await _covering(uow, leaving, services):
        await calendar_repository.settle_notice(
            uow.session, notice.id, NoticeStatus.WITHDRAWN, today(uow), leaving.notice.by.value
        )
        kept = tuple(service for service in notice.services if service not in services)
        if kept:
            await calendar_repository.add_notice(
                uow.session,
                replace(
                    notice,
                    id=new_id(),
                    services=kept,
                    exit_id=leaving.id if set(kept) & set(leaving.services) else None,
                ),
            )


async def _add(uow: UnitOfWork, leaving: Exit, last_days: Mapping[str, date]) -> None:
    given = leaving.notice
    for last_day in sorted(set(last_days.values())):
        await calendar_repository.add_notice(
            uow.session,
            Notice(
                id=new_id(),
                agreement_id=leaving.agreement_id,
                party=given.by.value,
                services=tuple(key for key, day in last_days.items() if day == last_day),
                reason=given.reason,
                name=given.signed_by,
                title=given.title,
                mandate=given.mandate,
                given_on=given.given_on,
                last_day=last_day,
                status=NoticeStatus.GIVEN,
                exit_id=leaving.id,
            ),
        )
