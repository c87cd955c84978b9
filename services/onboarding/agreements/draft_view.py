"""A draft of an agreement as the check reads it: anything may still be missing or wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from services.contracts.values import Delivery, Value
from services.onboarding.agreements.document import AgreementParty, Part


class DraftLevel(Value):
    """A level, whose measure may be missing."""

    key: str = ""
    kind: str = ""
    target_minutes: dict[str, int] = Field(default_factory=dict)
    required_share_percent: Decimal | None = None
    deliveries: tuple[Delivery, ...] = ()


class DraftFee(Value):
    """A fee item, whose unit may be missing."""

    key: str = ""
    unit: str = ""
    unit_price_ore: int = 0
    yearly_quantity: int = 0


class DraftService(Value):
    """A service with its levels and fee items."""

    service: str
    levels: tuple[DraftLevel, ...] = ()
    fee_items: tuple[DraftFee, ...] = ()


class DraftRow(Value):
    """A row of the matrix, or anything else about an activity."""

    service: str
    activity: str
    accountable: str = ""

    @property
    def ref(self) -> str:
        """The activity, as service/activity."""
        return f"{self.service}/{self.activity}"


class DraftDeviation(DraftRow):
    """A deviation from the standard delivery."""

    resolution: str = ""
    reason: str = ""
    owner: str = ""
    ends_on: date | None = None


class DraftClauseDeviation(Value):
    """A deviation from a clause."""

    clause: str
    reason: str = ""
    owner: str = ""
    ends_on: date | None = None


class DraftForum(Value):
    """A forum of the collaboration model."""

    level: str = ""


class DraftServiceData(Value):
    """Which personal data a service processes."""

    service: str
    kinds: tuple[str, ...] = ()


class DraftDataProcessing(Value):
    """The data-processing agreement."""

    subject: str = ""
    duration: str = ""
    instructions: tuple[str, ...] = ()
    data: tuple[DraftServiceData, ...] = ()


class Draft(Value):
    """What the check reads of a draft; anything may still be missing."""

    parties: tuple[AgreementParty, ...] = ()
    valid_from: date
    valid_until: date
    review_on: date
    effective_on: date | None = None
    yearly_fee_ore: int = 0
    services: tuple[DraftService, ...] = ()
    responsibilities: tuple[DraftRow, ...] = ()
    excluded_activities: tuple[DraftRow, ...] = ()
    activity_names: tuple[DraftRow, ...] = ()
    deviations: tuple[DraftDeviation, ...] = ()
    clause_deviations: tuple[DraftClauseDeviation, ...] = ()
    data_processing: DraftDataProcessing | None = None
    forums: tuple[DraftForum, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def service_keys(self) -> frozenset[str]:
        """The keys of the services it is about."""
        return frozenset(service.service for service in self.services)
