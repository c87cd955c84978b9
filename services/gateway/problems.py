"""The gateway's own kinds of refusal."""

from __future__ import annotations

from services.chassis.problems import ProblemType
from services.chassis.service import CLOCK_CANNOT_GO_BACK, CLOCK_NOT_SIMULATED

ROUTE_UNKNOWN = ProblemType("route_unknown", 404, "No service answers this path")
PATH_NOT_NORMAL = ProblemType("path_not_normal", 400, "The path is not in its plain form")
REQUEST_AMBIGUOUS = ProblemType("request_ambiguous", 400, "The request can be read in two ways")
SERVICE_UNAVAILABLE = ProblemType("service_unavailable", 503, "The service does not answer")
SERVICE_TIMED_OUT = ProblemType("service_timed_out", 504, "The service took too long")
TOO_MANY_REQUESTS = ProblemType("too_many_requests", 429, "Too many attempts")

AGENCY_NEEDS_ORG_NUMBER = ProblemType(
    "agency_needs_org_number", 422, "An agency's client needs an organisation number"
)
STAFF_HAS_NO_ORG_NUMBER = ProblemType(
    "staff_has_no_org_number", 422, "A staff client has no organisation number"
)
ROLES_DO_NOT_MIX = ProblemType(
    "roles_do_not_mix", 422, "A client is an agency's or the centre's, not both"
)
LAST_ADMINISTRATOR = ProblemType(
    "last_administrator", 409, "The last administrator cannot be revoked"
)

CLOCK_STEP_TOO_LONG = ProblemType("clock_step_too_long", 422, "The step is too long")
CENTRE_NOT_QUIET = ProblemType("centre_not_quiet", 504, "The centre did not come to rest")

PROBLEMS: tuple[ProblemType, ...] = (
    ROUTE_UNKNOWN,
    PATH_NOT_NORMAL,
    REQUEST_AMBIGUOUS,
    SERVICE_UNAVAILABLE,
    SERVICE_TIMED_OUT,
    TOO_MANY_REQUESTS,
    AGENCY_NEEDS_ORG_NUMBER,
    STAFF_HAS_NO_ORG_NUMBER,
    ROLES_DO_NOT_MIX,
    LAST_ADMINISTRATOR,
    CENTRE_NOT_QUIET,
    CLOCK_STEP_TOO_LONG,
    CLOCK_NOT_SIMULATED,
    CLOCK_CANNOT_GO_BACK,
)
