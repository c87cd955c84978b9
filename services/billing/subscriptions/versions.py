"""From what was signed, version by version, and what came of it, to the days charged for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.billing.subscriptions.domain import ServiceTerms, SignedItem, Stretch
from services.contracts.operation import Facts, agreed_days, days_in_operation
from services.contracts.values import CreditBand, CreditTerms

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CreditRule:
    """The signed compensation for deficient delivery, in percent of a monthly instalment.

    ``bands`` are for levels that missed their share; ``exclusions`` the causes that give none.
    """

    percent_per_breach: Decimal
    monthly_cap_percent: Decimal
    bands: tuple[CreditBand, ...] = ()
    exclusions: tuple[str, ...] = ()

    @property
    def terms(self) -> CreditTerms:
        """The compensation as it was signed."""
        return CreditTerms(
            percent_per_breach=self.percent_per_breach,
            monthly_cap_percent=self.monthly_cap_percent,
            bands=self.bands,
            exclusions=self.exclusions,
        )


@dataclass(frozen=True)
class SignedService:
    """A service as a version has it."""

    service: str
    service_area: str
    name: str
    name_sv: str
    items: tuple[SignedItem, ...]


@dataclass(frozen=True)
class Version:
    """A signed version of an agreement.

    ``holds_from`` is its first day; None for a version that amends none.
    """

    number: int
    agreement_id: str
    org_number: str
    customer_name: str
    tariff: str
    signed_on: date
    holds_from: date | None
    valid_from: date
    valid_until: date
    credit_rule: CreditRule
    true_up_days: tuple[str, ...]
    services: tuple[SignedService, ...]

    def find(self, service: str) -> SignedService | None:
        """A service of the version."""
        return next((each for each in self.services if each.service == service), None)

    def has(self, service: str) -> bool:
        """Whether the version is about a service."""
        return self.find(service) is not None

    def items_of(self, service: str) -> tuple[SignedItem, ...]:
        """The fee items of a service; none when the version does not have it."""
        found = self.find(service)
        return found.items if found else ()


def terms_by_service(versions: Sequence[Version], facts: Facts) -> tuple[ServiceTerms, ...]:
    """What each service is charged for: the newest version's services first, in its order.

    Args:
        versions: at least one, in any order.
        facts: what came of them.
    """
    return tuple(_terms(each, versions, facts) for each in signed_services(versions))


def signed_services(versions: Iterable[Version]) -> tuple[SignedService, ...]:
    """Every service that was ever signed, as signed last; the newest version's first."""
    newest_first = sorted(versions, key=lambda each: each.number, reverse=True)
    found: dict[str, SignedService] = {}
    for version in newest_first:
        for each in version.services:
            found.setdefault(each.service, each)
    return tuple(found.values())


def _terms(signed: SignedService, versions: Sequence[Version], facts: Facts) -> ServiceTerms:
    stretches: list[Stretch] = []
    begun: date | None = None
    for days in days_in_operation(versions, facts, signed.service):
        begun = begun or days.first
        items = days.version.items_of(signed.service)
        for each in _by_year(Stretch(days.first, days.last, items), begun):
            _append(stretches, each)
    agreed = agreed_days(versions, facts, signed.service)
    return ServiceTerms(
        service=signed.service,
        service_area=signed.service_area,
        name=signed.name,
        items=signed.items,
        stretches=tuple(stretches),
        ends_on=max((each.last for each in agreed), default=None),
    )


def _by_year(whole: Stretch, begun: date) -> Iterator[Stretch]:
    """A stretch cut where the service's year at the customer turns, each with its prices.

    A service that began on 29 February turns its year on 1 March where there is none.
    """
    if not any(item.prices_by_year_ore for item in whole.items):
        yield whole
        return
    first = whole.first
    while first <= whole.last:
        year = first.year - begun.year + (_anniversary(begun, first.year) <= first)
        turns = _anniversary(begun, begun.year + year)
        last = min(whole.last, turns - _A_DAY)
        yield Stretch(first, last, tuple(item.in_year(year) for item in whole.items))
        first = turns


def _anniversary(begun: date, year: int) -> date:
    try:
        return begun.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _append(stretches: list[Stretch], following: Stretch) -> None:
    """Add a stretch; one that goes on with the same items lengthens the one before."""
    if stretches:
        before = stretches[-1]
        if before.items == following.items and before.last + _A_DAY == following.first:
            stretches[-1] = Stretch(before.first, following.last, following.items)
            return
    stretches.append(following)
