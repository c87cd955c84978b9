"""Agreements in operation: what can and cannot be true of one (DOMAIN.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.contracts.operation import Days, Facts, days_in_operation, version_on
from services.contracts.succession import Register
from services.contracts.values import ServiceHours


class ContradictingFact(ValueError):
    """An event denies what an earlier one established; somebody has to look at it."""


@dataclass(frozen=True)
class Version:
    """A signed version of an agreement.

    ``holds_from`` is its first day; None for a version that amends none.
    """

    number: int
    content_hash: str
    holds_from: date | None
    valid_until: date
    service_hours: ServiceHours
    services: frozenset[str]

    def has(self, service: str) -> bool:
        """Whether the version is about a service."""
        return service in self.services


@dataclass(frozen=True)
class Agreement:
    """An agreement with everything that tells on which days what of it is in operation."""

    id: str
    org_number: str
    stabilised_on: date | None
    versions: tuple[Version, ...]
    facts: Facts
    register: Register

    def version_on(self, day: date) -> Version:
        """The version in force on a day."""
        return version_on(self.versions, day)

    def version(self, number: int) -> Version:
        """A version by its number; it must be known."""
        return next(each for each in self.versions if each.number == number)

    def find(self, number: int) -> Version | None:
        """A version by its number, when it is known."""
        return next((each for each in self.versions if each.number == number), None)

    def holder_on(self, day: date) -> str:
        """The organisation number of whoever has the agreement on a day."""
        return self.register.holder_on(self.org_number, day, {self.id})

    def has(self, service: str) -> bool:
        """Whether any version is about a service."""
        return any(each.has(service) for each in self.versions)

    def days_of(self, service: str) -> Sequence[Days[Version]]:
        """The days on which a service is in operation, in order."""
        return days_in_operation(self.versions, self.facts, service)

    def is_live(self, service: str, day: date) -> bool:
        """Whether a service is in operation on a day: whether what happens then is measured."""
        return any(day in days for days in self.days_of(service))

    def live_since(self, service: str, day: date) -> date | None:
        """The go-live that a service is in operation by on a day; None when it is not."""
        if not self.is_live(service, day):
            return None
        return max(each for each in self.facts.live_days(service) if each <= day)

    @property
    def operation(self) -> tuple[date, date] | None:
        """The first and the last day on which any service is in operation."""
        services = {service for each in self.versions for service in each.services}
        days = [each for service in services for each in self.days_of(service)]
        if not days:
            return None
        return min(each.first for each in days), max(each.last for each in days)


def covers(days: Sequence[Days[Version]], first: date, last: date) -> bool:
    """Whether a service was in operation on every day from a first to a last one."""
    covered = sum(max(0, (min(each.last, last) - max(each.first, first)).days + 1) for each in days)
    return covered == (last - first + timedelta(days=1)).days


def touches(days: Sequence[Days[Version]], first: date, last: date) -> bool:
    """Whether a service was in operation on any day from a first to a last one."""
    return any(each.first <= last and each.last >= first for each in days)


def is_repeat_signature(known: Version | None, signed_hash: str) -> bool:
    """Whether a signed version is one already known.

    Raises:
        ContradictingFact: the version is known with another text.
    """
    if known is None:
        return False
    if known.content_hash != signed_hash:
        raise ContradictingFact(f"version {known.number} is already known with another text")
    return True
