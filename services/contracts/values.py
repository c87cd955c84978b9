"""Value types that several services share: organisation numbers, services, levels, fees.

The signed agreement is made of these, and billing and collab_model run on them
(DOMAIN.md section 4: signing the agreement *is* configuring the service).
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.se import orgnr


def _canonical_org_number(value: str) -> str:
    try:
        digits = orgnr.validate(value)
    except StdnumError as error:
        raise ValueError(
            "not a Swedish organisation number (ten digits, the last a Luhn check digit)"
        ) from error
    # Skatteverket (SKV 709): the third digit of an organisation number is at least 2, so that
    # nobody takes it for a personal identity number, whose month is 12 at most.
    if digits[2] < "2":
        raise ValueError("not the number of an organisation: its third digit is at least 2")
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
    UPDATE_TIME = "update_time"
    RESOLUTION_TIME = "resolution_time"
    QUALITY_SHARE = "quality_share"
    AVAILABILITY = "availability"
    PUNCTUALITY = "punctuality"
    SATISFACTION = "satisfaction"


TIME_KINDS = frozenset(
    {MeasureKind.RESPONSE_TIME, MeasureKind.UPDATE_TIME, MeasureKind.RESOLUTION_TIME}
)
"""The kinds that are measured from the clocks of matters; all others from readings."""


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


class DeliveryDay(Value):
    """On which day of a month something is due (DOMAIN.md section 6, punctuality).

    Exactly one of the two is given. ``working_day`` counts the month's working days by the
    agreement's calendar, half days among them: 5 is the fifth, -1 the last. ``day_of_month``
    is a date, or the month's last day where it has none; on a day that is closed the month's
    working day before it is meant.
    """

    working_day: Annotated[int, Field(ge=-23, le=23)] | None = None
    day_of_month: Annotated[int, Field(ge=1, le=31)] | None = None

    @model_validator(mode="after")
    def _is_one_day(self) -> DeliveryDay:
        if (self.working_day is None) == (self.day_of_month is None) or self.working_day == 0:
            raise ValueError("name either a working day of the month, or a day of it")
        return self


class Delivery(Value):
    """Something that is delivered by calendar: a pay day, a closing of accounts.

    ``months`` are those in which it is due; none means every month.
    """

    key: Slug
    name: str
    name_sv: str
    due: DeliveryDay
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()


class PlannedStops(Value):
    """Which stops availability does not count: those announced in time, up to so much a month.

    ``notice_working_days`` lie between the announcement and the stop; ``minutes_a_month`` are
    agreed hours, above which a planned stop counts as any other.
    """

    notice_working_days: Annotated[int, Field(ge=0, le=60)]
    minutes_a_month: Annotated[int, Field(ge=0, le=10_000)]


class ServiceLevel(Value):
    """One measurable promise.

    For the time kinds ``target_minutes`` gives the service minutes allowed per priority,
    and a period meets the level when the share of matters within target reaches
    ``required_share_percent``. For the other kinds the period's own measure must reach it: the
    share of ``quality_share``, the agreed hours of ``availability`` in which the service was
    up, the ``deliveries`` of ``punctuality`` made in time, the index of ``satisfaction``.
    """

    key: Slug
    name: str
    name_sv: str
    kind: MeasureKind
    target_minutes: dict[Priority, int] = Field(default_factory=dict)
    required_share_percent: Annotated[Decimal, Field(gt=0, le=100)]
    # Left out where there are none: what was signed without them keeps its hash.
    deliveries: tuple[Delivery, ...] = Field(default=(), exclude_if=lambda given: not given)
    planned_stops: PlannedStops | None = Field(default=None, exclude_if=lambda given: not given)


class OwnPrice(Value):
    """The version of the centre's own price that a fee item carries.

    Such a price stands in for a tariff's where no tariff prices the service; ``cost_basis``
    says how the cost price was calculated. A version never changes.
    """

    price_item_id: str
    version: Annotated[int, Field(ge=1)]
    valid_from: date
    cost_basis: str
    instead_of: Slug | None = Field(
        default=None,
        exclude_if=lambda given: given is None,
        description="The tariff's item whose place it takes for this customer, if any.",
    )


class Banding(StrEnum):
    """How the bands of a year's volume give a price.

    Graduated: each unit costs the price of the band it falls in. By the whole volume: every
    unit costs the price of the band that the year's volume reaches.
    """

    GRADUATED = "graduated"
    WHOLE_VOLUME = "whole_volume"


class VolumeBand(Value):
    """Which band of a calendar year's volume a fee item is the price of.

    An item of the tariff with bands is signed as one fee item per band, those above what is
    expected with a quantity of nought; so the quantities times the prices are the year's fee,
    and the bands are there when the actual use is settled. The band holds the units after
    ``above`` up to and with ``through``; None is without end.
    """

    item: Slug
    banding: Banding
    above: Annotated[int, Field(ge=0)]
    through: Annotated[int, Field(ge=1)] | None = None


class FeeItem(Value):
    """One item that an agreement is signed on: of the tariff, or the centre's own.

    ``yearly_quantity`` is what the parties expect in a year (for a fixed monthly item 12, for
    a fixed yearly one 1; for a per-employee-and-month item twelve times the employees).
    ``prices_by_year_ore`` are the prices in the service's first, second and following years at
    the customer, where they differ; the last holds from then on, the first is
    ``unit_price_ore``.
    """

    key: Slug
    service_area: Slug
    name: str
    unit: Slug
    unit_price_ore: Annotated[int, Field(ge=0)]
    yearly_quantity: Annotated[int, Field(ge=0)]
    # Left out where there are none: what was signed without them keeps its hash.
    name_sv: str | None = Field(default=None, exclude_if=lambda given: given is None)
    own_price: OwnPrice | None = Field(default=None, exclude_if=lambda given: given is None)
    band: VolumeBand | None = Field(default=None, exclude_if=lambda given: given is None)
    prices_by_year_ore: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        default=(), exclude_if=lambda given: not given
    )


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


class CreditBand(Value):
    """What a level gives back that missed its required share by so many points or more.

    Of several bands a level gives what its deepest one says. ``measures`` are the kinds of
    level that the band is about; none means all of them.
    """

    missed_by_points: Annotated[Decimal, Field(ge=0, le=100)]
    percent: Annotated[Decimal, Field(ge=0, le=100)]
    measures: tuple[MeasureKind, ...] = ()


class CreditTerms(Value):
    """Compensation for deficient delivery (DOMAIN.md section 4).

    Each breach gives ``percent_per_breach`` of the service's monthly fee back, and each level
    that missed its share what the ``bands`` say; together at most ``monthly_cap_percent`` in a
    month. What was due to one of the causes in ``exclusions`` gives nothing.
    """

    percent_per_breach: Annotated[Decimal, Field(ge=0, le=100)]
    monthly_cap_percent: Annotated[Decimal, Field(ge=0, le=100)]
    # Left out where there are none: what was signed without them keeps its hash.
    bands: tuple[CreditBand, ...] = Field(default=(), exclude_if=lambda given: not given)
    exclusions: tuple[Slug, ...] = Field(default=(), exclude_if=lambda given: not given)


class IndicatedFeeLine(Value):
    """One step of a fee calculation: quantity x unit price = amount, for a year."""

    service: Slug
    item: FeeItem
    amount_ore: Ore
    explanation: str
