"""Billing's composition root: the only place that wires its parts together."""

from __future__ import annotations

from pathlib import Path

from services.billing.invoices import handlers as invoice_handlers
from services.billing.invoices import router as invoices
from services.billing.invoices import timers as invoice_timers
from services.billing.problems import PROBLEMS
from services.billing.subscriptions import handlers as subscription_handlers
from services.billing.subscriptions import router as subscriptions
from services.billing.tables import Base
from services.billing.tariffs import handlers as tariff_handlers
from services.billing.tariffs import router as tariffs
from services.billing.true_up import router as true_ups
from services.billing.true_up import timers as true_up_timers
from services.billing.volumes import router as volumes
from services.chassis.service import ServiceSpec

SPEC = ServiceSpec(
    name="billing",
    title="Billing",
    description=(
        "Tariffs and fee indications, subscriptions charged by 1/12 a month, volumes, "
        "true-ups, invoices, and credits for breached service levels. Amounts are in öre."
    ),
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    shared=(
        tariffs.router,
        subscriptions.router,
        volumes.router,
        true_ups.router,
        invoices.router,
        invoices.credit_router,
    ),
    staff=(volumes.staff_router, true_ups.staff_router),
    handlers={
        **tariff_handlers.HANDLERS,
        **subscription_handlers.HANDLERS,
        **invoice_handlers.HANDLERS,
    },
    timers={**invoice_timers.TIMERS, **true_up_timers.TIMERS},
    problems=PROBLEMS,
)
