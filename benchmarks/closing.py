"""A month's closing for 260 customers with 200,000 matters, each in a PostgreSQL of its own.

What is measured is what happens at 02:00 on the 1st: every service's month is closed, with
its results, its statement and its event. The matters of the month are put into storage as
they would have come, breaches among them; half a day of one machine's work is not repeated.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, text

from services.chassis.clock import STOCKHOLM
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.telemetry import configure_logging
from services.chassis.testing import RunningService, running
from services.chassis.timer_loop import TimerLoop
from services.collab_model.app import SPEC
from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.levels.domain import Month
from services.collab_model.tables import (
    Base,
    BreachRow,
    LevelRow,
    MatterLogRow,
    MatterRow,
    StatementRow,
)
from services.contracts.onboarding import AgreementSigned, ServiceWentLive
from services.contracts.values import (
    CreditBand,
    CreditTerms,
    MeasureKind,
    Priority,
    ServiceHours,
    ServiceLevel,
    SignedService,
)

CUSTOMERS = 260
MATTERS = 200_000
MONTH = Month(2026, 3)
SERVICES = ("payroll", "travel-and-expenses", "supplier-ledger")
WORKERS = 2
TARGETS = {
    MeasureKind.RESPONSE_TIME: {
        Priority.CRITICAL: 60,
        Priority.HIGH: 255,
        Priority.NORMAL: 510,
    },
    MeasureKind.RESOLUTION_TIME: {
        Priority.CRITICAL: 510,
        Priority.HIGH: 1020,
        Priority.NORMAL: 2550,
    },
}
_AT_ONCE = 4_000


@dataclass(frozen=True)
class ClosingFigures:
    """How long the closing took, and what it made."""

    seconds: float
    statements: int
    deviations: int


async def measure(database_url: str, matters: int = MATTERS) -> ClosingFigures:
    """Fill a database, then let two workers of the service close the month."""
    start = MONTH.starts_at(STOCKHOLM)
    async with running(SPEC, database_url, start=start - timedelta(days=1)) as service:
        await _sign(service)
        await _fill(service.runtime.database, matters)
        await _gather_statistics(service.runtime.database)
        workers = [await _worker(database_url) for _ in range(WORKERS)]
        began = time.perf_counter()
        for worker in workers:
            _stdin(worker).write(b"\n")
        for worker in workers:
            if await worker.wait():
                raise RuntimeError("a worker of the closing failed")
        seconds = time.perf_counter() - began
        async with service.runtime.database.transaction(write=False) as session:
            statements = await session.scalar(select(func.count()).select_from(StatementRow))
            breaches = await session.scalar(select(func.count()).select_from(BreachRow))
    return ClosingFigures(seconds, statements or 0, breaches or 0)


async def _worker(database_url: str) -> asyncio.subprocess.Process:
    """A process like a worker of the service, ready and waiting for its word."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.closing",
        database_url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if worker.stdout is None or not await worker.stdout.readline():
        raise RuntimeError("a worker of the closing did not start")
    return worker


def _stdin(worker: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    if worker.stdin is None:
        raise RuntimeError("a worker of the closing has no input")
    return worker.stdin


async def _work(database_url: str) -> None:
    """Fire what is due at 02:00, one timer after the other, until nothing is left."""
    closes = MONTH.closes_at(STOCKHOLM)
    async with running(SPEC, database_url, start=closes) as service:
        runtime = service.runtime
        loop = TimerLoop(
            runtime.units, SPEC.timers, runtime.clock, runtime.metrics, runtime.tracing
        )
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await loop.fire_due(closes)


async def _sign(service: RunningService) -> None:
    for number in range(CUSTOMERS):
        signed = _agreement(number)
        await service.deliver(signed)
        for each in signed.services:
            await service.deliver(
                ServiceWentLive(
                    case_id=signed.case_id,
                    agreement_id=signed.agreement_id,
                    org_number=signed.org_number,
                    service=each.service,
                    live_on=MONTH.first_day,
                )
            )


def _agreement(number: int) -> AgreementSigned:
    return AgreementSigned(
        agreement_id=new_id(),
        case_id=new_id(),
        org_number=_org_number(number),
        customer_name=f"Myndighet {number + 1}",
        version=1,
        content_hash=f"{number:064x}",
        signed_on=date(2026, 1, 2),
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 12, 31),
        tariff="ssc-2020",
        services=tuple(_service(each) for each in SERVICES),
        responsibilities=(),
        service_hours=ServiceHours(),
        collaboration_template="ssc-2016",
        forums=(),
        credit_terms=CreditTerms(
            percent_per_breach=Decimal(1),
            monthly_cap_percent=Decimal(10),
            bands=(CreditBand(missed_by_points=Decimal(0), percent=Decimal(1)),),
        ),
        true_up_days=("04-30", "10-31"),
        stabilisation_periods=3,
    )


def _org_number(number: int) -> str:
    digits = f"2021{number:05d}"
    doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(digits)]
    check = -sum(value // 10 + value % 10 for value in doubled) % 10
    return f"{digits[:6]}-{digits[6:]}{check}"


def _service(key: str) -> SignedService:
    levels = [
        ServiceLevel(
            key=f"{key}-{kind.value.replace('_', '-')}",
            name=kind.value,
            name_sv=kind.value,
            kind=kind,
            target_minutes=dict(targets),
            required_share_percent=Decimal(95),
        )
        for kind, targets in TARGETS.items()
    ]
    return SignedService(
        service=key,
        service_area=key.split("-", maxsplit=1)[0],
        name=key,
        name_sv=key,
        levels=tuple(levels),
        fee_items=(),
    )


async def _fill(database: Database, count: int) -> None:
    """Put the month's matters into storage, with their logs and breaches."""
    async with database.transaction(write=False) as session:
        levels = (await session.scalars(select(LevelRow).order_by(LevelRow.id))).all()
    by_service: dict[tuple[str, str], dict[str, LevelRow]] = {}
    for level in levels:
        by_service.setdefault((level.agreement_id, level.service), {})[level.kind] = level
    made = _matters(list(by_service.items()), count)
    while True:
        batch = [each for _, each in zip(range(_AT_ONCE), made, strict=False)]
        if not batch:
            return
        async with database.transaction(write=True) as session:
            for place, kind in enumerate((MatterRow, MatterLogRow, BreachRow)):
                rows = [row for each in batch for row in each[place]]
                if rows:
                    # The table, not the class: that would part rows by the columns they fill.
                    table = Base.metadata.tables[kind.__tablename__]
                    await session.execute(insert(table), rows)
            await session.commit()


async def _gather_statistics(database: Database) -> None:
    """As PostgreSQL does by itself while rows come one by one."""
    async with database.transaction(write=True) as session:
        await session.execute(text("ANALYZE"))
        await session.commit()


Rows = tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]


def _matters(
    services: list[tuple[tuple[str, str], dict[str, LevelRow]]], count: int
) -> Iterator[Rows]:
    dice = random.Random(4)
    hours = ServiceTime.of(signed_rules(ServiceHours()), version=1)
    start, end = MONTH.starts_at(STOCKHOLM), MONTH.ends_at(STOCKHOLM)
    for number in range(count):
        (agreement_id, service), levels = services[number % len(services)]
        raised = start + dice.random() * (end - start - timedelta(days=6))
        raised = raised.replace(microsecond=0).astimezone(UTC)
        priority = dice.choices(list(Priority), (1, 9, 90))[0]
        matter = _Matter(new_id(), agreement_id, service, priority, levels[next(iter(levels))])
        yield matter.rows(raised, dice, hours, levels)


@dataclass(frozen=True)
class _Matter:
    """A matter to be stored."""

    id: str
    agreement_id: str
    service: str
    priority: Priority
    any_level: LevelRow

    def rows(
        self,
        raised: datetime,
        dice: random.Random,
        hours: ServiceTime,
        levels: dict[str, LevelRow],
    ) -> Rows:
        """Its row, its log of six lines, and the breaches of one in twelve."""
        response = TARGETS[MeasureKind.RESPONSE_TIME][self.priority]
        resolution = TARGETS[MeasureKind.RESOLUTION_TIME][self.priority]
        late = dice.random() < 1 / 12
        answered = hours.add_service_time(
            raised, timedelta(minutes=response + 30 if late else response // 3)
        )
        waits = hours.add_service_time(answered, timedelta(minutes=30))
        resumed = hours.add_service_time(waits, timedelta(minutes=120))
        updated = hours.add_service_time(resumed, timedelta(minutes=20))
        resolved = hours.add_service_time(updated, timedelta(minutes=resolution // 4))
        story = (
            ("raised", raised),
            ("responded", answered),
            ("waiting_for_customer", waits),
            ("resumed", resumed),
            ("updated", updated),
            ("resolved", resolved),
        )
        matter = {
            "id": self.id,
            "org_number": self.any_level.org_number,
            "agreement_id": self.agreement_id,
            "version": 1,
            "service": self.service,
            "kind": dice.choice(("incident", "question", "request")),
            "priority": self.priority.value,
            "title": "Ett ärende om lön",
            "description": "Det gäller en medarbetare.",
            "raised_at": raised,
            "status": "resolved",
            "resolved_at": resolved,
            "ended_at": resolved,
        }
        log = [
            {
                "id": new_id(),
                "matter_id": self.id,
                "sequence": sequence,
                "event": event,
                "at": at,
                "recorded_at": at,
                "party": "customer" if event in {"raised", "resumed"} else "centre",
                "note": "",
                "service": self.service if sequence == 1 else None,
                "version": 1 if sequence == 1 else None,
                "priority": self.priority.value if sequence == 1 else None,
                "counterpart": None,
                "corrects": None,
                "withdrawn": False,
            }
            for sequence, (event, at) in enumerate(story, start=1)
        ]
        level = levels[MeasureKind.RESPONSE_TIME.value]
        breached_at = hours.add_service_time(raised, timedelta(minutes=response))
        breach = {
            "id": new_id(),
            "matter_id": self.id,
            "level_id": level.id,
            "agreement_id": self.agreement_id,
            "service": self.service,
            "level": level.key,
            "clock": level.key,
            "round": 1,
            "number": 1,
            "priority": self.priority.value,
            "target_minutes": response,
            "breached_at": breached_at,
            "recorded_at": breached_at,
            "withdrawn_at": None,
        }
        return [matter], log, [breach] if late else []


if __name__ == "__main__":
    configure_logging("ERROR")
    asyncio.run(_work(sys.argv[1]))
