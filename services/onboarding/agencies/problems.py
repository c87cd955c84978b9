"""Every refusal about agencies, with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType
from services.onboarding.agencies.life_events import Fault

AGENCY_NOT_ACTIVE = ProblemType(
    "agency_not_active", 409, "The agency has merged, been split up or closed"
)
TYPE_CONTRADICTED = ProblemType(
    "agency_type_contradicted", 422, "The type of agency and part_of_state do not go together"
)
VALID_FROM_AHEAD = ProblemType(
    "valid_from_ahead", 422, "A registration holds from its own day at the latest"
)
CITY_CHANGES_BY_MOVE = ProblemType(
    "city_changes_by_move", 409, "An agency's seat changes by a life event with its day"
)
SERVICE_AREA_UNKNOWN = ProblemType(
    "service_area_unknown", 422, "The catalogue has no such service area"
)
EMPLOYMENT_FORM_UNKNOWN = ProblemType(
    "employment_form_unknown", 422, "There is no such form of employment"
)
CONTACT_ROLE_UNKNOWN = ProblemType(
    "contact_role_unknown", 422, "There is no such role of a contact"
)
NAMED_TWICE = ProblemType("named_twice", 422, "The same thing is named more than once")
DAYS_REVERSED = ProblemType("days_reversed", 422, "Something ends before it begins")
NOT_KNOWN_THEN = ProblemType(
    "not_known_then", 404, "The register does not answer for that day or that instant"
)

IMPORT_EMPTY = ProblemType("import_empty", 422, "The file has no rows")
IMPORT_NOT_UTF8 = ProblemType("import_not_utf8", 422, "The file is not text in UTF-8")
IMPORT_NOT_CSV = ProblemType("import_not_csv", 422, "The file cannot be read as CSV")
IMPORT_TOO_MANY_ROWS = ProblemType("import_too_many_rows", 422, "The file has too many rows")
IMPORT_COLUMNS_WRONG = ProblemType(
    "import_columns_wrong", 422, "The file's columns are not those of an import"
)
IMPORT_ROWS_WRONG = ProblemType("import_rows_wrong", 422, "Some rows cannot be imported")

LIFE_EVENT_ALREADY_CORRECTED = ProblemType(
    "life_event_already_corrected", 409, "The record has been corrected or withdrawn already"
)
NOT_A_SUCCESSOR = ProblemType(
    "not_a_successor", 422, "The split does not name that agency as a successor"
)
NO_DECISION_NEEDED = ProblemType(
    "no_decision_needed", 409, "The life event leaves nothing to decide about that case"
)

BEFORE_REGISTRATION = ProblemType(
    Fault.BEFORE_REGISTRATION.value, 422, "The register does not answer for a day that early"
)
AGENCY_CEASED = ProblemType(Fault.AGENCY_CEASED.value, 409, "The agency has ended by then")
OUT_OF_ORDER = ProblemType(Fault.OUT_OF_ORDER.value, 409, "Something later is recorded already")
CONTRADICTED = ProblemType(
    Fault.CONTRADICTED.value, 409, "The register has another record of the kind for the day"
)
NOTHING_CHANGES = ProblemType(Fault.NOTHING_CHANGES.value, 409, "It is so already")
SUCCESSOR_IS_ITSELF = ProblemType(
    Fault.SUCCESSOR_IS_ITSELF.value, 422, "An agency cannot succeed itself"
)
SUCCESSOR_UNKNOWN = ProblemType(
    Fault.SUCCESSOR_UNKNOWN.value, 422, "The successor is not registered"
)
SUCCESSOR_CEASED = ProblemType(Fault.SUCCESSOR_CEASED.value, 409, "The successor has ended by then")
SPLIT_NEEDS_SUCCESSORS = ProblemType(
    Fault.SPLIT_NEEDS_SUCCESSORS.value, 422, "A split needs two successors or more"
)
AWAITED_AS_SUCCESSOR = ProblemType(
    Fault.AWAITED_AS_SUCCESSOR.value, 409, "The agency is to succeed another one later"
)
SUCCESSION_CIRCULAR = ProblemType(
    Fault.SUCCESSION_CIRCULAR.value, 409, "The agencies would succeed each other"
)
LIFE_EVENT_FAULTS: dict[Fault, ProblemType] = {
    Fault(problem.code): problem
    for problem in (
        BEFORE_REGISTRATION,
        AGENCY_CEASED,
        OUT_OF_ORDER,
        CONTRADICTED,
        NOTHING_CHANGES,
        SUCCESSOR_IS_ITSELF,
        SUCCESSOR_UNKNOWN,
        SUCCESSOR_CEASED,
        SPLIT_NEEDS_SUCCESSORS,
        AWAITED_AS_SUCCESSOR,
        SUCCESSION_CIRCULAR,
    )
}

PROBLEMS: tuple[ProblemType, ...] = (
    AGENCY_NOT_ACTIVE,
    TYPE_CONTRADICTED,
    VALID_FROM_AHEAD,
    CITY_CHANGES_BY_MOVE,
    SERVICE_AREA_UNKNOWN,
    EMPLOYMENT_FORM_UNKNOWN,
    CONTACT_ROLE_UNKNOWN,
    NAMED_TWICE,
    DAYS_REVERSED,
    NOT_KNOWN_THEN,
    IMPORT_EMPTY,
    IMPORT_NOT_UTF8,
    IMPORT_NOT_CSV,
    IMPORT_TOO_MANY_ROWS,
    IMPORT_COLUMNS_WRONG,
    IMPORT_ROWS_WRONG,
    LIFE_EVENT_ALREADY_CORRECTED,
    NOT_A_SUCCESSOR,
    NO_DECISION_NEEDED,
    *LIFE_EVENT_FAULTS.values(),
)
