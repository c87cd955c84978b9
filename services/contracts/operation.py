"""On which days a service is in operation, by what onboarding has published about it.

This is what the signed versions of an agreement, go-lives, roll-backs and ends mean
together. It stands beside the events because the services that run on them must not differ:
what is charged for is what is measured. Every fact is kept as it came and all of them are
combined whenever somebody asks, so the order in which they arrive does not matter.

Of the versions that hold on a day, the one with the highest number is in force; a version
that amends none holds from the beginning. A service that a version adds waits for its
go-live; one that a version drops ends the day before that version takes effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from services.contracts.values import EndReason

_BEGINNING, _NEVER = date.min, date.max
_A_DAY = timedelta(days=1)


class SignedVersion(Protocol):
    """A signed version of an agreement, as far as its days go.

    ``holds_from`` is its first day; None for a version that amends none.
    """

    @property
    def number(self) -> int:
        """Its place among the versions; later ones are higher."""

    @property
    def holds_from(self) -> date | None:
        """Its first day."""

    @property
    def valid_until(self) -> date:
        """The last day of the agreement by this version."""

    def has(self, service: str) -> bool:
        """Whether it is about a service."""


_VersionT = TypeVar("_VersionT", bound=SignedVersion)


@dataclass(frozen=True)
class Told:
    """A last day that was told; of two about the same thing the higher ``rank`` replaces."""

    last_day: date
    rank: str
    reason: str = EndReason.TERMINATED.value

    @property
    def only_expires(self) -> bool:
        """Whether the agreement ends by its own dates, so that a later version renews it.

        Any other end is an end of what follows too.
        """
        return self.reason == EndReason.EXPIRED.value


@dataclass(frozen=True)
class Lived:
    """A go-live and its roll-back, either of which may be heard of first."""

    live_on: date
    live_rank: str | None
    rolled_back_rank: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the go-live stands: it is known, and was not taken back afterwards."""
        return self.live_rank is not None and (
            self.rolled_back_rank is None or self.live_rank > self.rolled_back_rank
        )


@dataclass(frozen=True)
class Facts:
    """What came of what was signed.

    ``go_lives`` and ``ends`` are by service. ``closed_after`` is the last day of a customer
    that was closed without a successor.
    """

    go_lives: Mapping[str, Sequence[Lived]] = field(default_factory=dict)
    ends: Mapping[str, Sequence[Told]] = field(default_factory=dict)
    agreement_ends: Sequence[Told] = ()
    closed_after: date | None = None

    def live_days(self, service: str) -> list[date]:
        """The days on which a service went live and stayed, in order."""
        return sorted(each.live_on for each in self.go_lives.get(service, ()) if each.holds)


def contradicted_by_go_live(facts: Facts, service: str, live_on: date) -> date | None:
    """The go-live that still stands, so that one on another day cannot be; None if none does.

    A service may go live again once its end was told.
    """
    for known in facts.live_days(service):
        ended = any(known <= each.last_day < live_on for each in facts.ends.get(service, ()))
        if known != live_on and not ended:
            return known
    return None


@dataclass(frozen=True)
class Days(Generic[_VersionT]):
    """Days from first to last, both counted, and the version that is in force on them."""

    first: date
    last: date
    version: _VersionT

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def version_on(versions: Sequence[_VersionT], day: date) -> _VersionT:
    """The version in force on a day: of those that hold the one signed last.

    Before any of them holds, the first one that was signed counts.

    Args:
        versions: at least one, in any order.
        day: the day.
    """
    holding = [each for each in versions if _holds_from(each) <= day]
    if not holding:
        return min(versions, key=lambda each: each.number)
    return max(holding, key=lambda each: each.number)


def _holds_from(version: SignedVersion) -> date:
    return version.holds_from or _BEGINNING


def in_force(versions: Sequence[_VersionT]) -> list[Days[_VersionT]]:
    """All days, each with the version in force; validity and ends are left out of account."""
    firsts = sorted({_BEGINNING, *(_holds_from(each) for each in versions)})
    lasts = [*(first - _A_DAY for first in firsts[1:]), _NEVER]
    return [
        Days(first, last, version_on(versions, first))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def agreed_days(versions: Sequence[_VersionT], facts: Facts, service: str) -> list[Days[_VersionT]]:
    """The days on which a service may be in operation as far as is known, live or not.

    What ends before a service goes live again does not end what comes after.
    """
    days = [
        Days(
            each.first,
            min(each.last, each.version.valid_until, *_limits(each, facts)),
            each.version,
        )
        for each in in_force(versions)
        if each.version.has(service)
    ]
    lives = facts.live_days(service)
    last = _end_of(facts, service, lives[-1] if lives else _BEGINNING, _NEVER)
    return [
        Days(each.first, min(each.last, last), each.version)
        for each in days
        if each.first <= min(each.last, last)
    ]


def days_in_operation(
    versions: Sequence[_VersionT], facts: Facts, service: str
) -> list[Days[_VersionT]]:
    """The days on which a service is in operation, in order, by the version in force.

    Args:
        versions: at least one, in any order.
        facts: what came of them.
        service: the service; no version need have it.
    """
    lives = facts.live_days(service)
    nexts = [*(each - _A_DAY for each in lives[1:]), _NEVER][: len(lives)]
    found: list[Days[_VersionT]] = []
    for live_on, before_next in zip(lives, nexts, strict=True):
        until = min(before_next, _end_of(facts, service, live_on, before_next))
        for each in in_force(versions):
            first = max(each.first, live_on)
            last = min(each.last, each.version.valid_until, until, *_limits(each, facts))
            if each.version.has(service) and first <= last:
                found.append(Days(first, last, each.version))
    return found


def _end_of(facts: Facts, service: str, live_on: date, before_next: date) -> date:
    """The last day that was told of a service's time since a go-live."""
    about = [
        each for each in facts.ends.get(service, ()) if live_on <= each.last_day <= before_next
    ]
    return max(about, key=lambda each: each.rank).last_day if about else _NEVER


def _limits(days: Days[_VersionT], facts: Facts) -> list[date]:
    limits = [facts.closed_after or _NEVER]
    end = max(facts.agreement_ends, key=lambda each: each.rank, default=None)
    if end is not None and not (end.only_expires and days.first > end.last_day):
        limits.append(end.last_day)
    return limits
