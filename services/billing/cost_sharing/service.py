"""Use cases of sharings: simulate one, book one, show what was booked and why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.billing.cost_sharing import registering, repository
from services.billing.cost_sharing.amounts import sek
from services.billing.cost_sharing.correcting import Charged, Settled, owed, settled
from services.billing.cost_sharing.facts import SharingInput
from services.billing.cost_sharing.language import window
from services.billing.cost_sharing.problems import (
    AMOUNT_TOO_LARGE,
    CORRECTS_ANOTHER_PERIOD,
    DAYS_TURNED_ROUND,
    NOT_AS_SIMULATED,
    PERIOD_TOO_LONG,
    SHARING_CORRECTED_BEFORE,
    SHARING_OVERLAPS,
)
from services.billing.cost_sharing.recording import (
    brought_forward,
    fingerprint,
    given_of,
    results_of,
)
from services.billing.cost_sharing.results import Sharing
from services.billing.cost_sharing.sharing import share_costs
from services.billing.cost_sharing.stretches import indices_in
from services.billing.invoices import shares as invoice_shares
from services.billing.ledger import recording
from services.billing.tables import CostShareRow, CostSharingRow
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import CostShareCharged, CostSharingBooked
from services.contracts.succession import Scope

MOST_DAYS = 2 * 366
MOST_ORE = 10**16


@dataclass(frozen=True)
class Wanted:
    """Which sharing is asked for.

    Facts through ``actual_through`` are actual, those after it budget; None: all budget.
    """

    arrangement: str
    first_day: date
    last_day: date
    actual_through: date | None
    corrects: str | None


@dataclass(frozen=True)
class Outcome:
    """A sharing that was reckoned, and what it charges."""

    sharing: Sharing
    fingerprint: str
    settled: tuple[Settled, ...]


@dataclass(frozen=True)
class Booked:
    """A booked sharing with the shares that the asker may see."""

    row: CostSharingRow
    shares: Sequence[CostShareRow]
    corrected_by: str | None


async def simulate(uow: UnitOfWork, wanted: Wanted) -> Outcome:
    """What a sharing would come to now; nothing is booked.

    Raises:
        Problem: as ``book``, and as ``sharing.share_costs`` says.
    """
    given, before = await _given(uow, wanted, lock=False)
    return await _outcome(given, before)


async def book(uow: UnitOfWork, wanted: Wanted, as_simulated: str | None) -> Booked:
    """Share the costs of a period for good.

    Args:
        uow: the unit of work.
        wanted: which sharing.
        as_simulated: the fingerprint of a simulation that is meant to be booked.

    Raises:
        Problem: ``not_found``, ``days_turned_round``, ``period_too_long``,
            ``sharing_overlaps``, ``sharing_corrected_before``, ``corrects_another_period``,
            ``not_as_simulated``, and as ``sharing.share_costs`` says.
    """
    given, before = await _given(uow, wanted, lock=True)
    outcome = await _outcome(given, before)
    if as_simulated not in {None, outcome.fingerprint}:
        raise Problem(
            NOT_AS_SIMULATED,
            "Facts, parties or versions have come since the simulation, so it would be booked with"
            " other figures. Nothing was booked; simulate again.",
            fingerprint=outcome.fingerprint,
        )
    row = CostSharingRow(
        id=new_id(),
        arrangement=wanted.arrangement,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        actual_through=wanted.actual_through,
        corrects=wanted.corrects,
        fingerprint=outcome.fingerprint,
        given=given.model_dump(mode="json"),
        results=results_of(outcome.sharing),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    numbers = {party.key: party.org_number for party in given.parties}
    shares = [_share_row(row.id, each, numbers) for each in outcome.settled]
    uow.session.add_all(shares)
    await uow.session.flush()
    await invoice_shares.plan(uow.session, row, outcome.sharing, shares)
    await recording.sharing(uow, row, shares)
    uow.record(_event(row, shares))
    return Booked(row, sorted(shares, key=lambda each: (each.party, each.line)), None)


async def get(uow: UnitOfWork, sharing_id: str, scope: Scope | None) -> Booked:
    """A booked sharing, with an agency's own shares or all of them.

    Raises:
        Problem: ``not_found``; an agency has no share in it.
    """
    row = await repository.sharing(uow.session, sharing_id)
    shares = await repository.shares(uow.session, sharing_id, scope)
    if row is None or (scope is not None and not shares):
        raise not_found("sharing")
    return Booked(row, shares, await repository.corrected_by(uow.session, sharing_id))


async def page(
    uow: UnitOfWork, key: str | None, scope: Scope | None, after: str | None, limit: int
) -> Sequence[CostSharingRow]:
    """Booked sharings, oldest first."""
    return await repository.sharing_page(uow.session, key, scope, after, limit)


async def reckoned_again(
    uow: UnitOfWork, sharing_id: str, party: str, scope: Scope | None
) -> tuple[Booked, Sharing]:
    """A booked sharing from what it was reckoned from, to be explained to a party.

    Raises:
        Problem: ``not_found``; the party has no share that the asker may see.
        RuntimeError: what is reckoned now is not what was booked. The rules of a booked
            sharing may not change; golden examples hold them.
    """
    booked = await get(uow, sharing_id, scope)
    if not any(share.party == party for share in booked.shares):
        raise not_found("share")
    sharing = await asyncio.to_thread(share_costs, given_of(booked.row))
    now = owed(sharing)
    for share in booked.shares:
        if now.get((share.line, share.party), 0) != share.owed_ore:
            raise RuntimeError(f"sharing {sharing_id} is no longer reckoned as it was booked")
    return booked, sharing


async def _outcome(given: SharingInput, before: Charged | None) -> Outcome:
    # In a thread: a thousand items over hundreds of parties would hold up other requests.
    sharing = await asyncio.to_thread(share_costs, given)
    _require_bookable(sharing)
    return Outcome(sharing, fingerprint(given), settled(sharing, before))


def _require_bookable(sharing: Sharing) -> None:
    """Refuse what no database column holds, such as a trillion of a driver at a trillion SEK."""
    largest = max((abs(ore) for ore in owed(sharing).values()), default=0)
    if largest > MOST_ORE:
        raise Problem(
            AMOUNT_TOO_LARGE,
            f"Somebody would owe {sek(largest, 'en')}, and {sek(MOST_ORE, 'en')} are the most. Look"
            " for a price, a quantity or an index value that is wrong.",
        )


async def _given(
    uow: UnitOfWork, wanted: Wanted, *, lock: bool
) -> tuple[SharingInput, Charged | None]:
    found = await registering.get(uow, wanted.arrangement, lock=lock)
    _require_period(wanted)
    standing = await repository.standing_sharings(uow.session, wanted.arrangement)
    before = await _require_place(uow, wanted, standing)
    versions = await repository.versions(uow.session, wanted.arrangement)
    # Versions of later days say nothing of the period, and may still change.
    versions = tuple(each for each in versions if window(each, versions)[0] <= wanted.last_day)
    late = {line for version in versions for rule in version.late_joining for line in rule.lines}
    parties = tuple(repository.party_of(row) for row in found.parties)
    given = SharingInput(
        arrangement=wanted.arrangement,
        name=found.row.name,
        name_sv=found.row.name_sv,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        actual_through=wanted.actual_through,
        versions=versions,
        parties=tuple(party for party in parties if party.joins_on <= wanted.last_day),
        items=await repository.items_until(
            uow.session, wanted.arrangement, wanted.first_day, wanted.last_day, late
        ),
        readings=await repository.readings_until(uow.session, wanted.arrangement, wanted.last_day),
        index_values=await repository.index_values(
            uow.session, {index for version in versions for index in indices_in(version)}
        ),
        brought_forward=brought_forward(standing, wanted.first_day),
    )
    return given, before


def _require_period(wanted: Wanted) -> None:
    days = (wanted.last_day - wanted.first_day).days + 1
    if days < 1:
        raise Problem(
            DAYS_TURNED_ROUND,
            f"The period would last from {wanted.first_day} to {wanted.last_day}. Turn the days"
            " round.",
        )
    if days > MOST_DAYS:
        raise Problem(
            PERIOD_TOO_LONG,
            f"The period has {days} days, and {MOST_DAYS} are the most. Share it in parts; they"
            " come to the same whole.",
        )


async def _require_place(
    uow: UnitOfWork, wanted: Wanted, standing: Sequence[Any]
) -> Charged | None:
    """What was charged before of the same period; None when it has not been shared.

    Raises:
        Problem: ``not_found``, ``sharing_overlaps``, ``sharing_corrected_before``,
            ``corrects_another_period``.
    """
    overlapping = [
        each.id
        for each in standing
        if each.first_day <= wanted.last_day and wanted.first_day <= each.last_day
    ]
    if wanted.corrects is None:
        if overlapping:
            raise Problem(
                SHARING_OVERLAPS,
                f"Days of the period are in the booked sharing {overlapping[0]}. Run a correction"
                " of it, or choose other days.",
                sharings=overlapping,
            )
        return None
    row = await repository.sharing(uow.session, wanted.corrects)
    if row is None or row.arrangement != wanted.arrangement:
        raise not_found("sharing")
    if (row.first_day, row.last_day) != (wanted.first_day, wanted.last_day):
        raise Problem(
            CORRECTS_ANOTHER_PERIOD,
            f"That sharing is of {row.first_day} to {row.last_day}. Correct the same days.",
            first_day=row.first_day.isoformat(),
            last_day=row.last_day.isoformat(),
        )
    later = await repository.corrected_by(uow.session, wanted.corrects)
    if later is not None:
        raise Problem(
            SHARING_CORRECTED_BEFORE,
            f"The sharing {later} has corrected that one. Correct the later one.",
            corrected_by=later,
        )
    shares = await repository.shares(uow.session, wanted.corrects)
    return {
        (share.line, share.party): share.charged_before_ore + share.charged_now_ore
        for share in shares
    }


def _share_row(sharing_id: str, each: Settled, numbers: Mapping[str, str | None]) -> CostShareRow:
    return CostShareRow(
        id=new_id(),
        sharing_id=sharing_id,
        party=each.party,
        org_number=numbers.get(each.party),
        line=each.line,
        owed_ore=each.owed_ore,
        charged_before_ore=each.charged_before_ore,
        charged_now_ore=each.charged_now_ore,
        contact=each.contact,
    )


def _event(row: CostSharingRow, shares: Sequence[CostShareRow]) -> CostSharingBooked:
    return CostSharingBooked(
        sharing_id=row.id,
        arrangement=row.arrangement,
        first_day=row.first_day,
        last_day=row.last_day,
        actual_through=row.actual_through,
        corrects=row.corrects,
        shares=tuple(
            CostShareCharged(
                party=share.party,
                org_number=share.org_number,
                line=share.line or None,
                owed_ore=share.owed_ore,
                charged_now_ore=share.charged_now_ore,
            )
            for share in shares
        ),
        charged_now_ore=sum(share.charged_now_ore for share in shares),
    )
