"""What facts of an agency have to be like before they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.chassis.problems import Problem, ProblemType
from services.onboarding.agencies.domain import Agency, Obligation, System
from services.onboarding.agencies.problems import (
    AGENCY_NOT_ACTIVE,
    CONTACT_ROLE_UNKNOWN,
    DAYS_REVERSED,
    EMPLOYMENT_FORM_UNKNOWN,
    NAMED_TWICE,
    SERVICE_AREA_UNKNOWN,
)
from services.onboarding.agencies.vocabulary import vocabulary
from services.onboarding.catalogue.service import catalogue_in_force


def require_active(agency: Agency) -> None:
    """Refuse what only an agency that works on can do, such as opening a case.

    Raises:
        Problem: ``agency_not_active``, naming the successors.
    """
    if agency.is_active:
        return
    heirs = f"; its successors are {', '.join(agency.successors)}" if agency.successors else ""
    raise Problem(
        AGENCY_NOT_ACTIVE,
        f"{agency.org_number} has ended ({agency.status.value}){heirs}. Turn to a successor, or"
        " correct the life event if it is wrong.",
        status_of_agency=agency.status.value,
        successors=list(agency.successors),
    )


def require_sound(agency: Agency, today: date) -> None:
    """Refuse facts that cannot be: words that do not exist, repeats, reversed days.

    Raises:
        Problem: ``service_area_unknown``, ``employment_form_unknown``,
            ``contact_role_unknown``, ``named_twice``, ``days_reversed``.
    """
    facts = agency.facts
    _require_areas(today, facts.systems, agency.obligations)
    if unknown := vocabulary().unknown_forms(item.form for item in facts.employment_forms):
        raise _unknown(EMPLOYMENT_FORM_UNKNOWN, "form of employment", unknown)
    if unknown := vocabulary().unknown_roles(item.role for item in agency.people.contacts):
        raise _unknown(CONTACT_ROLE_UNKNOWN, "role of a contact", unknown)
    _refuse_repeats("year", (str(item.year) for item in facts.years))
    _refuse_repeats("form of employment", (item.form for item in facts.employment_forms))
    _refuse_repeats("service area", (item.service_area for item in agency.obligations))
    for item in facts.local_agreements:
        if item.valid_from and item.valid_until and item.valid_until < item.valid_from:
            raise Problem(
                DAYS_REVERSED,
                f"The local agreement {item.name} ends on {item.valid_until}, before it begins.",
            )


def _require_areas(
    today: date, systems: Iterable[System], obligations: Iterable[Obligation]
) -> None:
    offer = catalogue_in_force(today).services
    areas = {service.service_area for service in offer}
    named = {item.service_area for item in systems} | {item.service_area for item in obligations}
    if unknown := sorted(named - areas):
        raise _unknown(SERVICE_AREA_UNKNOWN, "service area", unknown, known=sorted(areas))


def _unknown(type_: ProblemType, what: str, unknown: Sequence[str], **extra: Any) -> Problem:
    return Problem(
        type_,
        f"There is no {what} {', '.join(unknown)}; see /agencies/vocabulary and /catalogue.",
        unknown=list(unknown),
        **extra,
    )


def _refuse_repeats(what: str, keys: Iterable[str]) -> None:
    repeated = sorted(key for key, times in Counter(keys).items() if times > 1)
    if repeated:
        raise Problem(
            NAMED_TWICE,
            f"The {what} {', '.join(repeated)} is named more than once; name each once.",
            repeated=repeated,
        )
