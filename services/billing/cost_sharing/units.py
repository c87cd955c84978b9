"""The units that volumes are counted in, and how they read; ``data/units_of_volume.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import TypeAdapter

from services.billing.cost_sharing.amounts import decimal
from services.billing.cost_sharing.key_language import Document

_FILE = Path(__file__).parents[1] / "data" / "units_of_volume.yaml"


class Unit(Document):
    """A unit: one of it and several, in English and Swedish."""

    unit: str
    one: str
    many: str
    one_sv: str
    many_sv: str


@cache
def units() -> Mapping[str, Unit]:
    """Every unit by its key."""
    found = TypeAdapter(list[Unit]).validate_python(yaml.safe_load(_FILE.read_text("utf-8")))
    return MappingProxyType({unit.unit: unit for unit in found})


def counted(quantity: Fraction, unit: str, language: str) -> str:
    """A quantity with its unit: ``1,204 cases``, ``1 204 ärenden``."""
    known = units()[unit]
    single = quantity == 1
    if language == "sv":
        word = known.one_sv if single else known.many_sv
    else:
        word = known.one if single else known.many
    return f"{decimal(quantity, 6, language)} {word}"
