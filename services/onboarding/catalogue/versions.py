"""The versions of the catalogue, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from services.onboarding.catalogue.domain import (
    Activity,
    Catalogue,
    CatalogueService,
    Measure,
)


class ChangeKind(StrEnum):
    """What happened to something between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class ChangeSubject(StrEnum):
    """What of the catalogue differs."""

    SERVICE = "service"
    ACTIVITY = "activity"
    RESPONSIBILITY = "responsibility"
    LEVEL = "level"
    UNIT = "unit"
    CHARGE = "charge"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class CatalogueChange:
    """One difference between two versions.

    Attributes:
        key: the activity's, the level's or the unit's; the service's for the service itself.
        before: how the older version has it, in words; None for what is added.
        after: how the newer one has it; None for what is removed.
    """

    kind: ChangeKind
    subject: ChangeSubject
    service: str
    key: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Catalogues:
    """Every version there is, oldest first.

    Raises:
        ValueError: there is none, the first one has a day, a later one has none, or their
            days or names do not ascend.
    """

    versions: tuple[Catalogue, ...]

    def __post_init__(self) -> None:
        """Check the order of the versions."""
        if not self.versions:
            raise ValueError("there is no version of the catalogue")
        first, *later = self.versions
        if first.valid_from is not None:
            raise ValueError(f"{first.version} is the first version; it has no valid_from")
        days: list[date] = []
        for catalogue in later:
            if catalogue.valid_from is None:
                raise ValueError(f"{catalogue.version} needs the day it is valid from")
            days.append(catalogue.valid_from)
        if any(a >= b for a, b in pairwise(days)):
            raise ValueError("a later version of the catalogue must be valid from a later day")

    def version(self, key: str) -> Catalogue:
        """One version.

        Raises:
            KeyError: there is no such version.
        """
        for catalogue in self.versions:
            if catalogue.version == key:
                return catalogue
        raise KeyError(key)

    def in_force(self, day: date) -> Catalogue:
        """The newest version that is valid on a day."""
        return [c for c in self.versions if c.valid_from is None or c.valid_from <= day][-1]

    def is_newer(self, key: str, than: str) -> bool:
        """Whether a version came after another one.

        Raises:
            KeyError: one of them does not exist.
        """
        return self.versions.index(self.version(key)) > self.versions.index(self.version(than))


def order(version: str) -> tuple[int, int]:
    """The year and the number of a version, so that 2026-10 comes after 2026-9."""
    year, _, number = version.partition("-")
    return int(year), int(number)


def changes(
    old: Catalogue, new: Catalogue, services: Collection[str] | None = None
) -> tuple[CatalogueChange, ...]:
    """What differs between two versions, service by service in the newer one's order.

    Args:
        old: the version that is left.
        new: the version that is entered.
        services: only these services; all of both where it is None.
    """
    before = {s.key: s for s in old.services if services is None or s.key in services}
    after = {s.key: s for s in new.services if services is None or s.key in services}
    found: list[CatalogueChange] = []
    for key in dict.fromkeys((*after, *before)):
        found.extend(_service_changes(key, before.get(key), after.get(key)))
    return tuple(found)


def _service_changes(
    key: str, old: CatalogueService | None, new: CatalogueService | None
) -> Iterator[CatalogueChange]:
    if old is None or new is None:
        yield from _presence(
            ChangeSubject.SERVICE,
            key,
            {key: old.name_sv} if old else {},
            {key: new.name_sv} if new else {},
        )
        return
    yield from _activity_changes(old, new)
    yield from _presence(ChangeSubject.LEVEL, key, _levels(old), _levels(new))
    yield from _presence(ChangeSubject.UNIT, key, _units(old), _units(new))
    for subject, was, now in (
        (ChangeSubject.CHARGE, _charge(old), _charge(new)),
        (ChangeSubject.DELIVERY, old.standard_delivery_sv, new.standard_delivery_sv),
        (ChangeSubject.SERVICE, old.name_sv, new.name_sv),
    ):
        yield from _presence(subject, key, {key: was}, {key: now})


def _activity_changes(old: CatalogueService, new: CatalogueService) -> Iterator[CatalogueChange]:
    before = {activity.key: activity for activity in old.activities}
    after = {activity.key: activity for activity in new.activities}
    yield from _presence(
        ChangeSubject.ACTIVITY,
        new.key,
        {key: _wording(activity) for key, activity in before.items()},
        {key: _wording(activity) for key, activity in after.items()},
    )
    both = [key for key in after if key in before]
    yield from _presence(
        ChangeSubject.RESPONSIBILITY,
        new.key,
        {key: _parties(before[key]) for key in both},
        {key: _parties(after[key]) for key in both},
    )


def _presence(
    subject: ChangeSubject, service: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[CatalogueChange]:
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key), new.get(key)
        if was is None:
            yield CatalogueChange(ChangeKind.ADDED, subject, service, key, after=now)
        elif now is None:
            yield CatalogueChange(ChangeKind.REMOVED, subject, service, key, before=was)
        elif was != now:
            yield CatalogueChange(ChangeKind.CHANGED, subject, service, key, was, now)


def _wording(activity: Activity) -> str:
    return f"{activity.name_sv} ({activity.customer_words_sv}): {activity.standard_sv}"


def _parties(activity: Activity) -> str:
    if activity.contributes == "none":
        return activity.accountable
    return f"{activity.accountable}; {activity.contributes} contributes"


def _levels(service: CatalogueService) -> dict[str, str]:
    return {level.key: _promise(level) for level in service.levels}


def _promise(level: Measure) -> str:
    targets = ", ".join(
        f"{priority.value} {minutes} min"
        for priority, minutes in sorted(level.target_minutes.items())
    )
    within = f" within {targets}" if targets else ""
    return f"{level.name_sv}: {level.required_share_percent} %{within}; {level.measured_sv}"


def _units(service: CatalogueService) -> dict[str, str]:
    units = service.volume_units
    return {
        **dict.fromkeys(units.required, "required"),
        **dict.fromkeys(units.optional, "optional"),
    }


def _charge(service: CatalogueService) -> str:
    charge = service.charge
    priced = f"priced in {', '.join(charge.priced_in)}" if charge.priced_in else "at full cost"
    return f"by {charge.unit}, {priced}"
