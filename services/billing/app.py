"""Billing's composition root: the only place that wires its parts together."""

from __future__ import annotations

from pathlib import Path

from services.billing.comparisons import router as comparisons
from services.billing.comparisons.problems import PROBLEMS as COMPARISON_PROBLEMS
from services.billing.cost_sharing import arrangement_router as cost_arrangements
from services.billing.cost_sharing import router as cost_sharings
from services.billing.cost_sharing.problems import PROBLEMS as COST_SHARING_PROBLEMS
from services.billing.costs import router as costs
from services.billing.costs.problems import PROBLEMS as COST_PROBLEMS
from services.billing.credits import handlers as credit_handlers
from services.billing.credits import router as granted_credits
from services.billing.customers import handlers as customer_handlers
from services.billing.customers import router as customers
from services.billing.final_settlement import handlers as final_settlement_handlers
from services.billing.final_settlement import router as final_settlements
from services.billing.final_settlement import timers as final_settlement_timers
from services.billing.indicators import router as indicators
from services.billing.invoices import handlers as invoice_handlers
from services.billing.invoices import router as invoices
from services.billing.invoices import timers as invoice_timers
from services.billing.ledger import backfill as earlier_facts
from services.billing.ledger import router as ledger
from services.billing.ledger.problems import PROBLEMS as LEDGER_PROBLEMS
from services.billing.own_prices import router as own_prices
from services.billing.own_prices.problems import PROBLEMS as OWN_PRICE_PROBLEMS
from services.billing.periods import router as billing_periods
from services.billing.periods.problems import PROBLEMS as PERIOD_PROBLEMS
from services.billing.price_proposals import router as price_proposals
from services.billing.problems import PROBLEMS
from services.billing.productivity import router as productivity
from services.billing.productivity.problems import PROBLEMS as PRODUCTIVITY_PROBLEMS
from services.billing.results import router as results
from services.billing.results.problems import PROBLEMS as RESULT_PROBLEMS
from services.billing.savings import router as savings
from services.billing.savings.problems import PROBLEMS as SAVING_PROBLEMS
from services.billing.sie.problems import PROBLEMS as SIE_PROBLEMS
from services.billing.start_up_costs import handlers as start_up_cost_handlers
from services.billing.start_up_costs import router as start_up_costs
from services.billing.subscriptions import handlers as subscription_handlers
from services.billing.subscriptions import router as subscriptions
from services.billing.tables import Base
from services.billing.tariffs import handlers as tariff_handlers
from services.billing.tariffs import quote_router as quotes
from services.billing.tariffs import router as tariffs
from services.billing.tariffs.problems import PROBLEMS as TARIFF_PROBLEMS
from services.billing.true_up import price_router as actual_prices
from services.billing.true_up import router as true_ups
from services.billing.true_up import terms_router as true_up_terms
from services.billing.true_up import timers as true_up_timers
from services.billing.true_up.problems import PROBLEMS as TRUE_UP_PROBLEMS
from services.billing.volumes import router as volumes
from services.billing.volumes import timers as volume_timers
from services.chassis.service import ServiceSpec

SPEC = ServiceSpec(
    name="billing",
    title="Billing",
    description=(
        "Tariffs and fee indications, subscriptions charged by 1/12 a month, volumes, "
        "true-ups, invoices, and credits for breached service levels; who the customers were "
        "when, final settlements, and start-up costs apart. Amounts are in öre."
    ),
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    shared=(
        tariffs.router,
        quotes.router,
        own_prices.router,
        subscriptions.router,
        volumes.router,
        true_ups.router,
        true_up_terms.router,
        invoices.router,
        granted_credits.router,
        invoices.credit_router,
        final_settlements.router,
        cost_sharings.router,
        savings.router,
        comparisons.router,
    ),
    staff=(
        tariffs.staff_router,
        tariffs.upload_router,
        own_prices.staff_router,
        volumes.staff_router,
        volumes.file_router,
        billing_periods.staff_router,
        true_ups.staff_router,
        true_up_terms.staff_router,
        actual_prices.staff_router,
        price_proposals.router,
        customers.staff_router,
        start_up_costs.staff_router,
        cost_arrangements.template_router,
        cost_arrangements.staff_router,
        cost_arrangements.index_router,
        cost_sharings.staff_router,
        *costs.ROUTERS,
        ledger.staff_router,
        comparisons.staff_router,
        *results.ROUTERS,
        *productivity.ROUTERS,
        *indicators.ROUTERS,
    ),
    agency=(comparisons.agency_router,),
    handlers={
        **customer_handlers.HANDLERS,
        **tariff_handlers.HANDLERS,
        **subscription_handlers.HANDLERS,
        **invoice_handlers.HANDLERS,
        **credit_handlers.HANDLERS,
        **final_settlement_handlers.HANDLERS,
        **start_up_cost_handlers.HANDLERS,
    },
    timers={
        **invoice_timers.TIMERS,
        **true_up_timers.TIMERS,
        **final_settlement_timers.TIMERS,
        **volume_timers.TIMERS,
        **earlier_facts.TIMERS,
    },
    problems=(
        *PROBLEMS,
        *PERIOD_PROBLEMS,
        *TRUE_UP_PROBLEMS,
        *COST_SHARING_PROBLEMS,
        *COST_PROBLEMS,
        *SIE_PROBLEMS,
        *OWN_PRICE_PROBLEMS,
        *TARIFF_PROBLEMS,
        *LEDGER_PROBLEMS,
        *SAVING_PROBLEMS,
        *COMPARISON_PROBLEMS,
        *RESULT_PROBLEMS,
        *PRODUCTIVITY_PROBLEMS,
    ),
)
