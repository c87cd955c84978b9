"""Use cases of what areas brought in: register it, correct it, list it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from services.billing.results import repository
from services.billing.results.problems import (
    RESULT_OPENING_DAY,
    RESULT_OPENING_KNOWN,
    RESULT_OPENING_NOT_NEWEST,
)
from services.billing.results.rules import Category
from services.billing.results.service import require_area, require_year
from services.billing.tables import ResultOpeningRow
from services.chassis.ids import new_id
from services.chassis.money import format_sek
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class NewOpening:
    """What an area brought in; ``corrects`` names the one whose place it takes."""

    service_area: str
    category: Category
    as_of: date
    amount_ore: int
    reason: str
    corrects: str | None


@dataclass(frozen=True)
class Opening:
    """What was registered, and which later one holds instead of it, if any."""

    row: ResultOpeningRow
    corrected_by: str | None


async def register(uow: UnitOfWork, new: NewOpening) -> Opening:
    """Register what an area brought in, once for an area, category and day, or correct it.

    Raises:
        Problem: ``result_opening_day``, ``result_year_ahead``, ``result_area_unknown``,
            ``result_opening_known``, ``result_opening_not_newest``.
    """
    if (new.as_of.month, new.as_of.day) != (1, 1):
        raise Problem(
            RESULT_OPENING_DAY,
            f"{new.as_of} is not the first day of a year, and results are by calendar year. Nothing"
            f" was registered; say {date(new.as_of.year, 1, 1)} or the first day of another year.",
        )
    require_year(uow, new.as_of.year)
    await require_area(uow, new.service_area)
    held = await repository.opening_that_holds(
        uow.session, new.service_area, new.category, new.as_of
    )
    _require_place(new, held)
    row = ResultOpeningRow(
        id=new_id(),
        service_area=new.service_area,
        category=new.category.value,
        as_of=new.as_of,
        number=held.number + 1 if held else 1,
        amount_ore=new.amount_ore,
        reason=new.reason,
        corrects=new.corrects,
        registered_by=uow.actor.client_id if uow.actor else "system",
        recorded_at=uow.recorded_at,
    )
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as error:
        raise Problem(
            RESULT_OPENING_KNOWN,
            "Somebody else registered what the area brought in at the same moment; yours was not"
            " taken. Read the list again, and correct the newest one if it is wrong.",
        ) from error
    uow.audit("result-opening-registered", row.id)
    return Opening(row, None)


def _require_place(new: NewOpening, held: ResultOpeningRow | None) -> None:
    if held is not None and new.corrects is None:
        raise Problem(
            RESULT_OPENING_KNOWN,
            f"{new.service_area} brought in {format_sek(held.amount_ore)} of {new.category} on"
            f" {new.as_of} already. If that is wrong, name {held.id} in corrects.",
            standing=held.id,
        )
    if new.corrects is not None and (held is None or held.id != new.corrects):
        said = f"What holds is {held.id}" if held else "Nothing is registered of them"
        raise Problem(
            RESULT_OPENING_NOT_NEWEST,
            f"{new.corrects} does not hold for that area, category and day. {said}; read the list"
            " and decide anew.",
            standing=held.id if held else None,
        )


async def page(
    uow: UnitOfWork, area: str | None, known_at: datetime | None, after: str | None, limit: int
) -> Sequence[Opening]:
    """What was registered, by all that is known or was at an instant, oldest first."""
    rows = await repository.opening_page(
        uow.session, area, known_at or uow.recorded_at, after, limit
    )
    later = await repository.corrected_by(
        uow.session, [row.id for row in rows], known_at or uow.recorded_at
    )
    return [Opening(row, later.get(row.id)) for row in rows]
