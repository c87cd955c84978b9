"""Onboarding's composition root: the only place that wires its parts together."""

from __future__ import annotations

from pathlib import Path

from services.chassis.service import ServiceSpec
from services.onboarding.agencies import router as agencies
from services.onboarding.agreements import router as agreements
from services.onboarding.agreements import service as agreement_service
from services.onboarding.cases import router as cases
from services.onboarding.catalogue import router as catalogue
from services.onboarding.catalogue import service as catalogue_service
from services.onboarding.gap_analysis import router as gap_analysis
from services.onboarding.gates import router as gates
from services.onboarding.gates import service as gate_service
from services.onboarding.implementation import router as implementation
from services.onboarding.implementation import service as implementation_service
from services.onboarding.letter_of_intent import handlers as fee_handlers
from services.onboarding.letter_of_intent import router as letter_of_intent
from services.onboarding.letter_of_intent import service as letter_service
from services.onboarding.problems import PROBLEMS
from services.onboarding.stabilisation import handlers as stabilisation_handlers
from services.onboarding.tables import Base


def _read_data_files() -> None:
    """Read every data file now: a faulty one is to stop the start, not a request."""
    catalogue_service.catalogue()
    gate_service.gates_in_force()
    implementation_service.implementation_rules()
    letter_service.time_plan_rules()
    agreement_service.standard_in_force()
    agreement_service.collaboration_templates()


_read_data_files()

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
        agencies.router,
        catalogue.router,
        cases.router,
        gates.router,
        letter_of_intent.router,
        gap_analysis.router,
        agreements.router,
        implementation.router,
    ),
    staff=(
        agencies.staff_router,
        cases.staff_router,
        gates.staff_router,
        letter_of_intent.staff_router,
        agreements.staff_router,
        implementation.staff_router,
    ),
    handlers={**fee_handlers.HANDLERS, **stabilisation_handlers.HANDLERS},
    problems=PROBLEMS,
)
