"""Use cases of notice at the agreement: the exit that a notice opens goes along with it.

One decision has one story, and is told once in the case: as notice. Notice of services in
operation opens their exit, so that those who stay see what it means to them; what is taken
back or confirmed here is taken back or confirmed there. Notice of a service that is not in
operation yet opens none: there is nothing to hand over, and nobody stays in it with less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import calendar_repository, notice_service
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import Agreement
from services.onboarding.agreements.notices import Notice
from services.onboarding.agreements.signature_service import Signatory
from services.onboarding.cases.service import today
from services.onboarding.leaving import handover_repository, repository
from services.onboarding.leaving.domain import Exit, ExitPhase
from services.onboarding.leaving.holding import ExitChange, along, tell
from services.onboarding.leaving.opening import as_given, begin, require_voluntary, running
from services.onboarding.leaving.rules import exit_rules
from services.onboarding.leaving.service import gate_shut, missing

TAKEN_BACK = "The notice was taken back at the agreement."
AWAITS_CONFIRMATION = "notice-confirmed"
"""The gate's item that confirming a notice fulfils."""


async def give(
    uow: UnitOfWork,
    agreement_id: str,
    signatory: Signatory,
    *,
    services: Sequence[str],
    last_day: date | None,
    reason: str,
) -> tuple[Agreement, Notice]:
    """Give notice for the actor's own party; of what is in operation, the exit begins.

    Raises:
        Problem: what ``notice_service.give_notice`` refuses, and ``obliged_to_stay``.
    """
    terms = await notice_service.terms_of_notice(uow, agreement_id)
    agreed = {entry.service for entry in terms.version.content.services}
    chosen = [key for key in services or terms.services if key in agreed]
    await require_voluntary(uow, terms.agreement.org_number, terms.version.content, chosen)
    agreement, notice = await notice_service.give_notice(
        uow, agreement_id, signatory, services=services, last_day=last_day, reason=reason
    )
    version = await agreements.in_force(uow.session, agreement_id, today(uow))
    if version is None:
        return agreement, notice
    live = await running(uow, agreement, version.content)
    ending = {service: notice.last_day for service in notice.services if service in live}
    if not ending:
        return agreement, notice
    leaving = await begin(
        uow, agreement, version.content, as_given([notice]), ending, did="began the exit"
    )
    await calendar_repository.change_notice(uow.session, notice.id, exit_id=leaving.id)
    return agreement, replace(notice, exit_id=leaving.id)


async def withdraw(uow: UnitOfWork, agreement_id: str, notice_id: str) -> tuple[Agreement, Notice]:
    """Take back a notice; its services leave the exit, which ends with the last of them.

    Raises:
        Problem: what ``notice_service.withdraw_notice`` refuses.
    """
    agreement, notice = await notice_service.withdraw_notice(uow, agreement_id, notice_id)
    for leaving in await repository.open_with(uow.session, agreement_id, notice.services):
        change = await along(uow, leaving)
        staying = {key: day for key, day in leaving.last_days.items() if key not in notice.services}
        if staying:
            await _shrink(uow, change, staying)
            continue
        await repository.set_phase(
            uow.session, leaving.id, ExitPhase.WITHDRAWN, uow.now, withdrawn_because=TAKEN_BACK
        )
        await tell(uow, change, "exit-withdrawn", "took the notice back.")
    return agreement, notice


async def confirm(uow: UnitOfWork, agreement_id: str, notice_id: str) -> tuple[Agreement, Notice]:
    """Confirm the other party's notice, once those who stay have had their say.

    Raises:
        Problem: what ``notice_service.confirm_notice`` refuses, and ``exit_gate_shut`` while
            those who stay may comment, or a comment is not answered.
    """
    agreement, notice = await notice_service.confirm_notice(uow, agreement_id, notice_id)
    for leaving in await repository.open_with(uow.session, agreement_id, notice.services):
        record = await handover_repository.record_of(uow.session, leaving)
        lacks = [lack for lack in await missing(uow, record) if lack.item != AWAITS_CONFIRMATION]
        if lacks:
            raise gate_shut(lacks, "take effect")
        change = await along(uow, leaving)
        days = f"{', '.join(notice.services)} until {notice.last_day}"
        await tell(uow, change, "notice-confirmed", f"confirmed the notice: {days}.")
    return agreement, notice


async def _shrink(uow: UnitOfWork, change: ExitChange, staying: dict[str, date]) -> None:
    before = change.exit
    left: Exit = replace(
        before,
        last_days=staying,
        ends_agreement=False,
        effects=tuple(effect for effect in before.effects if effect.service in staying),
    )
    await repository.drop_services(uow.session, left)
    due = {task.key: task.task(left.last_day).due_on for task in exit_rules().tasks}
    await repository.move_tasks(uow.session, left.id, due)
    gone = ", ".join(key for key in before.services if key not in staying)
    await tell(uow, change, "exit-shortened", f"took the notice of {gone} back.")
