"""What the API takes and says about costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.cost_sharing.facts import Basis, Reading
from services.billing.costs.importing import Import
from services.billing.costs.language import (
    CostEntry,
    CostMapping,
    OverheadPlan,
    PoolKind,
)
from services.billing.costs.registering import Taken
from services.billing.tables import (
    CostEntryRow,
    CostMappingRow,
    CostPoolRow,
    OverheadPlanRow,
    PoolReadingRow,
)
from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.values import Slug

MOST_FACTS = 1000


class CostEntriesIn(RequestModel):
    """A batch of costs; it is taken in whole or not at all. Names are the source's own."""

    source: Slug
    entries: Annotated[tuple[CostEntry, ...], Field(min_length=1, max_length=MOST_FACTS)]


class PoolReadingsIn(RequestModel):
    """A batch of readings, the pool as ``party``; it is taken in whole or not at all."""

    readings: Annotated[tuple[Reading, ...], Field(min_length=1, max_length=MOST_FACTS)]


class PoolOut(ResponseModel):
    """A pool; without ``service`` one of overhead."""

    key: str
    name: str
    name_sv: str
    kind: PoolKind
    service: str | None
    recorded_at: datetime


class CostEntryOut(ResponseModel):
    """A cost of a pool in a month, and where it came from."""

    id: str
    source: str
    source_id: str
    pool: str
    period: str
    basis: Basis
    amount_ore: int
    text: str | None
    account: str | None
    objects: tuple[tuple[str, str], ...]
    import_id: str | None
    recorded_at: datetime


class CostsTakenOut(ResponseModel):
    """What became of a batch; ``known`` ones had come before with the same content."""

    new: int
    known: int


class SumOfPoolOut(ResponseModel):
    """What a file's rows come to for one pool."""

    pool: str
    basis: Basis
    amount_ore: int


class CostImportOut(ResponseModel):
    """A file that was taken in.

    ``not_cost``: rows that the mapping says are no cost. ``known_file``: the file came before
    and changed nothing now; the rest is as it was then. Vouchers are those of SIE.
    """

    id: str
    source: str
    media_type: str
    digest: str
    sent_by: str
    recorded_at: datetime
    known_file: bool
    rows: int
    not_cost: int
    new: int
    known: int
    pools: tuple[SumOfPoolOut, ...]
    company: str | None = None
    org_number: str | None = None
    generated_on: date | None = None
    vouchers: int | None = None
    known_vouchers: int | None = None


class CostMappingOut(ResponseModel):
    """A mapping of accounts to pools; of one day the highest number counts."""

    number: int
    effective_from: date
    registered_by: str
    recorded_at: datetime
    mapping: CostMapping


class OverheadPlanOut(ResponseModel):
    """An overhead plan; of one month the highest number counts."""

    number: int
    effective_from: str
    registered_by: str
    recorded_at: datetime
    plan: OverheadPlan


class PoolReadingOut(ResponseModel):
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


def taken_out(taken: Taken) -> CostsTakenOut:
    """What became of a batch."""
    return CostsTakenOut.model_validate(taken)


def pool_out(row: CostPoolRow) -> PoolOut:
    """A pool."""
    return PoolOut.model_validate(row)


def entry_out(row: CostEntryRow) -> CostEntryOut:
    """A cost."""
    return CostEntryOut.model_validate(row)


def import_out(found: Import) -> CostImportOut:
    """A file that was taken in."""
    row = found.row
    fields = ("id", "source", "media_type", "digest", "sent_by", "recorded_at")
    values: dict[str, Any] = {name: getattr(row, name) for name in fields}
    return CostImportOut.model_validate({**row.result, **values, "known_file": found.known})


def mapping_out(row: CostMappingRow) -> CostMappingOut:
    """A mapping."""
    return CostMappingOut(
        number=row.number,
        effective_from=row.effective_from,
        registered_by=row.registered_by,
        recorded_at=row.recorded_at,
        mapping=CostMapping.model_validate(row.document),
    )


def plan_out(row: OverheadPlanRow) -> OverheadPlanOut:
    """An overhead plan."""
    return OverheadPlanOut(
        number=row.number,
        effective_from=row.effective_from,
        registered_by=row.registered_by,
        recorded_at=row.recorded_at,
        plan=OverheadPlan.model_validate(row.document),
    )


def reading_out(row: PoolReadingRow) -> PoolReadingOut:
    """A reading."""
    return PoolReadingOut(
        id=row.reading_id,
        driver=row.driver,
        party=row.pool,
        first_day=row.first_day,
        last_day=row.last_day,
        quantity=row.quantity,
        basis=Basis(row.basis),
        corrects=row.corrects,
        recorded_at=row.recorded_at,
    )
