"""What becomes of an agreement in the course of time: reminders, renewal, expiry.

One durable timer for each agreement stands at the next day on which something falls due;
when it fires, everything due by then is done, so that a late timer leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgreementReminderFellDue, ServiceEnded
from services.contracts.values import EndReason
from services.onboarding.agreements import calendar_repository, repository
from services.onboarding.agreements.data import standard_in_force
from services.onboarding.agreements.document import RenewalKind
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementVersion,
    Ending,
    VersionOrigin,
    newest_signed,
)
from services.onboarding.agreements.events import (
    agreement_ended,
    agreement_signed,
    record_of_case,
)
from services.onboarding.agreements.holding import Held, tell
from services.onboarding.agreements.notices import Notice, NoticeStatus, ending_services
from services.onboarding.agreements.renewals import renewed
from services.onboarding.agreements.terms import Reminder, notice_deadline, reminders
from services.onboarding.canonical import content_hash
from services.onboarding.cases.service import changed_meanwhile, today
from services.onboarding.documents import papers

TIMER = "agreement-calendar"
REMINDED_AT = time(8, 0)
"""When reminders fall due: as the day's work begins in Stockholm, never at night."""

WHO = "The agreement"


def day_before(day: date) -> date:
    """The last day of what ends when something else begins."""
    return day - timedelta(days=1)


async def follow(uow: UnitOfWork, agreement_id: str) -> None:
    """Do for an agreement what has fallen due by now, and wait for what comes next."""
    agreement = await repository.find(uow.session, agreement_id, None)
    versions = await repository.versions(uow.session, agreement_id)
    newest = newest_signed(versions)
    if agreement is None or newest is None or agreement.has_ended_on(today(uow)):
        return
    notices = await _confirm_by_time(uow, agreement, newest)
    agreement = await repository.find(uow.session, agreement_id, None) or agreement
    ended = await calendar_repository.service_ends(uow.session, agreement_id)
    ending = {**ending_services(notices), **ended}
    while _is_renewed(agreement, newest, ending, today(uow)):
        newest = await _renew(uow, agreement, newest, len(versions) + 1, ending)
        versions = await repository.versions(uow.session, agreement_id)
        agreement = await repository.find(uow.session, agreement_id, None) or agreement
    if agreement.ending is None and newest.content.valid_until < today(uow):
        await end(
            uow,
            Held(agreement, versions),
            {
                service.service: newest.content.valid_until
                for service in newest.content.services
                if service.service not in ended
            },
            EndReason.EXPIRED,
        )
        return
    await _remind(uow, agreement, newest)
    due_at = await next_due_at(uow, agreement, newest, notices)
    if due_at is not None:
        await uow.set_timer(TIMER, agreement_id, due_at)


async def coming(uow: UnitOfWork, agreement_id: str) -> Sequence[Reminder]:
    """The reminders of an agreement that have not fallen due yet, in order."""
    agreement = await repository.find(uow.session, agreement_id, None)
    newest = newest_signed(await repository.versions(uow.session, agreement_id))
    if agreement is None or newest is None or agreement.has_ended_on(today(uow)):
        return ()
    done = {
        reminder.key
        for reminder, _ in await calendar_repository.fallen_due(uow.session, agreement_id)
    }
    return [
        reminder
        for reminder in reminders(
            newest.content, standard_in_force().reminders_days_ahead, today(uow)
        )
        if reminder.key not in done
    ]


async def end(uow: UnitOfWork, held: Held, services: Mapping[str, date], reason: EndReason) -> None:
    """Settle the last days of services; with the last of them the agreement ends.

    Args:
        services: the services that end now, each with its last day; those that were settled
            before need not be named.
        reason: why they end.
    """
    agreement, newest = held.agreement, held.signed
    for service, last_day in sorted(services.items()):
        uow.record(
            ServiceEnded(
                agreement_id=agreement.id,
                case_id=agreement.case_id,
                org_number=agreement.org_number,
                service=service,
                last_day=last_day,
                reason=reason,
            ),
            version=agreement.revision,
        )
    await calendar_repository.put_service_ends(uow.session, agreement.id, services, reason)
    settled = await calendar_repository.service_ends(uow.session, agreement.id)
    if newest is None or any(one.service not in settled for one in newest.content.services):
        return
    ending = Ending(max(settled.values()), reason)
    await repository.set_ending(uow.session, agreement.id, ending)
    await record_of_case(uow, agreement_ended(agreement, ending))
    await tell(
        uow, agreement, WHO, "agreement-ended", f"ends on {ending.last_day} ({reason.value})."
    )


async def part_from(uow: UnitOfWork, case_id: str, services: Collection[str]) -> None:
    """Take the services of a withdrawn case out of the agreement that it joined.

    Nothing happens when the case joined none, or its version was never signed.

    Raises:
        Problem: ``changed_meanwhile``.
    """
    agreement = await repository.of_case(uow.session, case_id)
    if agreement is None or agreement.ending is not None:
        return
    held = Held(agreement, await repository.versions(uow.session, agreement.id))
    has = {one.service for one in held.signed.content.services} if held.signed else set()
    leaving = dict.fromkeys((key for key in services if key in has), today(uow))
    if not leaving:
        return
    if not await repository.advance_revision(uow.session, agreement):
        raise changed_meanwhile("agreement")
    await end(uow, held, leaving, EndReason.WITHDRAWN)


async def confirm(uow: UnitOfWork, held: Held, notice: Notice, by: str | None) -> None:
    """Settle that a notice takes effect; its services' last days become known to all."""
    await calendar_repository.settle_notice(
        uow.session, notice.id, NoticeStatus.CONFIRMED, today(uow), by
    )
    services = dict.fromkeys(notice.services, notice.last_day)
    await end(uow, held, services, EndReason.TERMINATED)


async def next_due_at(
    uow: UnitOfWork,
    agreement: Agreement,
    newest: AgreementVersion,
    notices: Sequence[Notice],
) -> datetime | None:
    """The next instant at which something falls due for an agreement."""
    content = newest.content
    instants = [_at(reminder.due_on, REMINDED_AT) for reminder in await coming(uow, agreement.id)]
    if agreement.ending is None:
        instants.append(_at(content.valid_until + timedelta(days=1)))
        if content.renewal.kind is RenewalKind.AUTOMATIC:
            deadline = notice_deadline(content.valid_until, content.notice.months)
            instants.append(_at(deadline + timedelta(days=1)))
    days = standard_in_force().notice_confirmed_after_days
    instants += [
        _at(notice.confirmed_from(days))
        for notice in notices
        if notice.status is NoticeStatus.GIVEN
    ]
    return min((instant for instant in instants if instant > uow.now), default=None)


async def _confirm_by_time(
    uow: UnitOfWork, agreement: Agreement, newest: AgreementVersion
) -> Sequence[Notice]:
    days = standard_in_force().notice_confirmed_after_days
    for notice in await calendar_repository.notices(uow.session, agreement.id):
        if notice.status is NoticeStatus.GIVEN and notice.confirmed_from(days) <= today(uow):
            await confirm(uow, Held(agreement, (newest,)), notice, None)
    return await calendar_repository.notices(uow.session, agreement.id)


def _is_renewed(
    agreement: Agreement, newest: AgreementVersion, ending: Collection[str], day: date
) -> bool:
    """Whether the day has passed until which notice would have kept it from being extended."""
    content = newest.content
    if content.renewal.kind is not RenewalKind.AUTOMATIC or agreement.ending is not None:
        return False
    goes_on = any(service.service not in ending for service in content.services)
    return goes_on and day > notice_deadline(content.valid_until, content.notice.months)


async def _renew(
    uow: UnitOfWork,
    agreement: Agreement,
    newest: AgreementVersion,
    version: int,
    ending: Collection[str],
) -> AgreementVersion:
    content = renewed(newest.content, version, standard_in_force(), ending)
    document = content.model_dump(mode="json")
    extended = AgreementVersion(
        id=new_id(),
        agreement_id=agreement.id,
        case_id=agreement.case_id,
        version=version,
        document=document,
        content_hash=content_hash(document),
        drafted_at=uow.now,
        signed_on=today(uow),
        signatures=(),
        origin=VersionOrigin.RENEWAL,
    )
    await repository.advance_revision(uow.session, agreement)
    await repository.add(uow.session, extended)
    await record_of_case(uow, agreement_signed(extended, today(uow)))
    await papers.keep_signed(uow, agreement.id, version)
    did = f"is extended until {content.valid_until}, since no party gave notice in time."
    await tell(uow, agreement, WHO, "agreement-renewed", did, extended)
    return extended


async def _remind(uow: UnitOfWork, agreement: Agreement, newest: AgreementVersion) -> None:
    for reminder in await coming(uow, agreement.id):
        if _at(reminder.due_on, REMINDED_AT) > uow.now:
            continue
        await calendar_repository.note_reminder(uow.session, agreement.id, reminder, uow.now)
        uow.record(
            AgreementReminderFellDue(
                agreement_id=agreement.id,
                case_id=agreement.case_id,
                org_number=agreement.org_number,
                kind=reminder.kind.value,
                subject_on=reminder.subject_on,
            ),
            version=agreement.revision,
        )
        did = (
            f"reminds of {reminder.subject_on} ({reminder.kind.value.replace('_', ' ')}):"
            f" {reminder.about}"
        )
        await tell(uow, agreement, WHO, "agreement-reminder", did)


def _confirmed(notices: Sequence[Notice]) -> dict[str, date]:
    return ending_services(notice for notice in notices if notice.status is NoticeStatus.CONFIRMED)


def _at(day: date, at: time = time(0)) -> datetime:
    return datetime.combine(day, at, STOCKHOLM)
