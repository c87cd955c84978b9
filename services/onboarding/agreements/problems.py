"""Every refusal that is about agreements, with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

AGREEMENT_NOT_SOUND = ProblemType(
    "agreement_not_sound", 422, "The text cannot be an agreement as it stands"
)
CLAUSE_UNKNOWN = ProblemType("clause_unknown", 422, "The standard has no such clause")
CLAUSE_REGULATED_BY_LAW = ProblemType(
    "clause_regulated_by_law", 422, "Law already regulates what the clause is about"
)
DEVIATION_END_INVALID = ProblemType(
    "deviation_end_invalid", 422, "A deviation ends ahead, and with the agreement at the latest"
)
FURTHER_PARTY_UNKNOWN = ProblemType(
    "further_party_unknown", 422, "A further party is not a registered agency of its own"
)
AGREEMENT_UNCHANGED = ProblemType("agreement_unchanged", 422, "The change changes nothing")
AGREEMENT_NOT_SIGNED = ProblemType(
    "agreement_not_signed", 409, "Nothing is signed yet that could be changed or ended"
)
AGREEMENT_NOT_IN_FORCE = ProblemType("agreement_not_in_force", 409, "The agreement has ended")
AMENDMENT_TARGET_UNKNOWN = ProblemType(
    "amendment_target_unknown", 422, "The change is about something that is not there"
)
EFFECTIVE_DAY_INVALID = ProblemType(
    "effective_day_invalid", 422, "A version cannot take effect on that day"
)
EFFECTIVE_DAY_PASSED = ProblemType(
    "effective_day_passed", 409, "The version should have been signed before its day"
)
OUTSIDE_CHANGE_WINDOW = ProblemType(
    "outside_change_window", 422, "Scope and fee change in the agreed windows only"
)
INSIDE_CHANGE_WINDOW = ProblemType(
    "inside_change_window", 409, "The version needs no statement of urgency"
)
URGENCY_NOT_STATED = ProblemType(
    "urgency_not_stated", 409, "Both parties have to say why it cannot wait"
)
DELEGATION_MISSING = ProblemType(
    "delegation_missing", 403, "The signatory heads no authority and has no delegation"
)
DELEGATION_NOT_IN_FORCE = ProblemType(
    "delegation_not_in_force", 403, "The signatory's delegation does not hold today"
)
DELEGATION_EXCEEDED = ProblemType(
    "delegation_exceeded", 403, "The agreement costs more than the delegation allows"
)
DELEGATION_NOT_BY_HEAD = ProblemType(
    "delegation_not_by_head", 422, "Only the head of an authority delegates the right to sign"
)
DELEGATION_REVERSED = ProblemType(
    "delegation_reversed", 422, "The delegation ends before it begins"
)
DELEGATION_TO_ONESELF = ProblemType(
    "delegation_to_oneself", 422, "Nobody delegates the right to sign to themselves"
)
DELEGATION_ALREADY_REVOKED = ProblemType(
    "delegation_already_revoked", 409, "The delegation is already revoked"
)
NOT_A_PARTY = ProblemType("not_a_party", 403, "Your agency takes no part in this version")
SERVICE_NOT_IN_AGREEMENT = ProblemType(
    "service_not_in_agreement", 422, "The agreement is not about the service"
)
NOTICE_ALREADY_GIVEN = ProblemType(
    "notice_already_given", 409, "Notice is already given of the service"
)
NOTICE_TOO_LATE = ProblemType(
    "notice_too_late", 422, "The agreement's terms do not allow that last day"
)
NOTICE_NOT_YOURS = ProblemType("notice_not_yours", 403, "The other party has to do that")
NOTICE_SETTLED = ProblemType("notice_settled", 409, "The notice is already confirmed or withdrawn")

PROBLEMS: tuple[ProblemType, ...] = (
    AGREEMENT_NOT_SOUND,
    CLAUSE_UNKNOWN,
    CLAUSE_REGULATED_BY_LAW,
    DEVIATION_END_INVALID,
    FURTHER_PARTY_UNKNOWN,
    AGREEMENT_UNCHANGED,
    AGREEMENT_NOT_SIGNED,
    AGREEMENT_NOT_IN_FORCE,
    AMENDMENT_TARGET_UNKNOWN,
    EFFECTIVE_DAY_INVALID,
    EFFECTIVE_DAY_PASSED,
    OUTSIDE_CHANGE_WINDOW,
    INSIDE_CHANGE_WINDOW,
    URGENCY_NOT_STATED,
    DELEGATION_MISSING,
    DELEGATION_NOT_IN_FORCE,
    DELEGATION_EXCEEDED,
    DELEGATION_NOT_BY_HEAD,
    DELEGATION_REVERSED,
    DELEGATION_TO_ONESELF,
    DELEGATION_ALREADY_REVOKED,
    NOT_A_PARTY,
    SERVICE_NOT_IN_AGREEMENT,
    NOTICE_ALREADY_GIVEN,
    NOTICE_TOO_LATE,
    NOTICE_NOT_YOURS,
    NOTICE_SETTLED,
)
