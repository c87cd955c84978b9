"""What can be priced and by which units, read from ``data/priced_services.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.billing.units import FIXED
from services.contracts.values import Slug

_FILE = Path(__file__).parents[1] / "data" / "priced_services.yaml"


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PricedService(_Document):
    """A service of the catalogue; ``units`` are those of its volumes."""

    key: Slug
    service_area: Slug
    name: str
    name_sv: str
    units: Annotated[tuple[Slug, ...], Field(min_length=1)]

    @property
    def charged_by(self) -> tuple[str, ...]:
        """Every unit that a price of it may have: those of its volumes, month and year."""
        return (*self.units, *FIXED)


class ChargedUnit(_Document):
    """What a unit is called, in the singular."""

    key: Slug
    name: str
    name_sv: str


class _Whole(_Document):
    services: tuple[PricedService, ...]
    units: tuple[ChargedUnit, ...]


@cache
def _whole() -> _Whole:
    return _Whole.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))


@cache
def priced_services() -> Mapping[str, PricedService]:
    """Every service that can be priced, by its key."""
    return MappingProxyType({service.key: service for service in _whole().services})


@cache
def charged_units() -> Mapping[str, ChargedUnit]:
    """Every unit that a price can have, by its key."""
    return MappingProxyType({unit.key: unit for unit in _whole().units})


def names_of(service: PricedService, unit: str) -> tuple[str, str]:
    """What a price of a service by a unit is called, in English and Swedish."""
    known = charged_units()[unit]
    if unit in FIXED:
        return (
            f"{service.name}, fixed per {known.name}",
            f"{service.name_sv}, fast per {known.name_sv}",
        )
    return f"{service.name}, per {known.name}", f"{service.name_sv}, per {known.name_sv}"
