"""A case's version of the catalogue in requests and responses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.chassis.schemas import RequestModel, ResponseModel
from services.onboarding.catalogue.binding import Move
from services.onboarding.catalogue.domain import Version
from services.onboarding.catalogue.schemas import CatalogueChangeOut


class MoveCase(RequestModel):
    """A case to bind to a newer version; ``seen`` is the preview's ``fingerprint``."""

    version: Version
    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", min_length=64, max_length=64)]


class ActivityRefOut(ResponseModel):
    """An activity within a service."""

    service: str
    activity: str


class MoveOut(ResponseModel):
    """What a move to a newer version changes for a case."""

    catalogue_version: str
    version: str
    changes: list[CatalogueChangeOut]
    to_compare: list[ActivityRefOut]
    falls_away: list[ActivityRefOut]
    to_review: list[ActivityRefOut]
    fingerprint: str

    @classmethod
    def of(cls, move: Move, *, applied: bool = False) -> MoveOut:
        """The response for a move; ``catalogue_version`` is the one that the case has."""
        return cls(
            catalogue_version=move.to if applied else move.current,
            version=move.to,
            changes=CatalogueChangeOut.all_of(move.changes),
            to_compare=[ActivityRefOut.model_validate(ref) for ref in move.to_compare],
            falls_away=[ActivityRefOut.model_validate(ref) for ref in move.fall_away],
            to_review=[ActivityRefOut.model_validate(ref) for ref in move.to_review],
            fingerprint=move.fingerprint,
        )
