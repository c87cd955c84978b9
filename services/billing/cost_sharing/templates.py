"""The arrangements that the sources describe, as data files: ``data/arrangements/*.yaml``.

Each file says where its rule stands in the sources, which figures are missing there and what
is assumed in their place, and holds examples that can be run. Finance takes a file as the
beginning of an arrangement of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import Field

from services.billing.cost_sharing.facts import (
    CostItem,
    IndexValue,
    Party,
    Reading,
    SharingInput,
)
from services.billing.cost_sharing.key_language import Document
from services.billing.cost_sharing.language import Version
from services.chassis.schemas import Day, LongText, Text
from services.contracts.values import Slug

_FOLDER = Path(__file__).parents[1] / "data" / "arrangements"


class Missing(Document):
    """A figure or rule that the source does not give, and what stands in its place here."""

    what: LongText
    what_sv: LongText
    assumed: LongText | None = None


class Expected(Document):
    """What somebody pays in all in an example.

    ``from_source``: the source says so; else it follows from the rule and assumed figures.
    """

    party: Slug
    due_ore: int
    from_source: bool = False


class Example(Document):
    """A period with facts, and what the sharing of it must come to."""

    name: Text
    first_day: Day
    last_day: Day
    actual_through: Day | None
    from_source: LongText
    assumed: LongText | None = None
    items: tuple[CostItem, ...] = ()
    readings: tuple[Reading, ...] = ()
    index_values: tuple[IndexValue, ...] = ()
    expected: Annotated[tuple[Expected, ...], Field(min_length=1)]


class Template(Document):
    """An arrangement as a data file."""

    key: Slug
    name: Text
    name_sv: Text
    source: Text
    rule: LongText
    missing: tuple[Missing, ...]
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]

    def given(self, example: Example) -> SharingInput:
        """What an example's sharing is reckoned from."""
        return SharingInput(
            arrangement=self.key,
            name=self.name,
            name_sv=self.name_sv,
            first_day=example.first_day,
            last_day=example.last_day,
            actual_through=example.actual_through,
            versions=self.versions,
            parties=self.parties,
            items=example.items,
            readings=example.readings,
            index_values=example.index_values,
        )


@cache
def templates() -> Mapping[str, Template]:
    """Every template by its key, in the order of the keys."""
    found = [
        Template.model_validate(yaml.safe_load(path.read_text("utf-8")))
        for path in sorted(_FOLDER.glob("*.yaml"))
    ]
    return MappingProxyType({template.key: template for template in found})
