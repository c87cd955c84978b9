"""Taking reports in one after the other, with all that corrections need.

Batches come this way, and the corrections of a file; the bulk of a file does not need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.billing.months import Month
from services.billing.tables import VolumeRow
from services.billing.volumes import repository
from services.billing.volumes.domain import (
    Fact,
    Placement,
    SetAside,
    Use,
    Volume,
    VolumeStatus,
    conflicts,
    uses_taken_from,
    why_no_correction,
)
from services.billing.volumes.placing import Placed, place_all
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ReportedRow:
    """What became of one report; ``known`` when it had come before."""

    row: VolumeRow
    known: bool


@dataclass(frozen=True)
class Entered:
    """What became of some reports, and those that had come before with another content."""

    reports: tuple[ReportedRow, ...]
    conflicts: tuple[Volume, ...]


class KnownFacts:
    """What a source has reported about some identities, for judging corrections of them.

    Args:
        rows: what has been reported.
        placed: where what counts of it belongs now, so that no correction takes away from a
            month that is closed or finally settled.
    """

    def __init__(self, rows: Iterable[VolumeRow], placed: Mapping[Use, Placed]) -> None:
        self._placed = placed
        self._by_id: dict[str, list[Fact]] = {}
        self._correcting: dict[str, dict[tuple[str, int], Fact]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: VolumeRow) -> None:
        """A fact that has come."""
        accepted = row.status == VolumeStatus.ACCEPTED
        counts = accepted and row.superseded_by is None
        use = volume_of(row).use if counts else None
        fact = Fact(row.source_id, row.corrects, accepted, use)
        self._by_id.setdefault(row.source_id, []).append(fact)
        if row.corrects is not None:
            self._correcting.setdefault(row.corrects, {})[row.source_id, row.revision] = fact

    changed = add
    """A fact that has been placed anew."""

    def hinder(self, volume: Volume) -> SetAside | None:
        """Why a report cannot be applied as the correction it is; None when it can."""
        if not volume.is_correction:
            return None
        about = volume.corrects if volume.corrects is not None else volume.source_id
        correcting = self._correcting.get(about, {}).values()
        known = [*self._by_id.get(about, ()), *correcting]
        for use in uses_taken_from(volume, known):
            place = self._placed.get(use)
            if place is not None and place.placement.reason in _NOT_TAKEN_FROM:
                return place.placement.reason
        return why_no_correction(volume, known)


_NOT_TAKEN_FROM = frozenset({SetAside.PERIOD_CLOSED, SetAside.SETTLED_FINALLY})


async def known_facts(
    uow: UnitOfWork,
    rows: Sequence[VolumeRow],
    placed: Mapping[Use, Placed],
    *,
    despite_closing: bool = False,
) -> KnownFacts:
    """Facts for judging corrections of them, with where those belong that count now.

    Args:
        uow: the unit of work.
        rows: what a source has reported about some identities.
        placed: where some uses belong, known already.
        despite_closing: closed months do not hinder.
    """
    counting = {
        volume_of(row).use
        for row in rows
        if row.status == VolumeStatus.ACCEPTED and row.superseded_by is None
    }
    if missing := counting - placed.keys():
        more = await place_all(uow, missing, despite_closing=despite_closing)
        placed = {**placed, **more}
    return KnownFacts(rows, placed)


async def enter(
    uow: UnitOfWork, source: str, volumes: Sequence[Volume], placed: Mapping[Use, Placed]
) -> Entered:
    """Store reports that are new, and say which facts count now.

    A report in conflict is left out of ``reports``; whether the others are wanted in spite
    of it is for the caller.

    Args:
        uow: the unit of work.
        source: who reports; every identity is its own.
        volumes: the reports, in their order.
        placed: where each of them belongs.
    """
    about = {volume.source_id for volume in volumes}
    about |= {volume.corrects for volume in volumes if volume.corrects is not None}
    before = await repository.about(uow.session, source, about)
    known = {(row.source_id, row.revision): volume_of(row) for row in before}
    unlike = conflicts(volumes, known)
    corrects = any(volume.is_correction for volume in volumes)
    facts = await known_facts(uow, before if corrects else (), placed)
    fresh: dict[tuple[str, int], VolumeRow] = {}
    for volume in volumes:
        if volume.key in known or volume.key in fresh:
            continue
        row = _row_of(uow, source, volume, placed[volume.use], facts.hinder(volume))
        facts.add(row)
        fresh[volume.key] = row
    if fresh:
        await repository.add_unknown(uow.session, fresh.values())
        await repository.say_what_counts(uow.session, source, about)
    # Read again: somebody may have reported the same at the same moment.
    stored = {
        (row.source_id, row.revision): row
        for row in await repository.about(uow.session, source, about)
    }
    unlike += [
        volume
        for volume in conflicts(volumes, {key: volume_of(row) for key, row in stored.items()})
        if volume not in unlike
    ]
    reports: list[ReportedRow] = []
    for volume in volumes:
        if volume in unlike:
            continue
        row = stored[volume.key]
        taken_now = fresh.pop(volume.key, None)
        reports.append(ReportedRow(row, known=taken_now is None or taken_now.id != row.id))
    return Entered(tuple(reports), tuple(unlike))


def volume_of(row: VolumeRow) -> Volume:
    """A stored report as the domain sees it."""
    return Volume(
        source_id=row.source_id,
        org_number=row.org_number,
        service=row.service,
        unit=row.unit,
        month=Month.parse(row.period),
        quantity=row.quantity,
        revision=row.revision,
        corrects=row.corrects,
    )


def _row_of(
    uow: UnitOfWork, source: str, volume: Volume, placed: Placed, refused: SetAside | None
) -> VolumeRow:
    row = VolumeRow(
        id=new_id(),
        source=source,
        source_id=volume.source_id,
        revision=volume.revision,
        corrects=volume.corrects,
        org_number=volume.org_number,
        service=volume.service,
        unit=volume.unit,
        period=str(volume.month),
        quantity=volume.quantity,
        superseded_by=None,
        received_at=uow.now,
    )
    put(row, placed, refused)
    return row


def put(row: VolumeRow, placed: Placed, refused: SetAside | None) -> None:
    """Write where a report belongs into its row.

    Args:
        row: the report.
        placed: where what it is about counts.
        refused: why it is no correction though it would be one; it is then set aside for that,
            when nothing else keeps it out.
    """
    placement, late = placed.placement, placed.late
    if placement.reason is None and refused is not None:
        placement, late = Placement(None, refused), False
    row.status = placement.status.value
    row.reason = placement.reason.value if placement.reason else ""
    row.subscription_id = placement.subscription_id
    row.late = late
