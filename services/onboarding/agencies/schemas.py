"""Agencies in requests and responses."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from services.chassis.schemas import Count, Flag, RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber


class RegisterAgency(RequestModel):
    """An agency to make known to the centre."""

    org_number: OrgNumber
    name: Text
    headcount: Count
    part_of_state: Flag = Field(
        default=True, description="False for a municipality, region or company."
    )


class AgencyOut(ResponseModel):
    """A registered agency."""

    org_number: str
    name: str
    headcount: int
    part_of_state: bool
    registered_at: AwareDatetime
