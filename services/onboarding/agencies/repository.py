"""Agencies in storage: what holds today, the obligations, and the facts by version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agencies.domain import (
    Agency,
    AgencyStatus,
    AgencyType,
    Facts,
    Obligation,
    People,
)
from services.onboarding.tables import (
    AgencyFactsRow,
    AgencyRow,
    CaseRow,
    CaseServiceRow,
    ObligationRow,
)

_FACTS = TypeAdapter(Facts)
_PEOPLE = TypeAdapter(People)


@dataclass(frozen=True)
class Wanted:
    """Which agencies a list is limited to; what is None does not limit it.

    ``obliged_by``: an obligation whose deadline is that day or earlier, for ``obliged_in``
    where a service area is given. ``without_case_for``: the keys of services for which the
    agency has no case, neither an open one nor one that led to operation.
    """

    status: AgencyStatus | None = None
    type: AgencyType | None = None
    obliged_in: str | None = None
    obliged_by: date | None = None
    without_case_for: Collection[str] | None = None


@dataclass(frozen=True)
class KnownFacts:
    """What was known of an agency besides name and seat, from a version of its entry on."""

    version: int
    recorded_at: datetime
    headcount: int
    part_of_state: bool
    type: AgencyType
    facts: Facts
    obligations: tuple[Obligation, ...]


_KNOWN = TypeAdapter(KnownFacts)


async def add(session: AsyncSession, agencies: Sequence[Agency], recorded_by: str) -> None:
    """Store new agencies.

    Raises:
        sqlalchemy.exc.IntegrityError: an organisation number is taken.
    """
    session.add_all(
        AgencyRow(
            org_number=agency.org_number,
            registered_at=agency.registered_at,
            valid_from=agency.valid_from,
            **_columns(agency),
        )
        for agency in agencies
    )
    await session.flush()
    for agency in agencies:
        session.add_all(_obligation_rows(agency))
        session.add(_facts_row(agency, agency.registered_at, recorded_by))
    await session.flush()


async def save(session: AsyncSession, agency: Agency, at: datetime, recorded_by: str) -> None:
    """Store a changed agency; ``agency.version`` is the one it has now."""
    await session.execute(
        update(AgencyRow)
        .where(AgencyRow.org_number == agency.org_number)
        .values(**_columns(agency))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(ObligationRow)
        .where(ObligationRow.org_number == agency.org_number)
        .execution_options(synchronize_session=False)
    )
    session.add_all(_obligation_rows(agency))
    session.add(_facts_row(agency, at, recorded_by))
    await session.flush()


async def find(session: AsyncSession, org_number: str) -> Agency | None:
    """The agency of an organisation number, as things stand today."""
    return (await find_many(session, [org_number])).get(org_number)


async def find_many(session: AsyncSession, org_numbers: Collection[str]) -> dict[str, Agency]:
    """Those of the agencies that are registered."""
    rows = await session.scalars(
        select(AgencyRow)
        .where(AgencyRow.org_number.in_(org_numbers))
        .order_by(AgencyRow.org_number)
        .execution_options(populate_existing=True)
    )
    return {agency.org_number: agency for agency in await _agencies(session, rows.all())}


async def lock(session: AsyncSession, org_numbers: Collection[str]) -> dict[str, Agency]:
    """Those of the agencies that are registered, held until this unit of work ends.

    Taken in one order, so that two who want the same agencies wait and do not deadlock.
    """
    await session.execute(
        select(AgencyRow.org_number)
        .where(AgencyRow.org_number.in_(org_numbers))
        .order_by(AgencyRow.org_number)
        .with_for_update()
    )
    return await find_many(session, org_numbers)


async def page(
    session: AsyncSession, wanted: Wanted, after: str | None, limit: int
) -> Sequence[Agency]:
    """Agencies by organisation number, behind the given one."""
    conditions = _conditions(wanted)
    if after is not None:
        conditions.append(AgencyRow.org_number > after)
    rows = await session.scalars(
        select(AgencyRow)
        .where(*conditions)
        .order_by(AgencyRow.org_number)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return await _agencies(session, rows.all())


async def facts_known_at(
    session: AsyncSession, org_number: str, known_at: datetime
) -> KnownFacts | None:
    """The facts as the register held them at an instant; None before the registration."""
    row = await session.scalar(
        select(AgencyFactsRow)
        .where(AgencyFactsRow.org_number == org_number, AgencyFactsRow.recorded_at <= known_at)
        .order_by(AgencyFactsRow.version.desc())
        .limit(1)
    )
    return _known(row) if row else None


async def facts_history(session: AsyncSession, org_number: str) -> Sequence[KnownFacts]:
    """Every version of an agency's facts, from the first."""
    rows = await session.scalars(
        select(AgencyFactsRow)
        .where(AgencyFactsRow.org_number == org_number)
        .order_by(AgencyFactsRow.version)
    )
    return [_known(row) for row in rows]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(AgencyRow.status == wanted.status.value)
    if wanted.type is not None:
        conditions.append(AgencyRow.type == wanted.type.value)
    if wanted.obliged_by is not None or wanted.obliged_in is not None:
        obliged = [ObligationRow.org_number == AgencyRow.org_number]
        if wanted.obliged_by is not None:
            obliged.append(ObligationRow.deadline <= wanted.obliged_by)
        if wanted.obliged_in is not None:
            obliged.append(ObligationRow.service_area == wanted.obliged_in)
        conditions.append(exists().where(and_(*obliged)))
    if wanted.without_case_for is not None:
        conditions.append(~_has_case_for(wanted.without_case_for))
    return conditions


def _has_case_for(services: Collection[str]) -> ColumnElement[bool]:
    """An open case, or one whose service went live."""
    return exists().where(
        CaseRow.org_number == AgencyRow.org_number,
        CaseServiceRow.case_id == CaseRow.id,
        CaseServiceRow.service.in_(services),
        or_(CaseServiceRow.open_key.is_not(None), CaseServiceRow.live_on.is_not(None)),
    )


def _columns(agency: Agency) -> dict[str, Any]:
    return {
        "name": agency.name,
        "headcount": agency.headcount,
        "part_of_state": agency.part_of_state,
        "registered_name": agency.registered_name,
        "registered_city": agency.registered_city,
        "type": agency.type.value,
        "city": agency.city,
        "status": agency.status.value,
        "successors": list(agency.successors),
        "facts": _FACTS.dump_python(agency.facts, mode="json"),
        "people": _PEOPLE.dump_python(agency.people, mode="json"),
        "version": agency.version,
    }


def _obligation_rows(agency: Agency) -> Iterable[ObligationRow]:
    return [
        ObligationRow(
            org_number=agency.org_number,
            service_area=item.service_area,
            deadline=item.deadline,
            legal_source=item.legal_source,
        )
        for item in agency.obligations
    ]


def _facts_row(agency: Agency, at: datetime, recorded_by: str) -> AgencyFactsRow:
    known = KnownFacts(
        agency.version,
        at,
        agency.headcount,
        agency.part_of_state,
        agency.type,
        agency.facts,
        agency.obligations,
    )
    return AgencyFactsRow(
        org_number=agency.org_number,
        version=agency.version,
        recorded_at=at,
        recorded_by=recorded_by,
        facts=_KNOWN.dump_python(known, mode="json", exclude={"version", "recorded_at"}),
    )


def _known(row: AgencyFactsRow) -> KnownFacts:
    return _KNOWN.validate_python(
        {**row.facts, "version": row.version, "recorded_at": row.recorded_at}
    )


async def _agencies(session: AsyncSession, rows: Sequence[AgencyRow]) -> list[Agency]:
    obligations: dict[str, list[Obligation]] = {row.org_number: [] for row in rows}
    kept = await session.scalars(
        select(ObligationRow)
        .where(ObligationRow.org_number.in_(obligations))
        .order_by(ObligationRow.org_number, ObligationRow.service_area)
        .execution_options(populate_existing=True)
    )
    for item in kept:
        obligations[item.org_number].append(
            Obligation(item.service_area, item.deadline, item.legal_source)
        )
    return [_agency(row, obligations[row.org_number]) for row in rows]


def _agency(row: AgencyRow, obligations: Sequence[Obligation]) -> Agency:
    return Agency(
        org_number=row.org_number,
        name=row.name,
        headcount=row.headcount,
        part_of_state=row.part_of_state,
        registered_at=row.registered_at,
        valid_from=row.valid_from,
        type=AgencyType(row.type),
        registered_name=row.registered_name,
        registered_city=row.registered_city,
        facts=_FACTS.validate_python(row.facts),
        city=row.city,
        status=AgencyStatus(row.status),
        successors=tuple(row.successors),
        people=_PEOPLE.validate_python(row.people),
        obligations=tuple(obligations),
        version=row.version,
    )
