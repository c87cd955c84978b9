"""Use cases: name who works on a case, see who does which role on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.domain import ROUTE, Case
from services.onboarding.cases.service import get, note, take, today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.data_files import load
from services.onboarding.parties import Party
from services.onboarding.staffing import repository
from services.onboarding.staffing.domain import (
    StaffingRules,
    StaffMember,
    Vacancy,
    acting,
    faults,
    vacancies,
)
from services.onboarding.staffing.problems import STAFFING_FAULTY

OPEN_PHASES = ROUTE[:-1]


@dataclass(frozen=True)
class Post:
    """A member's role on a day: ``acting`` is who does it, None while nobody does."""

    member: StaffMember
    role_key: str | None
    acting: str | None


@dataclass(frozen=True)
class Staffing:
    """Who does which role in a case on a day, and which required roles nobody does."""

    on: date
    posts: Mapping[Party, tuple[Post, ...]]
    vacant: tuple[Vacancy, ...]


@cache
def staffing_rules() -> StaffingRules:
    """The rules in ``data/staffing.yaml``."""
    return load(StaffingRules, "staffing.yaml")


def areas_of(case: Case) -> frozenset[str]:
    """The service areas of a case."""
    services = catalogue(case.catalogue_version)
    return frozenset(services.service(key).service_area for key in case.service_keys)


async def put(
    uow: UnitOfWork, case_id: str, members: Sequence[StaffMember]
) -> tuple[Party, tuple[StaffMember, ...]]:
    """Name who works on the case on the actor's own side; replaces who was named before.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``wrong_phase``, ``staffing_faulty``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, *OPEN_PHASES)
    if found := faults(members, areas_of(change.case)):
        raise Problem(STAFFING_FAULTY, " ".join(found), faults=list(found))
    await repository.put(uow.session, case_id, change.party, members, staffing_rules())
    named = ", ".join(f"{member.name} ({member.role})" for member in members)
    await note(uow, change, "staffing-set", f"named its project staff: {named}.")
    return change.party, tuple(members)


async def on_day(uow: UnitOfWork, case_id: str, day: date | None) -> Staffing:
    """Who does which role on a day, today unless told otherwise.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    on, rules = day or today(uow), staffing_rules()
    staff = await repository.of_case(uow.session, case_id)
    return Staffing(
        on=on,
        posts={
            party: tuple(
                Post(member, rules.key_of(party, member.role), acting(member, on))
                for member in staff.get(party, ())
            )
            for party in Party
        },
        vacant=vacancies(rules, staff, areas_of(case), on),
    )
