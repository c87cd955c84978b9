"""What the API takes and says about arrangements and what they are fed with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from services.billing.cost_sharing.facts import Basis, CostItem, Party, Reading
from services.billing.cost_sharing.key_language import MOST
from services.billing.cost_sharing.language import Version
from services.billing.cost_sharing.recording import results_of
from services.billing.cost_sharing.registering import Arrangement, Taken
from services.billing.cost_sharing.results import Sharing
from services.billing.cost_sharing.sharing_schemas import LineOut
from services.billing.cost_sharing.templates import Example, Template
from services.billing.tables import (
    CostArrangementVersionRow,
    CostItemRow,
    DriverReadingRow,
    IndexValueRow,
)
from services.chassis.schemas import Day, RequestModel, ResponseModel, Text
from services.contracts.values import Slug

MOST_FACTS = 1000


class ArrangementIn(RequestModel):
    """A new arrangement; parties and versions are registered after it."""

    key: Slug
    name: Text
    name_sv: Text


class PartiesIn(RequestModel):
    """Parties to register; one that is there already with the same content is left."""

    parties: Annotated[tuple[Party, ...], Field(min_length=1, max_length=MOST)]


class LeavingIn(RequestModel):
    """The last day on which a party takes part."""

    leaves_on: Day


class CostItemsIn(RequestModel):
    """A batch of cost items; it is taken in whole or not at all."""

    items: Annotated[tuple[CostItem, ...], Field(min_length=1, max_length=MOST_FACTS)]


class ReadingsIn(RequestModel):
    """A batch of readings; it is taken in whole or not at all."""

    readings: Annotated[tuple[Reading, ...], Field(min_length=1, max_length=MOST_FACTS)]


class PartyOut(ResponseModel):
    """A party of an arrangement."""

    key: str
    name: str
    org_number: str | None
    groups: tuple[str, ...]
    joins_on: date
    leaves_on: date | None


class VersionOut(ResponseModel):
    """A version and how it is written."""

    number: int
    effective_from: date
    recorded_at: datetime
    version: Version


class VersionSummaryOut(ResponseModel):
    """A version in a list."""

    number: int
    effective_from: date
    recorded_at: datetime


class ArrangementSummaryOut(ResponseModel):
    """An arrangement in a list."""

    key: str
    name: str
    name_sv: str
    revision: int
    created_at: datetime


class ArrangementOut(ArrangementSummaryOut):
    """An arrangement; ``revision`` is its ``ETag``."""

    parties: tuple[PartyOut, ...]
    versions: tuple[VersionSummaryOut, ...]


class TakenOut(ResponseModel):
    """What became of a batch; ``known`` ones had come before with the same content."""

    new: int
    known: int


class CostItemOut(ResponseModel):
    """A cost item."""

    id: str
    line: str
    name: str
    name_sv: str | None
    first_day: date
    last_day: date
    amount_ore: int
    basis: Basis
    ordered_by: tuple[str, ...]
    recorded_at: datetime


class ReadingOut(ResponseModel):
    """A reading of a driver."""

    id: str
    driver: str
    party: str
    first_day: date
    last_day: date | None
    quantity: str
    basis: Basis
    corrects: str | None
    recorded_at: datetime


class IndexValueOut(ResponseModel):
    """What an index was in a year; of several for a year the last counts."""

    index: str
    year: int
    value: str
    recorded_at: datetime


class TemplateSummaryOut(ResponseModel):
    """An arrangement that the sources describe."""

    key: str
    name: str
    name_sv: str
    source: str
    rule: str


class ExampleOut(ResponseModel):
    """An example with what it comes to, line by line and party by party."""

    example: Example
    lines: tuple[LineOut, ...]
    due_ore: dict[str, int]

    @classmethod
    def of(cls, example: Example, sharing: Sharing) -> Self:
        """An example and its sharing."""
        return cls(
            example=example,
            lines=tuple(LineOut.model_validate(each) for each in results_of(sharing)["lines"]),
            due_ore={party: sharing.due(party) for party in sharing.parties},
        )


class TemplateOut(ResponseModel):
    """An arrangement as its data file has it, with its examples run."""

    template: Template
    examples: tuple[ExampleOut, ...]


def arrangement_out(found: Arrangement) -> ArrangementOut:
    """An arrangement as the API shows it."""
    return ArrangementOut(
        key=found.row.key,
        name=found.row.name,
        name_sv=found.row.name_sv,
        revision=found.row.revision,
        created_at=found.row.created_at,
        parties=tuple(PartyOut.model_validate(row) for row in found.parties),
        versions=tuple(VersionSummaryOut.model_validate(row) for row in found.versions),
    )


def version_out(row: CostArrangementVersionRow) -> VersionOut:
    """A version as the API shows it."""
    return VersionOut(
        number=row.number,
        effective_from=row.effective_from,
        recorded_at=row.recorded_at,
        version=Version.model_validate(row.document),
    )


def taken_out(taken: Taken) -> TakenOut:
    """The answer to a batch."""
    return TakenOut(new=taken.new, known=taken.known)


def item_out(row: CostItemRow) -> CostItemOut:
    """A cost item as the API shows it."""
    return CostItemOut(
        id=row.item_id,
        line=row.line,
        name=row.name,
        name_sv=row.name_sv,
        first_day=row.first_day,
        last_day=row.last_day,
        amount_ore=row.amount_ore,
        basis=Basis(row.basis),
        ordered_by=tuple(row.ordered_by),
        recorded_at=row.recorded_at,
    )


def reading_out(row: DriverReadingRow) -> ReadingOut:
    """A reading as the API shows it."""
    return ReadingOut(
        id=row.reading_id,
        driver=row.driver,
        party=row.party,
        first_day=row.first_day,
        last_day=row.last_day,
        quantity=row.quantity,
        basis=Basis(row.basis),
        corrects=row.corrects,
        recorded_at=row.recorded_at,
    )


def index_value_out(row: IndexValueRow) -> IndexValueOut:
    """An index value as the API shows it."""
    return IndexValueOut(
        index=row.index_key, year=row.year, value=row.value, recorded_at=row.recorded_at
    )
