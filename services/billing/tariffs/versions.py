"""A tariff's versions: their life, and which one holds on a day by what was known when.

Fees are settled yearly, in consultation with Ekonomistyrningsverket (avgiftsförordningen
1992:191; DOMAIN.md section 7), so a version is published only when the consultation is noted.
What is published never changes: a change is a new version, and a withdrawal is noted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.billing.tariffs.domain import Tariff

_A_DAY = timedelta(days=1)


class TariffStatus(StrEnum):
    """Where a version is in its life."""

    DRAFT = "draft"
    CONSULTED = "consulted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Consultation:
    """The consultation on a version: with whom, when, what they answered, and where it is.

    ``noted_by`` and ``noted_at`` tell who entered it. What was published before there was a
    register has none.
    """

    consulted: str
    held_on: date
    answer: str
    reference: str
    noted_by: str
    noted_at: datetime


@dataclass(frozen=True)
class Step:
    """Something that was done to a version, by whom and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class TariffVersion:
    """A version of a tariff as it was registered, and what has been done to it since.

    Attributes:
        number: 1 for a tariff's first version, then rising by one.
    """

    id: str
    tariff: Tariff
    number: int
    registered: Step
    consultation: Consultation | None = None
    published: Step | None = None
    withdrawn: Step | None = None
    reason: str | None = None

    @property
    def status(self) -> TariffStatus:
        """Where it is in its life now."""
        if self.withdrawn is not None:
            return TariffStatus.WITHDRAWN
        if self.published is not None:
            return TariffStatus.PUBLISHED
        return TariffStatus.DRAFT if self.consultation is None else TariffStatus.CONSULTED

    def stands_at(self, instant: datetime) -> bool:
        """Whether it was published by an instant and not withdrawn then."""
        if self.published is None or self.published.at > instant:
            return False
        return self.withdrawn is None or self.withdrawn.at > instant


@dataclass(frozen=True)
class Segment:
    """Days on which a version holds; no last day: until further."""

    first: date
    last: date | None
    version: TariffVersion

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class TariffsOverlapError(Exception):
    """Two tariffs would hold on one day."""

    def __init__(self, earlier: Segment, later: Segment) -> None:
        super().__init__("two tariffs on one day")
        self.earlier = earlier
        self.later = later


class TariffGapError(Exception):
    """Days between two tariffs would have none."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__("days without a tariff")
        self.first = first
        self.last = last


def timeline(standing: Iterable[TariffVersion]) -> tuple[Segment, ...]:
    """Which version holds when, in order of time.

    Within a tariff the version with the highest number holds on each of its days. What is in
    force until further ends when another tariff begins that begins after it.

    Args:
        standing: versions that are published and not withdrawn.

    Raises:
        TariffsOverlapError: two tariffs would hold on one day.
    """
    pieces = _by_version(standing)
    visible = [version for version, _ in pieces]
    segments = []
    for version, days in pieces:
        end = _gives_way(version, visible)
        for first, last in days:
            if first <= end:
                kept = min(last, end)
                segments.append(Segment(first, None if kept == date.max else kept, version))
    segments.sort(key=lambda each: (each.first, each.version.tariff.key))
    for before, after in pairwise(segments):
        if before.last is None or before.last >= after.first:
            raise TariffsOverlapError(before, after)
    return tuple(segments)


def _by_version(
    standing: Iterable[TariffVersion],
) -> list[tuple[TariffVersion, list[tuple[date, date]]]]:
    """The days of each version that no later one of its tariff has, where there are any."""
    by_key: dict[str, list[TariffVersion]] = {}
    for version in sorted(standing, key=lambda each: each.number):
        by_key.setdefault(version.tariff.key, []).append(version)
    found = []
    for versions in by_key.values():
        for index, version in enumerate(versions):
            pieces = [_days(version)]
            for later in versions[index + 1 :]:
                pieces = _without(pieces, *_days(later))
            if pieces:
                found.append((version, pieces))
    return found


def _without(
    pieces: Iterable[tuple[date, date]], first: date, last: date
) -> list[tuple[date, date]]:
    """Stretches of days without those from a first to a last day."""
    found = []
    for begin, end in pieces:
        if begin < first:
            found.append((begin, min(end, first - _A_DAY)))
        if last < end:
            found.append((max(begin, last + _A_DAY), end))
    return found


def _gives_way(version: TariffVersion, visible: Sequence[TariffVersion]) -> date:
    """The last day of a version: its own, or where another tariff ends what is until further."""
    tariff = version.tariff
    if tariff.valid_until is not None:
        return tariff.valid_until
    later = [
        each.tariff.valid_from - _A_DAY
        for each in visible
        if each.tariff.key != tariff.key and each.tariff.valid_from > tariff.valid_from
    ]
    return min(later, default=date.max)


def _days(version: TariffVersion) -> tuple[date, date]:
    return version.tariff.valid_from, version.tariff.valid_until or date.max


def require_fits(standing: Sequence[TariffVersion], new: TariffVersion) -> None:
    """Refuse a version that would leave days without a tariff, or days with two.

    Holes that there were before may be made smaller.

    Raises:
        TariffsOverlapError: two tariffs would hold on one day.
        TariffGapError: days that lie between tariffs, and did not before, would have none.
    """
    known = _holes(timeline(standing))
    for first, last in _holes(timeline([*standing, new])):
        if not any(begin <= first and last <= end for begin, end in known):
            raise TariffGapError(first, last)


def _holes(segments: Sequence[Segment]) -> list[tuple[date, date]]:
    found = []
    for before, after in pairwise(segments):
        if before.last is not None and before.last + _A_DAY < after.first:
            found.append((before.last + _A_DAY, after.first - _A_DAY))
    return found


def in_force(
    versions: Iterable[TariffVersion], day: date, known_at: datetime
) -> TariffVersion | None:
    """The version that holds on a day by what was known at an instant; None: none does."""
    standing = [version for version in versions if version.stands_at(known_at)]
    return next((each.version for each in timeline(standing) if each.has(day)), None)


def of_tariff(
    versions: Sequence[TariffVersion], key: str, day: date, known_at: datetime
) -> TariffVersion | None:
    """A tariff's version that holds on a day; on no day of the tariff's, its newest one.

    So a tariff that is over can still be asked for by its name. None: it has no version that
    stands.
    """
    own = [each for each in versions if each.tariff.key == key and each.stands_at(known_at)]
    holding = next((each.version for each in timeline(own) if each.has(day)), None)
    return holding or max(own, key=lambda each: each.number, default=None)
