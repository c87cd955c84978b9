"""Use cases: say how many are to be trained, plan courses, report them held or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.implementation.problems import (
    COURSE_CLOSED,
    COURSE_UNKNOWN,
    HELD_IN_FUTURE,
    TRAINED_BEYOND_NEED,
    TRAINING_ROLE_UNKNOWN,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import require_in_case
from services.onboarding.implementation.training import repository
from services.onboarding.implementation.training.domain import (
    Course,
    RoleStanding,
    TrainingRole,
    standings,
)


@dataclass(frozen=True)
class Training:
    """How far a case's training has come."""

    roles: tuple[RoleStanding, ...]
    courses: tuple[Course, ...]


async def training(uow: UnitOfWork, case_id: str) -> Training:
    """How far the training of a case has come.

    Raises:
        Problem: ``not_found``.
    """
    return await _training(uow, await get(uow, case_id))


async def put_need(
    uow: UnitOfWork, case_id: str, service: str, role_key: str, number: int
) -> Training:
    """Say how many people of a role are to be trained for a service.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``,
            ``training_role_unknown``, ``trained_beyond_need``, ``changed_meanwhile``.
    """
    change, role = await _take(uow, case_id, service, role_key)
    now = await _standing(uow, change.case, service, role_key)
    if number < now.trained:
        raise Problem(
            TRAINED_BEYOND_NEED,
            f"{now.trained} are trained already; {number} to be trained cannot be right.",
            trained=now.trained,
        )
    await repository.put_need(uow.session, case_id, (service, role_key), number, uow.now)
    did = f"said that {number} are to be trained for {service}: {role.name}."
    await note(uow, change, "training-need-stated", did)
    return await _training(uow, change.case)


async def plan(
    uow: UnitOfWork, case_id: str, service: str, role_key: str, title: str, planned_on: date
) -> Course:
    """Plan a course.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``,
            ``training_role_unknown``, ``changed_meanwhile``.
    """
    change, _ = await _take(uow, case_id, service, role_key)
    course = Course(new_id(), service, role_key, title, planned_on)
    await repository.add(uow.session, case_id, course)
    await note(uow, change, "course-planned", f"planned the course {title} on {planned_on}.")
    return course


async def hold(
    uow: UnitOfWork, case_id: str, course_id: str, held_on: date, trained: int
) -> Course:
    """Report that a course was held, and how many were trained who had not been before.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``course_unknown``, ``course_closed``,
            ``held_in_future``, ``trained_beyond_need``, ``changed_meanwhile``.
    """
    change, course = await _open_course(uow, case_id, course_id)
    if held_on > today(uow):
        raise Problem(HELD_IN_FUTURE, f"{held_on} is ahead; report the course when it is held.")
    now = await _standing(uow, change.case, course.service, course.role)
    if now.to_be_trained is not None and now.trained + trained > now.to_be_trained:
        raise Problem(
            TRAINED_BEYOND_NEED,
            f"{now.trained} of {now.to_be_trained} are trained already, so {trained} more are too"
            " many. Count each person once, or say first that more are to be trained.",
            trained=now.trained,
            to_be_trained=now.to_be_trained,
        )
    await repository.close(uow.session, course_id, held_on=held_on, trained=trained)
    await note(
        uow, change, "course-held", f"held the course {course.title}; {trained} were trained."
    )
    return await _course(uow, case_id, course_id)


async def cancel(uow: UnitOfWork, case_id: str, course_id: str, reason: str) -> Course:
    """Cancel a planned course.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``course_unknown``, ``course_closed``,
            ``changed_meanwhile``.
    """
    change, course = await _open_course(uow, case_id, course_id)
    await repository.close(uow.session, course_id, cancelled_because=reason)
    await note(uow, change, "course-cancelled", f"cancelled the course {course.title}: {reason}")
    return await _course(uow, case_id, course_id)


async def _take(
    uow: UnitOfWork, case_id: str, service: str, role_key: str
) -> tuple[Change, TrainingRole]:
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    require_in_case(change.case, service)
    for role in implementation_rules().training:
        if role.key == role_key and role.concerns(service):
            return change, role
    raise Problem(TRAINING_ROLE_UNKNOWN, f"{role_key} is no role that is trained for {service}.")


async def _open_course(uow: UnitOfWork, case_id: str, course_id: str) -> tuple[Change, Course]:
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    course = await _course(uow, case_id, course_id)
    if not course.is_open:
        state = f"was held on {course.held_on}" if course.held_on else "is cancelled"
        raise Problem(COURSE_CLOSED, f"The course {course.title} {state}; plan a new one.")
    return change, course


async def _course(uow: UnitOfWork, case_id: str, course_id: str) -> Course:
    for course in await repository.courses(uow.session, case_id):
        if course.id == course_id:
            return course
    raise Problem(COURSE_UNKNOWN, f"The case has no course {course_id}.")


async def _standing(uow: UnitOfWork, case: Case, service: str, role_key: str) -> RoleStanding:
    for part in (await _training(uow, case)).roles:
        if (part.service, part.role.key) == (service, role_key):
            return part
    raise Problem(TRAINING_ROLE_UNKNOWN, f"{role_key} is no longer trained for {service}.")


async def _training(uow: UnitOfWork, case: Case) -> Training:
    courses = tuple(await repository.courses(uow.session, case.id))
    needs = await repository.needs(uow.session, case.id)
    roles = standings(implementation_rules().training, case.service_keys, needs, courses)
    return Training(roles, courses)
