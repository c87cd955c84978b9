"""Use case of the indicators: load what is known of a year, and tell each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.billing.customers import repository as customers
from services.billing.indicators import gaps, repository, wording
from services.billing.indicators.domain import (
    IndicatorKey,
    LevelOutcome,
    Share,
    agencies_on,
    fee_changes,
    has_ceased,
    measured,
)
from services.billing.indicators.gaps import Gap, GapKind
from services.billing.indicators.wording import Sentences
from services.billing.months import Month
from services.billing.productivity import service as productivity
from services.billing.productivity.service import ServiceUnitCost
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.service import Subscription
from services.billing.tariffs import repository as tariffs
from services.billing.tariffs.effects import signed_uses
from services.billing.tariffs.versions import in_force
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Register
from services.contracts.values import MeasureKind


@dataclass(frozen=True)
class Figure:
    """A figure of an indicator, of a service or (none) of the whole centre.

    ``value`` is None where it cannot be told. Beside it stand what it was reckoned from, what
    is missing, and what it says.
    """

    service: str | None
    value: Fraction | None
    numerator: int | None
    denominator: int | None
    missing: tuple[Gap, ...]
    sentences: Sentences


@dataclass(frozen=True)
class Indicators:
    """The indicators of a year, by what was the case on a day of it."""

    year: int
    on: date
    figures: dict[IndicatorKey, tuple[Figure, ...]]


@dataclass(frozen=True)
class _Known:
    """What several indicators stand on."""

    year: int
    on: date
    subscriptions: Sequence[Subscription]
    register: Register
    unit_costs: Sequence[ServiceUnitCost]

    def live_months(self) -> dict[str, frozenset[Month]]:
        """The months that have ended in which each service was in operation."""
        return {
            each.service: frozenset(month.month for month in each.months if month.is_live)
            for each in self.unit_costs
        }


async def indicators(uow: UnitOfWork, year: int) -> Indicators:
    """The seven indicators on the year's last day, or today where it is not over.

    Raises:
        Problem: ``year_not_begun``.
    """
    on = productivity.day_of_year(uow, year)
    known = await subscriptions.every(uow)
    found = _Known(
        year=year,
        on=on,
        subscriptions=known,
        register=await customers.register(uow.session),
        unit_costs=await productivity.unit_costs(uow, year, stockholm_day(uow.now), known),
    )
    outcomes = await repository.outcomes(uow.session, year)
    figures = {
        **await _connected(uow, found),
        IndicatorKey.UNITS: tuple(_units(each, year) for each in found.unit_costs),
        IndicatorKey.COST_PER_UNIT: tuple(_unit_cost(each, year) for each in found.unit_costs),
        IndicatorKey.FEE_CHANGE: tuple(await _fee_changes(uow, found)),
        IndicatorKey.AVAILABILITY: tuple(
            _of_levels(found, outcomes, MeasureKind.AVAILABILITY, wording.availability)
        ),
        IndicatorKey.SATISFACTION: tuple(
            _of_levels(found, outcomes, MeasureKind.SATISFACTION, wording.satisfaction)
        ),
    }
    return Indicators(year, on, figures)


async def _connected(uow: UnitOfWork, known: _Known) -> dict[IndicatorKey, tuple[Figure, ...]]:
    on = known.on
    live = {each.holder_on(on) for each in known.subscriptions if _is_live(each, on)}
    registered = await repository.registered_on(uow.session)
    agencies = agencies_on(known.register, registered, live, on)
    share = Share(len(agencies & live), len(agencies))
    missing = () if agencies else (gaps.no_agencies(on),)
    said = wording.connected(share, on, preparedness=False)
    return {
        IndicatorKey.AGENCIES_CONNECTED: (_share(None, share, missing, said),),
        IndicatorKey.PREPAREDNESS_AGENCIES_CONNECTED: (await _prepared(uow, known, live),),
    }


async def _prepared(uow: UnitOfWork, known: _Known, live: set[str]) -> Figure:
    on = known.on
    row = await repository.list_on(uow.session, on)
    if row is None:
        return Figure(None, None, None, None, (gaps.no_list(on),), wording.NOT_KNOWN)
    ceased = {each for each in row.org_numbers if has_ceased(known.register, each, on)}
    there = set(row.org_numbers) - ceased
    share = Share(len(there & live), len(there))
    said = wording.connected(share, on, preparedness=True)
    missing = gaps.listed_but_ceased(ceased)
    if not there:
        missing = (*missing, gaps.no_agencies(on))
    return _share(None, share, missing, said)


def _is_live(subscription: Subscription, day: date) -> bool:
    return any(
        stretch.first <= day <= stretch.last
        for terms in subscription.terms
        for stretch in terms.stretches
    )


def _units(found: ServiceUnitCost, year: int) -> Figure:
    known = [month.units for month in found.months if month.units is not None]
    number = sum(known) if known else None
    unknown = {each.month for each in found.months if each.is_live and each.units is None}
    return Figure(
        service=found.service,
        value=None if number is None else Fraction(number),
        numerator=number,
        denominator=None,
        missing=(*gaps.of_months(GapKind.UNITS, unknown), *_silent(found)),
        sentences=wording.units(found.service, year, number),
    )


def _unit_cost(found: ServiceUnitCost, year: int) -> Figure:
    cost = found.year
    live = [each for each in found.months if each.is_live]
    without = {each.month for each in live if each.ordinary_ore is None}
    unknown = {each.month for each in live if each.units is None}
    outdated = {each.month for each in found.months if each.is_outdated}
    return Figure(
        service=found.service,
        value=cost.exact_ore if cost else None,
        numerator=cost.ordinary_ore if cost else None,
        denominator=cost.units if cost else None,
        missing=(
            *gaps.of_months(GapKind.COST, without),
            *gaps.of_months(GapKind.UNITS, unknown),
            *gaps.of_months(GapKind.OUTDATED_DISTRIBUTION, outdated),
            *_silent(found),
        ),
        sentences=wording.unit_cost(found.service, year, cost),
    )


def _silent(found: ServiceUnitCost) -> tuple[Gap, ...]:
    months = {each.month for each in found.months if each.silent and each.units is not None}
    return gaps.of_months(GapKind.SILENT_SUBSCRIPTIONS, months)


async def _fee_changes(uow: UnitOfWork, known: _Known) -> list[Figure]:
    before = date(known.year - 1, 12, 31)
    versions = await tariffs.versions(uow.session)
    old, new = (in_force(versions, day, uow.now) for day in (before, known.on))
    if old is None or new is None:
        days = [day for day, found in ((before, old), (known.on, new)) if found is None]
        return [_nothing(gaps.no_tariff(days))]
    signed = {
        each.row.id
        for each in known.subscriptions
        if min(version.valid_from for version in each.versions) <= known.on
    }
    found = await signed_uses(uow, known.on, known.subscriptions)
    uses = [use for use in found if use.subscription_id in signed]
    if not uses:
        return [_nothing(gaps.no_agreements(known.on))]
    return [
        Figure(
            service=service,
            value=change.percent,
            numerator=change.new_ore,
            denominator=change.old_ore,
            missing=(
                *([] if change.is_priced else [gaps.not_priced()]),
                *([gaps.quantity_unknown(change.unknown)] if change.unknown else []),
            ),
            sentences=wording.fee_change(service, change, old.tariff, new.tariff),
        )
        for service, change in fee_changes(old.tariff, new.tariff, uses).items()
    ]


def _of_levels(
    known: _Known,
    outcomes: Iterable[LevelOutcome],
    kind: MeasureKind,
    say: Callable[[str | None, int, Share], Sentences],
) -> Iterator[Figure]:
    """The figure of all services, then of each that has such a level."""
    by_service: dict[str, list[LevelOutcome]] = defaultdict(list)
    for each in outcomes:
        if each.kind is kind:
            by_service[each.service].append(each)
    whole = measured((each for many in by_service.values() for each in many), kind)
    missing = gaps.without_counts(whole.uncounted)
    if not whole.months:
        missing = (*missing, gaps.nothing_measured())
    yield _share(None, whole.share, missing, say(None, known.year, whole.share))
    live = known.live_months()
    for service, many in sorted(by_service.items()):
        found = measured(many, kind)
        unknown = live.get(service, frozenset()) - found.months
        yield _share(
            service,
            found.share,
            (
                *gaps.of_months(GapKind.RESULTS, unknown),
                *gaps.without_counts(found.uncounted),
            ),
            say(service, known.year, found.share),
        )


def _share(
    service: str | None, share: Share, missing: tuple[Gap, ...], sentences: Sentences
) -> Figure:
    return Figure(service, share.percent, share.numerator, share.denominator, missing, sentences)


def _nothing(gap: Gap) -> Figure:
    return Figure(None, None, None, None, (gap,), wording.NOT_KNOWN)
