"""What billing publishes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from services.chassis.events import Event
from services.contracts.values import IndicatedFeeLine, Ore, OrgNumber, Slug, Value, YearMonth


class FeeIndicated(Event):
    """The answer to a fee indication request, with every step of its calculation."""

    type: ClassVar[str] = "billing.fee_indicated.v1"
    aggregate_field: ClassVar[str] = "request_id"

    request_id: str
    case_id: str
    org_number: OrgNumber
    tariff: Slug
    tariff_version: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Which version of the tariff; absent in older answers."
    )
    yearly_total_ore: Ore
    lines: tuple[IndicatedFeeLine, ...]


class FeeIndicationRefused(Event):
    """A fee indication could not be computed; the reason says what to supply."""

    type: ClassVar[str] = "billing.fee_indication_refused.v1"
    aggregate_field: ClassVar[str] = "request_id"

    request_id: str
    case_id: str
    org_number: OrgNumber
    code: Slug
    reason: str
    reason_sv: str | None = Field(default=None, description="The same in Swedish.")


class SubscriptionOpened(Event):
    """Billing opened a customer's subscription from the signed agreement."""

    type: ClassVar[str] = "billing.subscription_opened.v1"
    aggregate_field: ClassVar[str] = "subscription_id"

    subscription_id: str
    agreement_id: str
    org_number: OrgNumber
    yearly_fee_ore: Ore


class InvoiceLineKind(StrEnum):
    """What an invoice line charges or gives back."""

    SUBSCRIPTION = "subscription"
    TRUE_UP = "true_up"
    CREDIT = "credit"
    EXIT_COST = "exit_cost"
    COST_SHARE = "cost_share"


class InvoiceLine(Value):
    """One line of an invoice; credits are negative, as are subscription fees taken back.

    ``exact_kind`` is the line's kind. ``kind`` is what readers of the first form know and may
    gain no value: there, what an exit costs is a part of what is settled, ``true_up``, and a
    share of a cost is charged as ``subscription``. Such a line names the arrangement as its
    service.
    """

    kind: Annotated[str, Field(pattern=r"^(subscription|true_up|credit)$")]
    exact_kind: InvoiceLineKind | None = None
    service: Slug
    text: str
    amount_ore: Ore
    cost_sharing_id: str | None = Field(
        default=None, description="The booked sharing of a share of a cost."
    )
    party: Slug | None = Field(default=None, description="The party of a share of a cost.")


class InvoiceIssued(Event):
    """A month was invoiced."""

    type: ClassVar[str] = "billing.invoice_issued.v1"
    aggregate_field: ClassVar[str] = "invoice_id"

    invoice_id: str
    invoice_number: str
    subscription_id: str
    org_number: OrgNumber
    period: YearMonth
    issued_on: date
    lines: tuple[InvoiceLine, ...]
    total_ore: Ore


class TrueUpByArea(Value):
    """What one service area was charged against what its volumes cost."""

    service_area: Slug
    charged_ore: Ore
    actual_ore: Ore
    difference_ore: Ore
    contact_required: bool


class TrueUpSettled(Event):
    """A reconciliation of charged fees against actual volumes was booked."""

    type: ClassVar[str] = "billing.true_up_settled.v1"
    aggregate_field: ClassVar[str] = "subscription_id"

    true_up_id: str
    subscription_id: str
    org_number: OrgNumber
    settled_on: date
    areas: tuple[TrueUpByArea, ...]
    difference_ore: Ore


class FinalSettlementMade(Event):
    """The answer to a final settlement request: what was charged against what it cost."""

    type: ClassVar[str] = "billing.final_settlement_made.v1"
    aggregate_field: ClassVar[str] = "exit_id"

    exit_id: str
    settlement_id: str
    subscription_id: str
    org_number: OrgNumber
    settled_on: date
    charged_ore: Ore = Field(description="All that was invoiced of the ending services' fees.")
    actual_ore: Ore = Field(description="What their volumes cost.")
    credits_ore: Ore = Field(description="Credits not yet invoiced, as a negative amount.")
    exit_costs_ore: Ore = Field(
        default=0, description="What the one who leaves bears besides its fees, as was asked."
    )
    difference_ore: Ore = Field(description="What the last invoice settles; negative: paid back.")


class CostShareCharged(Value):
    """What a booked sharing of costs says that a party owes of a line, and charges now.

    ``line`` is absent for what parties pay each other.
    """

    party: Slug
    org_number: OrgNumber | None = None
    line: Slug | None = None
    owed_ore: Ore
    charged_now_ore: Ore


class CostSharingBooked(Event):
    """The costs of a period were shared by an arrangement, for good.

    One that ``corrects`` another stands beside it and charges the difference.
    """

    type: ClassVar[str] = "billing.cost_sharing_booked.v1"
    aggregate_field: ClassVar[str] = "sharing_id"

    sharing_id: str
    arrangement: Slug
    first_day: date
    last_day: date
    actual_through: date | None = None
    corrects: str | None = None
    shares: tuple[CostShareCharged, ...]
    charged_now_ore: Ore
