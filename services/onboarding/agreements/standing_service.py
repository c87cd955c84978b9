"""Use cases of reading agreements: how one stands, its versions, what differs, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import calendar_repository, repository
from services.onboarding.agreements import calendar_service as calendar
from services.onboarding.agreements.differences import Difference, differences
from services.onboarding.agreements.document import PartyRole
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementVersion,
    in_force,
    pending,
)
from services.onboarding.agreements.holding import visible
from services.onboarding.agreements.notices import Notice
from services.onboarding.agreements.terms import Reminder
from services.onboarding.cases.service import acting, get, today


@dataclass(frozen=True)
class Standing:
    """How an agreement stands on a day.

    ``coming`` are signed versions that take effect later.
    """

    agreement: Agreement
    on: date
    newest: AgreementVersion
    in_force: AgreementVersion | None
    pending: AgreementVersion | None
    coming: tuple[AgreementVersion, ...]
    notices: tuple[Notice, ...]
    service_ends: Mapping[str, date]


@dataclass(frozen=True)
class Counts:
    """How many deviations hold on a day, by customer and by what they deviate from."""

    on: date
    customers: Sequence[tuple[str, str, str, int]]
    subjects: Sequence[tuple[str, str, str, int]]


async def standing(uow: UnitOfWork, agreement_id: str, on: date | None) -> Standing:
    """How an agreement that the actor is a party of stands on a day, today unless told.

    Raises:
        Problem: ``not_found``.
    """
    agreement = await visible(uow, agreement_id)
    (found,) = await _standings(uow, [agreement], on or today(uow))
    return found


async def page(
    uow: UnitOfWork, org_number: str | None, after: str | None, limit: int
) -> Sequence[Standing]:
    """The agreements that the actor is a party of, as they stand today, oldest first."""
    found = await repository.page(uow.session, acting(uow).scope, org_number, after, limit)
    return await _standings(uow, found, today(uow))


async def versions_of_case(
    uow: UnitOfWork, case_id: str
) -> tuple[Agreement, Sequence[AgreementVersion]]:
    """Every version of a case's agreement, from the first.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    agreement = await repository.of_case(uow.session, case_id)
    if agreement is None:
        raise not_found("agreement")
    return agreement, await repository.versions(uow.session, agreement.id)


async def versions(uow: UnitOfWork, agreement_id: str) -> Sequence[AgreementVersion]:
    """The versions of an agreement that the actor takes part in, from the first.

    Raises:
        Problem: ``not_found``.
    """
    agreement = await visible(uow, agreement_id)
    return _readable(uow, agreement, await repository.versions(uow.session, agreement_id))


def version_of(found: Sequence[AgreementVersion], number: int) -> AgreementVersion:
    """One of some versions.

    Raises:
        Problem: ``not_found``.
    """
    for version in found:
        if version.version == number:
            return version
    raise not_found("version of the agreement")


def differing(found: Sequence[AgreementVersion], old: int, new: int) -> tuple[Difference, ...]:
    """What differs from one version to another.

    Raises:
        Problem: ``not_found``.
    """
    return differences(version_of(found, old).document, version_of(found, new).document)


async def reminders(
    uow: UnitOfWork, agreement_id: str
) -> tuple[Sequence[Reminder], Sequence[tuple[Reminder, datetime]]]:
    """The reminders of an agreement: those to come, and those that fell due.

    Raises:
        Problem: ``not_found``.
    """
    await visible(uow, agreement_id)
    return (
        await calendar.coming(uow, agreement_id),
        await calendar_repository.fallen_due(uow.session, agreement_id),
    )


async def deviation_counts(uow: UnitOfWork, on: date | None) -> Counts:
    """How many deviations the agreements in force have on a day, today unless told."""
    day = on or today(uow)
    return Counts(
        on=day,
        customers=await calendar_repository.counts_by_customer(uow.session, day),
        subjects=await calendar_repository.counts_by_subject(uow.session, day),
    )


async def _standings(uow: UnitOfWork, agreements: Sequence[Agreement], on: date) -> list[Standing]:
    """How agreements stand, in the same number of queries however many they are."""
    ids = [agreement.id for agreement in agreements]
    versions = await repository.versions_of(uow.session, ids)
    notices = await calendar_repository.notices_of(uow.session, ids)
    ends = await calendar_repository.service_ends_of(uow.session, ids)
    return [
        _standing(
            agreement,
            _readable(uow, agreement, versions[agreement.id]),
            on,
            notices[agreement.id],
            ends[agreement.id],
        )
        for agreement in agreements
    ]


def _standing(
    agreement: Agreement,
    found: Sequence[AgreementVersion],
    on: date,
    notices: Sequence[Notice],
    ends: Mapping[str, date],
) -> Standing:
    return Standing(
        agreement=agreement,
        on=on,
        newest=found[-1],
        in_force=in_force(found, agreement.ending, on),
        pending=pending(found),
        coming=tuple(
            version
            for version in found
            if version.signed_on is not None and version.content.holds_from > on
        ),
        notices=tuple(notices),
        service_ends=ends,
    )


def _readable(
    uow: UnitOfWork, agreement: Agreement, found: Sequence[AgreementVersion]
) -> Sequence[AgreementVersion]:
    """A further party reads the versions it takes part in, and no other."""
    scope = acting(uow).scope
    if scope is None or scope == agreement.org_number:
        return found
    return [
        version
        for version in found
        if any(
            party.role is PartyRole.FURTHER and party.org_number == scope
            for party in version.content.all_parties
        )
    ]
