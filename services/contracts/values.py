"""Value types that several services share: organisation numbers, services, levels, fees.

The signed agreement is made of these, and billing and collab_model run on them
(DOMAIN.md section 4: signing the agreement *is* configuring the service).
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.se import orgnr


def _canonical_org_number(value: str) -> str:
    try:
        digits = orgnr.validate(value)
    except StdnumError as error:
        raise ValueError(
            "not a Swedish organisation number (ten digits, the last a Luhn check digit)"
        ) from error
    return f"{digits[:6]}-{digits[6:]}"


OrgNumber = Annotated[
    str,
    Field(
        min_length=10,
        max_length=11,
        pattern=r"^[0-9]{6}-?[0-9]{4}$",
        description="Swedish organisation number; the hyphen is optional in, present out.",
        examples=["202100-6255"],
    ),
    AfterValidator(_canonical_org_number),
]
"""A Swedish organisation number as ``NNNNNN-NNNN``, Luhn digit checked."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""A lower-case name used as a key in data files, such as ``payroll``."""

Ore = Annotated[int, Field(description="Swedish öre, 1/100 krona")]
"""An amount of money in whole öre."""

YearMonth = Annotated[str, Field(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
"""A calendar month, the period that levels are closed by. No calendar has a year 0000."""


LocalTime = Annotated[
    time, WithJsonSchema({"type": "string", "format": "time-local", "examples": ["08:00:00"]})
]
"""A time of day on the wall clock. JSON Schema's ``time`` would need an offset from UTC."""


class Value(BaseModel):
    """Base of the shared value types: immutable, open to later additions."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Phase(StrEnum):
    """The five phases of onboarding, and the state after them (DOMAIN.md section 3)."""

    LETTER_OF_INTENT = "letter_of_intent"
    GAP_ANALYSIS = "gap_analysis"
    AGREEMENT = "agreement"
    IMPLEMENTATION = "implementation"
    STABILISATION = "stabilisation"
    STABLE = "stable"


class MatterKind(StrEnum):
    """What a matter is (DOMAIN.md section 2)."""

    INCIDENT = "incident"
    DEVIATION = "deviation"
    QUESTION = "question"
    REQUEST = "request"
    CHANGE = "change"


class Priority(StrEnum):
    """How pressing a matter is; each level of a time kind has a target per priority."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"


class MeasureKind(StrEnum):
    """How a service level is measured (DOMAIN.md section 6)."""

    RESPONSE_TIME = "response_time"
    RESOLUTION_TIME = "resolution_time"
    QUALITY_SHARE = "quality_share"


class ForumLevel(StrEnum):
    """Levels of the collaboration model, lowest first (DOMAIN.md section 5)."""

    OPERATIVE = "operative"
    TACTICAL = "tactical"
    STRATEGIC = "strategic"


class LifeEventKind(StrEnum):
    """What can happen to an agency in its life (DOMAIN.md section 3; 000:2559, 2641)."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    CLOSED = "closed"


class EndReason(StrEnum):
    """Why an agreement, or a service under it, comes to its end."""

    TERMINATED = "terminated"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    CLOSED = "closed"


class StartUpCostKind(StrEnum):
    """What was spent on a case before its fees come in (DOMAIN.md section 1, lesson 5)."""

    TIME = "time"
    PURCHASE = "purchase"


class ServiceHours(Value):
    """When service-level time runs: agreed hours on Swedish working days.

    ``half_day_closes`` applies to the eves that custom shortens (DOMAIN.md section 6).
    """

    zone: str = "Europe/Stockholm"
    opens: LocalTime = time(8, 0)
    closes: LocalTime = time(16, 30)
    half_day_closes: LocalTime = time(12, 0)


class ServiceLevel(Value):
    """One measurable promise.

    For the time kinds ``target_minutes`` gives the service minutes allowed per priority,
    and a period meets the level when the share of matters within target reaches
    ``required_share_percent``. For ``quality_share`` the period's reading itself must
    reach ``required_share_percent``.
    """

    key: Slug
    name: str
    name_sv: str
    kind: MeasureKind
    target_minutes: dict[Priority, int] = Field(default_factory=dict)
    required_share_percent: Annotated[Decimal, Field(gt=0, le=100)]


class FeeItem(Value):
    """One item of the tariff an agreement is signed on.

    ``yearly_quantity`` is what the parties expect in a year (for a fixed monthly item 12;
    for a per-employee-and-month item twelve times the employees).
    """

    key: Slug
    service_area: Slug
    name: str
    unit: Slug
    unit_price_ore: Annotated[int, Field(ge=0)]
    yearly_quantity: Annotated[int, Field(ge=0)]


class Forum(Value):
    """A forum of the agreed collaboration model and how often it meets."""

    key: Slug
    name: str
    name_sv: str
    level: ForumLevel
    meetings_per_year: Annotated[int, Field(ge=0, le=52)]
    meetings_per_year_in_stabilisation: Annotated[int, Field(ge=0, le=52)]


class Responsibility(Value):
    """A row of the responsibility matrix: exactly one party answers for an activity."""

    service: Slug
    activity: Slug
    accountable: Annotated[str, Field(pattern=r"^(customer|centre)$")]
    contributes: Annotated[str, Field(pattern=r"^(customer|centre|none)$")] = "none"


class SignedService(Value):
    """A service as the agreement describes it: what is promised and what it costs."""

    service: Slug
    service_area: Slug
    name: str
    name_sv: str
    levels: tuple[ServiceLevel, ...]
    fee_items: tuple[FeeItem, ...]


class CreditTerms(Value):
    """Compensation for deficient delivery (DOMAIN.md section 4).

    Each breach gives ``percent_per_breach`` of the service's monthly fee back, at most
    ``monthly_cap_percent`` of it in a month.
    """

    percent_per_breach: Annotated[Decimal, Field(ge=0, le=100)]
    monthly_cap_percent: Annotated[Decimal, Field(ge=0, le=100)]


class IndicatedFeeLine(Value):
    """One step of a fee calculation: quantity x unit price = amount, for a year."""

    service: Slug
    item: FeeItem
    amount_ore: Ore
    explanation: str
