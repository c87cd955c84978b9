"""Where a reported volume belongs (DOMAIN.md section 7: actual use in the year counts).

A report is a fact and never changes. What was wrong is put right by another fact: the same
identity with a higher revision, or a report of its own that names the one it corrects. Of the
accepted facts about a thing the newest counts, whatever the order they come in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, days_in_operation
from services.billing.units import FIXED


class VolumeStatus(StrEnum):
    """Whether a reported volume counts."""

    ACCEPTED = "accepted"
    SET_ASIDE = "set_aside"


class SetAside(StrEnum):
    """Why a reported volume is kept but does not count."""

    UNKNOWN_CUSTOMER = "unknown_customer"
    SERVICE_NOT_SUBSCRIBED = "service_not_subscribed"
    UNIT_NOT_SIGNED = "unit_not_signed"
    UNIT_IS_FIXED = "unit_is_fixed"
    NOT_LIVE_IN_PERIOD = "not_live_in_period"
    SETTLED_FINALLY = "settled_finally"
    PERIOD_CLOSED = "period_closed"
    CORRECTED_UNKNOWN = "corrected_unknown"
    CORRECTED_BY_ANOTHER = "corrected_by_another"


BY_FINANCE_ALONE = frozenset({SetAside.PERIOD_CLOSED})
"""What is not taken up again by itself when what it waited for has come."""


class Use(NamedTuple):
    """What a volume is about: a customer's use of a service in a month, in a unit."""

    org_number: str
    service: str
    unit: str
    month: Month


class Used(Protocol):
    """Anything that says what is used and when."""

    @property
    def service(self) -> str:
        """The service."""

    @property
    def unit(self) -> str:
        """The unit it is counted in."""

    @property
    def month(self) -> Month:
        """The month it was used in."""


@dataclass(frozen=True)
class Volume:
    """How much of a service a customer used in a month, as its source reports it.

    ``source_id`` is the report's identity within its source; ``quantity`` is 0 or more.
    ``revision`` starts at 1. ``corrects`` is the identity of another report of the source that
    this one takes the place of; only a first revision can have one.
    """

    source_id: str
    org_number: str
    service: str
    unit: str
    month: Month
    quantity: int
    revision: int = 1
    corrects: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What the report is known by within its source."""
        return self.source_id, self.revision

    @property
    def use(self) -> Use:
        """What it is about."""
        return Use(self.org_number, self.service, self.unit, self.month)

    @property
    def is_correction(self) -> bool:
        """Whether it puts another report right."""
        return self.revision > 1 or self.corrects is not None


@dataclass(frozen=True)
class SubscribedService:
    """A service of one of the customer's subscriptions.

    ``settled_through`` is the last month that a final settlement has closed for good.
    """

    subscription_id: str
    terms: ServiceTerms
    settled_through: Month | None = None

    def is_settled(self, month: Month) -> bool:
        """Whether nothing more is taken in for a month."""
        return self.settled_through is not None and month <= self.settled_through


@dataclass(frozen=True)
class Placement:
    """The subscription a volume counts for, or why it counts for none."""

    subscription_id: str | None
    reason: SetAside | None

    @property
    def status(self) -> VolumeStatus:
        """Accepted when it counts."""
        return VolumeStatus.ACCEPTED if self.reason is None else VolumeStatus.SET_ASIDE


def place(
    volume: Used,
    *,
    customer_known: bool,
    services: Sequence[SubscribedService],
    closed_through: Month | None = None,
) -> Placement:
    """Find the subscription that a volume counts for.

    Args:
        volume: the report, or what it is about.
        customer_known: whether the organisation is a customer at all.
        services: the customer's subscribed services, in the order they are to be tried: those
            signed under the reported number first, then what the customer has taken over.
        closed_through: the last closed month; None where none is, or where finance takes up
            what came after the closing.
    """
    if not customer_known:
        return Placement(None, SetAside.UNKNOWN_CUSTOMER)
    subscribed = [each for each in services if each.terms.service == volume.service]
    if not subscribed:
        return Placement(None, SetAside.SERVICE_NOT_SUBSCRIBED)
    if volume.unit in FIXED:
        return Placement(None, SetAside.UNIT_IS_FIXED)
    by_unit = [each for each in subscribed if volume.unit in each.terms.units]
    if not by_unit:
        return Placement(None, SetAside.UNIT_NOT_SIGNED)
    live = [each for each in by_unit if days_in_operation(each.terms, volume.month) > 0]
    for each in live:
        if not each.is_settled(volume.month):
            if closed_through is not None and volume.month <= closed_through:
                return Placement(None, SetAside.PERIOD_CLOSED)
            return Placement(each.subscription_id, None)
    return Placement(None, SetAside.SETTLED_FINALLY if live else SetAside.NOT_LIVE_IN_PERIOD)


def conflicts(volumes: Sequence[Volume], known: Mapping[tuple[str, int], Volume]) -> list[Volume]:
    """Reports that came with another content before, or twice unlike in one batch.

    Args:
        volumes: the batch.
        known: what the source reported before, by identity and revision.
    """
    seen = dict(known)
    return [volume for volume in volumes if seen.setdefault(volume.key, volume) != volume]


@dataclass(frozen=True)
class Fact:
    """A known fact as far as corrections go; ``accepted`` says whether it counts or did.

    ``counts_for`` is what it counts for now; None when it does not.
    """

    source_id: str
    corrects: str | None
    accepted: bool
    counts_for: Use | None = None


def uses_taken_from(volume: Volume, known: Sequence[Fact]) -> list[Use]:
    """What a correction would take away from, other than what it is about itself.

    Args:
        volume: the report.
        known: as for ``why_no_correction``.
    """
    if not volume.is_correction:
        return []
    about = volume.corrects if volume.corrects is not None else volume.source_id
    counting = (each.counts_for for each in known if each.source_id == about)
    return [use for use in counting if use is not None and use != volume.use]


def why_no_correction(volume: Volume, known: Sequence[Fact]) -> SetAside | None:
    """Why a correction cannot be applied; None when it can, or when it is no correction.

    What is corrected has to be known, and no other report may have corrected it: of two that
    did not know of each other nobody can say which one is right.

    Args:
        volume: the report.
        known: what the source has reported of it, of what it corrects, and to correct either.
    """
    if not volume.is_correction:
        return None
    about = volume.corrects if volume.corrects is not None else volume.source_id
    others = [each for each in known if each.source_id != volume.source_id]
    if volume.corrects is not None and all(each.source_id != about for each in others):
        return SetAside.CORRECTED_UNKNOWN
    if any(each.corrects == about and each.accepted for each in others):
        return SetAside.CORRECTED_BY_ANOTHER
    return None
