"""How an exit begins, whichever door the notice came through."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.exc import IntegrityError

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import ExitOpened
from services.onboarding.agencies import repository as agencies
from services.onboarding.agreements import calendar_repository
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.agreements.domain import Agreement
from services.onboarding.agreements.notices import Notice as AgreementNotice
from services.onboarding.agreements.notices import ending_services
from services.onboarding.cases.service import today
from services.onboarding.leaving import repository
from services.onboarding.leaving.domain import Exit, ExitPhase, Notice, comment_deadline
from services.onboarding.leaving.effecting import tell_case
from services.onboarding.leaving.holding import ExitChange, tell
from services.onboarding.leaving.problems import EXIT_ALREADY_OPEN, OBLIGED_TO_STAY
from services.onboarding.leaving.rules import exit_rules
from services.onboarding.leaving.staying import effects_of
from services.onboarding.parties import Party


async def running(
    uow: UnitOfWork, agreement: Agreement, content: AgreementContent | None
) -> tuple[str, ...]:
    """The services of the agreement that are in operation and have not been left."""
    if content is None:
        return ()
    live = await repository.live_under(uow.session, agreement.id)
    ends = await calendar_repository.service_ends(uow.session, agreement.id)
    return tuple(
        entry.service
        for entry in content.services
        if entry.service in live and ends.get(entry.service, today(uow)) >= today(uow)
    )


async def require_voluntary(
    uow: UnitOfWork, org_number: str, content: AgreementContent, services: Collection[str]
) -> None:
    """An agency that an ordinance obliges does not leave by notice (000:2007).

    Raises:
        Problem: ``obliged_to_stay``.
    """
    agency = await agencies.find(uow.session, org_number)
    areas = {entry.service: entry.service_area for entry in content.services}
    for duty in agency.obligations if agency else ():
        for service in services:
            if areas[service] == duty.service_area:
                raise Problem(
                    OBLIGED_TO_STAY,
                    f"{await customer_name(uow, org_number, content)} is obliged to be a customer"
                    f" of {service} ({duty.legal_source}); notice is possible when that is"
                    " changed.",
                    service=service,
                    legal_source=duty.legal_source,
                )


async def customer_name(uow: UnitOfWork, org_number: str, content: AgreementContent) -> str:
    """What the customer is called today; a successor did not sign under its own name."""
    agency = await agencies.find(uow.session, org_number)
    return agency.name if agency else content.customer.name


async def begin(
    uow: UnitOfWork,
    agreement: Agreement,
    content: AgreementContent,
    notice: Notice,
    last_days: Mapping[str, date],
    did: str = "gave notice",
) -> Exit:
    """Open the exit of a notice; those who stay see what it means and may comment.

    Args:
        agreement: held for this change.
        content: its text in force.
        notice: who gave it, and when.
        last_days: the ending services, each with its last day.
        did: what the case's timeline says of it.

    Raises:
        Problem: ``exit_already_open``.
    """
    ending = {
        **ending_services(await calendar_repository.notices(uow.session, agreement.id)),
        **await calendar_repository.service_ends(uow.session, agreement.id),
    }
    remaining = set(await running(uow, agreement, content)) - set(last_days) - set(ending)
    leaving = Exit(
        id=new_id(),
        case_id=agreement.case_id,
        agreement_id=agreement.id,
        org_number=agreement.org_number,
        customer_name=await customer_name(uow, agreement.org_number, content),
        notice=notice,
        ends_agreement=not remaining,
        phase=ExitPhase.NOTICE,
        version=1,
        opened_at=uow.now,
        phase_entered_at=uow.now,
        comment_until=comment_deadline(today(uow), exit_rules().comment_days),
        last_days=dict(sorted(last_days.items())),
        effects=await effects_of(uow, agreement.org_number, content, tuple(sorted(last_days))),
    )
    await _keep(uow, ExitChange(leaving, notice.by), did)
    return leaving


def as_given(notices: Sequence[AgreementNotice]) -> Notice:
    """The notice of an exit by what the agreement's book says of it; the first one tells."""
    first = min(notices, key=lambda notice: (notice.given_on, notice.id))
    return Notice(
        Party(first.party), first.given_on, first.name, first.title, first.mandate, first.reason
    )


async def _keep(uow: UnitOfWork, change: ExitChange, did: str) -> None:
    leaving = change.exit
    tasks = [task.task(leaving.last_day) for task in exit_rules().tasks]
    try:
        async with uow.session.begin_nested():
            await repository.add(uow.session, leaving, tasks)
    except IntegrityError as error:
        raise Problem(
            EXIT_ALREADY_OPEN,
            f"Notice of {', '.join(leaving.services)}, or of some of it, has been given; go on"
            " with that exit.",
        ) from error
    days = ", ".join(
        f"{service} until {leaving.last_days[service]}" for service in leaving.services
    )
    await tell(uow, change, "exit-opened", f"gave notice: {days}. {leaving.notice.reason}")
    await tell_case(uow, change, "exit-opened", f"{did}: {days}.")
    uow.record(
        ExitOpened(
            exit_id=leaving.id,
            agreement_id=leaving.agreement_id,
            org_number=leaving.org_number,
            services=leaving.services,
            notice_given_on=leaving.notice.given_on,
            last_day=leaving.last_day,
        ),
        version=leaving.version,
    )
