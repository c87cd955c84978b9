"""Every refusal that is onboarding's own, with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType
from services.onboarding.agencies import problems as agencies
from services.onboarding.agreements import problems as agreements
from services.onboarding.cases import problems as cases
from services.onboarding.catalogue import problems as catalogue
from services.onboarding.documents import problems as documents
from services.onboarding.gap_analysis import problems as gap_analysis
from services.onboarding.gates import problems as gates
from services.onboarding.implementation import problems as implementation
from services.onboarding.leaving import problems as leaving
from services.onboarding.letter_of_intent import problems as letter_of_intent
from services.onboarding.pipeline import problems as pipeline
from services.onboarding.staffing import problems as staffing
from services.onboarding.start_up_costs import problems as start_up_costs
from services.onboarding.time_plan import problems as time_plan

AGENCY_ALREADY_REGISTERED = ProblemType(
    "agency_already_registered", 409, "The agency is already registered"
)
AGENCY_UNKNOWN = ProblemType("agency_unknown", 422, "The agency is not registered")
SERVICE_UNKNOWN = ProblemType("service_unknown", 422, "The catalogue has no such service")
CASE_ALREADY_OPEN = ProblemType(
    "case_already_open", 409, "The agency has an open case for the service"
)
WRONG_PHASE = ProblemType("wrong_phase", 409, "The case is not in a phase where this is done")
PHASE_OUT_OF_ORDER = ProblemType("phase_out_of_order", 409, "The phase is not the next one")
GATE_NOT_OPEN = ProblemType("gate_not_open", 409, "Something is missing for the next phase")
ALREADY_SIGNED = ProblemType("already_signed", 409, "Your side has already signed")

VOLUMES_INCOMPLETE = ProblemType("volumes_incomplete", 422, "The volumes do not fit the services")
BASELINE_MISSING = ProblemType("baseline_missing", 409, "The case has no baseline yet")

ACTIVITY_UNKNOWN = ProblemType("activity_unknown", 404, "The case has no such activity")
GAP_NOT_DESCRIBED = ProblemType("gap_not_described", 422, "A gap needs its kind and size")
NOT_COMPARED = ProblemType("not_compared", 409, "The activity is not compared yet")
NO_GAP_TO_DECIDE = ProblemType("no_gap_to_decide", 409, "The activity has no gap")
UNTIL_REQUIRED = ProblemType("until_required", 422, "An exception needs an end date ahead")

TEMPLATE_UNKNOWN = ProblemType("template_unknown", 422, "There is no such collaboration template")
CREDIT_TABLE_UNKNOWN = ProblemType(
    "credit_table_unknown", 422, "There is no such table of compensation"
)
FEE_INDICATION_MISSING = ProblemType(
    "fee_indication_missing", 409, "No fee is indicated from the baseline as it stands"
)
AGREEMENT_NOT_DRAFTED = ProblemType("agreement_not_drafted", 409, "The agreement is not drafted")
AGREEMENT_ALREADY_SIGNED = ProblemType(
    "agreement_already_signed", 409, "Both parties have signed the agreement"
)
AGREEMENT_TEXT_CHANGED = ProblemType(
    "agreement_text_changed", 409, "The text to sign is not the latest version"
)

GO_LIVE_NOT_READY = ProblemType("go_live_not_ready", 409, "Something is missing for go-live")
SERVICE_NOT_IN_CASE = ProblemType("service_not_in_case", 422, "The case is not about the service")
ALREADY_LIVE = ProblemType("already_live", 409, "The service is already live")
LIVE_ON_IN_FUTURE = ProblemType("live_on_in_future", 422, "A service goes live on its day")

PROBLEMS: tuple[ProblemType, ...] = (
    AGENCY_ALREADY_REGISTERED,
    AGENCY_UNKNOWN,
    SERVICE_UNKNOWN,
    CASE_ALREADY_OPEN,
    WRONG_PHASE,
    PHASE_OUT_OF_ORDER,
    GATE_NOT_OPEN,
    ALREADY_SIGNED,
    VOLUMES_INCOMPLETE,
    BASELINE_MISSING,
    ACTIVITY_UNKNOWN,
    GAP_NOT_DESCRIBED,
    NOT_COMPARED,
    NO_GAP_TO_DECIDE,
    UNTIL_REQUIRED,
    TEMPLATE_UNKNOWN,
    CREDIT_TABLE_UNKNOWN,
    FEE_INDICATION_MISSING,
    AGREEMENT_NOT_DRAFTED,
    AGREEMENT_ALREADY_SIGNED,
    AGREEMENT_TEXT_CHANGED,
    GO_LIVE_NOT_READY,
    SERVICE_NOT_IN_CASE,
    ALREADY_LIVE,
    LIVE_ON_IN_FUTURE,
    *agencies.PROBLEMS,
    *agreements.PROBLEMS,
    *cases.PROBLEMS,
    *documents.PROBLEMS,
    *catalogue.PROBLEMS,
    *gap_analysis.PROBLEMS,
    *gates.PROBLEMS,
    *implementation.PROBLEMS,
    *leaving.PROBLEMS,
    *letter_of_intent.PROBLEMS,
    *staffing.PROBLEMS,
    *start_up_costs.PROBLEMS,
    *time_plan.PROBLEMS,
    *pipeline.PROBLEMS,
)
