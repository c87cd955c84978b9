"""Use cases: register an agency, keep its facts, look agencies up as of now and of then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import STOCKHOLM
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyRegistered
from services.onboarding.agencies import life_event_repository, repository
from services.onboarding.agencies.domain import (
    Agency,
    AgencyDraft,
    HeadcountBasis,
    Obligation,
    TypeContradictedError,
    ValidFromAheadError,
    enrolled,
    settle_headcount,
)
from services.onboarding.agencies.history import (
    KnownPeriod,
    Registration,
    as_of,
    periods,
    revise,
)
from services.onboarding.agencies.problems import (
    CITY_CHANGES_BY_MOVE,
    NOT_KNOWN_THEN,
    TYPE_CONTRADICTED,
    VALID_FROM_AHEAD,
)
from services.onboarding.agencies.repository import KnownFacts, Wanted
from services.onboarding.agencies.soundness import require_sound
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.problems import AGENCY_ALREADY_REGISTERED


@dataclass(frozen=True)
class AsKnown:
    """What the register says of an agency for a day, as it knew it at an instant."""

    org_number: str
    valid_on: date
    known_at: datetime
    known: KnownPeriod
    facts: KnownFacts | None


@dataclass(frozen=True)
class History:
    """All that the register has ever said of an agency."""

    periods: tuple[KnownPeriod, ...]
    facts: Sequence[KnownFacts]


def stockholm_day(instant: datetime) -> date:
    """The day in Stockholm at an instant."""
    return instant.astimezone(STOCKHOLM).date()


def who(uow: UnitOfWork) -> str:
    """Who does it, as histories keep it: the client, or the system."""
    return uow.actor.client_id if uow.actor else "system"


async def register(uow: UnitOfWork, draft: AgencyDraft) -> Agency:
    """Make an agency known to the centre.

    Raises:
        Problem: ``agency_already_registered``, ``agency_type_contradicted``,
            ``valid_from_ahead``, and what ``require_sound`` raises.
    """
    try:
        agency = enrolled(draft, stockholm_day(uow.now), uow.now)
    except TypeContradictedError as error:
        raise _type_contradicted() from error
    except ValidFromAheadError as error:
        raise Problem(
            VALID_FROM_AHEAD,
            f"{draft.valid_from} lies ahead; give the first day for which the name and the seat"
            " are known to be right, today at the latest.",
        ) from error
    require_sound(agency, stockholm_day(uow.now))
    if await repository.find(uow.session, agency.org_number) is not None:
        raise _already_registered(agency.org_number)
    try:
        async with uow.session.begin_nested():
            await enrol(uow, [agency])
    except IntegrityError as error:
        raise _already_registered(agency.org_number) from error
    return agency


async def enrol(uow: UnitOfWork, agencies: Sequence[Agency]) -> None:
    """Store new agencies, begin their history and announce them.

    Raises:
        sqlalchemy.exc.IntegrityError: one of them was registered meanwhile.
    """
    await repository.add(uow.session, agencies, who(uow))
    await life_event_repository.begin_history(uow.session, agencies)
    for agency in agencies:
        uow.record(
            AgencyRegistered(
                org_number=agency.org_number, name=agency.name, headcount=agency.headcount
            ),
            version=agency.version,
        )


async def get(uow: UnitOfWork, org_number: str) -> Agency:
    """An agency the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    agency = await repository.find(uow.session, org_number)
    if agency is None or uow.actor is None or not uow.actor.may_see(org_number):
        raise not_found("agency")
    return agency


async def page(
    uow: UnitOfWork, wanted: Wanted, without_case_in: str | None, after: str | None, limit: int
) -> Sequence[Agency]:
    """Agencies in the order of their organisation numbers.

    Args:
        wanted: what the list is limited to.
        without_case_in: only agencies without a case for any service of that area.
    """
    if without_case_in is not None:
        offer = catalogue_in_force(stockholm_day(uow.now)).services
        keys = [service.key for service in offer if service.service_area == without_case_in]
        wanted = replace(wanted, without_case_for=keys)
    return await repository.page(uow.session, wanted, after, limit)


async def take(uow: UnitOfWork, org_number: str) -> Agency:
    """An agency the actor may see, held for a change of its entry; it may have ended.

    Raises:
        Problem: ``not_found``, ``precondition_failed``.
    """
    await get(uow, org_number)
    agency = (await repository.lock(uow.session, [org_number]))[org_number]
    require_version(uow, agency.version, "agency", in_short(agency))
    return agency


async def change(uow: UnitOfWork, agency: Agency, **changes: Any) -> Agency:
    """Store changes of an entry that was taken; its version rises, unless nothing differs.

    Raises:
        Problem: what ``require_sound`` raises.
    """
    changed = replace(agency, **changes)
    if changed == agency:
        return agency
    changed = replace(changed, version=agency.version + 1)
    require_sound(changed, stockholm_day(uow.now))
    await repository.save(uow.session, changed, uow.now, who(uow))
    if changed.registered_city != agency.registered_city:
        await rewrite_history(uow, changed)
    return changed


async def put_facts(uow: UnitOfWork, org_number: str, draft: AgencyDraft) -> Agency:
    """Replace the core facts of an agency; its figures, systems and people stay.

    A seat that was not known can be filled in; another seat is a life event.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``agency_type_contradicted``,
            ``city_changes_by_move``.
    """
    agency = await take(uow, org_number)
    if draft.city is not None and agency.city is not None and draft.city != agency.city:
        raise Problem(
            CITY_CHANGES_BY_MOVE,
            f"The seat is {agency.city}; record a life event `moved` with its day instead.",
        )
    return await change(uow, agency, **core_changes(agency, draft))


def core_changes(agency: Agency, draft: AgencyDraft) -> Mapping[str, Any]:
    """What replacing the core facts by those of a draft changes.

    Raises:
        Problem: ``agency_type_contradicted``.
    """
    try:
        settled = enrolled(
            replace(draft, facts=replace(draft.facts, years=agency.facts.years), valid_from=None),
            agency.valid_from,
            agency.registered_at,
        )
    except TypeContradictedError as error:
        raise _type_contradicted() from error
    kept = agency.facts
    facts = replace(
        settled.facts,
        systems=kept.systems,
        local_agreements=kept.local_agreements,
        employment_forms=kept.employment_forms,
    )
    changes: dict[str, Any] = {
        "type": settled.type,
        "part_of_state": settled.part_of_state,
        "headcount": settled.headcount,
        "facts": facts,
    }
    if agency.city is None and draft.city is not None:
        changes |= {"city": draft.city, "registered_city": draft.city}
    return changes


async def put_section(uow: UnitOfWork, org_number: str, **sections: Any) -> Agency:
    """Replace one part of an agency's facts by what it is given, such as ``systems``.

    New figures by year also settle the headcount, where they hold any.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, and what ``require_sound`` raises.
    """
    agency = await take(uow, org_number)
    changes: dict[str, Any] = {"facts": replace(agency.facts, **sections)}
    if "years" in sections:
        headcount, basis = settle_headcount(None, sections["years"])
        if basis is not HeadcountBasis.UNKNOWN:
            changes["headcount"] = headcount
            changes["facts"] = replace(changes["facts"], headcount_basis=basis)
    return await change(uow, agency, **changes)


async def put_people(uow: UnitOfWork, org_number: str, **people: Any) -> Agency:
    """Replace the head or the contacts of an agency.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``contact_role_unknown``.
    """
    agency = await take(uow, org_number)
    return await change(uow, agency, people=replace(agency.people, **people))


async def put_obligations(
    uow: UnitOfWork, org_number: str, obligations: Iterable[Obligation]
) -> Agency:
    """Replace what an agency is obliged to join; in every other area it may.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``service_area_unknown``,
            ``named_twice``.
    """
    agency = await take(uow, org_number)
    ordered = tuple(sorted(obligations, key=lambda item: item.service_area))
    return await change(uow, agency, obligations=ordered)


async def as_known(
    uow: UnitOfWork, org_number: str, valid_on: date | None, known_at: datetime | None
) -> AsKnown:
    """How things stood with an agency on a day, as the register knew it at an instant.

    Args:
        valid_on: the day asked about; today when left out.
        known_at: the instant of the knowledge; now when left out.

    Raises:
        Problem: ``not_found``, ``not_known_then``.
    """
    await get(uow, org_number)
    day, instant = valid_on or stockholm_day(uow.now), known_at or uow.now
    known = as_of(await life_event_repository.history(uow.session, org_number), day, instant)
    if known is None:
        raise Problem(
            NOT_KNOWN_THEN,
            f"At {instant.isoformat()} the register had no answer about {org_number} for {day};"
            " its history shows from when on it has.",
        )
    facts = await repository.facts_known_at(uow.session, org_number, instant)
    return AsKnown(org_number, day, instant, known, facts)


async def history(uow: UnitOfWork, org_number: str) -> History:
    """Everything said of an agency the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, org_number)
    known = await life_event_repository.history(uow.session, org_number)
    return History(
        # What was replaced in the instant that it was recorded was never told to anybody.
        tuple(row for row in known if row.known_until != row.known_from),
        await repository.facts_history(uow.session, org_number),
    )


async def rewrite_history(uow: UnitOfWork, agency: Agency) -> None:
    """Bring an agency's history up to its registration and the records that count now."""
    events = (await life_event_repository.events_of(uow.session, [agency.org_number]))[
        agency.org_number
    ]
    known = await life_event_repository.history(uow.session, agency.org_number)
    ended, fresh = revise(known, periods(Registration.of(agency), events), uow.now)
    await life_event_repository.revise(uow.session, agency.org_number, ended, fresh, uow.now)


def in_short(agency: Agency) -> dict[str, Any]:
    """How an agency stands, for a refusal to show; no personal data."""
    return {
        "org_number": agency.org_number,
        "name": agency.name,
        "status": agency.status.value,
        "city": agency.city,
        "headcount": agency.headcount,
        "version": agency.version,
    }


def _type_contradicted() -> Problem:
    return Problem(
        TYPE_CONTRADICTED,
        "A municipality, region or company is not part of the state, and every other type but"
        " `other` is; leave part_of_state out, or correct the type.",
    )


def _already_registered(org_number: str) -> Problem:
    return Problem(
        AGENCY_ALREADY_REGISTERED,
        f"{org_number} is registered already; open a case for it, or read it at"
        f" /agencies/{org_number}.",
    )
