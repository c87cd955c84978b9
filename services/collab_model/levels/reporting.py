"""Use cases of readings: kept in a batch, or row by row from a file or an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements.domain import touches
from services.collab_model.agreements.live import LiveService, hold_reported
from services.collab_model.calendars.service import day_of
from services.collab_model.customers import service as customers
from services.collab_model.following_up.data import causes
from services.collab_model.levels import evidence, repository
from services.collab_model.levels.closing import measuring_version
from services.collab_model.levels.domain import Level, Month
from services.collab_model.levels.readings import Reading, check, says_the_same
from services.collab_model.tables import ReadingRow

_LOOKED_UP_AT_ONCE = 500


@dataclass(frozen=True)
class Kept:
    """How many readings were new, and how many had been reported before."""

    accepted: int
    already_known: int


class RowOutcome(StrEnum):
    """What became of one row of a file."""

    ACCEPTED = "accepted"
    ALREADY_KNOWN = "already_known"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowReport:
    """What became of one row; ``code`` and ``detail`` say why it was refused."""

    row: int
    id: str | None
    outcome: RowOutcome
    code: str | None = None
    detail: str | None = None


@dataclass
class _Book:
    """What a source's readings are judged by, looked up once for all of them.

    ``of_closed`` is the service whose closed month is corrected: readings of it are let in.
    """

    uow: UnitOfWork
    source: str
    of_closed: LiveService | None = None
    services: dict[tuple[str, str], LiveService | None] = field(default_factory=dict)
    known: dict[str, ReadingRow] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    levels: dict[tuple[str, str, Month], list[Level]] = field(default_factory=dict)
    closed: dict[tuple[str, str, Month], bool] = field(default_factory=dict)
    fresh: list[ReadingRow] = field(default_factory=list)

    async def open(self, readings: Sequence[Reading]) -> None:
        """Hold the services that readings are about, and look up what is known of them.

        Services are held so that none of their periods closes meanwhile, in one order by
        everybody, so that two batches never wait for each other.
        """
        for org_number, service in sorted({(each.org_number, each.service) for each in readings}):
            self.services[org_number, service] = self.of_closed or await hold_reported(
                self.uow.session,
                await customers.scope_of_customer(self.uow, org_number),
                service,
                day_of(self.uow.now),
            )
        names = sorted(
            {each.source_id for each in readings}
            | {each.replaces for each in readings if each.replaces}
        )
        for start in range(0, len(names), _LOOKED_UP_AT_ONCE):
            chunk = names[start : start + _LOOKED_UP_AT_ONCE]
            self.known |= await evidence.known_readings(self.uow.session, self.source, chunk)
            self.replaced |= await evidence.replacements(self.uow.session, self.source, chunk)

    async def enter(self, reading: Reading) -> bool:
        """Take a reading in; False when it was reported before with the same content.

        Raises:
            Problem: it is refused; nothing of it is kept.
        """
        earlier = self.known.get(reading.source_id)
        if earlier is not None:
            if says_the_same(_stored(earlier), reading):
                return False
            raise Problem(
                problems.READING_CONFLICT,
                f"{self.source} has reported reading {reading.source_id} with other content "
                "before; it was not kept. Send what is right under a new id, replacing it.",
                id=reading.source_id,
            )
        row = await self._judged(reading)
        self.fresh.append(row)
        self.known[reading.source_id] = row
        if reading.replaces is not None:
            self.replaced[reading.replaces] = reading.source_id
        return True

    async def keep(self) -> None:
        """Keep what was taken in."""
        await evidence.add_readings(self.uow.session, self.fresh)

    async def _judged(self, reading: Reading) -> ReadingRow:
        service = self.services[reading.org_number, reading.service]
        if service is None:
            raise Problem(
                problems.SERVICE_NOT_LIVE,
                f"Reading {reading.source_id}: {reading.service} is not in operation for "
                f"{reading.org_number}, so there is nothing to measure.",
                id=reading.source_id,
            )
        await self._check_period(service, reading)
        check(reading, await self._level(service, reading), self.uow.now, _known_causes())
        self._check_replaced(reading)
        tally = reading.tally
        return ReadingRow(
            id=new_id(),
            source=self.source,
            source_id=reading.source_id,
            agreement_id=service.agreement.id,
            org_number=reading.org_number,
            service=reading.service,
            level=reading.level,
            period=reading.period,
            good=tally.good,
            total=tally.total,
            content=reading.content,
            replaces=reading.replaces,
            recorded_at=self.uow.now,
        )

    async def _level(self, service: LiveService, reading: Reading) -> Level:
        month = Month.parse(reading.period)
        key = (service.agreement.id, reading.service, month)
        if key not in self.levels:
            version = measuring_version(service.agreement, reading.service, month)
            self.levels[key] = await repository.levels_of_service(
                self.uow.session, service.agreement.id, version.number, reading.service
            )
        level = next((each for each in self.levels[key] if each.key == reading.level), None)
        if level is None:
            raise Problem(
                problems.LEVEL_UNKNOWN,
                f"Reading {reading.source_id}: the agreement promises no level {reading.level} "
                f"for {reading.service} in {reading.period}. Use one of those under /levels.",
                id=reading.source_id,
            )
        return level

    async def _check_period(self, service: LiveService, reading: Reading) -> None:
        month = Month.parse(reading.period)
        days = service.agreement.days_of(reading.service)
        is_over_or_on = month <= Month.of(day_of(self.uow.now))
        if not (is_over_or_on and touches(days, month.first_day, month.last_day)):
            raise Problem(
                problems.PERIOD_NOT_MEASURED,
                f"Reading {reading.source_id}: {reading.service} went live on {service.live_on}; "
                f"its months in operation up to the present one are measured, {month} is not.",
                id=reading.source_id,
            )
        key = (service.agreement.id, reading.service, month)
        if key not in self.closed:
            self.closed[key] = await repository.is_closed(
                self.uow.session, service.agreement.id, reading.service, reading.period
            )
        if self.closed[key] and self.of_closed is None:
            raise Problem(
                problems.PERIOD_CLOSED,
                f"Reading {reading.source_id}: {month} is closed and what it reported stays. "
                "Correct the month under /periods/{id}/corrections, with the reading in it.",
                id=reading.source_id,
            )

    def _check_replaced(self, reading: Reading) -> None:
        if reading.replaces is None:
            return
        replaced = self.known.get(reading.replaces)
        about = (reading.org_number, reading.service, reading.level, reading.period)
        if replaced is None or about != (
            replaced.org_number,
            replaced.service,
            replaced.level,
            replaced.period,
        ):
            raise Problem(
                problems.READING_UNKNOWN,
                f"Reading {reading.source_id} replaces {reading.replaces}, which {self.source} "
                f"has not reported for {reading.level} in {reading.period}.",
                id=reading.source_id,
            )
        by = self.replaced.get(reading.replaces)
        if by is not None:
            raise Problem(
                problems.READING_CONFLICT,
                f"Reading {reading.source_id} replaces {reading.replaces}, which {by} has replaced "
                f"already; it was not kept, since both would count. Replace {by} instead.",
                id=reading.source_id,
            )


def _known_causes() -> frozenset[str]:
    return frozenset(each.key for each in causes().causes)


def _stored(row: ReadingRow) -> tuple[object, ...]:
    return (
        row.org_number,
        row.service,
        row.level,
        row.period,
        row.good,
        row.total,
        row.content,
        row.replaces,
    )


async def keep_readings(
    uow: UnitOfWork,
    source: str,
    readings: Sequence[Reading],
    *,
    of_closed: LiveService | None = None,
) -> Kept:
    """Keep what a source measured: all of its readings, or none when one is refused.

    A reading that was reported before with the same content is counted, not kept again.

    Args:
        uow: the unit of work.
        source: who measured.
        readings: what it measured.
        of_closed: the service whose closed month they correct; it must be held.

    Raises:
        Problem: ``reading_conflict``, ``service_not_live``, ``level_unknown``,
            ``level_measured_from_matters``, ``level_without_measure``,
            ``reading_does_not_fit``, ``reading_impossible``, ``delivery_unknown``,
            ``cause_unknown``, ``reading_unknown``, ``period_not_measured``,
            ``period_closed``.
    """
    book = _Book(uow, source, of_closed)
    await book.open(readings)
    accepted = 0
    for reading in readings:
        accepted += await book.enter(reading)
    await book.keep()
    return Kept(accepted=accepted, already_known=len(readings) - accepted)


async def keep_rows(
    uow: UnitOfWork, source: str, rows: Iterable[tuple[int, Reading | RowReport]]
) -> list[RowReport]:
    """Keep the rows of a file that hold; say of each what became of it.

    Args:
        uow: the unit of work.
        source: who measured.
        rows: the numbered rows, each as a reading or as the report of why it is none.
    """
    numbered = list(rows)
    book = _Book(uow, source)
    await book.open([each for _, each in numbered if isinstance(each, Reading)])
    reports: list[RowReport] = []
    for number, each in numbered:
        if isinstance(each, RowReport):
            reports.append(each)
            continue
        try:
            fresh = await book.enter(each)
        except Problem as refusal:
            reports.append(
                RowReport(
                    number, each.source_id, RowOutcome.REFUSED, refusal.type.code, refusal.detail
                )
            )
        else:
            outcome = RowOutcome.ACCEPTED if fresh else RowOutcome.ALREADY_KNOWN
            reports.append(RowReport(number, each.source_id, outcome))
    await book.keep()
    return reports
