"""What a month of a service came to, as it is known now: gathered, and judged.

Closings and their corrections are made from this; so is what statements and reports show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement, Version
from services.collab_model.calendars.domain import Interval
from services.collab_model.calendars.service import day_of, service_time_of
from services.collab_model.following_up import data
from services.collab_model.following_up.causes import repository as causes
from services.collab_model.levels import evidence as stored
from services.collab_model.levels import repository
from services.collab_model.levels.decided import decided_cases
from services.collab_model.levels.domain import Level, Month, Outcome, Tally
from services.collab_model.levels.measures import (
    AgreedHours,
    Availability,
    Made,
    Promised,
    availability,
    due_day,
)
from services.collab_model.levels.month import MonthMeasured
from services.collab_model.levels.readings import kept_deliveries, kept_stops
from services.collab_model.levels.results import (
    DecidedCase,
    Judgement,
    LevelResult,
    Stated,
    of_availability,
    of_clocks,
    of_deliveries,
    of_readings,
    of_survey,
)
from services.collab_model.tables import AgreementServiceRow, CauseRow, ReadingRow
from services.contracts.credits import CreditCalculation, Measured, calculate
from services.contracts.values import CreditTerms, MeasureKind

_A_DAY = timedelta(days=1)
_ADDED_UP = frozenset({MeasureKind.QUALITY_SHARE, MeasureKind.SATISFACTION})
"""The kinds whose readings need only be added up."""


def measuring_version(agreement: Agreement, service: str, month: Month) -> Version:
    """The version whose levels measure a month: that of its last day in operation."""
    days = [
        min(each.last, month.last_day)
        for each in agreement.days_of(service)
        if each.first <= month.last_day and each.last >= month.first_day
    ]
    return agreement.version_on(max(days, default=month.last_day))


async def measure(
    uow: UnitOfWork,
    agreement: Agreement,
    service: AgreementServiceRow,
    month: Month,
    *,
    closed_at: datetime | None = None,
) -> MonthMeasured:
    """What a month of a service came to, by what is known now.

    Of a month that is closed, calendars and the rules of clocks stay as they were known at its
    closing (``closed_at``): what happened is told better later, what was agreed is not.
    """
    key = service.service
    version = measuring_version(agreement, key, month)
    levels = await repository.levels_of_service(uow.session, agreement.id, version.number, key)
    name, terms = await repository.signed_by(uow.session, agreement.id, version.number)
    cases = await decided_cases(uow, agreement, key, month, closed_at)
    evidence = await _Evidence.of(uow, agreement, key, month, levels, closed_at)
    judgement = await _judgement(uow, agreement, service, month, terms)
    results = tuple(_result(each, cases, evidence, judgement) for each in levels)
    breaches, excluded = await _breaches(uow, cases, results)
    return MonthMeasured(
        version=version.number,
        customer_name=name,
        results=results,
        promises=tuple(
            (level.key, each) for level in levels for each in evidence.promises.get(level.key, ())
        ),
        availabilities=tuple(evidence.availabilities.items()),
        breaches=breaches,
        excluded_breaches=excluded,
        terms=terms,
        credit=_credit(terms, len(breaches) - len(excluded), results),
    )


def _result(
    level: Level, cases: Sequence[DecidedCase], evidence: _Evidence, judgement: Judgement
) -> LevelResult:
    if level.is_timed:
        return of_clocks(level, [each for each in cases if each.level == level.key], judgement)
    if level.kind is MeasureKind.AVAILABILITY:
        return of_availability(level, evidence.availabilities.get(level.key), judgement)
    if level.kind is MeasureKind.PUNCTUALITY:
        return of_deliveries(level, evidence.promises.get(level.key, ()), judgement)
    tally = evidence.tallies.get(level.key, Tally())
    if level.kind is MeasureKind.SATISFACTION:
        least = data.thresholds().least_answers
        return of_survey(level, tally, judgement, least_answers=least)
    return of_readings(level, tally, judgement)


def _credit(
    terms: CreditTerms | None, breaches: int, results: Sequence[LevelResult]
) -> CreditCalculation | None:
    if terms is None:
        return None
    return calculate(terms, breaches, [credited(each.outcome) for each in results])


def credited(outcome: Outcome) -> Measured:
    """An outcome as credits are calculated from it."""
    return Measured(
        level=outcome.level.key,
        kind=outcome.level.kind,
        required_share_percent=outcome.level.required_share_percent,
        good=outcome.tally.good,
        total=outcome.tally.total,
        excluded=outcome.excluded,
    )


@dataclass(frozen=True)
class _Evidence:
    """What readings tell of a month, by level."""

    tallies: Mapping[str, Tally]
    promises: dict[str, list[Promised]]
    availabilities: dict[str, Availability]

    @classmethod
    async def of(
        cls,
        uow: UnitOfWork,
        agreement: Agreement,
        service: str,
        month: Month,
        levels: Sequence[Level],
        closed_at: datetime | None,
    ) -> _Evidence:
        """Gather it; the calendar is asked for only where a level is reckoned on it."""
        session = uow.session
        tallies: Mapping[str, Tally] = {}
        if any(each.kind in _ADDED_UP for each in levels):
            tallies = await stored.tallies(session, agreement.id, service, str(month))
        by_calendar = [
            each
            for each in levels
            if each.kind in {MeasureKind.AVAILABILITY, MeasureKind.PUNCTUALITY}
        ]
        if not by_calendar:
            return cls(tallies, {}, {})
        rows = await stored.readings_of(
            session, agreement.id, service, str(month), [each.key for each in by_calendar]
        )
        hours = await service_time_of(uow, agreement, known_at=closed_at)
        stretches = _in_operation(agreement, service, month, uow.now)
        promises: dict[str, list[Promised]] = {}
        availabilities: dict[str, Availability] = {}
        for level in by_calendar:
            own = [row for row in rows if row.level == level.key]
            if level.kind is MeasureKind.PUNCTUALITY:
                promises[level.key] = _promises(level, own, month, hours, stretches)
            elif own:
                stops = [stop for row in own for stop in kept_stops(row.id, row.content)]
                availabilities[level.key] = availability(
                    hours, stretches, stops, level.planned_stops, day_of
                )
        return cls(tallies, promises, availabilities)


def _in_operation(
    agreement: Agreement, service: str, month: Month, now: datetime
) -> list[Interval]:
    """The times of a month, as far as it has come, in which a service was in operation."""
    found = []
    for days in agreement.days_of(service):
        first, last = max(days.first, month.first_day), min(days.last, month.last_day)
        start, end = _midnight(first), min(_midnight(last + _A_DAY), now) if first <= last else now
        if first <= last and start < end:
            found.append(Interval(start, end))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0, 0), tzinfo=STOCKHOLM).astimezone(UTC)


def _promises(
    level: Level,
    rows: Sequence[ReadingRow],
    month: Month,
    hours: AgreedHours,
    stretches: Sequence[Interval],
) -> list[Promised]:
    """What was due in a month while the service was in operation, and what came of it."""
    made: dict[str, Made] = {}
    for each in (each for row in rows for each in kept_deliveries(row.content)):
        earlier = made.get(each.delivery)
        if earlier is None or each.at < earlier.at:
            made[each.delivery] = each
    found = []
    for delivery in level.deliveries:
        if delivery.months and month.month not in delivery.months:
            continue
        due = due_day(delivery.due, month, hours)
        if due is None or not any(
            stretch.start < _midnight(due + _A_DAY) <= stretch.end for stretch in stretches
        ):
            continue
        done = made.get(delivery.key)
        in_time = done is not None and day_of(done.at) <= due
        found.append(Promised(delivery.key, delivery.name_sv, due, done, in_time))
    return sorted(found, key=lambda each: (each.due_on, each.key))


async def _judgement(
    uow: UnitOfWork,
    agreement: Agreement,
    service: AgreementServiceRow,
    month: Month,
    terms: CreditTerms | None,
) -> Judgement:
    stated: dict[tuple[str | None, str], CauseRow] = {}
    for row in await causes.of_service(uow.session, agreement.id, service.service, str(month)):
        stated[row.level, row.subject] = row

    def find(level: str, subject: str) -> Stated:
        found = [row for row in (stated.get((level, subject)), stated.get((None, subject))) if row]
        if not found:
            return Stated()
        latest = max(found, key=lambda row: row.id)
        return Stated(latest.cause, latest.team, latest.note)

    return Judgement(
        stated=find,
        exclusions=frozenset(terms.exclusions if terms else ()),
        not_stated=data.causes().not_stated.key,
        team=data.teams().of_area(service.service_area).key,
    )


async def _breaches(
    uow: UnitOfWork, cases: Sequence[DecidedCase], results: Sequence[LevelResult]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The recorded breaches of matters that failed, and those of them that give no credit."""
    failed = [(each.matter_id, each.level, each.at) for each in cases if not each.met]
    excluded = {
        (each.subject.removeprefix("matter:"), each.level, each.at)
        for result in results
        for each in result.deviations
        if each.excluded and each.subject.startswith("matter:")
    }
    found = await stored.breaches_of(uow.session, {matter for matter, _, _ in failed})
    recorded = {case: found[case] for case in failed if case in found}
    return (
        tuple(sorted(recorded.values())),
        tuple(sorted(breach for case, breach in recorded.items() if case in excluded)),
    )
