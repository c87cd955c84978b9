"""Use cases of quotes: give one, show it, reckon it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.customers import repository as customers
from services.billing.own_prices import repository as own_price_rows
from services.billing.own_prices import service as own_prices
from services.billing.own_prices.catalogue import priced_services
from services.billing.own_prices.items import items_by_service
from services.billing.schedule import stockholm_day
from services.billing.tables import QuoteRow
from services.billing.tariffs import quote_repository, repository
from services.billing.tariffs.choosing import tariff_for
from services.billing.tariffs.indicating import IndicationRefusedError
from services.billing.tariffs.problems import QUOTE_REFUSED
from services.billing.tariffs.quoting import (
    QuotedUse,
    QuoteInputs,
    QuoteResult,
    differing,
    reckon,
    require_known_volumes,
)
from services.billing.tariffs.service import name_sv_of
from services.billing.tariffs.versions import TariffStatus
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Wanted:
    """What a quote is asked for; what is None is found: the tariff in force, today."""

    org_number: str | None
    case_id: str | None
    tariff: str | None
    on: date | None
    headcount: int | None
    customer_year: int
    services: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Quote:
    """A stored quote, and how its tariff stands now."""

    row: QuoteRow
    inputs: QuoteInputs
    result: QuoteResult
    tariff_status: TariffStatus


@dataclass(frozen=True)
class Recomputation:
    """A stored quote reckoned again, and where the two differ."""

    quote: Quote
    result: QuoteResult
    differences: tuple[tuple[str, object, object], ...]


async def give(uow: UnitOfWork, wanted: Wanted) -> Quote:
    """Reckon a quote and keep it with all that it was reckoned from.

    Raises:
        Problem: ``quote_refused``; ``reason`` says why, as for a fee indication.
    """
    try:
        row = await _reckoned(uow, wanted)
    except IndicationRefusedError as refusal:
        raise Problem(
            QUOTE_REFUSED, refusal.reason, reason=refusal.code, detail_sv=refusal.reason_sv
        ) from refusal
    uow.session.add(row)
    await uow.session.flush()
    uow.audit("quote-given", row.id, f"{row.inputs['tariff']} {row.yearly_total_ore}")
    return (await _quotes(uow, [row]))[0]


async def _reckoned(uow: UnitOfWork, wanted: Wanted) -> QuoteRow:
    day = wanted.on or stockholm_day(uow.now)
    version = tariff_for(await repository.versions(uow.session), wanted.tariff, day, uow.now)
    own = await own_prices.holding(
        uow, list(wanted.services), wanted.org_number, day, case_id=wanted.case_id
    )
    headcount = wanted.headcount
    if headcount is None:
        known = await customers.find(uow.session, wanted.org_number or "")
        headcount = known.headcount if known is not None else 0
    items = items_by_service(own)
    units = {key: each.units for key, each in priced_services().items()}
    require_known_volumes(version.tariff, items, wanted.services, units)
    inputs = QuoteInputs(
        on=day,
        headcount=headcount,
        customer_year=wanted.customer_year,
        case_id=wanted.case_id,
        services=tuple(
            QuotedUse(service=service, yearly_volumes=dict(volumes))
            for service, volumes in wanted.services.items()
        ),
        tariff=version.tariff.key,
        tariff_version=version.number,
        own_prices=tuple(price.id for price in own),
    )
    result = reckon(version.tariff, items, inputs, _names(inputs))
    return QuoteRow(
        id=new_id(),
        org_number=wanted.org_number,
        tariff_version_id=version.id,
        quoted_on=day,
        inputs=inputs.model_dump(mode="json"),
        result=result.model_dump(mode="json"),
        yearly_total_ore=result.yearly_total_ore,
        quoted_by=uow.actor.client_id if uow.actor else "system",
        recorded_at=uow.now,
    )


def _names(inputs: QuoteInputs) -> list[str | None]:
    return [name_sv_of(each.service) for each in inputs.services]


async def get(uow: UnitOfWork, quote_id: str, scope: Scope | None) -> Quote:
    """One quote as it was given.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    row = await quote_repository.find(uow.session, quote_id, scope)
    if row is None:
        raise not_found("quote")
    return (await _quotes(uow, [row]))[0]


async def recompute(uow: UnitOfWork, quote_id: str, scope: Scope | None) -> Recomputation:
    """Reckon a quote again from what it names, be the tariff withdrawn since or not.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    quote = await get(uow, quote_id, scope)
    version = await repository.by_id(uow.session, quote.row.tariff_version_id)
    prices = await own_price_rows.by_ids(uow.session, quote.inputs.own_prices)
    prices.sort(key=lambda price: quote.inputs.own_prices.index(price.id))
    result = reckon(version.tariff, items_by_service(prices), quote.inputs, _names(quote.inputs))
    found = differing(quote.row.result, result.model_dump(mode="json"))
    return Recomputation(quote, result, tuple(found))


async def page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> Sequence[Quote]:
    """Quotes within a scope, oldest first."""
    rows = await quote_repository.page(uow.session, scope, after, limit)
    return await _quotes(uow, rows)


async def _quotes(uow: UnitOfWork, rows: Sequence[QuoteRow]) -> list[Quote]:
    statuses = await repository.statuses(uow.session, [row.tariff_version_id for row in rows])
    return [
        Quote(
            row=row,
            inputs=QuoteInputs.model_validate(row.inputs),
            result=QuoteResult.model_validate(row.result),
            tariff_status=statuses[row.tariff_version_id],
        )
        for row in rows
    ]
