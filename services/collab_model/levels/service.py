"""Levels: set up from the signed agreement, and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreement_repository
from services.collab_model.calendars.service import day_of
from services.collab_model.levels import repository
from services.collab_model.tables import CreditTermsRow, LevelRow
from services.contracts.onboarding import AgreementSigned
from services.contracts.succession import Scope
from services.contracts.values import ServiceLevel


async def set_up(uow: UnitOfWork, signed: AgreementSigned) -> None:
    """Keep the levels of a signed version as they were signed."""
    await repository.add_levels(
        uow.session,
        [
            LevelRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                version=signed.version,
                org_number=signed.org_number,
                service=service.service,
                key=level.key,
                name=level.name,
                name_sv=level.name_sv,
                kind=level.kind.value,
                target_minutes={p.value: minutes for p, minutes in level.target_minutes.items()},
                required_share_percent=level.required_share_percent,
                measure=_measure(level),
            )
            for service in signed.services
            for level in service.levels
        ],
    )
    await repository.add_credit_terms(
        uow.session,
        CreditTermsRow(
            id=new_id(),
            agreement_id=signed.agreement_id,
            version=signed.version,
            terms=signed.credit_terms.model_dump(mode="json"),
        ),
    )


def _measure(level: ServiceLevel) -> dict[str, Any]:
    """What the kinds other than times need, where it is given."""
    return level.model_dump(mode="json", include={"deliveries", "planned_stops"})


@dataclass(frozen=True)
class AgreedLevel:
    """A level in force and whoever it is promised to today."""

    row: LevelRow
    holder: str


async def list_levels(
    uow: UnitOfWork, *, scope: Scope | None, service: str | None, after: str | None, limit: int
) -> list[AgreedLevel]:
    """A page of the levels in force for one customer, or for all."""
    today = day_of(uow.now)
    rows = await repository.list_levels(
        uow.session, scope=scope, today=today, service=service, after=after, limit=limit
    )
    agreements = await agreement_repository.loaded(uow.session, {row.agreement_id for row in rows})
    return [AgreedLevel(row, agreements[row.agreement_id].holder_on(today)) for row in rows]


async def list_periods(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> list[repository.ClosedPeriod]:
    """A page of the closed periods of one customer, or of all, corrections among them."""
    return await repository.list_periods(
        uow.session,
        scope=scope,
        service=service,
        period=period,
        after=after,
        limit=limit,
    )
