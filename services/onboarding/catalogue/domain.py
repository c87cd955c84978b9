"""The catalogue of services: what is delivered, by whom, how well, counted in what.

DOMAIN.md section 1 names the services. A catalogue has versions; a case is bound to one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from services.contracts.values import (
    TIME_KINDS,
    MeasureKind,
    Priority,
    Responsibility,
    ServiceLevel,
    Slug,
    Value,
)

Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
"""A text of the catalogue; never blank."""

VERSION_PATTERN = r"^[0-9]{4}-[1-9][0-9]?$"

Version = Annotated[
    str,
    Field(
        pattern=VERSION_PATTERN,
        max_length=7,
        description="A version of the catalogue: its year and its number in the year.",
        examples=["2026-1"],
    ),
]


class CatalogueValue(Value):
    """A part of the catalogue; unknown members are refused, since they are misspelt ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Activity(CatalogueValue):
    """An activity of the standard delivery, and who does it by default.

    Exactly one party is accountable; an activity that both work on names the other one in
    ``contributes``. ``name`` is the centre's wording, ``customer_words`` the customer's, and
    ``standard_sv`` says how the standard delivery does it.
    """

    key: Slug
    accountable: Annotated[str, Field(pattern=r"^(customer|centre)$")]
    contributes: Annotated[str, Field(pattern=r"^(customer|centre|none)$")]
    name: Words
    name_sv: Words
    customer_words: Words
    customer_words_sv: Words
    standard_sv: Words

    @model_validator(mode="after")
    def _has_one_accountable(self) -> Activity:
        if self.contributes == self.accountable:
            raise ValueError(
                f"{self.key}: {self.accountable} is accountable and cannot also contribute"
            )
        return self


class VolumeUnits(CatalogueValue):
    """The tariff's units a service is counted in, as a baseline has to give them."""

    required: tuple[Slug, ...] = Field(min_length=1)
    optional: tuple[Slug, ...] = ()


class Charge(CatalogueValue):
    """What a service is charged by.

    ``priced_in`` names the tariffs that have a price for it. A service without any says in
    ``note`` how its fee is then set.
    """

    unit: Slug
    priced_in: tuple[Slug, ...] = ()
    note: Words | None = None
    note_sv: Words | None = None

    @model_validator(mode="after")
    def _says_how_when_no_tariff_does(self) -> Charge:
        if not self.priced_in and (self.note is None or self.note_sv is None):
            raise ValueError(f"{self.unit} has no price in a tariff; say in note how it is charged")
        return self


class Measure(ServiceLevel):
    """What is measured of a service, and the level that an agreement promises by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measured: Words
    measured_sv: Words

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Measure:
        targets = [self.target_minutes.get(priority) for priority in Priority]
        if (self.kind is MeasureKind.PUNCTUALITY) != bool(self.deliveries):
            raise ValueError(f"{self.key}: punctuality, and nothing else, has deliveries")
        if self.planned_stops is not None and self.kind is not MeasureKind.AVAILABILITY:
            raise ValueError(f"{self.key}: only availability has planned stops")
        if self.kind not in TIME_KINDS:
            if self.target_minutes:
                raise ValueError(f"{self.key}: a share has no target in minutes")
            return self
        if None in targets or sorted(t for t in targets if t) != targets:
            raise ValueError(
                f"{self.key}: a time needs a target above nought for every priority, the more"
                " pressing the shorter"
            )
        return self


class CatalogueService(CatalogueValue):
    """A service as the standard delivery describes it.

    ``covers`` is set for a bundle: the services that it delivers as one.
    """

    key: Slug
    service_area: Slug
    name: Words
    name_sv: Words
    covers: tuple[Slug, ...] = ()
    standard_delivery_sv: Words
    implementation_templates: tuple[Slug, ...] = Field(min_length=1)
    charge: Charge
    volume_units: VolumeUnits
    levels: tuple[Measure, ...] = Field(min_length=1)
    activities: tuple[Activity, ...] = Field(min_length=15, max_length=30)

    @model_validator(mode="after")
    def _is_counted_in_its_units(self) -> CatalogueService:
        if self.charge.unit not in self.volume_units.required:
            raise ValueError(f"{self.key}: its charge is by {self.charge.unit}, not among required")
        _refuse_repeats(self.key, (activity.key for activity in self.activities))
        units = (*self.volume_units.required, *self.volume_units.optional)
        _refuse_repeats(f"{self.key}: unit", units)
        return self

    def activity(self, key: str) -> Activity:
        """One activity.

        Raises:
            KeyError: the service has no such activity.
        """
        for activity in self.activities:
            if activity.key == key:
                return activity
        raise KeyError(key)

    def responsibility(self, activity: Activity) -> Responsibility:
        """The activity's row of the standard responsibility matrix."""
        return Responsibility(
            service=self.key,
            activity=activity.key,
            accountable=activity.accountable,
            contributes=activity.contributes,
        )


class Catalogue(CatalogueValue):
    """One version of the catalogue: every service the centre offers; keys are unique.

    ``valid_from`` is the day from which new cases get this version; the first version has
    none, since nothing was before it.
    """

    version: Version
    valid_from: date | None = None
    note: Words
    note_sv: Words
    services: tuple[CatalogueService, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Catalogue:
        _refuse_repeats("service", (service.key for service in self.services))
        _refuse_repeats("level", (level.key for s in self.services for level in s.levels))
        for service in self.services:
            if unknown := self.unknown(service.covers):
                raise ValueError(f"{service.key} covers {', '.join(unknown)}, no service of these")
        return self

    def service(self, key: str) -> CatalogueService:
        """One service.

        Raises:
            KeyError: the catalogue has no such service.
        """
        for service in self.services:
            if service.key == key:
                return service
        raise KeyError(key)

    def unknown(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of the given keys that name no service."""
        known = {service.key for service in self.services}
        return tuple(key for key in keys if key not in known)

    def overlapping(self, keys: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
        """Those of some services whose activities others deliver already.

        A bundle and a service it covers would make two parties' worth of the same activity.

        Args:
            keys: services of this catalogue.
            others: services they are held against; unknown ones overlap with nothing.
        """
        against = set(others)
        covered = {part for s in self.services if s.key in against for part in s.covers}
        return tuple(
            key for key in keys if key in covered or against & set(self.service(key).covers)
        )


def _refuse_repeats(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what}: {key} appears twice")
        seen.add(key)
