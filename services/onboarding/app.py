"""Onboarding's composition root: the only place that wires its parts together."""

from __future__ import annotations

from pathlib import Path

from services.chassis.service import ServiceSpec
from services.onboarding.agencies import import_router as agency_imports
from services.onboarding.agencies import life_event_router as life_events
from services.onboarding.agencies import router as agencies
from services.onboarding.agencies import timers as agency_timers
from services.onboarding.agencies import vocabulary as agency_words
from services.onboarding.agreements import data as agreement_data
from services.onboarding.agreements import router as agreements
from services.onboarding.agreements import standing_router as agreement_standings
from services.onboarding.agreements import timers as agreement_timers
from services.onboarding.cases import router as cases
from services.onboarding.cases.service import after_every_change
from services.onboarding.catalogue import case_router as catalogue_of_case
from services.onboarding.catalogue import router as catalogue
from services.onboarding.catalogue import service as catalogue_service
from services.onboarding.documents import router as documents
from services.onboarding.documents import words as document_words
from services.onboarding.gap_analysis import precedents as gap_precedents
from services.onboarding.gap_analysis import router as gap_analysis
from services.onboarding.gap_analysis import spreadsheet_router as gap_spreadsheets
from services.onboarding.gates import refreshing
from services.onboarding.gates import router as gates
from services.onboarding.gates import timers as gate_timers
from services.onboarding.implementation import router as implementation
from services.onboarding.implementation import rules as implementation_rules
from services.onboarding.implementation.parallel_runs import router as parallel_runs
from services.onboarding.implementation.reconciliation import router as reconciliation
from services.onboarding.implementation.training import router as training
from services.onboarding.leaving import agreement_notices_router as agreement_notices
from services.onboarding.leaving import handlers as leaving_handlers
from services.onboarding.leaving import router as leaving
from services.onboarding.leaving import rules as leaving_rules
from services.onboarding.leaving import timers as leaving_timers
from services.onboarding.letter_of_intent import handlers as fee_handlers
from services.onboarding.letter_of_intent import router as letter_of_intent
from services.onboarding.letter_of_intent import signing as letter_signing
from services.onboarding.pipeline import router as pipeline
from services.onboarding.pipeline import rules as pipeline_rules
from services.onboarding.pipeline import worker as planner
from services.onboarding.problems import PROBLEMS
from services.onboarding.stabilisation import handlers as stabilisation_handlers
from services.onboarding.stabilisation import router as stabilisation
from services.onboarding.staffing import router as staffing
from services.onboarding.staffing import service as staffing_service
from services.onboarding.start_up_costs import router as start_up_costs
from services.onboarding.start_up_costs import rules as start_up_cost_rules
from services.onboarding.tables import Base
from services.onboarding.time_plan import forecasts
from services.onboarding.time_plan import router as time_plan
from services.onboarding.time_plan import rules as time_plan_rules
from services.onboarding.time_plan import timers as time_plan_timers


def _read_data_files() -> None:
    """Read every data file now: a faulty one is to stop the start, not a request."""
    catalogue_service.catalogues()
    agency_words.vocabulary()
    gap_precedents.standardisation_rules()
    refreshing.gates_in_force()
    staffing_service.staffing_rules()
    implementation_rules.implementation_rules()
    leaving_rules.exit_rules()
    start_up_cost_rules.cost_roles()
    time_plan_rules.time_plan_rules()
    time_plan_rules.plan_templates()
    pipeline_rules.pipeline_rules()
    agreement_data.read_all()
    document_words.words()


_read_data_files()

after_every_change("letter-signatures", letter_signing.after_change)
after_every_change("gate-items", refreshing.refresh)
after_every_change("forecast", forecasts.forecast_soon)

SPEC = ServiceSpec(
    name="onboarding",
    title="Onboarding",
    description=(
        "An agency's way from a letter of intent to a stable service, in five phases: "
        "catalogue, cases and their gates, gap analysis, agreements, implementation and "
        "stabilisation. Amounts are in öre where a name says so."
    ),
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    shared=(
        life_events.router,
        agencies.router,
        catalogue.router,
        catalogue_of_case.router,
        cases.router,
        gates.router,
        staffing.router,
        letter_of_intent.router,
        documents.router,
        time_plan.router,
        pipeline.router,
        gap_analysis.router,
        gap_spreadsheets.router,
        gap_spreadsheets.upload_router,
        agreements.router,
        agreement_standings.router,
        implementation.router,
        reconciliation.router,
        parallel_runs.router,
        training.router,
        stabilisation.router,
        leaving.router,
        agreement_notices.router,
    ),
    staff=(
        catalogue_of_case.staff_router,
        agencies.staff_router,
        agency_imports.staff_router,
        life_events.staff_router,
        cases.staff_router,
        gates.staff_router,
        time_plan.staff_router,
        pipeline.staff_router,
        agreements.staff_router,
        agreement_standings.staff_router,
        implementation.staff_router,
        reconciliation.staff_router,
        parallel_runs.staff_router,
        parallel_runs.upload_router,
        start_up_costs.staff_router,
        leaving.staff_router,
    ),
    agency=(
        reconciliation.agency_router,
        parallel_runs.agency_router,
        leaving.agency_router,
    ),
    handlers={
        **fee_handlers.HANDLERS,
        **stabilisation_handlers.HANDLERS,
        **leaving_handlers.HANDLERS,
    },
    timers={
        **agreement_timers.TIMERS,
        **agency_timers.TIMERS,
        **time_plan_timers.TIMERS,
        **gate_timers.TIMERS,
        **leaving_timers.TIMERS,
    },
    background=(planner.WORK,),
    problems=PROBLEMS,
)
