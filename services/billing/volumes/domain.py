"""Where a reported volume belongs (DOMAIN.md section 7: actual use in the year counts)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True)
class Volume:
    """How much of a service a customer used in a month, as its source reports it.

    ``source_id`` is the report's identity within its source; ``quantity`` is 0 or more.
    """

    source_id: str
    org_number: str
    service: str
    unit: str
    month: Month
    quantity: int


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
    volume: Volume, *, customer_known: bool, services: Sequence[SubscribedService]
) -> Placement:
    """Find the subscription that a volume counts for.

    Args:
        volume: the report.
        customer_known: whether the organisation is a customer at all.
        services: the customer's subscribed services, in the order they are to be tried: those
            signed under the reported number first, then what the customer has taken over.
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
            return Placement(each.subscription_id, None)
    return Placement(None, SetAside.SETTLED_FINALLY if live else SetAside.NOT_LIVE_IN_PERIOD)


def conflicts(volumes: Sequence[Volume], known: dict[str, Volume]) -> list[str]:
    """Identities that came with another content before, or twice unlike in one batch.

    Args:
        volumes: the batch.
        known: what the source reported before, by identity.
    """
    seen = dict(known)
    unlike = (
        volume.source_id
        for volume in volumes
        if seen.setdefault(volume.source_id, volume) != volume
    )
    return list(dict.fromkeys(unlike))
