"""HTTP of training before go-live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Identifier
from services.contracts.values import Slug
from services.onboarding.implementation.training import service
from services.onboarding.implementation.training.schemas import (
    CourseOut,
    PostCancelled,
    PostCourse,
    PostHeld,
    PutTrainingNeed,
    TrainingOut,
)
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(
    prefix="/cases/{case_id}/training", tags=["implementation"], route_class=UnitOfWorkRoute
)

_CHANGES = [WORKS_ON_CASES, HONOURS_IF_MATCH]
Key = Annotated[Slug, Path()]


@router.get("")
async def read_training(uow: Uow, case_id: Identifier) -> TrainingOut:
    """How far the training has come, by service and role, and the courses."""
    return TrainingOut.of(await service.training(uow, case_id))


@router.put("/needs/{service_key}/{role}", dependencies=_CHANGES)
async def put_need(
    uow: Uow, case_id: Identifier, service_key: Key, role: Key, request: PutTrainingNeed
) -> TrainingOut:
    """Say how many people of a role are to be trained for a service."""
    return TrainingOut.of(
        await service.put_need(uow, case_id, service_key, role, request.to_be_trained)
    )


@router.post("/courses", status_code=201, dependencies=_CHANGES)
async def plan_course(uow: Uow, case_id: Identifier, request: PostCourse) -> CourseOut:
    """Plan a course for a role."""
    course = await service.plan(
        uow, case_id, request.service, request.role, request.title, request.planned_on
    )
    return CourseOut.model_validate(course)


@router.post("/courses/{course_id}/held", status_code=201, dependencies=_CHANGES)
async def hold_course(
    uow: Uow, case_id: Identifier, course_id: Identifier, request: PostHeld
) -> CourseOut:
    """Report that a course was held, and how many were trained."""
    course = await service.hold(uow, case_id, course_id, request.held_on, request.trained)
    return CourseOut.model_validate(course)


@router.post("/courses/{course_id}/cancellation", status_code=201, dependencies=_CHANGES)
async def cancel_course(
    uow: Uow, case_id: Identifier, course_id: Identifier, request: PostCancelled
) -> CourseOut:
    """Cancel a planned course."""
    return CourseOut.model_validate(await service.cancel(uow, case_id, course_id, request.reason))
