"""``python -m benchmarks``: measure, and print a table.

Run it with ``make bench``, which starts PostgreSQL and RabbitMQ around it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from uuid import uuid4

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from benchmarks import (
    billing_year,
    clocks,
    closing,
    cost_sharing,
    embedded,
    messaging,
    pipeline,
)
from services.chassis.telemetry import configure_logging


def main() -> None:
    """Measure everything."""
    postgres, rabbitmq = (
        os.environ.get(name) for name in ("SSC_TEST_POSTGRES_URL", "SSC_TEST_RABBITMQ_URL")
    )
    if postgres is None or rabbitmq is None:
        sys.exit("Run this with `make bench`: it needs a PostgreSQL and a RabbitMQ of its own.")
    configure_logging("ERROR")
    asyncio.run(_measure(postgres, rabbitmq, Console()))


async def _measure(postgres: str, rabbitmq: str, console: Console) -> None:
    console.print(f"{os.cpu_count()} cores; {messaging.EVENTS} events each")
    bare = await messaging.bare_throughput(rabbitmq)
    ours = await messaging.our_throughput(rabbitmq, _fresh_database(postgres))
    throughput = messaging.Throughput(bare, ours)
    latency = await messaging.our_latency(rabbitmq, _fresh_database(postgres))
    figures = await embedded.measure()
    planned = await pipeline.measure()
    shared = cost_sharing.measure()
    reckoned = await asyncio.to_thread(clocks.measure)
    closed = await closing.measure(_fresh_database(postgres))
    year = await billing_year.measure(_fresh_database(postgres))
    table = Table("what", "figure", "aim")
    table.add_row("bare aio-pika, confirmed", f"{throughput.bare:,.0f} events/s", "(baseline)")
    table.add_row("outbox to effect", f"{throughput.ours:,.0f} events/s", "")
    table.add_row("outbox to effect / bare", f"{throughput.ratio:.2f}", "0.5 or more")
    rate = f"at {messaging.STEADY_RATE} events/s"
    table.add_row(f"commit to effect, p50, {rate}", f"{latency.p50:.1f} ms", "")
    table.add_row(f"commit to effect, p99, {rate}", f"{latency.p99:.1f} ms", "under 100 ms")
    started = figures.start_seconds / figures.bare_start_seconds
    table.add_row("start of a filled embedded centre", f"{figures.start_seconds:.1f} s", "seconds")
    table.add_row("the same / importing FastAPI and SQLAlchemy", f"{started:.1f}", "")
    table.add_row("memory at rest", f"{figures.rest_mib:.0f} MiB", "under 300 MB")
    table.add_row("memory after the flow", f"{figures.after_flow_mib:.0f} MiB", "")
    table.add_row(
        "the bundled flow, 18 months",
        f"{figures.flow_seconds:.1f} s, {figures.flow_requests} requests",
        "under a minute",
    )
    cases = f"{pipeline.CASES} cases, {planned.items:,} gate items"
    table.add_row(f"board through the gateway, p50, {cases}", f"{planned.board_p50_ms:.0f} ms", "")
    table.add_row(
        "the same, p99", f"{planned.board_p99_ms:.0f} ms", f"{planned.board_kib:.0f} KiB each"
    )
    table.add_row(
        f"a plan of {pipeline.CASES} agencies, {pipeline.OBLIGED} by one date",
        f"{planned.plan_seconds:.0f} s, {planned.plan_late} late",
        "under a minute",
    )
    table.add_row(
        "slowest other read while it is computed",
        f"{planned.slowest_read_meanwhile_ms:.0f} ms",
        "",
    )
    million = f"{clocks.CLOCKS:,} clocks of {len(clocks.STORY)} events"
    table.add_row(f"{million} at once", f"{reckoned.batch:,.0f} clocks/s", "over 100,000")
    table.add_row("memory of that", f"{reckoned.batch_mib:.0f} MiB", "under 1 GB")
    table.add_row("the same one by one", f"{reckoned.one_by_one:,.0f} clocks/s", "")
    table.add_row("businesstimedelta", f"{reckoned.businesstimedelta:,.0f} clocks/s", "(beside)")
    table.add_row("pandas CustomBusinessHour", f"{reckoned.pandas:,.0f} clocks/s", "(beside)")
    table.add_row("at once / the faster of the two", f"{reckoned.times_faster:,.0f}", "100 or more")
    table.add_row(
        f"cost sharing, {cost_sharing.ITEMS:,} items over {cost_sharing.PARTIES} parties",
        f"{shared.seconds:.1f} s, {shared.peak_mib:.0f} MiB",
        "seconds",
    )
    table.add_row(
        "one party's explanation and CSV of it",
        f"{shared.explanation_seconds + shared.csv_seconds:.1f} s",
        "",
    )
    table.add_row(
        f"a month's closing, {closing.CUSTOMERS} customers, {closing.MATTERS:,} matters",
        f"{closed.seconds:.0f} s, {closed.statements} statements",
        "under a minute",
    )
    table.add_row(
        f"{year.rows:,} volumes of {billing_year.AGENCIES} agencies from a file into PostgreSQL",
        f"{year.rows_a_second:,.0f} rows/s",
        "over 50,000",
    )
    table.add_row(
        "memory of that, and before it",
        f"{year.ingestion_mib:.0f} MiB, {year.at_rest_mib:.0f} MiB",
        "flat, under 500 MB",
    )
    table.add_row(
        f"their {year.true_ups} true-ups and twelve closings, {billing_year.WORKERS} workers",
        f"{year.settling_seconds:.0f} s, {year.worker_mib:.0f} MiB",
        "under a minute",
    )
    console.print(table)


def _fresh_database(server: str) -> str:
    url = make_url(server)
    name = f"bench_{uuid4().hex}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
