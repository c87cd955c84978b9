"""Training in requests and responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Slug
from services.onboarding.implementation.training.domain import RoleStanding
from services.onboarding.implementation.training.service import Training

People = Annotated[int, Field(ge=0, le=1_000_000), AS_A_NUMBER]


class PutTrainingNeed(RequestModel):
    """How many people of a role are to be trained."""

    to_be_trained: People


class PostCourse(RequestModel):
    """A course to plan."""

    service: Slug
    role: Slug
    title: Text
    planned_on: Day


class PostHeld(RequestModel):
    """A course that was held; ``trained`` counts those who had not been trained before."""

    held_on: Day
    trained: People


class PostCancelled(RequestModel):
    """Why a course is cancelled."""

    reason: LongText


class CourseOut(ResponseModel):
    """A course: planned, held or cancelled."""

    id: str
    service: str
    role: str
    title: str
    planned_on: date
    held_on: date | None
    trained: int | None
    cancelled_because: str | None


class RoleStandingOut(ResponseModel):
    """How far the training of a role has come; ``required`` is the least that will do."""

    service: str
    role: str
    name: str
    name_sv: str
    required_share_percent: Decimal
    to_be_trained: int | None
    required: int | None
    trained: int
    holds: bool

    @classmethod
    def of(cls, part: RoleStanding) -> RoleStandingOut:
        """The response for a role."""
        return cls(
            service=part.service,
            role=part.role.key,
            name=part.role.name,
            name_sv=part.role.name_sv,
            required_share_percent=part.role.required_share_percent,
            to_be_trained=part.to_be_trained,
            required=part.required,
            trained=part.trained,
            holds=part.holds,
        )


class TrainingOut(ResponseModel):
    """How far a case's training has come."""

    roles: list[RoleStandingOut]
    courses: list[CourseOut]

    @classmethod
    def of(cls, found: Training) -> TrainingOut:
        """The response for a case."""
        return cls(
            roles=[RoleStandingOut.of(part) for part in found.roles],
            courses=[CourseOut.model_validate(course) for course in found.courses],
        )
