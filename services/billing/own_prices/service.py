"""Use cases of own prices: register a version, withdraw a price, tell what holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from sqlalchemy.exc import IntegrityError

from services.billing.customers import repository as customers
from services.billing.own_prices import repository
from services.billing.own_prices.catalogue import PricedService, names_of, priced_services
from services.billing.own_prices.domain import (
    NotNewestError,
    OverlapError,
    PriceVersion,
    Series,
    in_force,
    last_day,
    next_number,
    replaced_by,
    standing,
)
from services.billing.own_prices.problems import (
    NOT_IN_TARIFF,
    PRICE_FOR_NOBODY,
    PRICE_NOT_NEWEST,
    PRICE_OVERLAPS,
    PRICE_WITHDRAWN,
    SERVICE_NOT_PRICEABLE,
    SERVICE_PRICED_BY_TARIFF,
)
from services.billing.own_prices.repository import Registered
from services.billing.problems import CUSTOMER_UNKNOWN, UNIT_NOT_OF_SERVICE
from services.billing.schedule import stockholm_day
from services.billing.tariffs import repository as tariffs
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


@dataclass(frozen=True)
class NewPrice:
    """A price that finance registers; ``replaces`` is the version whose place it takes."""

    service: str
    unit: str
    org_number: str | None
    amount_ore: int
    cost_basis: str
    valid_from: date
    replaces: int | None
    case_id: str | None = None
    vat_percent: str | None = None
    beside_tariff: bool = False
    instead_of: str | None = None
    name: str | None = None
    name_sv: str | None = None

    @property
    def beside(self) -> bool:
        """Whether it is paid though the tariff prices the service."""
        return self.beside_tariff or self.instead_of is not None

    @property
    def series(self) -> Series:
        """The price that it becomes a version of."""
        return Series(
            self.service, self.unit, self.org_number, self.case_id, self.beside, self.instead_of
        )


@dataclass(frozen=True)
class PriceStanding:
    """A version and how it stands among those of its price.

    ``last_day`` is the day before the next one takes over; ``replaced_by`` the number of the
    version that took its place, so that it holds on no day.
    """

    registered: Registered
    last_day: date | None
    replaced_by: int | None


async def register(uow: UnitOfWork, new: NewPrice) -> PriceStanding:
    """Register a price, or a further version of one.

    Raises:
        Problem: ``service_not_priceable``, ``unit_not_of_service``, ``customer_unknown``,
            ``service_priced_by_tariff``, ``not_in_tariff``, ``price_for_nobody``,
            ``price_not_newest``, ``price_overlaps``.
    """
    service = _service(new.service)
    if new.unit not in service.charged_by:
        raise Problem(
            UNIT_NOT_OF_SERVICE,
            f"{service.name} is charged by {', '.join(service.charged_by)}; nobody would report"
            f" volumes in {new.unit}. Give the price by one of them.",
            units=list(service.charged_by),
        )
    await _require_its_place(uow, service, new)
    if new.org_number is not None and await customers.find(uow.session, new.org_number) is None:
        raise Problem(
            CUSTOMER_UNKNOWN,
            f"{new.org_number} is not registered as an agency, so the price would be for nobody."
            " Register the agency first, or leave org_number out for a price for all.",
        )
    versions = await repository.versions(uow.session, [repository.series_of(new.series)])
    name, name_sv = names_of(service, new.unit)
    version = PriceVersion(
        id=new_id(),
        service=new.service,
        service_area=service.service_area,
        unit=new.unit,
        org_number=new.org_number,
        number=_number(versions, new.valid_from, new.replaces),
        amount_ore=new.amount_ore,
        vat_percent=new.vat_percent,
        name=new.name or name,
        name_sv=new.name_sv or new.name or name_sv,
        cost_basis=new.cost_basis,
        valid_from=new.valid_from,
        replaces=new.replaces,
        case_id=new.case_id,
        beside_tariff=new.beside,
        instead_of=new.instead_of,
    )
    return await _store(uow, version, versions, "price-registered")


async def withdraw(uow: UnitOfWork, price_id: str, valid_from: date, reason: str) -> PriceStanding:
    """Let a price end: from a day, nothing is charged by it in new fee indications.

    Raises:
        Problem: ``not_found``, ``price_not_newest``, ``price_withdrawn``, ``price_overlaps``.
    """
    found = await repository.find(uow.session, price_id, None)
    if found is None:
        raise not_found("price item")
    ended = found.version
    versions = await repository.versions(uow.session, [repository.series_of(ended.series)])
    newest = standing(versions)[-1]
    if ended.amount_ore is None or newest.amount_ore is None:
        raise Problem(
            PRICE_WITHDRAWN,
            f"The price is withdrawn from {newest.valid_from} already; nothing is left to do.",
        )
    if newest.id != ended.id:
        _refuse_not_newest(newest)
    version = PriceVersion(
        id=new_id(),
        service=ended.service,
        service_area=ended.service_area,
        unit=ended.unit,
        org_number=ended.org_number,
        number=_number(versions, valid_from, None),
        amount_ore=None,
        name=ended.name,
        name_sv=ended.name_sv,
        cost_basis=reason,
        valid_from=valid_from,
        case_id=ended.case_id,
        beside_tariff=ended.beside_tariff,
        instead_of=ended.instead_of,
    )
    return await _store(uow, version, versions, "price-withdrawn")


async def holding(
    uow: UnitOfWork,
    services: Iterable[str] | None,
    org_number: str | None,
    day: date,
    *,
    case_id: str | None = None,
) -> tuple[PriceVersion, ...]:
    """The own prices that an agency pays by on a day; of all services when none is named.

    With a case, those of the agreement that the case is about count too.
    """
    versions = await repository.of_services(uow.session, services, org_number)
    return in_force(versions, org_number, day, case_id)


async def get(uow: UnitOfWork, price_id: str, scope: Scope | None) -> PriceStanding:
    """One version that is for everybody or within a scope.

    Raises:
        Problem: ``not_found``.
    """
    found = await repository.find(uow.session, price_id, scope)
    if found is None:
        raise not_found("price item")
    [shown] = await _standing(uow, [found])
    return shown


async def page(
    uow: UnitOfWork, scope: Scope | None, service: str | None, after: str | None, limit: int
) -> Sequence[PriceStanding]:
    """Versions for everybody and within a scope, in the order they were registered."""
    return await _standing(uow, await repository.page(uow.session, scope, service, after, limit))


async def _standing(uow: UnitOfWork, found: Sequence[Registered]) -> list[PriceStanding]:
    series = {repository.series_of(each.version.series) for each in found}
    known = await repository.versions(uow.session, series)
    shown = []
    for each in found:
        versions = [one for one in known if one.series == each.version.series]
        shown.append(_among(each, versions))
    return shown


def _among(registered: Registered, versions: Sequence[PriceVersion]) -> PriceStanding:
    version = registered.version
    return PriceStanding(registered, last_day(version, versions), replaced_by(version, versions))


async def _store(
    uow: UnitOfWork, version: PriceVersion, versions: Sequence[PriceVersion], action: str
) -> PriceStanding:
    by = uow.actor.client_id if uow.actor else "system"
    registered = Registered(version, by, uow.recorded_at)
    try:
        async with uow.session.begin_nested():
            await repository.add(uow.session, registered)
    except IntegrityError as error:
        raise Problem(
            PRICE_OVERLAPS,
            "Somebody else registered a version of this price at the same moment; yours was not"
            " taken. Read the price again and decide anew.",
        ) from error
    uow.audit(action, version.id, f"{version.key} version {version.number}")
    return _among(registered, [*versions, version])


def _service(key: str) -> PricedService:
    service = priced_services().get(key)
    if service is None:
        known = sorted(priced_services())
        raise Problem(
            SERVICE_NOT_PRICEABLE,
            f"There is no service {key} in the catalogue. The services are {', '.join(known)}.",
            services=known,
        )
    return service


async def _require_its_place(uow: UnitOfWork, service: PricedService, new: NewPrice) -> None:
    """Where the tariff prices a service, a price has a place beside it only for one agency.

    A price for all beside the tariff would never be used: the tariff goes first.
    """
    if new.org_number is None and (new.beside or new.case_id is not None):
        raise Problem(
            PRICE_FOR_NOBODY,
            "A price of one agreement, or beside the tariff's, is a matter between the centre and"
            " one agency. Name the agency in org_number; a fee for all belongs in the tariff.",
        )
    day = max(new.valid_from, stockholm_day(uow.now))
    version = await tariffs.holding(uow.session, day, uow.now)
    items = version.tariff.items_of(service.key) if version is not None else ()
    if not new.beside and items and version is not None:
        raise Problem(
            SERVICE_PRICED_BY_TARIFF,
            f"{service.name} is priced by the published tariff {version.tariff.key}, which goes"
            " before prices of our own. Change the tariff instead; or, for one agency, say with"
            " beside_tariff or instead_of how the price stands beside it.",
            tariff=version.tariff.key,
        )
    keys = [item.key for item in items]
    if new.beside and (not items or (new.instead_of or keys[0]) not in keys):
        wanted = new.instead_of or f"fee for {service.key}"
        raise Problem(
            NOT_IN_TARIFF,
            f"The tariff that holds on {day} has no {wanted}, so nothing can stand beside it or in"
            f" its place. Its items for the service are: {', '.join(keys) or 'none'}.",
            items=keys,
        )


def _number(versions: Sequence[PriceVersion], valid_from: date, replaces: int | None) -> int:
    try:
        return next_number(versions, valid_from, replaces)
    except NotNewestError as error:
        _refuse_not_newest(error.newest)
    except OverlapError as error:
        held = error.standing
        raise Problem(
            PRICE_OVERLAPS,
            f"Version {held.number} of the price holds from {held.valid_from}, so {valid_from} is"
            " too early. Choose a later day; or, to correct the newest version, name it in"
            " replaces.",
            version=held.number,
            valid_from=held.valid_from.isoformat(),
        ) from error


def _refuse_not_newest(newest: PriceVersion | None) -> NoReturn:
    if newest is None:
        said = "The price has no version yet; leave replaces out."
    else:
        said = f"The newest version is number {newest.number}; read it and decide anew."
    raise Problem(
        PRICE_NOT_NEWEST, said, newest_version=newest.number if newest is not None else None
    )
