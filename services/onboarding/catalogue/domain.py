"""The catalogue of services: what is delivered, by whom, how well, counted in what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Responsibility, ServiceLevel, Slug, Value


class Activity(Value):
    """An activity of the standard delivery, and who answers for it by default."""

    key: Slug
    name: str
    name_sv: str
    accountable: Annotated[str, Field(pattern=r"^(customer|centre)$")]
    contributes: Annotated[str, Field(pattern=r"^(customer|centre|none)$")]


class VolumeUnits(Value):
    """The tariff's units a service is counted in, as a baseline has to give them."""

    required: tuple[Slug, ...] = Field(min_length=1)
    optional: tuple[Slug, ...] = ()


class CatalogueService(Value):
    """A service as the standard delivery describes it."""

    key: Slug
    service_area: Slug
    name: str
    name_sv: str
    volume_units: VolumeUnits
    activities: tuple[Activity, ...] = Field(min_length=1)
    levels: tuple[ServiceLevel, ...] = Field(min_length=1)

    def responsibility(self, activity: Activity) -> Responsibility:
        """The activity's row of the standard responsibility matrix."""
        return Responsibility(
            service=self.key,
            activity=activity.key,
            accountable=activity.accountable,
            contributes=activity.contributes,
        )


class Catalogue(Value):
    """Every service the centre offers; keys are unique."""

    services: tuple[CatalogueService, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Catalogue:
        _refuse_repeats("service", (service.key for service in self.services))
        for service in self.services:
            _refuse_repeats(service.key, (activity.key for activity in service.activities))
        _refuse_repeats("level", (level.key for s in self.services for level in s.levels))
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


def _refuse_repeats(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what}: {key} appears twice")
        seen.add(key)
