"""The published tariffs of ``data/tariffs/*.yaml``, which every database begins with.

A migration enters them as they stand. Later tariffs are registered, and no file is read for
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.billing.own_prices.catalogue import priced_services
from services.billing.tariffs.checks import faults
from services.billing.tariffs.domain import Tariff
from services.billing.tariffs.items import ItemDocument, item_of
from services.contracts.values import Slug

_FOLDER = Path(__file__).parents[1] / "data" / "tariffs"


class TariffDocument(BaseModel):
    """A tariff as a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Slug
    name: str
    name_sv: str
    valid_from: date
    valid_until: date | None = None
    items: Annotated[tuple[ItemDocument, ...], Field(min_length=1)]

    @property
    def tariff(self) -> Tariff:
        """The tariff."""
        return Tariff(
            key=self.key,
            name=self.name,
            name_sv=self.name_sv,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            items=tuple(item_of(item) for item in self.items),
        )


def read_tariff(text: str) -> TariffDocument:
    """A tariff from its YAML text.

    Raises:
        ValueError: a field is missing, unknown or of the wrong kind, or an item is at fault.
    """
    document = TariffDocument.model_validate(yaml.safe_load(text))
    found = next(faults(document.items, priced_services()), None)
    if found is not None:
        raise ValueError(f"{document.key}, item {found.row}, {found.field}: {found.said}")
    return document


@cache
def documents() -> tuple[TariffDocument, ...]:
    """Every file's tariff, in the order of the keys."""
    return tuple(read_tariff(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.yaml")))


def tariffs() -> Mapping[str, Tariff]:
    """Every file's tariff by its key."""
    return MappingProxyType({document.key: document.tariff for document in documents()})
