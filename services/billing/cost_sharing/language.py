"""The language of keys: how an arrangement for sharing costs is written down.

A version of an arrangement is a document (YAML in ``data/arrangements``, JSON over HTTP) that
holds from a day. It has *lines*, each of which is charged in one way and shared by one *key*;
keys are composed of keys. What the lines are fed with (parties, cost items, readings of
drivers, index values) are facts, kept apart (``facts``). DOMAIN.md section 7.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.billing.cost_sharing.key_language import (
    MOST,
    Document,
    Indexed,
    Key,
    SumOre,
    WithoutReading,
)
from services.billing.cost_sharing.numerals import DecimalText, Portion
from services.billing.cost_sharing.written_keys import WrittenKey
from services.chassis.schemas import AS_A_NUMBER, Day, LongText, Text
from services.contracts.values import Slug


class Actual(Document):
    """The line's cost items are shared; in a forecast those of the budget."""

    kind: Literal["actual"]
    by: WrittenKey


class Agreed(Document):
    """An agreed sum a year is shared, whatever the cost turns out to be."""

    kind: Literal["agreed"]
    amount_ore: SumOre
    indexed: Indexed | None = None
    by: WrittenKey


class Appropriation(Document):
    """Paid by an appropriation: the price is nought and the cost is followed (004:605)."""

    kind: Literal["appropriation"]
    by: WrittenKey


class Per(StrEnum):
    """What a price is paid for."""

    MONTH = "month"
    YEAR = "year"
    UNIT = "unit"
    UNIT_AND_MONTH = "unit_and_month"
    UNIT_AND_YEAR = "unit_and_year"

    @property
    def needs_driver(self) -> bool:
        """Whether it is for units of a driver."""
        return self not in {Per.MONTH, Per.YEAR}


class Price(Document):
    """A price in SEK. Several of them are for the customer's first, second, ... year.

    The last holds on. ``of`` is the party or group that pays it; absent, all do.
    ``without_reading`` says what it means that one of them has no reading of the driver.
    """

    name: Text
    name_sv: Text
    of: Slug | None = None
    per: Per
    driver: Slug | None = None
    sek: Annotated[tuple[DecimalText, ...], Field(min_length=1, max_length=10)]
    indexed: Indexed | None = None
    without_reading: WithoutReading = WithoutReading.REFUSED


class Prices(Document):
    """Each pays by set prices, whatever the cost turns out to be."""

    kind: Literal["prices"]
    prices: Annotated[tuple[Price, ...], Field(min_length=1, max_length=100)]


class Surplus(StrEnum):
    """What becomes of what was paid above the cost of a line."""

    RETURN = "return"
    CARRY = "carry"
    NONE = "none"


class Invoiced(StrEnum):
    """When a line is invoiced: 1/12 a month, at once in a month, or after the period."""

    MONTHLY = "monthly"
    IN_MONTH = "in_month"
    AFTERWARDS = "afterwards"


class Line(Document):
    """What the parties are charged for, how, and when.

    ``paid_by`` names the party that pays the others for their share where shares are work
    done (000:2753). ``invoicing_month`` (1 to 12) belongs to ``in_month``.
    """

    key: Slug
    name: Text
    name_sv: Text
    charge: Annotated[Actual | Agreed | Prices | Appropriation, Field(discriminator="kind")]
    surplus: Surplus = Surplus.NONE
    invoiced: Invoiced = Invoiced.AFTERWARDS
    invoicing_month: Annotated[int, Field(ge=1, le=12), AS_A_NUMBER] | None = None
    paid_by: Slug | None = None


class Group(Document):
    """Parties under one name; a group may contain groups. Parties say which they are in."""

    key: Slug
    name: Text
    name_sv: Text
    contains: Annotated[tuple[Slug, ...], Field(max_length=MOST)] = ()


class DriverKind(StrEnum):
    """A flow is counted over time (cases); a stock is there on a day (inhabitants)."""

    FLOW = "flow"
    STOCK = "stock"


class Driver(Document):
    """What costs are shared or priced by, and in which unit it is counted."""

    key: Slug
    name: Text
    name_sv: Text
    unit: Slug
    kind: DriverKind = DriverKind.FLOW


class LatePayment(StrEnum):
    """How what a late party pays is found."""

    AGREED = "agreed"
    REMAINING_VALUE = "remaining_value"


class PaidTo(StrEnum):
    """How the earlier parties divide it."""

    AS_THEY_BORE = "as_they_bore"
    EQUALLY = "equally"


class LateJoining(Document):
    """What a party that joins late pays to the earlier ones (003@188803).

    ``agreed``: ``amount_ore``. ``remaining_value``: its part by ``by`` of what is left of the
    cost that ``lines`` had before, written off over ``months``.
    """

    lines: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)]
    payment: LatePayment
    amount_ore: SumOre | None = None
    months: Annotated[int, Field(ge=1, le=600), AS_A_NUMBER] | None = None
    by: WrittenKey | None = None
    to: PaidTo = PaidTo.AS_THEY_BORE


class TrueUp(Document):
    """When what was charged is held against actual cost, and which difference is material.

    A difference is material from ``material_ore`` or, where given, from a portion of what was
    charged, whichever is less. After the period every difference is charged. From
    ``contact_from_ore`` on, the party is called.
    """

    days: Annotated[
        tuple[Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")], ...],
        Field(min_length=1, max_length=12),
    ]
    material_ore: SumOre = 0
    material_portion: Portion | None = None
    contact_from_ore: SumOre | None = None


class Version(Document):
    """An arrangement as it holds from a day until the next version, or a last day of its own."""

    effective_from: Day
    effective_until: Day | None = None
    groups: Annotated[tuple[Group, ...], Field(max_length=MOST)] = ()
    drivers: Annotated[tuple[Driver, ...], Field(max_length=100)] = ()
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    late_joining: Annotated[tuple[LateJoining, ...], Field(max_length=20)] = ()
    true_up: TrueUp | None = None
    note: LongText | None = None

    def line(self, key: str) -> Line | None:
        """The line of that key."""
        return next((line for line in self.lines if line.key == key), None)

    def driver(self, key: str) -> Driver:
        """The driver of that key.

        Raises:
            KeyError: there is none; ``checks`` has seen to that before.
        """
        return next(driver for driver in self.drivers if driver.key == key)


def key_of(line: Line) -> Key | None:
    """The key that a line is shared by; None where each pays prices."""
    return None if isinstance(line.charge, Prices) else line.charge.by


def window(version: Version, versions: tuple[Version, ...]) -> tuple[date, date]:
    """The first and last day that a version holds among the arrangement's versions."""
    later = [
        each.effective_from for each in versions if each.effective_from > version.effective_from
    ]
    last = version.effective_until or date.max
    if later:
        last = min(last, date.fromordinal(min(later).toordinal() - 1))
    return version.effective_from, last
