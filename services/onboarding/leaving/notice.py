"""Use cases of notice: give it, take it back, move a last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import calendar_repository
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.agreements.notices import Notice as AgreementNotice
from services.onboarding.agreements.notices import ending_services
from services.onboarding.agreements.problems import NOTICE_ALREADY_GIVEN
from services.onboarding.agreements.signature_service import Signatory, require_signatory
from services.onboarding.agreements.terms import NoticeTooLateError, agreed_last_day
from services.onboarding.cases.service import acting, today
from services.onboarding.leaving import notice_book, repository
from services.onboarding.leaving.domain import Exit, ExitPhase, Notice
from services.onboarding.leaving.effecting import await_last_day, tell_case
from services.onboarding.leaving.holding import take_exit, tell, visible
from services.onboarding.leaving.opening import as_given, begin, require_voluntary, running
from services.onboarding.leaving.problems import (
    EXIT_ALREADY_OPEN,
    EXIT_IN_EFFECT,
    LAST_DAY_NOT_ALLOWED,
    LAST_DAY_PASSED,
    NOT_YOUR_NOTICE,
    NOTHING_TO_LEAVE,
    SERVICE_NOT_LEAVABLE,
)
from services.onboarding.leaving.rules import exit_rules
from services.onboarding.parties import Party


@dataclass(frozen=True)
class GivenNotice:
    """A notice as a party gives it.

    ``last_days`` holds the day asked for by service, None where the first allowed one will
    do; without any service all that are in operation under the agreement are meant.
    """

    agreement_id: str
    last_days: Mapping[str, date | None]
    reason: str
    signed_by: str
    title: str
    mandate: str


async def open_exit(uow: UnitOfWork, given: GivenNotice) -> Exit:
    """Give notice of services under an agreement's terms; the exit begins.

    Those who stay in the services see what it means to them and may comment before it takes
    effect.

    Raises:
        Problem: ``not_found``, ``nothing_to_leave``, ``service_not_leavable``,
            ``obliged_to_stay``, ``mandate_missing`` and the refusals of a missing delegation,
            ``last_day_not_allowed``, ``exit_already_open``, ``notice_already_given`` where
            the agreement's book has another day or another giver, ``changed_meanwhile``.
    """
    agreement = await agreements.find(uow.session, given.agreement_id, acting(uow).scope)
    if agreement is None or not acting(uow).may_see(agreement.org_number):
        raise not_found("agreement")
    version = await agreements.in_force(uow.session, agreement.id, today(uow))
    content = version.content if version else None
    live = await running(uow, agreement, content)
    if content is None or not live:
        raise Problem(
            NOTHING_TO_LEAVE,
            "Nothing of the agreement is in operation today; a case that has not gone live is"
            " withdrawn.",
        )
    asked = dict(given.last_days) or dict.fromkeys(live)
    if unknown := [service for service in asked if service not in live]:
        raise Problem(
            SERVICE_NOT_LEAVABLE,
            f"{', '.join(unknown)} is not in operation under the agreement; what is:"
            f" {', '.join(live)}.",
            services=list(live),
        )
    await require_voluntary(uow, agreement.org_number, content, asked)
    await require_signatory(
        uow,
        agreement,
        acting(uow).party,
        Signatory(given.signed_by, given.title, given.mandate),
        content.yearly_fee_ore,
    )
    covering = [
        notice
        for notice in await calendar_repository.notices(uow.session, agreement.id)
        if notice.counts and not set(asked).isdisjoint(notice.services)
    ]
    settled = await calendar_repository.service_ends(uow.session, agreement.id)
    if opened := await repository.open_with(uow.session, agreement.id, list(asked)):
        raise Problem(
            EXIT_ALREADY_OPEN,
            f"Notice of {', '.join(asked)}, or of some of it, has been given; go on with that"
            " exit.",
            exits=[known.id for known in opened],
        )
    _refuse_other_days(covering, settled, asked)
    noticed = {**ending_services(covering), **settled}
    last_days = {
        service: _last_day(content, today(uow), service, day, noticed.get(service))
        for service, day in sorted(asked.items())
    }
    party = Party(acting(uow).party)
    whose = _whose(given, party, today(uow), covering, all_known=set(asked) <= set(noticed))
    leaving = await begin(uow, agreement, content, whose, last_days)
    await notice_book.give(
        uow, leaving, [service for service in last_days if service not in noticed]
    )
    await notice_book.join(uow, leaving, covering)
    return leaving


async def withdraw(uow: UnitOfWork, exit_id: str, reason: str) -> Exit:
    """Take a notice back before it takes effect; only the party that gave it does.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_in_effect``, ``not_your_notice``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id)
    if change.exit.phase is not ExitPhase.NOTICE or await notice_book.is_confirmed(
        uow, change.exit
    ):
        raise Problem(
            EXIT_IN_EFFECT,
            "The notice is confirmed and others have acted on it; to stay, agree anew.",
        )
    if change.party is not change.exit.notice.by:
        raise Problem(NOT_YOUR_NOTICE, "The notice is taken back by the party that gave it.")
    await repository.set_phase(
        uow.session, exit_id, ExitPhase.WITHDRAWN, uow.now, withdrawn_because=reason
    )
    await notice_book.take_back(uow, change.exit)
    await tell(uow, change, "exit-withdrawn", f"took the notice back: {reason}")
    await tell_case(uow, change, "exit-withdrawn", "took the notice back.")
    return await visible(uow, exit_id)


async def move_last_day(
    uow: UnitOfWork, exit_id: str, service: str, last_day: date, reason: str
) -> Exit:
    """Move the last day of a service to another one that the terms allow.

    What has taken effect is told anew: the later day replaces the one told before.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_wrong_phase``,
            ``service_not_leavable``, ``last_day_passed``, ``last_day_not_allowed``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id, ExitPhase.NOTICE, ExitPhase.HANDOVER)
    leaving = change.exit
    if service not in leaving.last_days:
        raise Problem(
            SERVICE_NOT_LEAVABLE,
            f"{service} is none of the exit's services: {', '.join(leaving.services)}.",
            services=list(leaving.services),
        )
    if leaving.last_days[service] < today(uow):
        raise Problem(LAST_DAY_PASSED, f"{service} ended on {leaving.last_days[service]}.")
    version = await agreements.in_force(uow.session, leaving.agreement_id, today(uow))
    if version is None:
        raise Problem(LAST_DAY_PASSED, "The agreement is in force no more.")
    day = _last_day(version.content, leaving.notice.given_on, service, last_day, None)
    await repository.set_last_day(uow.session, exit_id, service, day)
    moved = replace(leaving, last_days={**leaving.last_days, service: day})
    due = {task.key: task.task(moved.last_day).due_on for task in exit_rules().tasks}
    await repository.move_tasks(uow.session, exit_id, due)
    did = f"moved the last day of {service} to {day}: {reason}"
    await tell(uow, replace(change, exit=moved), "last-day-moved", did)
    await notice_book.move(uow, leaving, service, day)
    if moved.phase is ExitPhase.HANDOVER:
        await await_last_day(uow, moved)
    return moved


def _refuse_other_days(
    notices: Sequence[AgreementNotice],
    settled: Mapping[str, date],
    asked: Mapping[str, date | None],
) -> None:
    """A day that notice was given for is moved in its exit, not by a second notice."""
    known = {**ending_services(notices), **settled}
    if all(day in {None, known.get(service, day)} for service, day in asked.items()):
        return
    shown = {service: str(known[service]) for service in asked if service in known}
    raise Problem(
        NOTICE_ALREADY_GIVEN,
        "Notice is given already, for the days shown; name those or none, and move a day in"
        " the exit.",
        last_days=shown,
    )


def _whose(
    given: GivenNotice, by: Party, on: date, covering: Sequence[AgreementNotice], *, all_known: bool
) -> Notice:
    """The notice that an exit carries: the one given at the agreement, if one was."""
    if covering and all_known:
        return as_given(covering)
    if any(notice.party != by for notice in covering):
        raise Problem(
            NOTICE_ALREADY_GIVEN,
            "The other party has given notice of some of the services; open the exit of those"
            " by themselves.",
            services=sorted({key for notice in covering for key in notice.services}),
        )
    return Notice(by, on, given.signed_by, given.title, given.mandate, given.reason)


def _last_day(
    content: AgreementContent,
    given_on: date,
    service: str,
    asked: date | None,
    noticed: date | None,
) -> date:
    """The last day under the agreement's terms; one that notice was given for stands."""
    if noticed is not None and asked in {None, noticed}:
        return noticed
    try:
        return agreed_last_day(
            given_on, asked, content.notice, content.renewal, content.valid_until
        )
    except NoticeTooLateError as error:
        raise Problem(
            LAST_DAY_NOT_ALLOWED,
            f"With notice given on {given_on}, {service} can end on {error.earliest} at the"
            f" earliest, and on a day that the agreement allows; {asked} is none.",
            service=service,
            earliest_on=str(error.earliest),
        ) from error
