"""What the API says about what service areas brought in."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.billing.results.openings import NewOpening, Opening
from services.billing.results.rules import Category
from services.chassis.schemas import AmountOre, Day, LongText, RequestModel, ResponseModel
from services.contracts.values import Slug


class OpeningIn(RequestModel):
    """What a service area brought in from before; a deficit is below nought."""

    service_area: Slug
    category: Category
    as_of: Day = Field(description="The first day of a year.")
    amount_ore: AmountOre
    reason: LongText
    corrects: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f-]{36}$",
        description="The one that holds now, where this one takes its place.",
    )

    def opening(self) -> NewOpening:
        """As the use case has it."""
        return NewOpening(
            self.service_area,
            self.category,
            self.as_of,
            self.amount_ore,
            self.reason,
            self.corrects,
        )


class OpeningOut(ResponseModel):
    """What an area brought in; it holds unless a later one corrects it."""

    id: str
    service_area: str
    category: Category
    as_of: date
    amount_ore: int
    reason: str
    corrects: str | None
    corrected_by: str | None
    registered_by: str
    recorded_at: datetime


def opening_out(opening: Opening) -> OpeningOut:
    """What an area brought in as the API shows it."""
    row = opening.row
    return OpeningOut(
        id=row.id,
        service_area=row.service_area,
        category=Category(row.category),
        as_of=row.as_of,
        amount_ore=row.amount_ore,
        reason=row.reason,
        corrects=row.corrects,
        corrected_by=opening.corrected_by,
        registered_by=row.registered_by,
        recorded_at=row.recorded_at,
    )
