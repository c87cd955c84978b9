"""The staff of a case in requests and responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from services.chassis.schemas import Day, RequestModel, ResponseModel, Text
from services.contracts.values import Slug
from services.onboarding.parties import Party
from services.onboarding.staffing.domain import StaffMember
from services.onboarding.staffing.service import Post, Staffing


class MemberIn(RequestModel):
    """Somebody who works on the case, with a deputy when there is one.

    Without days a deputy stands in outside of the holder's own time; with days, on those.
    """

    role: Text
    name: Text
    deputy: Text | None = None
    service_area: Slug | None = Field(
        default=None, description="Of a service owner: the area; absent for all of the case's."
    )
    valid_from: Day | None = None
    valid_until: Day | None = None
    deputy_from: Day | None = None
    deputy_until: Day | None = None


class PutStaffing(RequestModel):
    """Everybody who works on the case on the sender's side."""

    members: Annotated[list[MemberIn], Field(min_length=1, max_length=50)]

    def staff(self) -> list[StaffMember]:
        """The members as the domain has them."""
        return [StaffMember(**dict(member)) for member in self.members]


class MemberOut(ResponseModel):
    """Somebody who works on the case."""

    role: str
    name: str
    deputy: str | None
    service_area: str | None
    valid_from: date | None
    valid_until: date | None
    deputy_from: date | None
    deputy_until: date | None


class StaffingOut(ResponseModel):
    """The staff of one side."""

    party: Party
    members: list[MemberOut]


class PostOut(MemberOut):
    """A role and who does it on the day: the holder, the deputy, or nobody."""

    role_key: str | None
    acting: str | None


class VacancyOut(ResponseModel):
    """A required role that nobody does on the day."""

    party: Party
    role_key: str
    name: str
    name_sv: str
    service_area: str | None


class StaffingOnDay(ResponseModel):
    """Who does which role on a day, on both sides."""

    on: date
    customer: list[PostOut]
    centre: list[PostOut]
    vacant: list[VacancyOut]

    @classmethod
    def of(cls, staffing: Staffing) -> StaffingOnDay:
        """The response for a day."""
        return cls(
            on=staffing.on,
            customer=_posts(staffing.posts[Party.CUSTOMER]),
            centre=_posts(staffing.posts[Party.CENTRE]),
            vacant=[
                VacancyOut(
                    party=vacancy.party,
                    role_key=vacancy.role.key,
                    name=vacancy.role.name,
                    name_sv=vacancy.role.name_sv,
                    service_area=vacancy.service_area,
                )
                for vacancy in staffing.vacant
            ],
        )


def _posts(posts: Sequence[Post]) -> list[PostOut]:
    return [
        PostOut(
            **dict(MemberOut.model_validate(post.member)),
            role_key=post.role_key,
            acting=post.acting,
        )
        for post in posts
    ]
