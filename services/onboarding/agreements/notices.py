"""Notice of services under an agreement: who gave it, until when, what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class NoticeStatus(StrEnum):
    """How far a notice has come; a withdrawn one counts as never given."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Notice:
    """A party's notice of services, with the last day that the terms give.

    ``settled_by`` is the party that confirmed or withdrew it; None where time confirmed it.
    ``exit_id`` is the exit that the same decision opened; None while nothing of it was in
    operation.
    """

    id: str
    agreement_id: str
    party: str
    services: tuple[str, ...]
    reason: str
    name: str
    title: str
    mandate: str
    given_on: date
    last_day: date
    status: NoticeStatus
    settled_on: date | None = None
    settled_by: str | None = None
    exit_id: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the services come to an end by it."""
        return self.status is not NoticeStatus.WITHDRAWN

    def confirmed_from(self, days: int) -> date:
        """From when it counts as confirmed, so many days after it was given."""
        return self.given_on + timedelta(days=days)


def ending_services(notices: Iterable[Notice]) -> dict[str, date]:
    """The last day of each service that notice is given of."""
    return {
        service: notice.last_day
        for notice in notices
        if notice.counts
        for service in notice.services
    }
