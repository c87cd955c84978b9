"""Query parameters that billing's lists share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.contracts.values import OrgNumber, YearMonth

ByOrgNumber = Annotated[
    OrgNumber | None,
    Query(description="Only this customer's; an agency sees no other's."),
]

ByPeriod = Annotated[YearMonth | None, Query(description="Only this month's.")]
