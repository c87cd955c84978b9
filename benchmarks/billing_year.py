"""A year of a centre of 260 agencies: 1.7 million payslips and invoices, taken in and settled.

Every payslip and supplier invoice is a row of its own in one CSV file, sent as finance sends it
to the service's own door; nothing here knows another way in. Then each agency's true-ups of 30
April, 31 October and 31 December are booked by the service's own timers, in two workers, and
finance closes the twelve months. The service is in a process of its own, so that its memory is
what it needs and nothing else; the sender is in it too.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, select, text

from services.billing.app import SPEC
from services.billing.subscriptions.operation import TRUE_UP_TIMER
from services.billing.tables import TrueUpRow
from services.chassis.database import Database
from services.chassis.identity import Role
from services.chassis.telemetry import configure_logging
from services.chassis.testing import RunningService, running
from services.chassis.timer_loop import TimerLoop
from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgreementSigned, ServiceWentLive
from services.contracts.values import CreditTerms, FeeItem, ServiceHours, SignedService

AGENCIES = 260
ROWS = 1_700_000
YEAR = 2025
WORKERS = 2
STARTS = datetime(YEAR, 1, 2, 9, tzinfo=UTC)
YEAR_IS_OVER = datetime(YEAR + 1, 1, 2, 9, tzinfo=UTC)
SERVICES = (
    ("payroll", "payroll", "payslip", 6_200),
    ("e-commerce", "finance", "supplier-invoice", 6_500),
)
_ROWS_IN_A_PART = 1_000


@dataclass(frozen=True)
class YearFigures:
    """How fast the year was taken in and settled, and the service's memory at most."""

    rows: int
    ingestion_seconds: float
    ingestion_mib: float
    at_rest_mib: float
    settling_seconds: float
    true_ups: int
    worker_mib: float

    @property
    def rows_a_second(self) -> float:
        """Rows taken in a second, from the first byte sent to the answer."""
        return self.rows / self.ingestion_seconds


async def measure(database_url: str, rows: int = ROWS) -> YearFigures:
    """Measure in processes of its own."""
    taken = await _alone("take_in", database_url, rows)
    async with running(SPEC, database_url, start=YEAR_IS_OVER) as service:
        began = time.perf_counter()
        settled = await asyncio.gather(
            *(_alone("settle", database_url, number) for number in range(WORKERS))
        )
        await _close_months(service)
        seconds = time.perf_counter() - began
        async with service.runtime.database.transaction(write=False) as session:
            true_ups = await session.scalar(select(func.count()).select_from(TrueUpRow))
    return YearFigures(
        rows=int(taken["rows"]),
        ingestion_seconds=taken["seconds"],
        ingestion_mib=taken["mib"],
        at_rest_mib=taken["at_rest_mib"],
        settling_seconds=seconds,
        true_ups=true_ups or 0,
        worker_mib=max(each["mib"] for each in settled),
    )


async def _alone(what: str, database_url: str, number: int) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.billing_year",
        what,
        database_url,
        str(number),
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{what} failed")
    found: dict[str, float] = json.loads(answer)
    return found


async def _take_in(database_url: str, rows: int) -> dict[str, float]:
    async with running(SPEC, database_url, start=STARTS) as service:
        for number in range(AGENCIES):
            await _sign(service, number)
        at_rest = _peak_mib()
        began = time.perf_counter()
        async with service.client(Role.FINANCE) as client:
            answer = await client.post(
                "/ops/v1/volumes/files",
                params={"source": "production-systems", "rows": rows},
                headers={"Content-Type": "text/csv"},
                content=_file(rows),
                timeout=600,
            )
        seconds = time.perf_counter() - began
        body = answer.json()
        if answer.status_code != 200 or body["taken"] != rows:
            raise RuntimeError(f"not everything was taken in: {answer.text[:500]}")
        await _gather_statistics(service.runtime.database)
    return {"rows": rows, "seconds": seconds, "mib": _peak_mib(), "at_rest_mib": at_rest}


async def _file(rows: int) -> AsyncIterator[bytes]:
    yield b"id,org_number,service,unit,period,quantity\n"
    lines = _lines(rows)
    while part := "".join(line for _, line in zip(range(_ROWS_IN_A_PART), lines, strict=False)):
        yield part.encode()


def _lines(rows: int) -> Iterator[str]:
    """Large agencies have many times what small ones have; months come one after the other."""
    numbers = [org_number(number) for number in range(AGENCIES)]
    weighed = [numbers[place * place // AGENCIES] for place in range(AGENCIES)]
    for row in range(rows):
        service, _, unit, _ = SERVICES[row % 3 == 2]
        month = 1 + row * 12 // rows
        yield f"ps-{row:09d},{weighed[row * 7 % AGENCIES]},{service},{unit},{YEAR}-{month:02d},1\n"


async def _settle(database_url: str) -> dict[str, float]:
    """Book true-ups as a worker of the service does, until none is due."""
    async with running(SPEC, database_url, start=YEAR_IS_OVER) as service:
        runtime = service.runtime
        handlers: dict[str, TimerHandler] = dict.fromkeys(SPEC.timers, _not_measured)
        handlers[TRUE_UP_TIMER] = SPEC.timers[TRUE_UP_TIMER]
        loop = TimerLoop(runtime.units, handlers, runtime.clock, runtime.metrics, runtime.tracing)
        await loop.fire_due(YEAR_IS_OVER)
    return {"mib": _peak_mib()}


async def _not_measured(_uow: UnitOfWork, _timer: DueTimer) -> None:
    """The monthly invoices are another matter."""


async def _close_months(service: RunningService) -> None:
    async with service.client(Role.FINANCE) as client:
        for month in range(1, 13):
            answer = await client.post(f"/ops/v1/billing-periods/{YEAR}-{month:02d}/closing")
            if answer.status_code != 201:
                raise RuntimeError(answer.text)


async def _sign(service: RunningService, number: int) -> None:
    signed = AgreementSigned(
        agreement_id=f"agreement-{number}",
        case_id=f"case-{number}",
        org_number=org_number(number),
        customer_name=f"Myndighet {number + 1}",
        version=1,
        content_hash=f"{number:064x}",
        signed_on=date(YEAR, 1, 1),
        valid_from=date(YEAR, 1, 1),
        valid_until=date(YEAR + 3, 12, 31),
        tariff="ssc-2020",
        services=tuple(_service(*each) for each in SERVICES),
        responsibilities=(),
        service_hours=ServiceHours(),
        collaboration_template="ssc-2016",
        forums=(),
        credit_terms=CreditTerms(percent_per_breach=Decimal(1), monthly_cap_percent=Decimal(10)),
        true_up_days=("04-30", "10-31"),
        stabilisation_periods=3,
    )
    await service.deliver(signed)
    for each in signed.services:
        await service.deliver(
            ServiceWentLive(
                case_id=signed.case_id,
                agreement_id=signed.agreement_id,
                org_number=signed.org_number,
                service=each.service,
                live_on=signed.valid_from,
            )
        )


def _service(key: str, area: str, unit: str, price: int) -> SignedService:
    def item(name: str, of: str, ore: int, quantity: int) -> FeeItem:
        return FeeItem(
            key=name,
            service_area=area,
            name=name,
            unit=of,
            unit_price_ore=ore,
            yearly_quantity=quantity,
        )

    return SignedService(
        service=key,
        service_area=area,
        name=key,
        name_sv=key,
        levels=(),
        fee_items=(item("fixed", "month", 1_350_000, 12), item("variable", unit, price, 6_000)),
    )


def org_number(number: int) -> str:
    """A made-up organisation number with its check digit."""
    digits = f"2021{number:05d}"
    doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(digits)]
    check = -sum(value // 10 + value % 10 for value in doubled) % 10
    return f"{digits[:6]}-{digits[6:]}{check}"


async def _gather_statistics(database: Database) -> None:
    """As PostgreSQL does by itself a minute later."""
    async with database.transaction(write=True) as session:
        await session.execute(text("ANALYZE"))
        await session.commit()


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    configure_logging("ERROR")
    what, url, count = sys.argv[1:]
    figures = _take_in(url, int(count)) if what == "take_in" else _settle(url)
    print(json.dumps(asyncio.run(figures)))
