"""Use cases of volumes: take reports in, show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.billing.problems import (
    CORRECTION_AMBIGUOUS,
    UNIT_UNKNOWN,
    VOLUME_CONFLICT,
    VOLUME_NEGATIVE,
)
from services.billing.tables import VolumeRow
from services.billing.volumes import repository, taking_up
from services.billing.volumes.domain import Volume
from services.billing.volumes.entering import Entered, ReportedRow, enter
from services.billing.volumes.placing import place_all
from services.billing.volumes.repository import Wanted
from services.billing.volumes.units import unknown_among
from services.chassis.problems import Problem, ProblemType
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


async def report(
    uow: UnitOfWork, source: str, volumes: Sequence[Volume]
) -> tuple[ReportedRow, ...]:
    """Take in a batch of reported volumes, all of it or none.

    A row is recognised by its source, identity and revision: sent again it is known already,
    also when the same batch comes twice at the same moment. Rows that fit no subscription are
    kept aside with the reason.

    Raises:
        Problem: ``volume_negative``, ``unit_unknown`` or ``correction_ambiguous``, with the
            rows; ``volume_conflict``: a row differs from what was sent under its identity.
    """
    unknown = await unknown_among(uow.session, {volume.unit for volume in volumes})
    _check(volumes, unknown)
    placed = await place_all(uow, {volume.use for volume in volumes})
    entered = await enter(uow, source, volumes, placed)
    _refuse_conflicts(source, volumes, entered)
    await taking_up.corrections_of(uow, source)
    return entered.reports


def _check(volumes: Sequence[Volume], unknown: frozenset[str]) -> None:
    faults: dict[ProblemType, list[dict[str, Any]]] = {}
    for number, volume in enumerate(volumes):
        about = {"row": number + 1, "id": volume.source_id}
        if volume.quantity < 0:
            faults.setdefault(VOLUME_NEGATIVE, []).append({**about, "column": "quantity"})
        elif volume.unit in unknown:
            faults.setdefault(UNIT_UNKNOWN, []).append({**about, "column": "unit"})
        elif volume.corrects is not None and (
            volume.revision > 1 or volume.corrects == volume.source_id
        ):
            faults.setdefault(CORRECTION_AMBIGUOUS, []).append({**about, "column": "corrects"})
    for type_, rows in faults.items():
        raise Problem(type_, f"{_WHY[type_]} Nothing of this batch was taken in.", rows=rows)


_WHY = {
    VOLUME_NEGATIVE: "A quantity is below nought; to take something back, correct its report.",
    UNIT_UNKNOWN: "A unit is none that anything is priced by or was signed with.",
    CORRECTION_AMBIGUOUS: (
        "A correction either has a higher revision than what it corrects, or an id of its own "
        "and the other's under `corrects`."
    ),
}


def _refuse_conflicts(source: str, volumes: Sequence[Volume], entered: Entered) -> None:
    unlike = list(dict.fromkeys(volume.source_id for volume in entered.conflicts))
    if unlike:
        raise Problem(
            VOLUME_CONFLICT,
            f"{len(unlike)} rows from {source} were sent before with another content; nothing "
            "of this batch was taken in. Report a change with a higher revision, or under a new "
            "id that corrects the old one.",
            conflicts=unlike,
            rows=[
                {"row": number, "id": volume.source_id, "column": "id"}
                for number, volume in enumerate(volumes, start=1)
                if volume in entered.conflicts
            ],
        )


async def page(
    uow: UnitOfWork,
    scope: Scope | None,
    wanted: Wanted,
    after: str | None,
    limit: int,
) -> Sequence[VolumeRow]:
    """Reported volumes within a scope, in the order they came."""
    return await repository.page(uow.session, scope, wanted, after, limit)
