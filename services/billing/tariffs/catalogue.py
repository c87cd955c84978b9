"""The published tariffs, read from ``data/tariffs/*.yaml``. A new tariff is a new file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.billing.tariffs.domain import Tariff, TariffItem
from services.contracts.values import Slug

_FOLDER = Path(__file__).parents[1] / "data" / "tariffs"


class _ItemDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Slug
    service_area: Slug
    services: Annotated[tuple[Slug, ...], Field(min_length=1)]
    name: str
    unit: Slug
    prices_ore: Annotated[tuple[Annotated[int, Field(strict=True, ge=0)], ...], Field(min_length=1)]
    option: Slug | None = None


class _TariffDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Slug
    name: str
    valid_from: date
    valid_until: date | None = None
    items: Annotated[tuple[_ItemDocument, ...], Field(min_length=1)]


def read_tariff(text: str) -> Tariff:
    """A tariff from its YAML text.

    Raises:
        ValueError: a field is missing, unknown or of the wrong kind, or a key is repeated.
    """
    document = _TariffDocument.model_validate(yaml.safe_load(text))
    keys = [item.key for item in document.items]
    if len(set(keys)) != len(keys):
        raise ValueError(f"tariff {document.key} repeats the key of an item")
    return Tariff(
        key=document.key,
        name=document.name,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        items=tuple(TariffItem(**dict(item)) for item in document.items),
    )


@cache
def tariffs() -> Mapping[str, Tariff]:
    """Every published tariff by its key, in the order of the keys."""
    found = [read_tariff(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.yaml"))]
    return MappingProxyType({tariff.key: tariff for tariff in found})
