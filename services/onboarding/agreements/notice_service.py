"""Use cases: give notice under the agreement's terms, withdraw it, confirm it.

A notice of services in operation opens their exit: ``leaving.agreement_notices`` leads both,
and is what the parties speak to. ``terms_of_notice`` tells the terms, ``terms`` reckons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import calendar_repository, repository
from services.onboarding.agreements import calendar_service as calendar
from services.onboarding.agreements.document import NoticeTerms, PartyRole, RenewalTerms
from services.onboarding.agreements.domain import Agreement, AgreementVersion
from services.onboarding.agreements.holding import (
    Held,
    hold,
    party_key,
    party_name,
    tell,
    visible,
)
from services.onboarding.agreements.notices import Notice, NoticeStatus, ending_services
from services.onboarding.agreements.problems import (
    AGREEMENT_NOT_IN_FORCE,
    AGREEMENT_NOT_SIGNED,
    NOT_A_PARTY,
    NOTICE_ALREADY_GIVEN,
    NOTICE_NOT_YOURS,
    NOTICE_SETTLED,
    NOTICE_TOO_LATE,
    SERVICE_NOT_IN_AGREEMENT,
)
from services.onboarding.agreements.signature_service import Signatory, require_signatory
from services.onboarding.agreements.terms import (
    NoticeTooLateError,
    agreed_last_day,
    last_day_for,
    notice_deadline,
)
from services.onboarding.cases.service import today
from services.onboarding.parties import Party


@dataclass(frozen=True)
class TermsOfNotice:
    """What an agreement says of its own end, reckoned for a day.

    Attributes:
        notice: whole months of notice, and to which turn of a period.
        renewal: how the agreement goes on.
        valid_until: its own last day.
        first_last_day: the last day of a service that notice is given of on the day.
        last_day_to_give_notice: until when notice reaches the agreement's own last day.
        services: the services that notice can be given of.
        ending: the services that notice is given of already, with their last days.
    """

    agreement: Agreement
    version: AgreementVersion
    notice: NoticeTerms
    renewal: RenewalTerms
    valid_until: date
    first_last_day: date
    last_day_to_give_notice: date
    services: tuple[str, ...]
    ending: Mapping[str, date]


async def terms_of_notice(
    uow: UnitOfWork, agreement_id: str, given_on: date | None = None
) -> TermsOfNotice:
    """What holds for notice given on a day, today unless told otherwise.

    Raises:
        Problem: ``not_found``, ``agreement_not_signed``, ``agreement_not_in_force``.
    """
    agreement = await visible(uow, agreement_id)
    held = Held(agreement, await repository.versions(uow.session, agreement_id))
    return await _terms(uow, held, given_on or today(uow))


async def give_notice(
    uow: UnitOfWork,
    agreement_id: str,
    signatory: Signatory,
    *,
    services: Sequence[str],
    last_day: date | None,
    reason: str,
) -> tuple[Agreement, Notice]:
    """Give notice of services for the actor's own party; of all of them when none is named.

    Raises:
        Problem: ``not_found``, ``not_a_party``, ``agreement_not_signed``,
            ``agreement_not_in_force``, ``service_not_in_agreement``,
            ``notice_already_given``, ``notice_too_late`` with the earliest day,
            ``mandate_missing`` and the refusals of a missing delegation,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    held = await hold(uow, await visible(uow, agreement_id))
    terms = await _terms(uow, held, today(uow))
    party = party_key(uow, held.agreement, terms.version)
    if party not in set(Party):
        raise Problem(NOT_A_PARTY, "Notice is given by the customer or by the centre.")
    chosen = tuple(dict.fromkeys(services)) or terms.services
    _require_services(terms, chosen)
    await require_signatory(
        uow, held.agreement, party, signatory, terms.version.content.yearly_fee_ore
    )
    try:
        day = agreed_last_day(today(uow), last_day, terms.notice, terms.renewal, terms.valid_until)
    except NoticeTooLateError as error:
        raise Problem(
            NOTICE_TOO_LATE,
            f"Notice given today reaches {error.earliest}; {error.asked} is too early, or no day"
            " on which the agreed period turns.",
            earliest=str(error.earliest),
        ) from error
    notice = Notice(
        id=new_id(),
        agreement_id=agreement_id,
        party=party,
        services=chosen,
        reason=reason,
        name=signatory.name,
        title=signatory.title,
        mandate=signatory.mandate,
        given_on=today(uow),
        last_day=day,
        status=NoticeStatus.GIVEN,
    )
    await calendar_repository.add_notice(uow.session, notice)
    who = party_name(terms.version, party)
    did = f"gave notice of {', '.join(chosen)}; the last day is {day}. {reason}"
    await tell(uow, held.agreement, who, "notice-given", did)
    await calendar.follow(uow, agreement_id)
    return held.agreement, notice


async def withdraw_notice(
    uow: UnitOfWork, agreement_id: str, notice_id: str
) -> tuple[Agreement, Notice]:
    """Take back a notice of one's own party, as long as it is not confirmed.

    Raises:
        Problem: ``not_found``, ``notice_not_yours``, ``notice_settled``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    held, notice, party = await _settling(uow, agreement_id, notice_id)
    if party != notice.party:
        raise Problem(NOTICE_NOT_YOURS, "Who gave notice withdraws it; you can confirm it.")
    await calendar_repository.settle_notice(
        uow.session, notice_id, NoticeStatus.WITHDRAWN, today(uow), party
    )
    who = party_name(held.versions[-1], party)
    await tell(uow, held.agreement, who, "notice-withdrawn", "withdrew its notice.")
    await calendar.follow(uow, agreement_id)
    return held.agreement, await _notice(uow, agreement_id, notice_id)


async def confirm_notice(
    uow: UnitOfWork, agreement_id: str, notice_id: str
) -> tuple[Agreement, Notice]:
    """Confirm the other party's notice: its last days are settled and made known.

    Raises:
        Problem: ``not_found``, ``notice_not_yours``, ``notice_settled``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    held, notice, party = await _settling(uow, agreement_id, notice_id)
    if party == notice.party:
        raise Problem(NOTICE_NOT_YOURS, "The other party confirms a notice; you can withdraw it.")
    who = party_name(held.versions[-1], party)
    did = f"confirmed the notice of {', '.join(notice.services)}; last day {notice.last_day}."
    await tell(uow, held.agreement, who, "notice-confirmed", did)
    await calendar.confirm(uow, held, notice, party)
    await calendar.follow(uow, agreement_id)
    return held.agreement, await _notice(uow, agreement_id, notice_id)


async def notices(uow: UnitOfWork, agreement_id: str) -> Sequence[Notice]:
    """Every notice of an agreement, in the order they were given.

    Raises:
        Problem: ``not_found``.
    """
    await visible(uow, agreement_id)
    return await calendar_repository.notices(uow.session, agreement_id)


async def _terms(uow: UnitOfWork, held: Held, given_on: date) -> TermsOfNotice:
    version = held.signed
    if version is None:
        raise Problem(
            AGREEMENT_NOT_SIGNED, "The agreement is not signed; there is nothing to give notice of."
        )
    content = version.content
    if held.agreement.has_ended_on(given_on) or content.valid_until < given_on:
        raise Problem(AGREEMENT_NOT_IN_FORCE, "The agreement has ended.")
    session, agreement_id = uow.session, held.agreement.id
    ending = {
        **ending_services(await calendar_repository.notices(session, agreement_id)),
        **await calendar_repository.service_ends(session, agreement_id),
    }
    if held.agreement.ending is not None:
        last = held.agreement.ending.last_day
        ending = {**{one.service: last for one in content.services}, **ending}
    return TermsOfNotice(
        agreement=held.agreement,
        version=version,
        notice=content.notice,
        renewal=content.renewal,
        valid_until=content.valid_until,
        first_last_day=last_day_for(given_on, content.notice, content.renewal, content.valid_until),
        last_day_to_give_notice=notice_deadline(content.valid_until, content.notice.months),
        services=tuple(one.service for one in content.services if one.service not in ending),
        ending=ending,
    )


def _require_services(terms: TermsOfNotice, chosen: Sequence[str]) -> None:
    if unknown := [key for key in chosen if key not in {*terms.services, *terms.ending}]:
        raise _not_in_agreement(unknown)
    if known := [key for key in chosen if key in terms.ending]:
        raise Problem(
            NOTICE_ALREADY_GIVEN,
            f"{', '.join(known)} end already on the days shown.",
            last_days={key: str(terms.ending[key]) for key in known},
        )
    if not chosen:
        raise Problem(
            NOTICE_ALREADY_GIVEN,
            "Every service of the agreement has its last day already.",
            last_days={key: str(day) for key, day in terms.ending.items()},
        )


def _not_in_agreement(unknown: Sequence[str]) -> Problem:
    return Problem(
        SERVICE_NOT_IN_AGREEMENT,
        f"The agreement is not about {', '.join(unknown)}.",
        services=list(unknown),
    )


async def _settling(uow: UnitOfWork, agreement_id: str, notice_id: str) -> tuple[Held, Notice, str]:
    held = await hold(uow, await visible(uow, agreement_id))
    notice = await _notice(uow, agreement_id, notice_id)
    party = party_key(uow, held.agreement, held.versions[-1])
    if party not in {PartyRole.CUSTOMER, PartyRole.CENTRE}:
        raise Problem(NOTICE_NOT_YOURS, "A notice is between the customer and the centre.")
    if notice.status is not NoticeStatus.GIVEN:
        raise Problem(
            NOTICE_SETTLED,
            f"The notice was {notice.status.value} on {notice.settled_on}.",
            status=notice.status.value,
        )
    return held, notice, party


async def _notice(uow: UnitOfWork, agreement_id: str, notice_id: str) -> Notice:
    for notice in await calendar_repository.notices(uow.session, agreement_id):
        if notice.id == notice_id:
            return notice
    raise not_found("notice")
