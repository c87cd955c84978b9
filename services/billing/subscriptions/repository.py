"""SQL of subscriptions: what was signed, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.billing.months import Month
from services.billing.subscriptions.domain import SignedItem
from services.billing.subscriptions.versions import CreditRule, SignedService, Version
from services.billing.tables import (
    EndingRow,
    GoLiveRow,
    InstalmentRow,
    SignedServiceRow,
    SignedVersionRow,
    SubscriptionRow,
    TrueUpTermsRow,
)
from services.billing.true_up.terms import SettlesAt, TrueUpTerms
from services.contracts.succession import Scope
from services.contracts.values import CreditBand, OwnPrice, VolumeBand


@dataclass
class Stored:
    """All that is stored about one subscription."""

    versions: list[Version] = field(default_factory=list)
    go_lives: list[GoLiveRow] = field(default_factory=list)
    endings: list[EndingRow] = field(default_factory=list)
    true_up_terms: list[TrueUpTerms] = field(default_factory=list)


def _visible(scope: Scope | None) -> Select[SubscriptionRow]:
    query = select(SubscriptionRow)
    if scope is None:
        return query
    return query.where(
        or_(
            and_(
                SubscriptionRow.org_number.in_(scope.signed_by),
                SubscriptionRow.id.not_in(_of_agreements(scope.agreements_passed)),
            ),
            SubscriptionRow.id.in_(_of_agreements(scope.agreements_taken)),
        )
    )


def _of_agreements(agreements: Iterable[str]) -> Select[str]:
    return select(SignedVersionRow.subscription_id).where(
        SignedVersionRow.agreement_id.in_(list(agreements))
    )


def of_subscriptions_visible(
    org_number: InstrumentedAttribute[str],
    subscription_id: InstrumentedAttribute[Any],
    scope: Scope,
) -> ColumnElement[bool]:
    """That a row was issued to somebody in a scope, or is of a subscription that came to it.

    Args:
        org_number: the row's column of whom it was issued to.
        subscription_id: the row's column of its subscription.
        scope: what the customer sees.
    """
    return or_(
        org_number.in_(scope.issued_to),
        subscription_id.in_(_of_agreements(scope.agreements_taken)),
    )


async def get(
    session: AsyncSession, subscription_id: str, scope: Scope | None
) -> SubscriptionRow | None:
    """A subscription within a tenant's scope (None: the centre's staff)."""
    return await session.scalar(_visible(scope).where(SubscriptionRow.id == subscription_id))


async def page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[SubscriptionRow]:
    """Subscriptions in the order they were opened, at most ``limit`` after a cursor."""
    query = _visible(scope).order_by(SubscriptionRow.id).limit(limit)
    if after is not None:
        query = query.where(SubscriptionRow.id > after)
    return (await session.scalars(query)).all()


async def lock(session: AsyncSession, subscription_id: str) -> SubscriptionRow | None:
    """A subscription, held against every other change until the transaction ends."""
    return await session.scalar(_held().where(SubscriptionRow.id == subscription_id))


async def lock_by_case(session: AsyncSession, case_id: str) -> SubscriptionRow | None:
    """The subscription of a case, held as by ``lock``."""
    return await session.scalar(_held().where(SubscriptionRow.case_id == case_id))


async def lock_by_agreement(session: AsyncSession, agreement_id: str) -> SubscriptionRow | None:
    """The subscription that some version of an agreement belongs to, held as by ``lock``."""
    return await session.scalar(
        _held().where(SubscriptionRow.id.in_(_of_agreements([agreement_id])))
    )


def _held() -> Select[SubscriptionRow]:
    return select(SubscriptionRow).with_for_update().execution_options(populate_existing=True)


async def held_by(session: AsyncSession, scopes: Iterable[Scope]) -> Sequence[SubscriptionRow]:
    """Every subscription that belongs to some customers or did, oldest first.

    They are held against a go-live or true-up of the same moment, which would otherwise
    not see the volumes that are being placed; readers like this one do not wait for each
    other.
    """
    known = list(scopes)
    signers = {number for scope in known for number in scope.issued_to}
    taken = {key for scope in known for key in scope.agreements_taken}
    return (
        await session.scalars(
            select(SubscriptionRow)
            .where(
                or_(
                    SubscriptionRow.org_number.in_(signers),
                    SubscriptionRow.id.in_(_of_agreements(taken)),
                )
            )
            .order_by(SubscriptionRow.id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
    ).all()


async def stored_about(session: AsyncSession, subscription_ids: Iterable[str]) -> dict[str, Stored]:
    """All that is stored about some subscriptions."""
    ids = list(subscription_ids)
    found = {each: Stored() for each in ids}
    versions = (
        await session.scalars(
            select(SignedVersionRow)
            .where(SignedVersionRow.subscription_id.in_(ids))
            .order_by(SignedVersionRow.number)
        )
    ).all()
    services = await _services_of(session, [row.id for row in versions])
    for version in versions:
        found[version.subscription_id].versions.append(_version(version, services[version.id]))
    for go_live in await session.scalars(
        select(GoLiveRow).where(GoLiveRow.subscription_id.in_(ids)).order_by(GoLiveRow.live_on)
    ):
        found[go_live.subscription_id].go_lives.append(go_live)
    for ending in await session.scalars(
        select(EndingRow).where(EndingRow.subscription_id.in_(ids))
    ):
        found[ending.subscription_id].endings.append(ending)
    for row in await session.scalars(
        select(TrueUpTermsRow).where(TrueUpTermsRow.subscription_id.in_(ids))
    ):
        found[row.subscription_id].true_up_terms.append(
            TrueUpTerms(
                number=row.number,
                holds_from=row.holds_from,
                days=tuple(row.days),
                materiality_ore=row.materiality_ore,
                settles_at=SettlesAt(row.settles_at),
            )
        )
    return found


async def _services_of(
    session: AsyncSession, version_ids: list[str]
) -> dict[str, list[SignedService]]:
    found: dict[str, list[SignedService]] = {each: [] for each in version_ids}
    for row in await session.scalars(
        select(SignedServiceRow)
        .where(SignedServiceRow.version_id.in_(version_ids))
        .order_by(SignedServiceRow.position)
    ):
        found[row.version_id].append(_service(row))
    return found


def _service(row: SignedServiceRow) -> SignedService:
    return SignedService(
        service=row.service,
        service_area=row.service_area,
        name=row.name,
        name_sv=row.name_sv,
        items=tuple(
            SignedItem(
                key=item["key"],
                name=item["name"],
                unit=item["unit"],
                unit_price_ore=item["unit_price_ore"],
                yearly_quantity=item["yearly_quantity"],
                own_price=OwnPrice.model_validate(own) if (own := item.get("own_price")) else None,
                band=VolumeBand.model_validate(band) if (band := item.get("band")) else None,
                prices_by_year_ore=tuple(item.get("prices_by_year_ore", ())),
            )
            for item in row.fee_items
        ),
    )


def _version(row: SignedVersionRow, services: list[SignedService]) -> Version:
    return Version(
        number=row.number,
        agreement_id=row.agreement_id,
        org_number=row.org_number,
        customer_name=row.customer_name,
        tariff=row.tariff,
        signed_on=row.signed_on,
        holds_from=row.holds_from,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        credit_rule=CreditRule(
            Decimal(row.percent_per_breach),
            Decimal(row.monthly_cap_percent),
            tuple(CreditBand.model_validate(each) for each in row.credit_bands),
            tuple(row.credit_exclusions),
        ),
        true_up_days=tuple(row.true_up_days),
        services=tuple(services),
    )


async def ending_told(
    session: AsyncSession, subscription_id: str, service: str, rank: str
) -> EndingRow | None:
    """What one event told of the end of a service; of the agreement, for an empty text."""
    return await session.scalar(
        select(EndingRow).where(
            EndingRow.subscription_id == subscription_id,
            EndingRow.service == service,
            EndingRow.rank == rank,
        )
    )


async def charged(session: AsyncSession, subscription_id: str) -> dict[tuple[str, Month], int]:
    """What was invoiced so far by service and month, corrections taken in."""
    rows = await session.execute(
        select(InstalmentRow.service, InstalmentRow.period, func.sum(InstalmentRow.amount_ore))
        .where(InstalmentRow.subscription_id == subscription_id)
        .group_by(InstalmentRow.service, InstalmentRow.period)
    )
    return {(service, Month.parse(period)): int(amount) for service, period, amount in rows}


async def signed_units(session: AsyncSession) -> frozenset[str]:
    """The units of everything that was ever signed."""
    signed = await session.scalars(select(SignedServiceRow.fee_items))
    return frozenset(item["unit"] for items in signed for item in items)
