"""Causes over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from services.chassis.schemas import LongText, RequestModel, ResponseModel
from services.collab_model.following_up.causes.service import NewCause, StatedCause
from services.collab_model.following_up.data import Causes, Teams
from services.collab_model.tables import CauseRow
from services.contracts.values import OrgNumber, Slug, YearMonth

Subject = Annotated[
    str,
    Field(
        pattern=r"^(level|(matter|stop|delivery):[a-z0-9:-]{1,120})$",
        max_length=130,
        description="What it is about, as the statement's deviation says.",
        examples=["matter:019cacf8-51c0-7e21-8d3a-6b1f0c9e4a77"],
    ),
]


class StateCause(RequestModel):
    """Why something was not kept. ``period`` and ``level`` are needed for all but a matter."""

    org_number: OrgNumber
    service: Slug
    subject: Subject
    cause: Slug
    period: YearMonth | None = None
    level: Slug | None = None
    team: Slug | None = None
    note: LongText | None = None

    def new(self) -> NewCause:
        """What is stated, as the use case takes it."""
        return NewCause(
            org_number=self.org_number,
            service=self.service,
            subject=self.subject,
            cause=self.cause,
            period=self.period,
            level=self.level,
            team=self.team,
            note=self.note or "",
        )


class CauseOut(ResponseModel):
    """What was stated about a deviation; of several about one subject the latest counts."""

    id: str
    agreement_id: str
    org_number: str
    service: str
    period: str | None
    level: str | None
    subject: str
    cause: str
    team: str | None
    note: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: CauseRow) -> Self:
        """A cause as it is shown."""
        return cls.model_validate(row)


class ClosedMonthOut(ResponseModel):
    """A closed month; it is corrected under ``/periods/{period_id}/corrections``."""

    period_id: str
    period: str


class CauseStated(CauseOut):
    """What was stated. ``to_correct`` are the closed months that tell of the deviation otherwise:
    there it counts from their next correction on.
    """

    to_correct: list[ClosedMonthOut]

    @classmethod
    def with_months(cls, stated: StatedCause) -> Self:
        """A cause as it is answered to who stated it."""
        return cls(
            **CauseOut.of(stated.row).model_dump(),
            to_correct=[
                ClosedMonthOut(period_id=month.period_id, period=month.period)
                for month in stated.closed
            ],
        )


class NamedCause(ResponseModel):
    """A cause that can be stated; ``party`` could have prevented it."""

    key: str
    party: str
    name: str
    name_sv: str


class NamedTeam(ResponseModel):
    """A team, and the service areas whose matters are with it unless somebody says otherwise."""

    key: str
    name: str
    name_sv: str
    service_areas: list[str]


class CauseVocabulary(ResponseModel):
    """What causes and teams there are."""

    causes: list[NamedCause]
    teams: list[NamedTeam]

    @classmethod
    def of(cls, causes: Causes, teams: Teams) -> Self:
        """The words in the data files."""
        return cls(
            causes=[NamedCause.model_validate(each) for each in causes.causes],
            teams=[NamedTeam.model_validate(each) for each in (*teams.teams, teams.otherwise)],
        )
