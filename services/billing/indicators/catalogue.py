"""What each indicator is called and how it is reckoned: ``data/indicators.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict

from services.billing.indicators.domain import IndicatorKey

_FILE = Path(__file__).parents[1] / "data" / "indicators.yaml"


class NamedIndicator(BaseModel):
    """An indicator in words; ``unit`` is what its values are in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: IndicatorKey
    name: str
    name_sv: str
    unit: str
    definition: str
    definition_sv: str


@cache
def named_indicators() -> Mapping[IndicatorKey, NamedIndicator]:
    """Every indicator, in Statskontoret's order."""
    rows = yaml.safe_load(_FILE.read_text("utf-8"))
    found = [NamedIndicator.model_validate(row) for row in rows]
    return MappingProxyType({each.key: each for each in found})
